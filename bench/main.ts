/** `npm run bench -- --only NAME --tries N --json`: the benchmarks. Build first: they measure what is in `dist`. */
import { parseArgs } from 'node:util';
import { failover } from './failover.ts';
import type { BenchResult } from './result.ts';

const BENCHMARKS: Readonly<Record<string, (tries: number) => Promise<BenchResult[]>>> = {
  failover,
};
const TRIES = 15;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      tries: { type: 'string', default: String(TRIES) },
      json: { type: 'boolean', default: false },
    },
  });
  const tries = Number(values.tries);
  if (!Number.isInteger(tries) || tries < 1) throw new Error('--tries: a whole number from 1');
  const names = values.only === undefined ? Object.keys(BENCHMARKS) : [values.only];
  for (const name of names) {
    const benchmark = BENCHMARKS[name];
    if (!benchmark) throw new Error(`--only: one of ${Object.keys(BENCHMARKS).join(', ')}`);
    for (const result of await benchmark(tries)) print(result, values.json);
  }
}

function print(result: BenchResult, json: boolean): void {
  if (json) {
    console.log(JSON.stringify(result));
    return;
  }
  const { name, params, ours, spread, limit, unit } = result;
  const about = Object.entries(params)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');
  const range = `${spread.min} to ${spread.max}`;
  console.log(`${name} (${about}): median ${ours} ${unit}, ${range}; to reach: ${limit} ${unit}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
