/** `npm run bench`: the benchmarks, in real tabs. They measure what is in `dist`. */
import process from 'node:process';
import { BENCH_NAMES, parseBench, type BenchName } from '../scripts/options.mjs';
import { BENCHMARKS } from './benchmarks.ts';
import { launch } from './browsers.ts';
import { buildPages } from './build-pages.ts';
import { withEnvironment, type Environment } from './environment.ts';
import { describeMachine, type Machine } from './machine.ts';
import { commitHere, peersHere } from './versions.ts';
import { toLine } from './report/line.ts';
import { keep, writeReport } from './report/write.ts';
import type { BenchResult } from './result.ts';

const { only, tries, soakMinutes, json, write } = parseBench(process.argv.slice(2));

/** Runs one benchmark and prints its results. One that fails as a whole leaves the others their turn. */
async function run(name: BenchName, environment: Environment, machine: Machine): Promise<void> {
  try {
    const results = await BENCHMARKS[name](environment);
    for (const result of results) print(result);
    if (!write) return;
    const date = new Date().toISOString();
    keep({
      name,
      date,
      tries,
      soakMinutes,
      commit: commitHere(),
      peers: peersHere(),
      machine,
      results,
    });
  } catch (error) {
    console.error(`${name} failed:`, error);
    process.exitCode = 1;
  }
}

function print(result: BenchResult): void {
  console.log(json ? JSON.stringify(result) : toLine(result));
}

async function machineHere(): Promise<Machine> {
  const browser = await launch();
  try {
    return describeMachine(browser);
  } finally {
    await browser.close();
  }
}

// Without these, what is cleaned up at the exit would be left behind, and the tries that are left would fail one by one.
process.once('SIGTERM', () => process.exit(143));
process.once('SIGINT', () => process.exit(130));

await buildPages();
const machine = await machineHere();
await withEnvironment({ tries, soakMinutes }, async (environment) => {
  for (const name of only) await run(name, environment, machine);
});
if (write) writeReport(BENCH_NAMES);
