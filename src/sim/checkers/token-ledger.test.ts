import { expect, it } from 'vitest';
import { T1 } from './testing/fake-node.ts';
import { TokenLedger } from './token-ledger.ts';

const token = { term: T1, number: 3 };

it('S5: a token is granted once, and said again only to the same request', () => {
  const ledger = new TokenLedger();
  ledger.granted(token, 'bert', 1);
  ledger.granted(token, 'bert', 1);
  ledger.granted(token, 'bert', null);
  expect(() => ledger.granted(token, 'bert', 2)).toThrow('S5');
  expect(() => ledger.granted(token, 'carl', 1)).toThrow('S5');
  expect(() => ledger.granted({ ...token, number: 4 }, 'carl', 1)).not.toThrow();
});

it('S5: what ran under a token belongs to its holder', () => {
  const ledger = new TokenLedger();
  ledger.used(token, 'bert');
  ledger.used(token, 'bert');
  expect(() => ledger.used(token, 'carl')).toThrow('S5');
  expect(() => ledger.granted(token, 'carl', 1)).toThrow('S5');
});
