import type { Comparison } from './row.ts';

/** A comparison as a row of text: the title of each cell, and what stands in it. */
export const COLUMNS: readonly (readonly [string, (row: Comparison) => string])[] = [
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

function seconds(ms: number | null): string {
  return ms === null ? '-' : `${(ms / 1000).toFixed(1)} s`;
}
