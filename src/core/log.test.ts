import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Log, LOG_START } from './log.ts';
import { comparePosition } from './entry.ts';
import { entry, filler, term } from './testing/fixtures.ts';

const T1 = term(1, 'anna');
const T2 = term(2, 'bert');

function logOf(length: number): Log {
  const log = new Log();
  log.append(filler(1, length, T1));
  return log;
}

describe('the log in memory', () => {
  test('R1: it has no gap, and its terms never fall', () => {
    const log = logOf(3);
    expect(() => log.append([entry(5, T1)])).toThrow('no gap');
    log.append([entry(4, T2)]);
    expect(() => log.append([entry(5, T1)])).toThrow('never fall');
    expect(log.last).toEqual({ index: 4, term: T2 });
  });

  test('R1: it holds a position if the term there is the same', () => {
    const log = logOf(3);
    expect(log.holds({ index: 2, term: T1 })).toBe(true);
    expect(log.holds({ index: 2, term: T2 })).toBe(false);
    expect(log.holds({ index: 4, term: T1 })).toBe(false);
    expect(log.holds(LOG_START)).toBe(true);
  });

  test('R1: what is truncated is gone', () => {
    const log = logOf(5);
    log.truncateFrom(3);
    expect(log.lastIndex).toBe(2);
    log.append([entry(3, T2)]);
    expect(log.termAt(3)).toBe(T2);
    expect(log.at(4)).toBeUndefined();
  });

  test('R6: compacted, it starts at its base and keeps the rest', () => {
    const log = logOf(9);
    log.compact(4);
    expect(log.base).toEqual({ index: 4, term: T1 });
    expect(log.at(4)).toBeUndefined();
    expect(log.at(5)?.index).toBe(5);
    expect(log.lastIndex).toBe(9);
    expect(log.holds({ index: 4, term: T1 })).toBe(true);
    expect(log.slice(5, 2).map(({ index }) => index)).toEqual([5, 6]);
    expect(() => log.slice(4, 1)).toThrow('behind the snapshot');
    expect(() => log.truncateFrom(4)).toThrow('stays');
    expect(() => log.position(3)).toThrow('holds index 3');
  });

  test('R6: it can begin anew after a snapshot', () => {
    const log = logOf(3);
    log.reset({ index: 20, term: T2 });
    expect(log.last).toEqual({ index: 20, term: T2 });
    log.append([entry(21, T2)]);
    expect(log.lastIndex).toBe(21);
  });

  test('R6: whatever is cut at either end, an entry stays at its index', () => {
    fc.assert(
      fc.property(fc.nat(30), fc.nat(30), fc.nat(30), (length, compacted, truncated) => {
        const log = logOf(length + 1);
        const base = Math.min(compacted, length);
        if (base > 0) log.compact(base);
        if (truncated > base) log.truncateFrom(truncated);
        for (let i = base + 1; i <= log.lastIndex; i++) expect(log.at(i)?.index).toBe(i);
        expect(log.slice(base + 1, Infinity)).toHaveLength(log.lastIndex - base);
      }),
    );
  });

  test('B3: positions compare by term first, then by index', () => {
    expect(comparePosition({ index: 9, term: T1 }, { index: 2, term: T2 })).toBeLessThan(0);
    expect(comparePosition({ index: 9, term: T1 }, { index: 2, term: T1 })).toBeGreaterThan(0);
    expect(comparePosition({ index: 2, term: T1 }, { index: 2, term: T1 })).toBe(0);
    expect(
      comparePosition({ index: 1, term: term(9, 'z') }, { index: 1, term: term(10, 'a') }),
    ).toBeLessThan(0);
  });
});
