import { expect, test } from 'vitest';
import { marketEntry, pendingEntry } from './entry.ts';

const buy = { machine: 'market', kind: 'buy', product: 'salt', quantity: 2, clock: [['anna', 1]] };
const refused = {
  success: false,
  reason: 'no-money',
  clock: [
    ['anna', 1],
    ['bert', 1],
  ],
};

test('an operation and its outcome, with the clock of the act and not of what was seen', () => {
  expect(marketEntry(buy, refused)).toEqual({
    kind: 'buy',
    product: 'salt',
    quantity: 2,
    success: false,
    reason: 'no-money',
    clock: { anna: 1, bert: 1 },
  });
});

test('what is none of the market is none', () => {
  expect(
    marketEntry({ machine: 'park', kind: 'leave', visitor: 'Ada' }, { allowed: true }),
  ).toBeNull();
  expect(marketEntry(buy, null)).toBeNull();
});

test('what waits is shown with the clock that its message carries', () => {
  const id = { node: 'anna', sequence: 7 };
  const waiting = { id, settledBelow: 7, under: null };
  expect(pendingEntry({ ...waiting, body: buy })).toEqual({
    kind: 'buy',
    product: 'salt',
    quantity: 2,
    request: 'anna.7',
    clock: { anna: 1 },
  });
  const leave = { machine: 'park', kind: 'leave', visitor: 'Ada' };
  expect(pendingEntry({ ...waiting, body: leave })).toBeNull();
});
