import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchCutAt, BatchPlan, toBatch, type Batch } from './batches.ts';
import { entries, LATER_TERM, TERM } from './examples.contract.ts';
import type { LogEntry } from '../core/entry.ts';

/** A store that does the steps of plans, and counts. */
class Store {
  readonly records = new Map<number, readonly LogEntry[]>();
  batches: readonly Batch[] = [];
  written = 0;
  largest = 0;

  run(change: (plan: BatchPlan) => void, readable: number | null = null): void {
    const plan = new BatchPlan(this.batches, (first) => {
      expect(first).toBe(readable);
      return this.records.get(first) ?? [];
    });
    change(plan);
    let entriesWritten = 0;
    for (const step of plan.steps) {
      if (step.type === 'delete') expect(this.records.delete(step.first)).toBe(true);
      else {
        this.records.set(step.first, step.entries);
        entriesWritten += step.entries.length;
      }
    }
    this.written += entriesWritten;
    this.largest = Math.max(this.largest, entriesWritten);
    this.batches = plan.result();
  }

  append(log: readonly LogEntry[]): void {
    this.run((plan) => plan.append(log), batchCutAt(this.batches, log[0]?.index ?? 0));
  }

  reload(): void {
    const sorted = [...this.records].sort(([a], [b]) => a - b);
    this.batches = sorted.map(([, log]) => toBatch(log));
  }

  log(): LogEntry[] {
    return [...this.records].sort(([a], [b]) => a - b).flatMap(([, log]) => log);
  }
}

describe('batches', () => {
  it('any mix of appends, cuts, drops and restarts leaves the log that was asked for', () => {
    const step = fc.oneof(
      { weight: 30, arbitrary: fc.record({ add: fc.integer({ min: 1, max: 40 }) }) },
      { weight: 5, arbitrary: fc.record({ add: fc.integer({ min: 41, max: 1500 }) }) },
      {
        weight: 10,
        arbitrary: fc.record({
          add: fc.integer({ min: 1, max: 5 }),
          back: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
      },
      { weight: 5, arbitrary: fc.record({ drop: fc.double({ min: 0, max: 1, noNaN: true }) }) },
      { weight: 5, arbitrary: fc.record({ reload: fc.constant(true) }) },
      { weight: 1, arbitrary: fc.record({ clear: fc.constant(true) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const store = new Store();
        let wanted: LogEntry[] = [];
        let start = 1;
        for (const change of steps) {
          const end = start + wanted.length;
          if ('reload' in change) store.reload();
          else if ('clear' in change) {
            store.run((plan) => plan.clear());
            wanted = [];
          } else if ('drop' in change) {
            const through = start - 1 + Math.floor(change.drop * wanted.length);
            store.run((plan) => plan.dropThrough(through));
            wanted = wanted.slice(through - start + 1);
            start = through + 1;
          } else {
            const keep = 'back' in change ? Math.floor(change.back * wanted.length) : wanted.length;
            const from = 'back' in change ? start + keep : end;
            const log = entries(from, from + change.add - 1, 'back' in change ? LATER_TERM : TERM);
            store.append(log);
            wanted = [...wanted.slice(0, keep), ...log];
          }
          if (wanted.length === 0 && store.records.size === 0)
            start = store.batches[0]?.first ?? start;
          expect(store.log().filter((entry) => entry.index >= start)).toEqual(wanted);
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each([1, 3, 20, 100, 255])(
    'appends of %i leave few batches, each entry written thrice',
    (size) => {
      const store = new Store();
      const total = 20_000;
      for (let first = 1; first <= total; first += size)
        store.append(entries(first, first + size - 1));
      expect(store.records.size).toBeLessThan(total / 256 + 32);
      expect(store.written).toBeLessThanOrEqual(3.1 * total);
      expect(store.largest).toBeLessThan(512);
      expect(store.log()).toHaveLength(Math.ceil(total / size) * size);
    },
  );

  it('tiny and large appends in turn leave few batches', () => {
    const store = new Store();
    let next = 1;
    while (next < 20_000) {
      for (const size of [1, 1, 1, 300]) {
        store.append(entries(next, next + size - 1));
        next += size;
      }
    }
    expect(store.records.size).toBeLessThan(20_000 / 256 + 32);
  });

  it('one huge append is split', () => {
    const store = new Store();
    store.append(entries(1, 5000));
    expect(store.records.size).toBe(10);
  });

  it('keeps entries in memory only while they may be rewritten', () => {
    const store = new Store();
    for (let index = 1; index <= 1000; index++) store.append(entries(index, index));
    const kept = store.batches.reduce((sum, batch) => sum + (batch.entries?.length ?? 0), 0);
    expect(kept).toBe(1000 % 256);
  });

  it('names the batch that an append cuts, when it is not in memory', () => {
    const batches = [toBatch(entries(1, 300)), toBatch(entries(301, 310))];
    expect([1, 2, 300, 301, 305, 311].map((at) => batchCutAt(batches, at))).toEqual([
      null,
      1,
      1,
      null,
      null,
      null,
    ]);
  });
});
