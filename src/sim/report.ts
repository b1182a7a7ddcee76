/** What the command says: totals, violations, the history file and how far it is. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { FAULTS } from './faults.ts';
import { Hash } from './hash.ts';
import { countedIn, replayCommand, type Report } from './job.ts';
import type { Done } from './runner.ts';
import { SCENARIO_COUNTS } from './scenarios.ts';

/** Sums over seeds. Fed in the order of the seeds, so that the digest does not depend on who was faster. */
export class Totals {
  seeds = 0;
  violations = 0;
  operations = 0;
  events = 0;
  leaderChanges = 0;
  simulatedSeconds = 0;
  /** By name. 0: it was to come, and never had an effect. What was not asked for is not in it. */
  readonly faults = new Map<string, number>();
  /** The names of the injections that were done in any of the seeds. */
  readonly injections = new Set<string>();
  readonly #digest = new Hash();
  readonly #started = performance.now();

  add({ job, report }: Done): void {
    this.seeds += 1;
    this.violations += report.violation ? 1 : 0;
    this.operations += report.operations;
    this.events += report.events;
    this.leaderChanges += report.leaderChanges;
    this.simulatedSeconds += report.simulatedSeconds;
    for (const name of countedIn(job)) this.#count(name, 0);
    for (const [name, count] of report.faults) this.#count(name, count);
    for (const name of report.injections) this.injections.add(name);
    this.#digest.text(report.digest);
  }

  get wallSeconds(): number {
    return (performance.now() - this.#started) / 1000;
  }

  #count(name: string, times: number): void {
    this.faults.set(name, (this.faults.get(name) ?? 0) + times);
  }

  #counts(names: readonly string[]): (readonly [string, number])[] {
    return names.flatMap((name) => {
      const count = this.faults.get(name);
      return count === undefined ? [] : [[name, count] as const];
    });
  }

  print(json: boolean): void {
    const { seeds, violations, operations, events, leaderChanges } = this;
    const { simulatedSeconds, wallSeconds } = this;
    const faults = this.#counts(FAULTS.map(({ name }) => name));
    const scenario = this.#counts(SCENARIO_COUNTS);
    const digest = this.#digest.digest();
    const speed = Math.round(simulatedSeconds / wallSeconds);
    console.log(
      `${seeds} seeds, ${violations} violations, ${operations} operations, ${leaderChanges} leader changes, ` +
        `${events} events; ${Math.round(simulatedSeconds)} simulated seconds in ${wallSeconds.toFixed(1)} s (${speed} times real time)`,
    );
    if (faults.length > 0)
      console.log(`faults: ${faults.map(([name, count]) => `${name} ${count}`).join(', ')}`);
    if (scenario.length > 0)
      console.log(scenario.map(([what, count]) => `${count} ${what}`).join(', '));
    console.log(`digest ${digest}`);
    if (!json) return;
    const counts = { seeds, violations, operations, events, faults: Object.fromEntries(faults) };
    const played = scenario.length > 0 ? { scenario: Object.fromEntries(scenario) } : {};
    const time = { simulatedSeconds, wallSeconds };
    console.log(JSON.stringify({ ...counts, ...played, leaderChanges, ...time, digest }));
  }
}

export function tellViolation({ job, report: { violation } }: Done): void {
  if (!violation) return;
  console.log(`VIOLATION of ${violation.rule} with seed ${job.seed}: ${violation.detail}`);
  console.log(`  replay: ${replayCommand(job)}`);
}

/** Injections that somebody named, and that were done in no seed. Returns whether there are any. */
export function tellMissing(only: readonly string[] | null, { injections }: Totals): boolean {
  const missing = (only ?? []).filter((name) => !injections.has(name));
  if (missing.length > 0)
    console.error(`--only names what was never injected in this run: ${missing.join(', ')}`);
  return missing.length > 0;
}

/** A file of histories, written seed by seed. */
export class HistoryFile {
  readonly #handle: number | null;

  constructor(file: string | null) {
    this.#handle = file === null ? null : openSync(file, 'w');
  }

  add(report: Report): void {
    if (this.#handle !== null) writeSync(this.#handle, report.history);
  }

  close(): void {
    if (this.#handle !== null) closeSync(this.#handle);
  }
}

/** How often a terminal is told, and how often a file that somebody may be watching, ms. */
const TERMINAL_MS = 1000;
const FILE_MS = 30_000;

/** Says on stderr how far a long run is. Returns what ends that. */
export function showProgress(totals: Totals, about: () => string): () => void {
  const { stderr } = process;
  const terminal = stderr.isTTY;
  const timer = setInterval(
    () => {
      const line = `${about()}: ${totals.seeds} seeds, ${totals.violations} violations, ${totals.wallSeconds.toFixed(0)} s`;
      stderr.write(terminal ? `\r\x1b[2K${line}` : `${line}\n`);
    },
    terminal ? TERMINAL_MS : FILE_MS,
  );
  return () => {
    clearInterval(timer);
    if (terminal) stderr.write('\r\x1b[2K');
  };
}
