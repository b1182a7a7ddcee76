import type { ElectionKind, MulticastKind, TopologyKind } from '../core/entry.ts';
import { historyOf } from './checkers/history-reader.ts';
import { Violation } from './checkers/violation.ts';
import { checkArchives } from './archives.ts';
import { convergence } from './convergence.ts';
import { FAULTS, healAll, type Fault } from './faults.ts';
import { decideForAll, LOOK_MS } from './faults/generations.ts';
import { electEverywhere } from './faults/people.ts';
import type { Tally } from './coverage/tally.ts';
import { parkHistory } from './park-history.ts';
import type { Plant } from './plant.ts';
import { play, type Scenario } from './scenarios.ts';
import type { System } from './systems.ts';
import { World, type HistoryLine } from './world.ts';

export interface RunOptions {
  readonly seed: number;
  readonly nodes: number;
  /** Simulated, with faults; then everything heals. */
  readonly seconds: number;
  readonly faults: readonly string[];
  /** Faults that come every few seconds, in every seed: those that a planted bug takes to show. */
  readonly often?: readonly string[];
  /** Only these injections are done, by their names (`crash.3`): a seed that was shrunk. No list: all that come. */
  readonly only?: ReadonlySet<string> | null;
  /** Only these clients ask for anything. No list: all. */
  readonly clients?: ReadonlySet<string> | null;
  readonly plant: Plant;
  /** Played in place of the faults. */
  readonly scenario?: Scenario | null;
  readonly traceFile?: string | null;
  readonly election?: ElectionKind;
  readonly topology?: TopologyKind;
  /** Multicasts are sent, in this order; none without. */
  readonly multicast?: MulticastKind | null;
  /** Besides the park, these have clients. No list: what the seed picks. */
  readonly systems?: ReadonlySet<System> | null;
  readonly tally?: Tally;
  /** A violation does not end the phase with faults: for what clients see of it. All but the history is of no use then. */
  readonly goesOn?: boolean;
  readonly recorded?: (line: HistoryLine) => void;
}

export interface RunResult {
  readonly seed: number;
  readonly violation: Violation | null;
  /** Operations that clients asked for. */
  readonly operations: number;
  readonly events: number;
  /** How often the office went on to another term, in all parks that came about. */
  readonly leaderChanges: number;
  readonly faults: ReadonlyMap<string, number>;
  /** The names of the injections that were done, in the order of time; those that nobody noticed too. */
  readonly injections: readonly string[];
  /** The names of the clients that asked for something. */
  readonly clients: readonly string[];
  readonly simulatedSeconds: number;
  readonly digest: string;
}

/** Without faults, before they begin: the park is founded and all gates start. */
const SETUP_MS = 4000;
const OFTEN_MS = 8000;
/** So long after everything has healed people look whether there is something to decide, ms. */
const PATIENCE_MS = 3000;
/** Rules L1 and L2: so long after everything has healed, ms. */
const BOUND_MS = 60_000;

/** The last answer may have come only now: until what it was about is known as committed everywhere, ms. */
const SETTLE_MS = 2000;

/** Runs one seed: everything in it follows from the seed alone. */
export function run(options: RunOptions): RunResult {
  const world = new World({
    seed: options.seed,
    gates: options.nodes,
    plant: options.plant,
    clients: options.clients ?? null,
    traceFile: options.traceFile ?? null,
    election: options.election,
    topology: options.topology,
    multicast: options.multicast ?? null,
    systems: options.systems ?? null,
    tally: options.tally ?? null,
    goesOn: options.goesOn ?? false,
  });
  let violation: Violation | null = null;
  const injections: string[] = [];
  try {
    setUp(world);
    if (options.scenario) {
      play(world, options.scenario, options.seconds);
    } else {
      inject(world, options, (name) => {
        injections.push(name);
      });
      world.runUntil(Math.max(SETUP_MS, options.seconds * 1000));
      // It went on all the same.
      if (world.violation) throw world.violation;
      converge(world);
    }
    judge(world);
  } catch (error) {
    violation = world.violation ?? asViolation(error);
  }
  if (options.recorded) for (const line of parkHistory(world)) options.recorded(line);
  world.end();
  return {
    seed: options.seed,
    violation,
    operations: operationsOf(world),
    events: world.events,
    leaderChanges: world.checks.log.leaderChanges,
    faults: world.faults,
    injections,
    clients: world.workload.activeClients(),
    simulatedSeconds: world.clock.now() / 1000,
    digest: world.digest.digest(),
  };
}

function operationsOf({ workload }: World): number {
  const { calls, chat, market, visits } = workload;
  return calls.length + chat.asked + market.trades.length + visits.calls.length;
}

function setUp(world: World): void {
  const random = world.random.split('setup');
  for (const gate of world.gates) {
    world.workload.join(gate);
    if (gate.index === 0) gate.start();
    else world.later(random.between(500, 3000), () => gate.start());
  }
  world.workload.start();
}

/** Each seed picks the faults that it has and how frequent each is. */
function inject(world: World, options: RunOptions, done: (name: string) => void): void {
  const { faults, often = [], only = null } = options;
  const chosen = FAULTS.filter(({ name }) => faults.includes(name) && !often.includes(name));
  for (const fault of FAULTS.filter(({ name }) => often.includes(name)))
    repeat(world, options, fault, OFTEN_MS, done);
  for (const fault of chosen) {
    // Drawn whether they count or not: a shorter list of faults leaves the others as they were.
    const random = world.random.split(`fault ${fault.name}`);
    const left = random.chance(0.4);
    const everyMs = fault.everyMs * random.logBetween(0.3, 3);
    if (left && chosen.length > 2 && !only) continue;
    repeat(world, options, fault, everyMs, done);
  }
}

/** Each injection has a name and a generator of its own, so that any can be left out and the others stay. */
function repeat(
  world: World,
  { seconds, only = null }: RunOptions,
  fault: Fault,
  everyMs: number,
  done: (name: string) => void,
): void {
  const times = world.random.split(`fault ${fault.name}/times`);
  let count = 0;
  const next = (after: number): void => {
    world.later(after + times.exponential(everyMs), () => {
      if (world.clock.now() >= seconds * 1000) return;
      const name = `${fault.name}.${++count}`;
      const wanted = only?.has(name) ?? true;
      if (wanted) injectNamed(world, fault, name, done);
      next(0);
    });
  };
  next(SETUP_MS);
}

function injectNamed(world: World, fault: Fault, name: string, done: (name: string) => void): void {
  const injected = fault.inject(world, world.random.split(`fault ${name}`));
  if (injected === 'impossible') return;
  if (injected === 'done' && fault.counts === 'injection') world.count(fault.name);
  world.trace('fault', null, name);
  done(name);
}

/** Rules L1 and L2. */
function converge(world: World): void {
  world.trace('heals', null, '');
  healAll(world);
  const start = world.clock.now();
  world.runUntil(start + 2000);
  world.workload.stop();
  let last = convergence(world);
  while (last !== null) {
    if (world.clock.now() > start + BOUND_MS)
      throw new Violation(last.rule, `${BOUND_MS / 1000} s after all faults: ${last.detail()}`);
    electEverywhere(world);
    if (world.clock.now() > start + PATIENCE_MS) decideForAll(world);
    world.runUntil(world.clock.now() + LOOK_MS);
    last = convergence(world);
  }
  probe(world);
}

/** What can only be told in the end. */
function judge(world: World): void {
  const { calls, market, visits } = world.workload;
  world.checks.ended([...calls, ...market.trades, ...visits.calls]);
  const pages = world.gates.flatMap(({ life }) => life?.name ?? []);
  for (const checker of Object.values(world.checks.multicasts)) checker.ended(pages);
  checkArchives(world);
  world.workload.chat.judge();
  world.checks.judge(historyOf(world.history));
}

/** Every gate takes an operation, within the bound too: somebody may hold the mutex until the lease ends. */
function probe(world: World): void {
  const start = world.clock.now();
  const silent = new Set(world.gates.filter(({ life }) => life !== null));
  while (silent.size > 0) {
    const [first] = silent;
    if (first && world.clock.now() > start + BOUND_MS)
      throw new Violation('L1', `gate ${first.index} takes no operation in the end`);
    for (const gate of silent) {
      world.workload.probe(gate, (ok) => {
        if (ok) silent.delete(gate);
      });
    }
    world.runUntil(world.clock.now() + 5000);
  }
  const settled = world.clock.now() + SETTLE_MS;
  let last = convergence(world);
  while (last !== null) {
    if (world.clock.now() > settled)
      throw new Violation(last.rule, `after having converged: ${last.detail()}`);
    world.runUntil(world.clock.now() + LOOK_MS);
    last = convergence(world);
  }
}

function asViolation(error: unknown): Violation {
  if (error instanceof Violation) return error;
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new Violation('invariant', detail);
}
