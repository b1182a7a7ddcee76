/** The command `npm run simulate`. */
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { FAULTS } from './faults.ts';
import { Hash } from './hash.ts';
import { HELP, parseOptions, UsageError, type Options } from './options.ts';
import { NO_PLANT } from './plant.ts';
import { PLANTS } from './plants.ts';
import { run, type RunResult } from './simulator.ts';
import type { HistoryLine } from './world.ts';

/** A planted bug that so many seeds do not show is not looked for any longer. */
const PLANT_SEEDS = 200;

interface Totals {
  seeds: number;
  violations: number;
  operations: number;
  events: number;
  simulatedSeconds: number;
  readonly faults: Map<string, number>;
  readonly digest: Hash;
}

process.exitCode = main(process.argv.slice(2));

function main(args: readonly string[]): number {
  try {
    const options = parseOptions(args);
    if (options.show !== null) return show(options.show);
    return options.plants.length > 0 ? lookForPlants(options) : simulate(options);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\nnpm run simulate -- --help explains the options.`);
    return 2;
  }
}

function show(what: 'help' | 'faults' | 'plants'): number {
  if (what === 'help') console.log(HELP);
  const entries = what === 'faults' ? FAULTS : what === 'plants' ? PLANTS : [];
  for (const { name, about } of entries) console.log(`${name.padEnd(22)}${about}`);
  return 0;
}

function simulate(options: Options): number {
  const totals = newTotals();
  const started = performance.now();
  const history = openHistory(options.history);
  if (options.trace !== null) writeFileSync(options.trace, '');
  for (let seed = options.seed; seed < options.seed + options.seeds; seed++) {
    const result = run({
      ...options,
      seed,
      plant: NO_PLANT,
      traceFile: options.trace,
      recorded: history.write,
    });
    history.flush();
    add(totals, result);
    if (result.violation) tellViolation(result, options);
  }
  history.close();
  summarize(totals, (performance.now() - started) / 1000, options.json);
  return totals.violations > 0 ? 1 : 0;
}

/** Each planted bug in turn: a checker that finds none of them proves nothing. */
function lookForPlants(options: Options): number {
  const totals = newTotals();
  const begun = performance.now();
  const history = openHistory(options.history);
  for (const plant of PLANTS.filter(({ name }) => options.plants.includes(name))) {
    const started = performance.now();
    const most = options.plants.length > 1 ? Math.max(options.seeds, PLANT_SEEDS) : options.seeds;
    let found: RunResult | null = null;
    for (let seed = options.seed; seed < options.seed + most && !found; seed++) {
      const removed = plant.install();
      const result = run({
        ...options,
        seed,
        often: plant.faults,
        plant: plant.plant,
        traceFile: options.trace,
        recorded: history.write,
      });
      removed();
      history.flush();
      add(totals, result);
      if (result.violation) found = result;
    }
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    if (found) {
      console.log(`planted ${plant.name}: found after ${seconds} s`);
      tellViolation(found, { ...options, plants: [plant.name] });
    } else {
      console.log(`planted ${plant.name}: NOT found in ${most} seeds, ${seconds} s`);
    }
  }
  history.close();
  summarize(totals, (performance.now() - begun) / 1000, options.json);
  return totals.violations > 0 ? 1 : 0;
}

function tellViolation({ seed, violation }: RunResult, options: Options): void {
  if (!violation) return;
  console.log(`VIOLATION of ${violation.rule} with seed ${seed}: ${violation.detail}`);
  console.log(`  replay: ${replay(seed, options)}`);
}

function replay(seed: number, { nodes, seconds, faults, plants }: Options): string {
  const usual = FAULTS.filter((fault) => fault.usual).map(({ name }) => name);
  const all = usual.length === faults.length && usual.every((name) => faults.includes(name));
  const names = all ? 'all' : faults.length === 0 ? 'none' : faults.join();
  const [plant] = plants;
  return (
    `npm run simulate -- --seeds 1 --seed ${seed} --nodes ${nodes} --seconds ${seconds} --faults ${names}` +
    (plant === undefined ? '' : ` --plant ${plant}`)
  );
}

function newTotals(): Totals {
  return {
    seeds: 0,
    violations: 0,
    operations: 0,
    events: 0,
    simulatedSeconds: 0,
    faults: new Map(),
    digest: new Hash(),
  };
}

function add(totals: Totals, result: RunResult): void {
  totals.seeds += 1;
  totals.violations += result.violation ? 1 : 0;
  totals.operations += result.operations;
  totals.events += result.events;
  totals.simulatedSeconds += result.simulatedSeconds;
  for (const [name, count] of result.faults)
    totals.faults.set(name, (totals.faults.get(name) ?? 0) + count);
  totals.digest.text(result.digest);
}

function summarize(totals: Totals, wallSeconds: number, json: boolean): void {
  const { seeds, violations, operations, events, simulatedSeconds } = totals;
  const known = FAULTS.flatMap(({ name }) => {
    const count = totals.faults.get(name);
    return count === undefined ? [] : [[name, count] as const];
  });
  const faults = Object.fromEntries(known);
  const digest = totals.digest.digest();
  const speed = Math.round(simulatedSeconds / wallSeconds);
  console.log(
    `${seeds} seeds, ${violations} violations, ${operations} operations, ${events} events; ` +
      `${Math.round(simulatedSeconds)} simulated seconds in ${wallSeconds.toFixed(1)} s (${speed} times real time)`,
  );
  if (known.length > 0)
    console.log(`faults: ${known.map(([name, count]) => `${name} ${count}`).join(', ')}`);
  console.log(`digest ${digest}`);
  if (!json) return;
  const summary = {
    seeds,
    violations,
    operations,
    events,
    faults,
    simulatedSeconds,
    wallSeconds,
    digest,
  };
  console.log(JSON.stringify(summary));
}

/** Writes a history seed by seed, so that memory holds one at a time. */
function openHistory(file: string | null): {
  write: (line: HistoryLine) => void;
  flush: () => void;
  close: () => void;
} {
  if (file === null)
    return { write: () => undefined, flush: () => undefined, close: () => undefined };
  const handle = openSync(file, 'w');
  let lines: string[] = [];
  return {
    write: (line) => {
      lines.push(JSON.stringify(line));
    },
    flush: () => {
      if (lines.length > 0) writeSync(handle, `${lines.join('\n')}\n`);
      lines = [];
    },
    close: () => {
      closeSync(handle);
    },
  };
}
