import { describe, expect, test } from 'vitest';
import { GatehouseError } from '../gatehouse.ts';
import { AUTO_DEFAULTS } from './constants.ts';
import { parseAuto, parseWish } from './input.ts';

describe('constants of automatic trading', () => {
  test('what is left out has its default', () => {
    expect(parseAuto({})).toEqual(AUTO_DEFAULTS);
    const all = {
      role: 'seller',
      buyAgain: 1,
      stock: 3,
      transactions: 40,
      timeoutMs: 100,
      price: [1, 2],
      commission: 0,
      leaderFailure: 0.5,
      quantumMs: 1000,
      restock: 0,
      pauseMs: [5, 5],
    };
    expect(parseAuto(all)).toEqual(all);
  });

  test.each([
    [null, 'options: an object'],
    [[], 'options: an object'],
    [{ speed: 1 }, 'no field speed'],
    [{ role: 'trader' }, "role: 'seller' or 'buyer'"],
    [{ buyAgain: 1.1 }, 'buyAgain: from 0 to 1'],
    [{ restock: '1' }, 'restock: from 0 to 1'],
    [{ leaderFailure: NaN }, 'leaderFailure: from 0 to 1'],
    [{ stock: 0 }, 'stock: from 1'],
    [{ stock: 2.5 }, 'stock: a whole number'],
    [{ transactions: Infinity }, 'transactions: a whole number'],
    [{ commission: 101 }, 'commission: from 0 to 100'],
    [{ timeoutMs: 0 }, 'timeoutMs: from 1'],
    [{ quantumMs: 5 }, 'quantumMs: from 100'],
    [{ price: [0, 1] }, 'price: from 1'],
    [{ price: [1.5, 2] }, 'price: a whole number'],
    [{ price: [3, 2] }, 'the smaller first'],
    [{ price: 3 }, 'price: from 1'],
    [{ pauseMs: [1, 2, 3] }, 'the smaller first'],
    [{ constructor: 1 }, 'no field constructor'],
  ])('%j is refused', (options, message) => {
    expect(() => parseAuto(options)).toThrow(GatehouseError);
    expect(() => parseAuto(options)).toThrow(message);
  });
});

test('what is typed is a wish of that kind and no other', () => {
  const lot = { product: 'salt', quantity: 1, price: 2 };
  expect(parseWish('deposit', lot)).toEqual({ kind: 'deposit', ...lot });
  expect(() => parseWish('deposit', { ...lot, clocks: 1 })).toThrow('unknown field');
  expect(parseWish('deposit', { ...lot, kind: 'buy', machine: 'market' })).toMatchObject({
    kind: 'deposit',
  });
  expect(() => parseWish('buy', lot)).toThrow('unknown field');
  expect(() => parseWish('buy', 'salt')).toThrow('buy: an object');
});
