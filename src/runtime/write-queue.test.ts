import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Effect } from '../core/effects.ts';
import type { Meta, StorageWrite } from '../core/stored.ts';
import { filler, term } from '../core/testing/fixtures.ts';
import type { Storage, StorageError } from '../storage/storage.ts';
import { coalesce, WriteQueue, type PersistEffect } from './write-queue.ts';

const T1 = term(1, 'anna');

function meta(promised: string): StorageWrite {
  const value: Meta = { id: 'anna', promised, nextSequence: 1, committed: 0 };
  return { type: 'meta', meta: value };
}
function append(from: number, to: number): StorageWrite {
  return { type: 'append', entries: filler(from, to, T1) };
}
function effect(
  ticket: number,
  writes: StorageWrite[] = [],
  releases: Effect[] = [],
): PersistEffect {
  return { type: 'persist', ticket, writes, releases };
}

/** A storage whose writes end when the test says so. */
function setUp(react: (ticket: number) => void = () => undefined) {
  const transactions: {
    writes: readonly StorageWrite[];
    done: (error: StorageError | null) => void;
  }[] = [];
  const reported: number[] = [];
  const failures: StorageError[] = [];
  const storage: Storage = {
    load: () => undefined,
    write: (writes, done) => transactions.push({ writes, done }),
    close: () => undefined,
  };
  const queue = new WriteQueue(storage, {
    durable: ({ ticket }) => {
      reported.push(ticket);
      react(ticket);
    },
    failed: (error) => failures.push(error),
  });
  const finish = (error: StorageError | null = null): void => transactions.shift()?.done(error);
  return { queue, transactions, reported, failures, finish };
}

describe('the write queue', () => {
  test('one transaction at a time: what comes meanwhile joins the next', () => {
    const { queue, transactions, reported, finish } = setUp();
    queue.push(effect(1, [append(1, 1)]));
    queue.start();
    for (const ticket of [2, 3]) {
      queue.push(effect(ticket, [append(ticket, ticket)]));
      queue.start();
    }
    expect(transactions).toHaveLength(1);
    expect(reported).toEqual([]);
    finish();
    expect(reported).toEqual([1]);
    expect(transactions).toHaveLength(1);
    expect(transactions[0]?.writes).toEqual([append(2, 3)]);
    finish();
    expect(reported).toEqual([1, 2, 3]);
    expect(transactions).toHaveLength(0);
  });

  test('what is pushed before the start is one transaction', () => {
    const { queue, transactions, reported, finish } = setUp();
    queue.push(effect(1, [append(1, 1)]));
    queue.push(effect(2, [append(2, 2)]));
    expect(transactions).toHaveLength(0);
    queue.start();
    expect(transactions.map(({ writes }) => writes)).toEqual([[append(1, 2)]]);
    finish();
    expect(reported).toEqual([1, 2]);
  });

  test('an effect without writes waits for those before it, and for nothing else', () => {
    const { queue, reported, finish, transactions } = setUp();
    queue.push(effect(1));
    queue.start();
    expect(reported).toEqual([1]);
    queue.push(effect(2, [append(1, 1)]));
    queue.push(effect(3));
    queue.start();
    expect(reported).toEqual([1]);
    finish();
    expect(reported).toEqual([1, 2, 3]);
    expect(transactions).toHaveLength(0);
  });

  test('whatever a report brings, tickets are reported in order and transactions never overlap', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }),
        fc.nat(3),
        (kinds, more) => {
          let next = 100;
          const pushed: number[] = [];
          const set = setUp((ticket) => {
            // Handling a report brings more effects, with and without writes.
            if (ticket >= 100) return;
            for (let i = 0; i < more; i++) push(next++, (ticket + i) % 2 === 0);
          });
          const push = (ticket: number, writes: boolean): void => {
            pushed.push(ticket);
            set.queue.push(effect(ticket, writes ? [append(ticket, ticket)] : []));
            set.queue.start();
          };
          kinds.forEach((writes, ticket) => push(ticket, writes));
          while (set.transactions.length > 0) {
            expect(set.transactions).toHaveLength(1);
            set.finish();
          }
          expect(set.reported).toEqual(pushed);
        },
      ),
    );
  });

  test('after a failure nothing is written or reported any more', () => {
    const { queue, transactions, reported, failures, finish } = setUp();
    queue.push(effect(1, [append(1, 1)]));
    queue.push(effect(2, [append(2, 2)]));
    queue.start();
    finish({ code: 'failed', message: 'quota' });
    queue.push(effect(3));
    queue.start();
    expect(failures).toHaveLength(1);
    expect(reported).toEqual([]);
    expect(transactions).toHaveLength(0);
  });
});

describe('what a transaction holds', () => {
  test('of several metas the last, and first in order', () => {
    expect(coalesce([meta('a'), append(1, 1), meta('b')])).toEqual([meta('b'), append(1, 1)]);
  });

  test('appends that follow each other become one; others stay in order', () => {
    expect(coalesce([append(1, 2), append(3, 5), append(4, 4), append(5, 6)])).toEqual([
      append(1, 5),
      append(4, 6),
    ]);
  });

  test('what stands between two appends keeps them apart', () => {
    const gone: StorageWrite = { type: 'outbox-delete', sequences: [1] };
    expect(coalesce([append(1, 1), gone, append(2, 2)])).toEqual([
      append(1, 1),
      gone,
      append(2, 2),
    ]);
    expect(coalesce([])).toEqual([]);
  });
});
