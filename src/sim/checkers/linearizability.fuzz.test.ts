import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkLinearizable } from './linearizability.ts';
import { fitsInSomeOrder } from './testing/every-order.ts';
import {
  anyHistories,
  goodHistories,
  spoiltHistories,
  type HistoryShape,
  type SomeHistory,
} from './testing/histories.ts';
import { isWitness } from './witness.ts';

const SHORT: HistoryShape = { calls: 7, visitors: 3, capacity: 3, moments: 20 };
const AT_ONCE: HistoryShape = { calls: 6, visitors: 3, capacity: 2, moments: 4 };
/** One visitor's next answers are more than the search looks ahead to. */
const CROWDED: HistoryShape = { calls: 7, visitors: 1, capacity: 2, moments: 6 };
const LONG: HistoryShape = { calls: 300, visitors: 12, capacity: 8, moments: 2000 };
/** `FUZZ_RUNS=100000` for a long look. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 2000);

function withoutHints({ calls, capacity }: SomeHistory): SomeHistory {
  return { capacity, calls: calls.map(({ hint: _, ...call }) => call) };
}

function judge({ calls, capacity }: SomeHistory): string {
  return checkLinearizable(calls, capacity).result;
}

describe('S8: the fast search says what trying every order says', () => {
  const good = ['linearizable'];
  const either = ['linearizable', 'violation'];
  it.each([
    ['of a good park', goodHistories(SHORT), good],
    ['of a good park, much at once', goodHistories(AT_ONCE), good],
    ['of a good park, one visitor', goodHistories(CROWDED), good],
    ['spoilt', spoiltHistories(SHORT), either],
    ['spoilt, one visitor', spoiltHistories(CROWDED), either],
    ['spoilt, much at once', spoiltHistories(AT_ONCE), either],
    ['with any answers', anyHistories(SHORT), either],
    ['with any answers, much at once', anyHistories(AT_ONCE), either],
  ])('of histories %s', (_, histories, seen) => {
    const verdicts = new Set<string>();
    fc.assert(
      fc.property(histories, (history) => {
        const due = fitsInSomeOrder(history.calls, history.capacity) ? 'linearizable' : 'violation';
        verdicts.add(due);
        expect(judge(history)).toBe(due);
        expect(judge(withoutHints(history))).toBe(due);
        // And an order that passes for a proof is one.
        if (isWitness(history.calls, history.capacity)) expect(due).toBe('linearizable');
      }),
      { numRuns: RUNS },
    );
    expect([...verdicts].sort()).toEqual(seen);
  });

  it('finds an order for long histories of a good park, with and without hints', () => {
    fc.assert(
      fc.property(goodHistories(LONG), (history) => {
        expect(judge(history)).toBe('linearizable');
        expect(judge(withoutHints(history))).toBe('linearizable');
      }),
      { numRuns: 100 },
    );
  });
});
