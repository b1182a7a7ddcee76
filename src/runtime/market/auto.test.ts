import { describe, expect, test } from 'vitest';
import { seeded } from '../../core/testing/random.ts';
import { PRODUCTS } from '../../machines/market/operations.ts';
import { AutoTrading, type Decision, type Sight } from './auto.ts';
import type { AutoConstants } from './calls.ts';
import { AUTO_DEFAULTS } from './constants.ts';

const PEER: Sight = { isTrader: false, ownStock: 0, commission: 10 };
const TRADER: Sight = { ...PEER, isTrader: true };

function trading(constants: Partial<AutoConstants>, seed = 1): AutoTrading {
  return new AutoTrading({ ...AUTO_DEFAULTS, ...constants }, seeded(seed));
}

/** So many turns of a buyer that is always answered alike. */
function turns(auto: AutoTrading, count: number, answer: 'bought' | 'no-money'): Decision[] {
  return Array.from({ length: count }, () => {
    const decision = auto.decide(PEER);
    if (decision?.kind === 'buy') auto.answered(decision, answer);
    return decision;
  });
}

describe('roles', () => {
  test('are drawn, both happen, and the same seed draws the same', () => {
    const roles = Array.from({ length: 40 }, (_, seed) => trading({}, seed).role);
    expect(new Set(roles)).toEqual(new Set(['seller', 'buyer']));
    expect(Array.from({ length: 40 }, (_, seed) => trading({}, seed).role)).toEqual(roles);
    expect(trading({ role: 'buyer' }).role).toBe('buyer');
  });

  test('the leader is the trader and neither sells nor buys; out of office it trades on as a peer', () => {
    const auto = trading({});
    expect(auto.decide(TRADER)).toBeNull();
    expect(auto.role).toBe('trader');
    auto.decide(PEER);
    expect(['seller', 'buyer']).toContain(auto.role);
  });

  test('the trader sets the commission that it was told, once', () => {
    const auto = trading({ commission: 25 });
    expect(auto.decide(TRADER)).toEqual({ kind: 'commission', percent: 25 });
    expect(auto.decide({ ...TRADER, commission: 25 })).toBeNull();
    expect(trading({}).decide({ ...TRADER, commission: 33 })).toBeNull();
  });
});

describe('a seller', () => {
  test('stocks up when it is sold out, at a price of the range', () => {
    for (let seed = 0; seed < 50; seed++) {
      const lot = trading({ role: 'seller', stock: 7, price: [3, 4] }, seed).decide(PEER);
      expect(lot).toMatchObject({ kind: 'deposit', quantity: 7 });
      expect([3, 4]).toContain(lot?.kind === 'deposit' ? lot.price : 0);
    }
  });

  test('stocks up now and then, to what it wants to have and no more', () => {
    const some = { ...PEER, ownStock: 4 };
    expect(trading({ role: 'seller', restock: 0 }).decide(some)).toBeNull();
    expect(trading({ role: 'seller', restock: 1 }).decide(some)).toMatchObject({ quantity: 6 });
    expect(trading({ role: 'seller', restock: 1 }).decide({ ...PEER, ownStock: 10 })).toBeNull();
  });
});

describe('a buyer', () => {
  test('asks for a random product and quantity', () => {
    const wants = turns(trading({ role: 'buyer', buyAgain: 1, transactions: 99 }), 99, 'bought');
    const bought = wants.flatMap((want) => (want?.kind === 'buy' ? [want] : []));
    expect(new Set(bought.map(({ product }) => product))).toEqual(new Set(PRODUCTS));
    expect(new Set(bought.map(({ quantity }) => quantity))).toEqual(new Set([1, 2, 3]));
  });

  test('has enough after so many transactions', () => {
    const auto = trading({ role: 'buyer', buyAgain: 1, transactions: 12 });
    expect(turns(auto, 20, 'bought').filter(Boolean)).toHaveLength(12);
    expect(auto.transactions).toBe(12);
  });

  test('buys again with the probability that it was given', () => {
    const never = trading({ role: 'buyer', buyAgain: 0 });
    expect(turns(never, 20, 'bought').filter(Boolean)).toHaveLength(1);
    const half = trading({ role: 'buyer', buyAgain: 0.5, transactions: 10_000 });
    const count = turns(half, 2000, 'bought').filter(Boolean).length;
    expect(count).toBeGreaterThan(850);
    expect(count).toBeLessThan(1150);
  });

  test('that is told that there is none looks for something else', () => {
    for (let seed = 0; seed < 50; seed++) {
      const auto = trading({ role: 'buyer' }, seed);
      const first = auto.decide(PEER);
      if (first?.kind !== 'buy') throw new Error('a buyer buys');
      auto.answered(first, 'out-of-stock');
      const second = auto.decide(PEER);
      expect(second?.kind === 'buy' && second.product !== first.product).toBe(true);
    }
  });

  test('in a market without any goods draws its role again, so that somebody sells', () => {
    const auto = trading({}, 2);
    let tries = 0;
    for (; auto.role === 'buyer' && tries < 100; tries++) {
      const want = auto.decide(PEER);
      if (want?.kind === 'buy') auto.answered(want, 'out-of-stock');
    }
    expect(auto.role).toBe('seller');
    expect(auto.transactions).toBe(0);
  });

  test('that is short of money asks for one piece, and does not go on for ever', () => {
    const auto = trading({ role: 'buyer', transactions: 5 });
    const wants = turns(auto, 20, 'no-money').filter(Boolean);
    expect(wants).toHaveLength(5);
    for (const want of wants.slice(1)) expect(want).toMatchObject({ quantity: 1 });
  });

  test('counts no purchase whose fate it does not know', () => {
    const auto = trading({ role: 'buyer' });
    const want = auto.decide(PEER);
    if (want?.kind !== 'buy') throw new Error('a buyer buys');
    auto.answered(want, 'failed');
    expect(auto.transactions).toBe(0);
    expect(auto.decide(PEER)).toMatchObject({ kind: 'buy' });
  });
});

describe('time', () => {
  test('the leader fails with its probability, others never', () => {
    const auto = trading({ leaderFailure: 0.25 });
    const fails = Array.from({ length: 2000 }, () => auto.failsNow(true)).filter(Boolean).length;
    expect(fails).toBeGreaterThan(400);
    expect(fails).toBeLessThan(600);
    expect(trading({ leaderFailure: 1 }).failsNow(false)).toBe(false);
    expect(trading({ leaderFailure: 0 }).failsNow(true)).toBe(false);
  });

  test('turns come within the pause that was set', () => {
    const auto = trading({ pauseMs: [20, 30] });
    for (let i = 0; i < 100; i++) {
      const pause = auto.pause();
      expect(pause).toBeGreaterThanOrEqual(20);
      expect(pause).toBeLessThanOrEqual(30);
    }
  });
});
