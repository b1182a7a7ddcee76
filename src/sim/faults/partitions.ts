import { majority } from '../../core/quorum.ts';
import type { Gate } from '../gate.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';
import { awake, fault, indexes, leaderOf, pair, present, type Fault } from './fault.ts';

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
    if (gates.length < least) return false;
    const ms = random.logBetween(500, 40_000);
    gates.forEach((to, i) => {
      const deaf = gates.filter((from, j) => from !== to && !hears(i, j, gates.length));
      block(world, deaf, [to], ms);
    });
    return true;
  });
}

/** Nothing passes from the ones to the others, for a while. */
export function block(world: World, from: readonly Gate[], to: readonly Gate[], ms: number): void {
  const pairs = from.flatMap((a) => to.map((b) => [a.id, b.id] as const));
  for (const [a, b] of pairs) world.network.block(a, b);
  world.trace('block', null, `${indexes(from)} > ${indexes(to)} for ${Math.round(ms)} ms`);
  world.later(ms, () => {
    for (const [a, b] of pairs) world.network.heal(a, b);
    world.trace('heal', null, `${indexes(from)} > ${indexes(to)}`);
  });
}

/** Neither of the two groups hears the other. */
export function separate(
  world: World,
  left: readonly Gate[],
  right: readonly Gate[],
  ms: number,
): void {
  block(world, left, right, ms);
  block(world, right, left, ms);
}

function stall(world: World, random: Random): boolean {
  const both = pair(world, random);
  if (!both) return false;
  const [a, b] = both;
  const ms = random.logBetween(20, 3000);
  block(world, [a], [b], ms);
  if (random.chance(0.7)) block(world, [b], [a], ms);
  return true;
}

function partition(world: World, random: Random): boolean {
  const gates = random.shuffle(present(world));
  if (gates.length < 2) return false;
  const size = random.int(1, gates.length - 1);
  separate(world, gates.slice(0, size), gates.slice(size), random.logBetween(500, 40_000));
  return true;
}

function oneWay(world: World, random: Random): boolean {
  const both = pair(world, random);
  if (!both) return false;
  block(world, [both[0]], [both[1]], random.logBetween(200, 30_000));
  return true;
}

function isolate(world: World, random: Random): boolean {
  const leader = leaderOf(world);
  const gate = random.chance(0.5) && leader ? leader : random.pick(awake(world));
  if (!gate) return false;
  const others = present(world).filter((other) => other !== gate);
  const ms = random.logBetween(500, 40_000);
  if (random.chance(0.8)) block(world, [gate], others, ms);
  block(world, others, [gate], ms);
  return true;
}

function breakLink(world: World, random: Random): boolean {
  const both = pair(world, random);
  if (!both) return false;
  world.trace('link-break', null, indexes(both));
  world.network.breakLink(both[0].id, both[1].id);
  return true;
}

function coordinatorDown(world: World, random: Random): boolean {
  if (!world.network.coordinatorUp) return false;
  setCoordinator(world, false);
  world.later(random.logBetween(500, 60_000), () => {
    setCoordinator(world, true);
  });
  return true;
}

export function setCoordinator(world: World, up: boolean): void {
  if (world.network.coordinatorUp === up) return;
  world.network.coordinatorUp = up;
  world.coordinatorSince = up ? world.clock.now() : Infinity;
  world.trace('coordinator', null, up ? 'up' : 'down');
}
