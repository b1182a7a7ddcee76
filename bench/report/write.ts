import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Machine } from '../machine.ts';
import type { BenchResult } from '../result.ts';
import { toMarkdown } from './markdown.ts';
import { plot } from './plot.ts';

const FOLDER = path.join('bench', 'results');
const REPORT = path.join('bench', 'RESULTS.md');

/** What one benchmark came to when it was last run with `--write`. */
export interface Kept {
  readonly name: string;
  /** ISO 8601. */
  readonly date: string;
  /** As asked for: a benchmark may take fewer. */
  readonly tries: number;
  readonly soakMinutes: number;
  /** Of the product; with a plus where it was changed since. */
  readonly commit: string;
  /** Their versions, by the packages' names. */
  readonly peers: Readonly<Record<string, string>>;
  readonly machine: Machine;
  readonly results: readonly BenchResult[];
}

/** So that a report can be made of runs of some benchmarks at a time. */
export function keep(kept: Kept): void {
  mkdirSync(FOLDER, { recursive: true });
  replace(fileOf(kept.name, 'json'), `${JSON.stringify(kept, null, 2)}\n`);
}

/** Writes the report and the plots of all that was kept, in this order. */
export function writeReport(names: readonly string[]): void {
  const all = names.flatMap((name) => readKept(name) ?? []);
  const plots = new Map<string, string>();
  for (const { name, results } of all) {
    const svg = plot(results);
    if (svg === null) continue;
    replace(fileOf(name, 'svg'), svg);
    plots.set(name, `results/${name}.svg`);
  }
  replace(REPORT, toMarkdown(all, plots));
}

/** Who is interrupted leaves the old file or the new one. */
function replace(file: string, content: string): void {
  writeFileSync(`${file}.new`, content);
  renameSync(`${file}.new`, file);
}

function readKept(name: string): Kept | null {
  const file = fileOf(name, 'json');
  // Written by ourselves.
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Kept) : null;
}

function fileOf(name: string, kind: 'json' | 'svg'): string {
  return path.join(FOLDER, `${name}.${kind}`);
}
