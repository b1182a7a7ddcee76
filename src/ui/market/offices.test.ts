import { expect, test } from 'vitest';
import type { Entry, MarketAct } from '../../runtime/gatehouse.ts';
import { lastOffices, tradeSince } from './offices.ts';

function opening(index: number, holder: string): Entry {
  const term = `${String(index).padStart(12, '0')}.${holder}`;
  return { index, term, kind: 'opening', at: index * 100 };
}

const LOG = [
  opening(1, 'anna'),
  opening(4, 'bert'),
  { ...opening(5, 'bert'), kind: 'enter' },
  opening(6, 'bert'),
  opening(9, 'anna'),
];

test('the last traders, the newest first; another term of the same is no other office', () => {
  expect(lastOffices(LOG, 9)).toEqual([
    { trader: 'anna', end: null },
    { trader: 'bert', end: { index: 9, at: 900 } },
    { trader: 'anna', end: { index: 4, at: 400 } },
  ]);
  expect(lastOffices(LOG, 2).map(({ trader }) => trader)).toEqual(['anna', 'bert']);
});

test('what a former trader has bought and deposited since', () => {
  const base = { product: 'salt', success: true, clock: {}, at: 0 } as const;
  const acts: MarketAct[] = [
    { ...base, kind: 'buy', quantity: 1, node: 'bert', index: 3 },
    { ...base, kind: 'buy', quantity: 2, node: 'bert', index: 10 },
    { ...base, kind: 'deposit', quantity: 5, node: 'bert', index: 11 },
    { ...base, kind: 'buy', quantity: 7, node: 'bert', index: 12, success: false },
    { ...base, kind: 'buy', quantity: 9, node: 'anna', index: 13 },
  ];
  expect(tradeSince(acts, 'bert', 4)).toEqual({ bought: 2, deposited: 5 });
});
