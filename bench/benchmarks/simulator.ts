import { execFile } from 'node:child_process';
import process from 'node:process';
import { promisify } from 'node:util';
import type { Environment } from '../environment.ts';
import { interleave, pick, type Rounds } from '../interleave.ts';
import { toResult, type BenchResult, type Params } from '../result.ts';
import { atLeast } from '../target.ts';

/** So many that the first ones, which run before the engine has compiled what is hot, are a small part. */
const SEEDS = 100;
const NODES = 5;
/** A run takes a minute and more. */
const MOST_TRIES = 3;
const CASES = [
  { load: 'the park', options: ['--systems', 'none', '--multicast', 'none'] },
  { load: 'what each seed picks of the five systems', options: [] },
] as const;
const run = promisify(execFile);

/** How many times faster than real time the simulator is, on one core, with all faults and all checks. */
export async function simulator({ tries }: Environment): Promise<BenchResult[]> {
  const rounds = await interleave(
    Math.min(tries, MOST_TRIES),
    CASES.map(({ options }) => ({ ours: () => simulate(options) })),
  );
  return CASES.flatMap(({ load }, at) => resultsOf(load, rounds[at]));
}

function resultsOf(load: string, rounds: Rounds<Run> = { ours: [], peers: {} }): BenchResult[] {
  const params = { load, nodes: NODES, seeds: SEEDS, cores: 1 } satisfies Params;
  const about = { name: 'simulator', params };
  const speed = pick(rounds, ({ simulated, wall }) => simulated / wall);
  const busy = pick(rounds, ({ simulated, events }) => events / simulated);
  const each = pick(rounds, ({ wall, events }) => (wall / events) * 1e6);
  return [
    toResult({ ...about, unit: 'times real time', samples: speed, target: atLeast(2000) }),
    toResult({ ...about, unit: 'events a simulated second', samples: busy }),
    toResult({ ...about, unit: 'µs an event', samples: each }),
  ];
}

interface Run {
  /** Seconds. */
  readonly simulated: number;
  /** Seconds. */
  readonly wall: number;
  readonly events: number;
}

async function simulate(load: readonly string[]): Promise<Run> {
  const options = ['--seeds', SEEDS, '--nodes', NODES, '--jobs', 1, '--json'].map(String);
  const { stdout } = await run(process.execPath, ['scripts/simulate.mjs', ...options, ...load]);
  const summary: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  const { simulatedSeconds, wallSeconds, events } = Object(summary) as Record<string, unknown>;
  const told = [simulatedSeconds, wallSeconds, events];
  const [simulated, wall, count] = told.filter((figure) => typeof figure === 'number');
  if (simulated === undefined || wall === undefined || count === undefined)
    throw new Error('the simulator told no times');
  return { simulated, wall, events: count };
}
