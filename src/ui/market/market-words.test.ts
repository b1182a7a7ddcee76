import { expect, test } from 'vitest';
import type { MarketAct } from '../../runtime/gatehouse.ts';
import { actWords, purchaseWords, soldWords, toneOf } from './market-words.ts';

const base = { index: 7, node: 'bert', at: 0, clock: { bert: 1 } };
const nameOf = (id: string): string => `Gate ${id}`;

const SALE = { buyer: 'bert', seller: 'anna', trader: 'carl', paid: 24, commission: 2 };

test.each<[MarketAct, string, string]>([
  [
    { ...base, kind: 'buy', product: 'salt', quantity: 2, success: true, sale: SALE },
    'sale',
    'bought 2 salt from Gate anna for 24: 22 of it to the seller, 2 to the trader Gate carl',
  ],
  [
    { ...base, kind: 'deposit', product: 'fish', quantity: 5, price: 9, success: true },
    'deposit',
    'deposited 5 fish at 9 each',
  ],
  [
    { ...base, kind: 'commission', percent: 15, success: true },
    'rule',
    'set the commission to 15 %',
  ],
  [
    { ...base, kind: 'buy', product: 'boar', quantity: 1, success: false, reason: 'out-of-stock' },
    'refused',
    'wanted to buy 1 boar: no seller has so much, look for something else',
  ],
])('%j', (act, tone, words) => {
  expect(toneOf(act)).toBe(tone);
  expect(actWords(act, nameOf)).toBe(words);
});

test('a seller is told who bought, what was paid, and what it got of that', () => {
  const sold = { kind: 'buy', product: 'salt', quantity: 2, index: 7, at: 0, sale: SALE } as const;
  expect(soldWords(sold, nameOf)).toBe(
    'Sold 2 salt to Gate bert: 22 of 24 to you, 2 to the trader Gate carl.',
  );
});

test('who has not enough money is told so', () => {
  const asked = { kind: 'buy', product: 'salt', quantity: 2 } as const;
  const answer = {
    success: false,
    quantity: 0,
    paid: 0,
    reason: 'no-money',
    request: 'b.1',
    clock: {},
  } as const;
  expect(purchaseWords(asked, answer, nameOf, ['salt'])).toBe(
    'Not enough money for 2 salt: nothing was bought.',
  );
});
