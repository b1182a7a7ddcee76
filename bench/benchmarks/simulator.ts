import { execFile } from 'node:child_process';
import process from 'node:process';
import { promisify } from 'node:util';
import type { Environment } from '../environment.ts';
import { interleave, pick } from '../interleave.ts';
import { toResult, type BenchResult } from '../result.ts';
import { atLeast } from '../target.ts';

/** A run takes some seconds. */
const SEEDS = 10;
const NODES = 5;
const run = promisify(execFile);

/** How many times faster than real time the simulator is, on one core. */
export async function simulator({ tries }: Environment): Promise<BenchResult[]> {
  const [rounds] = await interleave(tries, [{ ours: simulate }]);
  if (!rounds) return [];
  const about = { name: 'simulator', params: { nodes: NODES, seeds: SEEDS, cores: 1 } };
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

async function simulate(): Promise<Run> {
  const options = ['--seeds', SEEDS, '--nodes', NODES, '--jobs', 1, '--json'].map(String);
  const { stdout } = await run(process.execPath, ['scripts/simulate.mjs', ...options]);
  const summary: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  const { simulatedSeconds, wallSeconds, events } = Object(summary) as Record<string, unknown>;
  const told = [simulatedSeconds, wallSeconds, events];
  const [simulated, wall, count] = told.filter((figure) => typeof figure === 'number');
  if (simulated === undefined || wall === undefined || count === undefined)
    throw new Error('the simulator told no times');
  return { simulated, wall, events: count };
}
