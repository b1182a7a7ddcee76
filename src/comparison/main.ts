/** `npm run compare`: the two ways of total-order multicast, as a table. The page shows the same. */
import { comparisons } from './compare.ts';
import type { Comparison } from './row.ts';
import { ONE_WAY_MS } from './virtual-group.ts';

const COLUMNS: readonly (readonly [string, (row: Comparison) => string])[] = [
  ['gates', ({ size }) => String(size)],
  ['way', ({ kind }) => kind],
  ['messages per multicast', ({ messages }) => String(messages)],
  ['theory', ({ theory }) => String(theory)],
  ['all at once', ({ atOnce }) => atOnce.toFixed(1)],
  ['delivered at the sender', ({ latencyMs }) => `${latencyMs.toFixed(0)} ms`],
  ['everywhere', ({ everywhereMs }) => `${everywhereMs.toFixed(0)} ms`],
  ['the greatest dies', ({ greatest }) => seconds(greatest.dies)],
  ['hangs', ({ greatest }) => seconds(greatest.hangs)],
  ['another dies', ({ another }) => seconds(another.dies)],
  ['hangs', ({ another }) => seconds(another.hangs)],
];

console.log(`Every message takes ${ONE_WAY_MS} ms. Virtual time, real code.\n`);
line(COLUMNS.map(([title]) => title));
line(COLUMNS.map(() => '---'));
for (const row of comparisons()) line(COLUMNS.map(([, cell]) => cell(row)));

function line(cells: readonly string[]): void {
  console.log(`| ${cells.join(' | ')} |`);
}

function seconds(ms: number | null): string {
  return ms === null ? '-' : `${(ms / 1000).toFixed(1)} s`;
}
