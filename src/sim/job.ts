import type { ElectionKind, MulticastKind, TopologyKind } from '../core/entry.ts';
import type { HistoryLine } from './checkers/history.ts';
import { FAULTS } from './faults.ts';
import { NO_PLANT } from './plant.ts';
import { PLANTS } from './plants.ts';
import { SCENARIO_COUNTS, SCENARIOS } from './scenarios.ts';
import { run, type RunOptions, type RunResult } from './simulator.ts';
import type { System } from './systems.ts';

/** One seed to run, as plain data: it goes to a worker thread. */
export interface Job {
  readonly seed: number;
  readonly nodes: number;
  readonly seconds: number;
  /** What the founder decides. */
  readonly election: ElectionKind;
  readonly topology: TopologyKind;
  /** How the group orders its messages; null: nobody sends any. */
  readonly multicast: MulticastKind | null;
  /** Besides the park, these have clients; null for what the seed picks. */
  readonly systems: readonly System[] | null;
  readonly faults: readonly string[];
  /** Only these injections of faults, by name; null for all that come. */
  readonly only: readonly string[] | null;
  /** Only these clients; null for all. */
  readonly clients: readonly string[] | null;
  readonly plant: string | null;
  /** Played in place of the faults. */
  readonly scenario: string | null;
  /** Whether the lines of the history are wanted. */
  readonly history: boolean;
  readonly trace: string | null;
}

export interface Broken {
  readonly rule: string;
  readonly detail: string;
}

/** What came of it, as plain data. */
export interface Report extends Omit<RunResult, 'violation'> {
  readonly violation: Broken | null;
  /** The lines of the history; empty when nobody wanted them. */
  readonly history: string;
}

/** When a rule is broken the run ends. Its history, where one is wanted, is that of the same run with all that comes after. */
export function runJob(job: Job): Report {
  const lines: string[] = [];
  const add = (line: HistoryLine): void => {
    lines.push(`${JSON.stringify(line)}\n`);
  };
  const { violation, ...result } = perform(job, job.history ? { recorded: add } : {});
  if (violation && job.history) {
    lines.length = 0;
    perform({ ...job, trace: null }, { goesOn: true, recorded: add });
  }
  const broken = violation && { rule: violation.rule, detail: violation.detail };
  return { ...result, violation: broken, history: lines.join('') };
}

function perform(job: Job, more: Pick<RunOptions, 'goesOn' | 'recorded'>): RunResult {
  const planted = PLANTS.find(({ name }) => name === job.plant);
  const remove = planted?.install();
  try {
    return run({
      seed: job.seed,
      nodes: job.nodes,
      seconds: job.seconds,
      election: job.election,
      topology: job.topology,
      multicast: job.multicast,
      systems: job.systems && new Set(job.systems),
      faults: job.faults,
      often: planted?.faults ?? [],
      only: job.only && new Set(job.only),
      clients: job.clients && new Set(job.clients),
      plant: planted?.plant ?? NO_PLANT,
      scenario: SCENARIOS.find(({ name }) => name === job.scenario) ?? null,
      traceFile: job.trace,
      ...more,
    });
  } finally {
    remove?.();
  }
}

/** What may be counted in it, also where it never happens: its faults, those that its planted bug takes, and what is counted of its scenario. */
export function countedIn({ faults, plant, scenario }: Job): readonly string[] {
  const planted = PLANTS.find(({ name }) => name === plant)?.faults ?? [];
  return [...faults, ...planted, ...(scenario === null ? [] : SCENARIO_COUNTS)];
}

/** The command that runs just this job again. */
export function replayCommand(job: Job): string {
  const { seed, nodes, seconds, election, topology, multicast, systems, clients, plant, scenario } =
    job;
  const parts = [`--seeds 1 --seed ${seed} --nodes ${nodes} --seconds ${seconds}`];
  if (scenario !== null || election !== 'bully') parts.push(`--election ${election}`);
  if (scenario !== null || topology !== 'mesh') parts.push(`--topology ${topology}`);
  parts.push(`--multicast ${multicast ?? 'none'}`);
  if (systems) parts.push(`--systems ${list(systems)}`);
  parts.push(scenario === null ? whatGoesWrong(job) : `--scenario ${scenario}`);
  if (clients) parts.push(`--clients ${list(clients)}`);
  if (plant !== null) parts.push(`--plant ${plant}`);
  return `npm run simulate -- ${parts.join(' ')}`;
}

function whatGoesWrong({ only, faults }: Job): string {
  return only ? `--only ${list(only)}` : `--faults ${faultList(faults)}`;
}

function faultList(faults: readonly string[]): string {
  const isAll =
    faults.length === FAULTS.length && FAULTS.every(({ name }) => faults.includes(name));
  return isAll ? 'all' : list(faults);
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join();
}

/** The kind of fault that an injection is of: `crash` of `crash.3`. */
export function kindOf(injection: string): string {
  return injection.slice(0, injection.lastIndexOf('.'));
}
