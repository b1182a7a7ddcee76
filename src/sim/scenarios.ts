/** What is played in place of faults by chance: gates that crash in the middle of elections (rule E9). */
import { assert } from '../core/assert.ts';
import type { ElectionKind, TopologyKind } from '../core/entry.ts';
import { compareIdentity, greatest } from '../core/identity.ts';
import type { Term } from '../core/term.ts';
import { Violation } from './checkers/violation.ts';
import { convergence, describe, type NotYet } from './convergence.ts';
import { vanish } from './faults/crashes.ts';
import { awake, indexes, leaderOf } from './faults/fault.ts';
import { LOOK_MS } from './faults/generations.ts';
import { electEverywhere } from './faults/people.ts';
import type { Gate } from './gate.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

export interface Scenario {
  readonly name: string;
  readonly about: string;
  /** What a seed takes, unless options say otherwise. */
  readonly nodes: readonly [least: number, most: number];
  readonly election: ElectionKind;
  readonly topology: TopologyKind;
  /** As long as these are not over, one election follows the other. */
  readonly seconds: number;
  /** They crash so long after the election has begun at the most, ms. */
  readonly withinMs: number;
  /** Who crashes, when so many voters at most can be spared. */
  victims(world: World, random: Random, voters: readonly Gate[], most: number): Gate[];
}

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'three-crash',
    about: 'three of 20 gates in the sample network crash in the middle of a wireless election',
    nodes: [20, 20],
    election: 'wireless',
    topology: 'sample',
    seconds: 1,
    withinMs: 300,
    victims: (world, random, voters, most) => {
      const among = random.chance(0.5) ? voters : awake(world);
      return random.shuffle(among).slice(0, Math.min(3, most));
    },
  },
  {
    name: 'two-neighbours',
    about: 'two neighbours in the ring crash in the middle of a ring election',
    nodes: [5, 9],
    election: 'ring',
    topology: 'mesh',
    seconds: 1,
    withinMs: 50,
    victims: (_world, random, voters, most) => {
      const ring = [...voters].sort((a, b) => compareIdentity(a.peer, b.peer));
      const first = random.int(0, ring.length - 1);
      return [...ring, ...ring].slice(first, first + Math.min(2, most));
    },
  },
];

/** What is counted of them, in these words. */
export const SCENARIO_COUNTS = [
  'elections that ended with the greatest alive',
  'crashes',
  'crashes of the leader',
  'crashes in the middle of the election',
] as const;

type Count = (typeof SCENARIO_COUNTS)[number];

/** Everybody is a member and follows the greatest within this time, and so do those that are left by a crash, ms. */
const BOUND_MS = 60_000;
/** After so long people help where the office is vacant, ms. */
const PATIENCE_MS = 1000;
/** How finely a moment in an election is looked for, ms. */
const STEP_MS = 5;

/** One election after another, until so many seconds are over. Before each, and in the end, everybody is there (L1, L2). */
export function play(world: World, scenario: Scenario, seconds: number): void {
  const settle = (): void => {
    waitFor(world, LOOK_MS, () => convergence(world));
  };
  let round = 0;
  do {
    settle();
    const gone = elect(world, scenario, world.random.split(`${scenario.name}.${++round}`));
    for (const gate of gone) world.startWhenSafe(gate);
  } while (world.clock.now() < seconds * 1000);
  world.workload.stop();
  settle();
}

/** Returns who has crashed. */
function elect(world: World, scenario: Scenario, random: Random): readonly Gate[] {
  const leader = leaderOf(world);
  const leadership = leader?.life?.driver.node.leadership ?? null;
  assert(leader !== undefined && leadership !== null, 'somebody leads');
  const voters = votersOf(world);
  const crashing = scenario.victims(world, random, voters, Math.ceil(voters.length / 2) - 1);
  world.trace('election', leader, `crashing: ${indexes(crashing)}`);
  const others = crashing.filter((gate) => gate !== leader);
  if (others.length < crashing.length) {
    count(world, 'crashes of the leader');
    crash(world, random, leader);
  } else {
    leaveOffice(world, random, leader);
  }
  waitUntilBegun(world, leadership.term);
  for (const gate of others)
    world.later(random.logBetween(1, scenario.withinMs), () => {
      crash(world, random, gate);
    });
  world.runUntil(world.clock.now() + scenario.withinMs);
  waitFor(world, LOOK_MS, () => {
    electEverywhere(world);
    return endsWithGreatest(world);
  });
  count(world, 'elections that ended with the greatest alive');
  return crashing;
}

function crash(world: World, random: Random, gate: Gate): void {
  count(world, 'crashes');
  if (elects(world)) count(world, 'crashes in the middle of the election');
  vanish(random, gate);
}

/** A person removes the leader, and people start elections, one or several at about the same time. */
function leaveOffice(world: World, random: Random, leader: Gate): void {
  leader.life?.driver.command({ type: 'remove-leader' }, () => undefined);
  for (const gate of random.shuffle(awake(world)).slice(0, random.int(1, 3)))
    world.later(random.between(0, 300), () => {
      gate.life?.driver.command({ type: 'start-election' }, () => undefined);
    });
}

/** A short election may be over already when somebody looks; one that met the news of the removal may have been called off. */
function waitUntilBegun(world: World, term: Term): void {
  const late = world.clock.now() + PATIENCE_MS;
  waitFor(world, STEP_MS, () => {
    if (world.clock.now() > late) electEverywhere(world);
    const nodes = awake(world).flatMap(({ life }) => life?.driver.node ?? []);
    const isBegun = elects(world) || nodes.some(({ replica }) => replica.promised > term);
    return isBegun ? null : missing(world, 'nobody elects');
  });
}

function votersOf(world: World): Gate[] {
  const { membership } = leaderOf(world)?.life?.driver.node.replica ?? {};
  return awake(world).filter(({ id }) => membership?.isVoter(id));
}

function elects(world: World): boolean {
  return awake(world).some(({ life }) => life?.driver.node.isCandidate);
}

/** Rule E9: everybody alive follows the greatest that is alive, and no election runs any more. */
function endsWithGreatest(world: World): NotYet | null {
  const alive = awake(world);
  const best = greatest(alive.map(({ peer }) => peer));
  const other = alive.find(({ life }) => life?.driver.node.liveLeader()?.id !== best?.id);
  if (other) return missing(world, `${other.id} does not follow ${best?.id ?? 'anybody'}`);
  return elects(world) ? missing(world, 'an election runs') : null;
}

/** Throws what is still missing after the bound. */
function waitFor(world: World, stepMs: number, notYet: () => NotYet | null): void {
  const start = world.clock.now();
  for (let last = notYet(); last !== null; last = notYet()) {
    if (world.clock.now() > start + BOUND_MS)
      throw new Violation(last.rule, `after ${BOUND_MS / 1000} s: ${last.detail()}`);
    world.runUntil(world.clock.now() + stepMs);
  }
}

function missing(world: World, what: string): NotYet {
  return { rule: 'E9', detail: () => [what, ...world.gates.map(describe)].join('\n  ') };
}

function count(world: World, what: Count): void {
  world.count(what);
}
