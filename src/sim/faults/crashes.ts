import type { CrashPoint, CrashStep } from '../crash-points.ts';
import type { Gate } from '../gate.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';
import { awake, fault, leaderOf, present, type Fault, type Injected } from './fault.ts';
import { canSpare } from './losses.ts';
import { block } from './partitions.ts';

/** Pages that are gone from one moment to the next: memory is lost, and they come back from their disk. */
export const CRASHES: readonly Fault[] = [
  fault('crash', 'a page is gone at any moment, and comes back', 15_000, crash),
  fault('crash-leader', 'the leader crashes', 40_000, crashLeader),
  fault(
    'comeback',
    'the leader goes unheard, and is back as the one that came after it crashes',
    60_000,
    comeback,
    'hit',
  ),
  fault('crash-all', 'all pages crash at once', 120_000, crashAll),
  point('crash-before-write', 'a page is gone as it begins a write', 'before'),
  point(
    'crash-in-write',
    'a page is gone while a transaction of several writes is under way',
    'within',
  ),
  point(
    'crash-after-write',
    'a write is on disk, and its page is gone before it hears of it',
    'after',
  ),
  point(
    'crash-in-release',
    'a page is gone when some of what a write released is sent',
    'releasing',
  ),
  point(
    'crash-between-writes',
    'a page is gone between a write and the one that waited for it',
    'between',
  ),
  fault(
    'torn-batch',
    'a page is gone in a write, and part of it stays on disk: what does not fit together is never used again',
    30_000,
    tornBatch,
    'hit',
  ),
];

function crash(world: World, random: Random): Injected {
  const gate = random.pick(world.gates.filter(({ life }) => life !== null));
  if (!gate) return 'impossible';
  crashGate(world, random, gate);
  return 'done';
}

function crashLeader(world: World, random: Random): Injected {
  const gate = leaderOf(world);
  if (!gate) return 'impossible';
  crashGate(world, random, gate);
  return 'done';
}

/** So long another leader is waited for, ms. */
const SUCCESSION_MS = 10_000;
/** How often it is looked whether one has come, ms. */
const WATCH_MS = 5;

/**
 * Nobody hears the leader, which appends meanwhile what others ask for; it crashes, and is back when its successor does, which
 * has committed little: the longer log is the one of the older term, when both are asked for in the next ballot.
 */
function comeback(world: World, random: Random): Injected {
  const first = leaderOf(world);
  const others = present(world).filter((gate) => gate !== first);
  if (!first || others.length < 2) return 'impossible';
  const unheardMs = random.between(100, 900);
  block(world, [first], others, unheardMs);
  world.later(unheardMs, () => {
    if (world.healed || first.life === null) return;
    vanish(random, first);
    succeeded(world, others, world.clock.now() + SUCCESSION_MS, (successor) => {
      world.later(random.logBetween(1, 100), () => {
        if (world.healed) return;
        world.startWhenSafe(first);
        if (!successor?.life) return;
        world.count('comeback');
        crashGate(world, random, successor);
      });
    });
  });
  return 'done';
}

/** Once one of them leads, and has committed an entry of its term; null when none does in time. */
function succeeded(
  world: World,
  gates: readonly Gate[],
  end: number,
  then: (leader: Gate | null) => void,
): void {
  const leader = gates.find(({ life }) => life?.driver.node.leadership?.replication.opened);
  if (leader || world.clock.now() >= end) then(leader ?? null);
  else world.later(WATCH_MS, () => succeeded(world, gates, end, then));
}

function crashAll(world: World, random: Random): Injected {
  const running = world.gates.filter(({ life }) => life !== null);
  for (const gate of running) crashGate(world, random, gate);
  return running.length > 0 ? 'done' : 'in-vain';
}

function crashGate(world: World, random: Random, gate: Gate): void {
  vanish(random, gate);
  comesBack(world, random, gate);
}

/** Its page is gone, and the others are told so or must find out. */
export function vanish(random: Random, gate: Gate): void {
  const fate = random.chance(0.5) ? 'done' : 'undone';
  const closed = random.chance(0.5);
  gate.crash(fate, closed ? { noticeMs: random.between(1, 50), closedByPeer: true } : {});
}

function comesBack(world: World, random: Random, gate: Gate): void {
  world.later(random.logBetween(50, 40_000), () => {
    world.startWhenSafe(gate);
  });
}

function point(name: string, about: string, step: CrashStep): Fault {
  const inject: Fault['inject'] = (world, random) => {
    const fate = random.chance(0.5) ? 'done' : 'undone';
    return plan(world, random, name, { step, left: () => fate, may: () => true });
  };
  return fault(name, about, 20_000, inject, 'hit');
}

function tornBatch(world: World, random: Random): Injected {
  const share = random.next();
  return plan(world, random, 'torn-batch', {
    step: 'within',
    left: (writes) => ({ torn: 1 + Math.floor(share * writes) }),
    may: (gate) => canSpare(world, gate),
  });
}

interface Plan extends Pick<CrashPoint, 'step' | 'left'> {
  may(gate: Gate): boolean;
}

/** Where many writes begin, at a leader, there is most to lose: half of the time it is chosen. */
function plan(world: World, random: Random, name: string, planned: Plan): Injected {
  const leader = leaderOf(world);
  const gate = leader && random.chance(0.5) ? leader : random.pick(awake(world));
  if (!gate?.life || gate.life.points.planned) return 'impossible';
  gate.life.points.plan({
    step: planned.step,
    messages: random.int(1, 4),
    afterMs: random.logBetween(0.05, 5),
    left: (writes) => planned.left(writes),
    may: () => planned.may(gate),
    hit: () => {
      world.count(name);
      comesBack(world, random, gate);
    },
  });
  return 'done';
}
