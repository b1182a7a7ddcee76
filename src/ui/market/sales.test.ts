import { expect, test } from 'vitest';
import type { Entry, MarketEntry } from '../../runtime/gatehouse.ts';
import { lastSales } from './sales.ts';

function bought(index: number, seller: string): Entry {
  const sale = { buyer: 'bert', seller, trader: 'carl', paid: 40, commission: 4 };
  const market: MarketEntry = { kind: 'buy', product: 'salt', success: true, clock: {}, sale };
  return { index, term: '', kind: 'buy', node: 'bert', market, at: index * 100 };
}

const LOG: readonly Entry[] = [
  { index: 1, term: '', kind: 'opening', at: 100 },
  bought(2, 'anna'),
  bought(3, 'dora'),
  bought(4, 'anna'),
  { ...bought(5, 'anna'), market: { kind: 'deposit', success: true, clock: {} } },
  bought(6, 'anna'),
];

test('the last sales of one seller, the newest first', () => {
  const indexes = (seller: string, most: number): number[] =>
    lastSales(LOG, seller, most).map(({ index }) => index);
  expect(indexes('anna', 9)).toEqual([6, 4, 2]);
  expect(indexes('anna', 2)).toEqual([6, 4]);
  expect(indexes('carl', 9)).toEqual([]);
  expect(lastSales(LOG, 'dora', 1)).toMatchObject([
    { at: 300, product: 'salt', sale: { paid: 40 } },
  ]);
});
