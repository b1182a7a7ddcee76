import { expect, test } from 'vitest';
import { checkGoods, checkMoney } from './ledger.ts';

test('K1: the sum of all accounts is 1000 for each', () => {
  expect(checkMoney({ accounts: { anna: 1045, bert: 950, carl: 1005 } })).toEqual({
    members: 3,
    sum: 3000,
    due: 3000,
    holds: true,
  });
  expect(checkMoney({ accounts: { anna: 1001 } })).toMatchObject({ due: 1000, holds: false });
});

test('K3: what was deposited is sold or in stock', () => {
  const stock = [
    { seller: 'anna', product: 'salt', quantity: 2, price: 10 },
    { seller: 'bert', product: 'salt', quantity: 1, price: 11 },
  ];
  const sold = { salt: 4, boar: 0, fish: 1 };
  const [salt, boar, fish] = checkGoods({ stock, sold, deposited: { salt: 7, fish: 2 } });
  expect(salt).toEqual({ product: 'salt', deposited: 7, sold: 4, inStock: 3, holds: true });
  expect(boar).toMatchObject({ deposited: 0, holds: true });
  expect(fish).toMatchObject({ deposited: 2, inStock: 0, holds: false });
});
