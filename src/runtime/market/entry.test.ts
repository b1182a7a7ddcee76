import { expect, test } from 'vitest';
import { marketEntry } from './entry.ts';

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
