import { describe, expect, test } from 'vitest';
import type { Token } from '../../src/core/entry.ts';
import type { Entry, Outcome } from '../../src/runtime/gatehouse.ts';
import { readHistories } from '../../src/sim/checkers/history-reader.ts';
import type { Asked } from '../tab.ts';
import { Judge } from './judge.ts';

const TERM = `${'1'.padStart(12, '0')}.anna`;
const START = 1000;
const FOUNDING = { index: 1, term: TERM, at: START, kind: 'founding', capacity: 1 } as const;

/** The entry of the `index`-th operation of gate anna. */
function enter(index: number, visitor: string, outcome: Partial<Outcome> = {}): Entry {
  const token: Token = { term: TERM, number: index };
  const operation = `anna.${index}`;
  const base = { index, term: TERM, at: START + index, operation, node: 'anna', token };
  return { ...base, kind: 'enter', visitor, allowed: true, ...outcome };
}

const FULL = { allowed: false, reason: 'full' } as const;

/** What was told of the entry, asked and answered at these times. */
function told(entry: Entry, askedAt: number, answeredAt: number): Asked {
  const { visitor = '', operation = '', index, allowed = false } = entry;
  const outcome = { visitor, operation, index, allowed, ...(allowed ? {} : FULL) };
  const answer = { ok: true, outcome } as const;
  return { gate: 'G1', kind: 'enter', visitor, askedAt, answeredAt, answer };
}

function failed(visitor: string, askedAt: number, answeredAt: number, definite: boolean): Asked {
  const answer = { ok: false, code: 'timeout', definite, message: '' } as const;
  return { gate: 'G1', kind: 'enter', visitor, askedAt, answeredAt, answer };
}

function judged(asked: readonly Asked[], ...logs: readonly (readonly Entry[])[]): Judge {
  const judge = new Judge(1, START, 1);
  judge.checkpoint(
    logs.map((entries, place) => ({ gate: `G${place + 1}`, entries })),
    asked,
  );
  return judge;
}

const ada = enter(2, 'Ada');
const bob = enter(3, 'Bob', FULL);

describe('the judge of the logs', () => {
  test('accepts equal logs that keep the rules', () => {
    const asked = [told(ada, 1001, 1002), told(bob, 1003, 1004)];
    const { told: endings } = judged(asked, [FOUNDING, ada, bob], [FOUNDING, ada, bob]);
    expect(endings).toEqual({ ok: 2, definite: 0, indefinite: 0, lost: 0 });
  });

  test('S6: two gates show different entries in one place', () => {
    const other = enter(2, 'Eve');
    expect(() => judged([], [FOUNDING, ada], [FOUNDING, other])).toThrow(/^S6/);
  });

  test('S6: an entry that was shown has changed by the next checkpoint', () => {
    const judge = judged([told(ada, 1001, 1002)], [FOUNDING, ada]);
    expect(judge.from).toBe(1);
    const logs = [{ gate: 'G1', entries: [FOUNDING, enter(2, 'Eve')] }];
    expect(() => judge.checkpoint(logs, [])).toThrow(/^S6/);
  });

  test('S1: one more than the capacity is let in', () => {
    const over = enter(3, 'Bob');
    expect(() => judged([], [FOUNDING, ada, over])).toThrow(/^S1/);
  });

  test('S3: a visitor who is inside is let in again', () => {
    expect(() => judged([], [{ ...FOUNDING, capacity: 9 }, ada, enter(3, 'Ada')])).toThrow(/^S3/);
  });

  test('S4: a term is opened twice', () => {
    const opening = { term: TERM, at: START, kind: 'opening' } as const;
    const log = [FOUNDING, { ...opening, index: 2 }, { ...opening, index: 3 }];
    expect(() => judged([], log)).toThrow(/^S4/);
  });

  test('S5: tokens fall along the log', () => {
    const old = { ...bob, token: { term: TERM, number: 1 } };
    expect(() => judged([], [FOUNDING, ada, old])).toThrow(/^S5/);
  });

  test('S5: a token is granted twice, or is not the one that was asked under', () => {
    const token = { term: TERM, number: 2 };
    const grant = { gate: 'G1', token, operation: null };
    const logs = [{ gate: 'G1', entries: [FOUNDING, ada, bob] }];
    const asked = [told(ada, 1001, 1002), told(bob, 1003, 1004)];
    const check = (...grants: { gate: string; token: Token; operation: string | null }[]) =>
      new Judge(1, START, 1).checkpoint(logs, asked, grants);
    expect(() => check(grant, { ...grant, gate: 'G2' })).toThrow(/^S5/);
    expect(() => check({ ...grant, operation: 'anna.3' })).toThrow(/^S5/);
    expect(() => check({ ...grant, operation: 'anna.2' })).not.toThrow();
  });

  test('S7: an operation is applied again', () => {
    const again = { ...bob, operation: 'anna.2', visitor: 'Ada' };
    expect(() => judged([], [FOUNDING, ada, again])).toThrow(/^S7/);
  });
});

describe('the judge of what clients were told', () => {
  test('S2: what was told is in no log', () => {
    expect(() => judged([told(ada, 1001, 1002)], [FOUNDING])).toThrow(/^S2/);
  });

  test('S2: what surely failed happened', () => {
    expect(() => judged([failed('Ada', 1001, 1002, true)], [FOUNDING, ada])).toThrow(/^S2/);
  });

  test('what may have happened may happen in a later round, but once', () => {
    const judge = judged([failed('Ada', 1001, 1002, false)], [FOUNDING]);
    const later = [{ gate: 'G1', entries: [ada] }];
    judge.checkpoint(later, []);
    const again = { ...enter(3, 'Ada'), allowed: false, reason: 'already-inside' };
    expect(() => judge.checkpoint([{ gate: 'G1', entries: [again] }], [])).toThrow(/^S8/);
  });

  test('S8: the log turns time around', () => {
    const asked = [told(bob, 1001, 1002), told(ada, 1003, 1004)];
    expect(() => judged(asked, [FOUNDING, ada, bob])).toThrow(/^S8/);
  });

  test('S8: who is inside since an earlier checkpoint counts', () => {
    const judge = judged([told(ada, 1001, 1002)], [FOUNDING, ada]);
    const logs = [{ gate: 'G1', entries: [bob] }];
    expect(() => judge.checkpoint(logs, [told(bob, 1003, 1004)])).not.toThrow();
  });

  test('the history is in the format of the contract, in the order of time', () => {
    const asked = [told(ada, 1001, 1004), failed('Eve', 1002, 1003, false), told(bob, 1005, 1006)];
    const { history } = judged(asked, [FOUNDING, ada, bob]);
    const text = history.lines().map((line) => JSON.stringify(line));
    expect(readHistories(text.join('\n')).get(1)?.calls).toHaveLength(3);
    const lines = history.lines().map(({ time, process, type, f, visitor, value, allowed }) => {
      return [time, process, type, f, visitor ?? value, allowed].join(' ');
    });
    expect(lines).toEqual([
      '0 founder invoke capacity 1 ',
      '0 founder ok capacity 1 true',
      '1 G1#1 invoke enter Ada ',
      '2 G1#2 invoke enter Eve ',
      '3 G1#2 info enter Eve ',
      '4 G1#1 ok enter Ada true',
      '5 G1#3 invoke enter Bob ',
      '6 G1#3 ok enter Bob false',
    ]);
  });
});
