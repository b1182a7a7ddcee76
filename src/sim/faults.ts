import type { Fate } from '../storage/memory.ts';
import { majority, voterIds } from '../core/quorum.ts';
import type { Gate } from './gate.ts';
import type { Weather } from './network.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** Something that goes wrong now and then. */
export interface Fault {
  readonly name: string;
  readonly about: string;
  /** The mean pause between two, ms; each seed makes it more or less frequent. */
  readonly everyMs: number;
  /** Part of `all`. */
  readonly usual: boolean;
  /** Does it now, unless it can't be done now: then false. */
  inject(world: World, random: Random): boolean;
}

const fault = (
  name: string,
  about: string,
  everyMs: number,
  inject: Fault['inject'],
  usual = true,
): Fault => ({ name, about, everyMs, usual, inject });

export const FAULTS: readonly Fault[] = [
  fault('loss', 'messages are lost, for a while', 20_000, weather('loss', 0.002, 0.3)),
  fault('duplicate', 'messages arrive twice, for a while', 20_000, weather('duplicate', 0.01, 0.4)),
  fault('delay', 'single messages are late by up to 3 s', 20_000, weather('delay', 0.002, 0.2)),
  fault('reorder', 'messages overtake each other', 20_000, weather('reorder', 0.01, 0.4)),
  fault('stall', 'a link holds everything back, then delivers it at once', 8000, stall),
  fault('partition', 'two groups of gates hear nothing of each other', 30_000, partition),
  fault('one-way', 'nothing passes from one gate to another', 30_000, oneWay),
  fault('isolate', 'one gate is cut off from all others', 30_000, isolate),
  fault('link-break', 'a link breaks at both ends', 15_000, breakLink),
  fault('coordinator', 'the signaling server is down for a while', 60_000, coordinatorDown),
  fault('crash', 'a page is gone, in the middle of a write too, and comes back', 15_000, crash),
  fault('crash-leader', 'the leader crashes', 40_000, crashLeader),
  fault('crash-all', 'all pages crash at once', 120_000, crashAll),
  fault('slow-disk', 'writes take up to a hundred times as long', 30_000, slowDisk),
  fault('failed-write', 'a write fails, or says so', 40_000, failedWrite),
  fault(
    'wipe',
    'the disk of a crashed gate is cleared: it comes back as a new member',
    80_000,
    wipe,
  ),
  fault('wipe-live', "a running gate's data is cleared under it", 80_000, wipeLive),
  fault('hang', 'a page answers nothing for a while', 20_000, (world, random) =>
    freeze(world, random, 'hang'),
  ),
  fault('sleep', 'a device sleeps: its clock stands still', 30_000, (world, random) =>
    freeze(world, random, 'sleep'),
  ),
  fault('clock-jump', 'a wall clock jumps', 40_000, clockJump),
  fault('join', 'a new gate joins late', 100_000, join),
  fault('leave', 'a gate says goodbye, and may come back', 50_000, leave),
  fault('locks', 'people hold the mutex by hand, and forget to give it back', 10_000, locks),
  fault('election', 'people start elections', 40_000, startElection),
  fault('resign', 'people remove the leader, and start an election later', 80_000, resign),
  fault('rename', 'people rename gates', 80_000, rename),
];

/** Everything heals, and everybody who is not gone for good comes back. */
export function healAll(world: World): void {
  world.messages.calm();
  world.network.healAll();
  world.workload.locks(0);
  setCoordinator(world, true);
  for (const gate of world.gates) {
    gate.slowness = 1;
    if (gate.status === 'frozen') gate.thaw();
    if (gate.status === 'down' || gate.status === 'absent') world.startWhenSafe(gate);
  }
}

function weather(kind: keyof Weather, low: number, high: number): Fault['inject'] {
  return (world, random) => {
    const { weather } = world.messages;
    if (weather[kind] > 0) return false;
    weather[kind] = random.logBetween(low, high);
    world.later(random.logBetween(100, 20_000), () => {
      world.messages.weather[kind] = 0;
    });
    return true;
  };
}

function awake(world: World): Gate[] {
  return world.gates.filter((gate) => gate.awake);
}

function pair(world: World, random: Random): [Gate, Gate] | null {
  const [a, b] = random.shuffle(awake(world));
  return a && b ? [a, b] : null;
}

function block(world: World, from: readonly Gate[], to: readonly Gate[], ms: number): void {
  const pairs = from.flatMap((a) => to.map((b) => [a.id, b.id] as const));
  for (const [a, b] of pairs) world.network.block(a, b);
  world.trace('block', null, `${indexes(from)} > ${indexes(to)} for ${Math.round(ms)} ms`);
  world.later(ms, () => {
    for (const [a, b] of pairs) world.network.heal(a, b);
    world.trace('heal', null, `${indexes(from)} > ${indexes(to)}`);
  });
}

function indexes(gates: readonly Gate[]): string {
  return gates.map(({ index }) => index).join();
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
  const gates = random.shuffle(world.gates.filter(({ status }) => status !== 'gone'));
  if (gates.length < 2) return false;
  const size = random.int(1, gates.length - 1);
  const [left, right] = [gates.slice(0, size), gates.slice(size)];
  const ms = random.logBetween(500, 40_000);
  block(world, left, right, ms);
  block(world, right, left, ms);
  return true;
}

function oneWay(world: World, random: Random): boolean {
  const both = pair(world, random);
  if (!both) return false;
  block(world, [both[0]], [both[1]], random.logBetween(200, 30_000));
  return true;
}

function isolate(world: World, random: Random): boolean {
  const leader = world.gates.find((gate) => gate.life?.driver.node.leadership);
  const gate = random.chance(0.5) && leader ? leader : random.pick(awake(world));
  if (!gate) return false;
  const others = world.gates.filter((other) => other !== gate && other.status !== 'gone');
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
  world.later(random.logBetween(500, 60_000), () => setCoordinator(world, true));
  return true;
}

function setCoordinator(world: World, up: boolean): void {
  if (world.network.coordinatorUp === up) return;
  world.network.coordinatorUp = up;
  world.coordinatorSince = up ? world.clock.now() : Infinity;
  world.trace('coordinator', null, up ? 'up' : 'down');
}

function crash(world: World, random: Random): boolean {
  const gate = random.pick(world.gates.filter(({ life }) => life !== null));
  if (!gate) return false;
  crashGate(world, random, gate);
  return true;
}

function crashLeader(world: World, random: Random): boolean {
  const gate = world.gates.find((candidate) => candidate.life?.driver.node.leadership);
  if (!gate) return false;
  crashGate(world, random, gate);
  return true;
}

function crashAll(world: World, random: Random): boolean {
  for (const gate of world.gates) if (gate.life) crashGate(world, random, gate);
  return true;
}

function crashGate(world: World, random: Random, gate: Gate): void {
  const fate: Fate = random.chance(0.5) ? 'done' : 'undone';
  const closed = random.chance(0.5);
  gate.crash(fate, closed ? { noticeMs: random.between(1, 50), closedByPeer: true } : {});
  world.later(random.logBetween(50, 40_000), () => world.startWhenSafe(gate));
}

function slowDisk(world: World, random: Random): boolean {
  const gate = random.pick(world.gates);
  if (!gate || gate.slowness !== 1) return false;
  gate.slowness = random.logBetween(3, 300);
  world.later(random.logBetween(500, 20_000), () => {
    gate.slowness = 1;
  });
  return true;
}

function failedWrite(world: World, random: Random): boolean {
  const gate = random.pick(awake(world));
  if (!gate) return false;
  gate.disk.failNextWrite(random.chance(0.5) ? 'done' : 'undone');
  return true;
}

/**
 * Whether a gate's disk may go for good: a quorum's worth of voters that keep theirs must be left in every
 * membership that may be in force, and they must be awake, since what sleeps may turn out to be evicted. To lose
 * more is beyond what any protocol can mend: then a person decides.
 */
function canSpare(world: World, gate: Gate): boolean {
  const keepers = awake(world).filter((other) => other !== gate && !other.cleared);
  const ids = new Set(keepers.map(({ id }) => id));
  if (
    !world.network.coordinatorUp ||
    world.gates.some((other) => !other.life && other.status === 'absent')
  )
    return false;
  for (const { life, status } of world.gates) {
    if (status === 'gone' || status === 'absent') continue;
    if (!life) return false;
    const { membership } = life.driver.node.replica;
    const memberships = [
      membership.members,
      membership.membersAt(life.driver.node.replica.commitIndex),
    ];
    for (const members of memberships) {
      const voters = voterIds(members);
      if (voters.length === 0) continue;
      if (voters.filter((id) => ids.has(id)).length < majority(voters.length)) return false;
    }
  }
  return true;
}

function wipe(world: World, random: Random): boolean {
  const gate = random.pick(world.gates.filter(({ life }) => life !== null));
  if (!gate || gate.blank || !canSpare(world, gate)) return false;
  gate.crash(random.chance(0.5) ? 'done' : 'undone', {});
  gate.wipe();
  world.later(random.logBetween(50, 20_000), () => world.startWhenSafe(gate));
  return true;
}

function wipeLive(world: World, random: Random): boolean {
  const gate = random.pick(awake(world));
  if (!gate || gate.blank || !canSpare(world, gate)) return false;
  gate.wipe();
  return true;
}

function freeze(world: World, random: Random, pause: 'hang' | 'sleep'): boolean {
  const gate = random.pick(awake(world));
  if (!gate) return false;
  gate.freeze(pause);
  const { life } = gate;
  world.later(random.logBetween(50, 30_000), () => {
    if (gate.life === life) gate.thaw();
  });
  return true;
}

function clockJump(world: World, random: Random): boolean {
  const gate = random.pick(world.gates);
  if (!gate) return false;
  const far = random.logBetween(100, 86_400_000);
  gate.jump(random.chance(0.5) ? far : -far);
  return true;
}

function join(world: World): boolean {
  if (world.gates.filter(({ status }) => status !== 'gone').length > 7) return false;
  const gate = world.addGate();
  world.startWhenSafe(gate);
  world.workload.join(gate);
  return true;
}

function leave(world: World, random: Random): boolean {
  const gate = random.pick(awake(world));
  const running = awake(world).length;
  if (!gate?.life || running < 3 || gate.blank || !canSpare(world, gate)) return false;
  const { life } = gate;
  const forGood = random.chance(0.3);
  life.driver.command({ type: 'leave' }, () => undefined);
  world.trace('leave', gate, forGood ? 'for good' : 'for a while');
  world.later(random.between(0, 20), () => {
    if (gate.life !== life) return;
    gate.close();
    if (forGood) gate.status = 'gone';
    else world.later(random.logBetween(10, 20_000), () => world.startWhenSafe(gate));
  });
  return true;
}

function locks(world: World, random: Random): boolean {
  world.workload.locks(random.logBetween(0.01, 0.2));
  world.later(random.logBetween(1000, 20_000), () => world.workload.locks(0));
  return true;
}

function startElection(world: World, random: Random): boolean {
  const gate = random.pick(awake(world));
  if (gate?.life?.ready !== true) return false;
  gate.life.driver.command({ type: 'start-election' }, () => undefined);
  return true;
}

function resign(world: World, random: Random): boolean {
  const gate = random.pick(awake(world));
  if (gate?.life?.ready !== true) return false;
  gate.life.driver.command({ type: 'remove-leader' }, () => undefined);
  // Nobody elects until a person says so: somebody does, at every gate, since a page may have been away.
  world.later(random.logBetween(100, 10_000), () => electEverywhere(world));
  return true;
}

export function electEverywhere(world: World): void {
  for (const { life, awake: runs } of world.gates) {
    if (runs && life?.ready === true && life.driver.node.vacant)
      life.driver.command({ type: 'start-election' }, () => undefined);
  }
}

function rename(world: World, random: Random): boolean {
  const gate = random.pick(awake(world));
  if (gate?.life?.ready !== true) return false;
  const name = `Gate ${gate.index}${random.name(3)}`;
  gate.peer = { ...gate.peer, name };
  gate.life.driver.command({ type: 'rename', name }, () => undefined);
  return true;
}
