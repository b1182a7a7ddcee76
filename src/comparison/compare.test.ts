import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { compare } from './compare.ts';
import { COLUMNS } from './table.ts';
import { Timeline } from './timeline.ts';
import { ONE_WAY_MS } from './virtual-group.ts';

describe.each(['sequencer', 'lamport'] as const)('%s', (kind) => {
  test.each([2, 3, 5])('T10, T11: among %i gates, what is counted is what theory says', (size) => {
    const row = compare(kind, size);
    const theory = kind === 'sequencer' ? 3 * size - 2 : size * (size - 1);
    expect(row).toMatchObject({ kind, size, theory, messages: theory });
    expect(row.atOnce).toBeLessThanOrEqual(theory);
    // ORDER, NUMBERED, HELD and DELIVER; or STAMPED and ACKNOWLEDGED.
    expect(Math.round(row.latencyMs / ONE_WAY_MS)).toBe(kind === 'sequencer' ? 4 : 2);
    expect(row.everywhereMs).toBeGreaterThanOrEqual(row.latencyMs);
  });

  test('T3: when a gate fails, delivery goes on with the next view, if a majority is left', () => {
    const { greatest, another } = compare(kind, 3);
    for (const pause of [greatest.dies, greatest.hangs, another.dies, another.hangs]) {
      expect(pause).toBeGreaterThan(100);
      expect(pause).toBeLessThan(5000);
    }
    expect(compare(kind, 2).greatest).toEqual({ dies: null, hangs: null });
  });
});

/** The rows of the README's table of multicasts, by cells: gates, way, … */
function printed(): string[][] {
  const readme = readFileSync(path.resolve(import.meta.dirname, '../../README.md'), 'utf8');
  const rows = readme.split('\n').filter((line) => /^\| \d +\| (sequencer|lamport) /.test(line));
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

test('the README has what `npm run compare` prints', { timeout: 30_000 }, () => {
  const rows = printed();
  expect(rows.map(([size, kind]) => `${size} ${kind}`)).toEqual(
    [3, 5, 9].flatMap((size) => [`${size} sequencer`, `${size} lamport`]),
  );
  // That it is delivered at its sender the README leaves out.
  const columns = COLUMNS.filter(([title]) => title !== 'delivered at the sender');
  for (const row of rows) {
    const compared = compare(row[1] === 'lamport' ? 'lamport' : 'sequencer', Number(row[0]));
    expect(row).toEqual(columns.map(([, cell]) => cell(compared)));
  }
});

test('a timeline calls back in order, not what was cancelled, and passes over what is empty', () => {
  const time = new Timeline();
  const called: string[] = [];
  const at = (ms: number, what: string): number => time.schedule(ms, () => called.push(what));
  at(20, 'c');
  at(10, 'a');
  at(10, 'b');
  const never = at(5, 'never');
  time.cancel(never);
  at(40, 'later');
  expect(time.runUntil(() => called.length === 2, 100)).toBe(true);
  expect(time.now()).toBe(10);
  time.run(20);
  expect(called).toEqual(['a', 'b', 'c']);
  expect(time.now()).toBe(30);
  expect(time.runUntil(() => called.length === 9, 100)).toBe(false);
  expect(called.at(-1)).toBe('later');
});
