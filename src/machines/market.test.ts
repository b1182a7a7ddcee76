import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clockOf, happenedBefore, rowsOf, type ClockRows } from '../core/clocks.ts';
import type { Json } from '../core/json.ts';
import { member } from '../core/testing/fixtures.ts';
import { COMMISSION, commissionOn } from './market.ts';
import { MAX_LOTS, PRODUCTS } from './market/operations.ts';
import { Post, type Answer } from './market/post.contract.ts';

const IDS = ['anna', 'bert', 'carl', 'dora'];

const NOTHING_SEEN: ClockRows = [];

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

describe('accounts', () => {
  test('K1: the entry that makes somebody a member opens its account of 1000', () => {
    const post = new Post('anna');
    expect(post.market.accounts).toEqual({ anna: 1000 });
    post.members('anna', 'bert');
    expect(post.market.accounts).toEqual({ anna: 1000, bert: 1000 });
    const members = [member('bert', 1), member('carl', 1)];
    post.apply({ kind: 'generation', generation: 'x', without: ['anna'], members });
    expect(post.market.accounts).toEqual({ anna: 1000, bert: 1000, carl: 1000 });
  });

  test('K1: who leaves keeps its account, and has it when it comes back', () => {
    const post = new Post('anna', 'bert', 'carl');
    post.deposit('bert', 'salt', 2, 10);
    post.buy('carl', 'salt', 2);
    post.members('anna', 'carl');
    post.members('anna', 'carl', 'bert');
    expect(post.market.accounts).toEqual({ anna: 1002, bert: 1018, carl: 980 });
  });

  test('K1: who is no member yet has no account, and does not trade', () => {
    const post = new Post('anna');
    expect(post.deposit('bert', 'salt', 1, 1)).toEqual({
      success: false,
      reason: 'no-account',
      clock: [],
    });
    expect(post.market.lots).toEqual([]);
  });
});

describe('a sale', () => {
  test('K2: the buyer pays, the trader has its commission, the seller gets the rest', () => {
    const post = new Post('anna', 'bert', 'carl');
    post.deposit('bert', 'salt', 5, 21);
    expect(post.buy('carl', 'salt', 5)).toMatchObject({
      success: true,
      sale: { buyer: 'carl', seller: 'bert', trader: 'anna', paid: 105, commission: 11 },
    });
    expect(post.market.accounts).toEqual({ anna: 1011, bert: 1094, carl: 895 });
  });

  test('K2: the trader is the leader of the term in which the entry stands', () => {
    const post = new Post('anna', 'bert', 'carl');
    post.deposit('anna', 'fish', 1, 100);
    post.trader = 'bert';
    expect(post.buy('carl', 'fish', 1).sale).toMatchObject({ trader: 'bert', seller: 'anna' });
    expect(post.market.accounts).toEqual({ anna: 1090, bert: 1010, carl: 900 });
  });

  test.each([
    ['the trader sells', 'anna', 'bert', { anna: 1100, bert: 900 }],
    ['the trader buys', 'bert', 'anna', { anna: 910, bert: 1090 }],
    ['somebody buys its own goods', 'bert', 'bert', { anna: 1010, bert: 990 }],
    ['the trader buys its own goods', 'anna', 'anna', { anna: 1000, bert: 1000 }],
  ])('K2: it adds up when %s', (_what, seller, buyer, accounts) => {
    const post = new Post('anna', 'bert');
    post.deposit(seller, 'boar', 1, 100);
    expect(post.buy(buyer, 'boar', 1).success).toBe(true);
    expect(post.market.accounts).toEqual(accounts);
  });

  test('K2: the commission is rounded to whole units, halves up, and can be set', () => {
    expect([4, 5, 14, 15, 1000].map((paid) => commissionOn(paid, COMMISSION))).toEqual([
      0, 1, 1, 2, 100,
    ]);
    const post = new Post('anna', 'bert', 'carl');
    post.act('carl', { kind: 'commission', percent: 50 });
    post.deposit('bert', 'salt', 1, 7);
    expect(post.buy('carl', 'salt', 1).sale).toMatchObject({ paid: 7, commission: 4 });
  });

  test('K3: what was deposited is sold or in stock', () => {
    const post = new Post('anna', 'bert', 'carl');
    post.deposit('bert', 'salt', 5, 10);
    post.deposit('anna', 'fish', 2, 10);
    post.buy('carl', 'salt', 3);
    expect(post.market.lots.map(({ product, quantity }) => [product, quantity])).toEqual([
      ['salt', 2],
      ['fish', 2],
    ]);
    expect(post.market.deposited).toEqual({ salt: 5, boar: 0, fish: 2 });
    expect(post.market.sold).toEqual({ salt: 3, boar: 0, fish: 0 });
  });

  test('K3: the goods of a seller that has left are sold, and it is paid', () => {
    const post = new Post('anna', 'bert', 'carl');
    post.deposit('bert', 'salt', 5, 10);
    post.members('anna', 'carl');
    expect(post.buy('carl', 'salt', 5)).toMatchObject({ success: true, sale: { seller: 'bert' } });
    expect(post.market.accounts['bert']).toBe(1045);
  });
});

describe('who is served', () => {
  test('K5: the deposit that happened before, though it is dearer', () => {
    const post = new Post('anna', 'bert', 'carl');
    post.deposit('bert', 'salt', 1, 50);
    post.deposit('carl', 'salt', 1, 10);
    expect(post.buy('anna', 'salt', 1).sale?.seller).toBe('bert');
    expect(post.buy('anna', 'salt', 1).sale?.seller).toBe('carl');
  });

  test('K5: of concurrent deposits the cheapest, and of equal prices the first in the log', () => {
    const post = new Post('anna', 'bert', 'carl', 'dora');
    post.deposit('bert', 'salt', 1, 50, NOTHING_SEEN);
    post.deposit('carl', 'salt', 1, 10, NOTHING_SEEN);
    post.deposit('dora', 'salt', 1, 10, NOTHING_SEEN);
    const sellers = [1, 2, 3].map(() => post.buy('anna', 'salt', 1).sale?.seller);
    expect(sellers).toEqual(['carl', 'dora', 'bert']);
  });

  test('K5: what was sold out does not hold up what came after it', () => {
    const post = new Post('anna', 'bert', 'carl', 'dora');
    post.deposit('bert', 'salt', 1, 50, NOTHING_SEEN);
    const seen = rowsOf(post.market.clock);
    post.deposit('dora', 'salt', 1, 20, NOTHING_SEEN);
    post.deposit('carl', 'salt', 1, 10, seen);
    const sellers = [1, 2, 3].map(() => post.buy('anna', 'salt', 1).sale?.seller);
    expect(sellers).toEqual(['dora', 'bert', 'carl']);
  });

  test('K5: all from one seller or nothing, from several of its lots in their order', () => {
    const post = new Post('anna', 'bert', 'carl');
    post.deposit('bert', 'salt', 3, 10);
    post.deposit('carl', 'salt', 4, 20);
    post.deposit('bert', 'salt', 2, 30);
    expect(post.buy('anna', 'salt', 6)).toMatchObject({ success: false, reason: 'out-of-stock' });
    expect(post.buy('anna', 'salt', 4).sale).toMatchObject({ seller: 'bert', paid: 60 });
    expect(post.market.lots.map(({ seller, quantity }) => [seller, quantity])).toEqual([
      ['carl', 4],
      ['bert', 1],
    ]);
  });

  test('K5: the first whom the buyer can pay; nobody is the reason no-money', () => {
    const post = new Post('anna', 'bert', 'carl');
    post.deposit('bert', 'salt', 1, 1001);
    expect(post.buy('carl', 'salt', 1)).toMatchObject({ success: false, reason: 'no-money' });
    post.deposit('anna', 'salt', 1, 1000);
    expect(post.buy('carl', 'salt', 1).sale?.seller).toBe('anna');
    expect(post.buy('carl', 'fish', 1)).toMatchObject({ success: false, reason: 'out-of-stock' });
    expect(sum(post.money)).toBe(3000);
  });

  test('K6: a full market takes no more lots until one is sold', () => {
    const post = new Post('anna', 'bert');
    for (let i = 0; i < MAX_LOTS; i++) post.deposit('anna', 'salt', 1, 1);
    expect(post.deposit('bert', 'salt', 1, 1)).toMatchObject({ reason: 'market-full' });
    post.buy('bert', 'salt', 1);
    expect(post.deposit('bert', 'salt', 1, 1).success).toBe(true);
  });
});

describe('clocks', () => {
  test('K4: an act knows what its node had applied, what it knew before, and ticks', () => {
    const post = new Post('anna', 'bert');
    expect(post.deposit('anna', 'salt', 1, 1, NOTHING_SEEN).clock).toEqual([['anna', 1]]);
    expect(post.deposit('bert', 'salt', 1, 1, [['anna', 1]]).clock).toEqual([
      ['anna', 1],
      ['bert', 1],
    ]);
    // It has crashed, and come back with less than it knew.
    expect(post.deposit('bert', 'salt', 1, 1, NOTHING_SEEN).clock).toEqual([
      ['anna', 1],
      ['bert', 2],
    ]);
  });

  test('K4: a refused act ticks as well', () => {
    const post = new Post('anna');
    expect(post.buy('anna', 'salt', 1)).toMatchObject({ success: false, clock: [['anna', 1]] });
    expect(rowsOf(post.market.clock)).toEqual([['anna', 1]]);
  });

  test('K4: nobody knows of an act that is not in the log', () => {
    const post = new Post('anna', 'bert');
    const claimed: ClockRows = [
      ['anna', 7],
      ['zoey', 3],
    ];
    expect(post.deposit('bert', 'salt', 1, 1, claimed).clock).toEqual([['bert', 1]]);
  });

  test('K4: who has left is named as long as something of it is in stock, and counts on when it is back', () => {
    const post = new Post('anna', 'bert');
    post.deposit('bert', 'salt', 1, 1);
    post.members('anna');
    expect(post.deposit('anna', 'salt', 1, 1).clock).toEqual([
      ['anna', 1],
      ['bert', 1],
    ]);
    post.buy('anna', 'salt', 1);
    expect(rowsOf(post.market.clock)).toEqual([['anna', 2]]);
    post.members('anna', 'bert');
    expect(post.buy('bert', 'fish', 1).clock).toEqual([
      ['anna', 2],
      ['bert', 2],
    ]);
  });
});

/** Anybody does anything, having applied some of the log: as much as another replica that lags has. */
const act = fc.record({
  node: fc.constantFrom(...IDS),
  lag: fc.nat(6),
  wish: fc.oneof(
    fc.record({
      kind: fc.constant('deposit' as const),
      product: fc.constantFrom(...PRODUCTS),
      quantity: fc.integer({ min: 1, max: 5 }),
      price: fc.integer({ min: 1, max: 300 }),
    }),
    fc.record({
      kind: fc.constant('buy' as const),
      product: fc.constantFrom(...PRODUCTS),
      quantity: fc.integer({ min: 1, max: 5 }),
    }),
    fc.record({ kind: fc.constant('commission' as const), percent: fc.nat(100) }),
  ),
  trader: fc.constantFrom(...IDS),
});

type Acted = typeof act extends fc.Arbitrary<infer T> ? T : never;

/** Plays them, and tells what each was answered. */
function play(post: Post, acts: readonly Acted[]): Answer[] {
  const seen: ClockRows[] = [rowsOf(post.market.clock)];
  return acts.map(({ node, lag, wish, trader }) => {
    post.trader = trader;
    const answer = post.act(node, wish, seen[Math.max(0, seen.length - 1 - lag)]);
    seen.push(rowsOf(post.market.clock));
    return answer;
  });
}

describe('whatever is asked, by whomever', () => {
  test('K1 to K3: money and goods are conserved after every entry', () => {
    fc.assert(
      fc.property(fc.array(act), (acts) => {
        const post = new Post(...IDS);
        for (const one of acts) {
          play(post, [one]);
          expect(sum(post.money)).toBe(1000 * IDS.length);
          expect(Math.min(...post.money)).toBeGreaterThanOrEqual(0);
          for (const product of PRODUCTS) {
            const lots = post.market.lots.filter((lot) => lot.product === product);
            const left = sum(lots.map(({ quantity }) => quantity));
            expect(left + post.market.sold[product]).toBe(post.market.deposited[product]);
          }
        }
      }),
    );
  });

  test('K7: the log keeps the order of happened-before, and is a definite one of what is concurrent', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 20 }), (acts) => {
        const clocks = play(new Post(...IDS), acts).map(({ clock }) => clockOf(clock));
        for (const [i, a] of clocks.entries())
          for (const [j, b] of clocks.entries())
            if (happenedBefore(a, b)) expect(i).toBeLessThan(j);
        const own = acts.map(({ node }, i) => `${node} ${String(clocks[i]?.get(node))}`);
        expect(new Set(own).size).toBe(acts.length);
      }),
    );
  });

  test('S6: replicas are equal, and a snapshot goes on where it was taken', () => {
    fc.assert(
      fc.property(fc.array(act), fc.array(act), (before, after) => {
        const [one, other] = [new Post(...IDS), new Post(...IDS)];
        play(one, before);
        const snapshot = JSON.parse(JSON.stringify(one.market.snapshot())) as Json;
        expect(other.market.refuseSnapshot(snapshot)).toBeNull();
        other.market.restore(snapshot);
        other.index = one.index;
        other.sequence = one.sequence;
        expect(JSON.stringify(play(other, after))).toBe(JSON.stringify(play(one, after)));
        expect(JSON.stringify(other.market.snapshot())).toBe(JSON.stringify(one.market.snapshot()));
      }),
    );
  });
});
