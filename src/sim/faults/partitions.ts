import { majority } from '../../core/quorum.ts';
import type { Gate } from '../gate.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';
import {
  awake,
  fault,
  indexes,
  leaderOf,
  pair,
  present,
  type Fault,
  type Injected,
} from './fault.ts';

/** Who hears whom. The links stall, and break when it lasts. */
export const PARTITIONS: readonly Fault[] = [
  fault('stall', 'a link holds everything back, then delivers it at once', 8000, stall),
  fault('partition', 'two groups of gates hear nothing of each other', 30_000, partition),
  fault('one-way', 'nothing passes from one gate to another', 30_000, oneWay),
  fault('isolate', 'one gate is cut off from all others', 30_000, isolate),
  partial('ring', 'each gate hears only its two neighbours in a ring', 4, ring),
  partial('chain', 'each gate hears only its neighbours in a row', 3, chain),
  partial('bridge', 'two groups hear each other only by way of one gate', 3, bridge),
  partial('majorities', 'each gate hears a majority, and no two hear the same', 3, majorities),
  fault('link-break', 'a link breaks at both ends', 15_000, breakLink),
  fault('coordinator', 'the signaling server is down for a while', 60_000, coordinatorDown),
];

/** Whether the gate at place `to` of `count` hears the one at place `from`. */
type Hearing = (to: number, from: number, count: number) => boolean;

function ring(to: number, from: number, count: number): boolean {
  const ahead = (from - to + count) % count;
  return ahead === 1 || ahead === count - 1;
}

function chain(to: number, from: number): boolean {
  return Math.abs(from - to) === 1;
}

/** Place 0 is the bridge. */
function bridge(to: number, from: number, count: number): boolean {
  if (to === 0 || from === 0) return true;
  const half = Math.ceil(count / 2);
  return to < half === from < half;
}

/** Each hears a window of the ring around itself; where that can't be even it hears one more ahead than behind. */
function majorities(to: number, from: number, count: number): boolean {
  const others = majority(count) - 1;
  const ahead = (from - to + count) % count;
  return ahead <= Math.ceil(others / 2) || count - ahead <= Math.floor(others / 2);
}

function partial(name: string, about: string, least: number, hears: Hearing): Fault {
  return fault(name, about, 60_000, (world, random) => {
    const gates = random.shuffle(present(world));
    if (gates.length < least) return 'impossible';
    const ms = random.logBetween(500, 40_000);
    const stalls = gates.map((to, i) => {
      const deaf = gates.filter((from, j) => from !== to && !hears(i, j, gates.length));
      return block(world, deaf, [to], ms);
    });
    return stalls.includes(true) ? 'done' : 'in-vain';
  });
}

/** Nothing passes from the ones to the others, for a while. Returns whether that stalls a link that is open now. */
export function block(
  world: World,
  from: readonly Gate[],
  to: readonly Gate[],
  ms: number,
): boolean {
  const pairs = from.flatMap((a) => to.map((b) => [a.id, b.id] as const));
  const { network } = world;
  const stalls = pairs.some(([a, b]) => !network.blocked(a, b) && network.openLinks(b, a) > 0);
  for (const [a, b] of pairs) world.network.block(a, b);
  world.trace('block', null, `${indexes(from)} > ${indexes(to)} for ${Math.round(ms)} ms`);
  world.later(ms, () => {
    for (const [a, b] of pairs) world.network.heal(a, b);
    world.trace('heal', null, `${indexes(from)} > ${indexes(to)}`);
  });
  return stalls;
}

/** Neither of the two groups hears the other. Returns whether that stalls a link that is open now. */
export function separate(
  world: World,
  left: readonly Gate[],
  right: readonly Gate[],
  ms: number,
): boolean {
  const there = block(world, left, right, ms);
  const back = block(world, right, left, ms);
  return there || back;
}

function stall(world: World, random: Random): Injected {
  const both = pair(world, random);
  if (!both) return 'impossible';
  const [a, b] = both;
  const ms = random.logBetween(20, 3000);
  const there = block(world, [a], [b], ms);
  const back = random.chance(0.7) && block(world, [b], [a], ms);
  return there || back ? 'done' : 'in-vain';
}

function partition(world: World, random: Random): Injected {
  const gates = random.shuffle(present(world));
  if (gates.length < 2) return 'impossible';
  const size = random.int(1, gates.length - 1);
  const ms = random.logBetween(500, 40_000);
  return separate(world, gates.slice(0, size), gates.slice(size), ms) ? 'done' : 'in-vain';
}

function oneWay(world: World, random: Random): Injected {
  const both = pair(world, random);
  if (!both) return 'impossible';
  const stalls = block(world, [both[0]], [both[1]], random.logBetween(200, 30_000));
  return stalls ? 'done' : 'in-vain';
}

function isolate(world: World, random: Random): Injected {
  const leader = leaderOf(world);
  const gate = random.chance(0.5) && leader ? leader : random.pick(awake(world));
  if (!gate) return 'impossible';
  const others = present(world).filter((other) => other !== gate);
  const ms = random.logBetween(500, 40_000);
  const out = random.chance(0.8) && block(world, [gate], others, ms);
  const into = block(world, others, [gate], ms);
  return out || into ? 'done' : 'in-vain';
}

function breakLink(world: World, random: Random): Injected {
  const both = pair(world, random);
  if (!both) return 'impossible';
  world.trace('link-break', null, indexes(both));
  return world.network.breakLink(both[0].id, both[1].id) ? 'done' : 'in-vain';
}

function coordinatorDown(world: World, random: Random): Injected {
  if (!world.network.coordinatorUp) return 'impossible';
  setCoordinator(world, false);
  world.later(random.logBetween(500, 60_000), () => {
    setCoordinator(world, true);
  });
  return 'done';
}

export function setCoordinator(world: World, up: boolean): void {
  if (world.network.coordinatorUp === up) return;
  world.network.coordinatorUp = up;
  world.coordinatorSince = up ? world.clock.now() : Infinity;
  world.trace('coordinator', null, up ? 'up' : 'down');
}
