import { execFile } from 'node:child_process';
import process from 'node:process';
import { promisify } from 'node:util';
import type { Environment } from '../environment.ts';
import { interleave } from '../interleave.ts';
import { toResult, type BenchResult } from '../result.ts';
import { atLeast } from '../target.ts';

/** A run takes some seconds. */
const SEEDS = 10;
const NODES = 5;
const run = promisify(execFile);

/** How many times faster than real time the simulator is, on one core. */
export async function simulator({ tries }: Environment): Promise<BenchResult[]> {
  const [samples] = await interleave(tries, [{ ours: simulate }]);
  if (!samples) return [];
  const params = { nodes: NODES, seeds: SEEDS, cores: 1 };
  const unit = 'times real time';
  return [toResult({ name: 'simulator', params, unit, samples, target: atLeast(2000) })];
}

async function simulate(): Promise<number> {
  const options = ['--seeds', SEEDS, '--nodes', NODES, '--jobs', 1, '--json'].map(String);
  const { stdout } = await run(process.execPath, ['scripts/simulate.mjs', ...options]);
  const summary: unknown = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  const { simulatedSeconds, wallSeconds } = Object(summary) as Record<string, unknown>;
  if (typeof simulatedSeconds !== 'number' || typeof wallSeconds !== 'number')
    throw new Error('the simulator told no times');
  return simulatedSeconds / wallSeconds;
}
