import { describe, expect, test } from 'vitest';
import { rowsOf } from '../../core/clocks.ts';
import type { Json } from '../../core/json.ts';
import { operation } from '../../core/testing/fixtures.ts';
import { Market } from '../market.ts';
import { decodeMarketOutcome, type MarketWish } from './operations.ts';
import { Post } from './post.contract.ts';

describe('what the market answers', () => {
  test('an outcome comes back from its data', () => {
    const post = new Post('anna', 'bert');
    const answers = [
      post.deposit('anna', 'salt', 1, 10),
      post.buy('bert', 'salt', 1),
      post.buy('bert', 'salt', 1),
    ];
    for (const value of answers) expect(decodeMarketOutcome(value)).toEqual({ ok: true, value });
  });

  test.each([
    [null, 'not an object'],
    [{ success: false, clock: [] }, 'not true'],
    [{ success: true, clock: [], reason: 'no-money' }, 'not false'],
    [{ success: false, clock: [], reason: 'bored' }, 'not one of'],
    [{ success: true, clock: [], sale: { paid: 1 } }, 'no field'],
  ])('%j is no outcome', (value, reason) => {
    const decoded = decodeMarketOutcome(value);
    expect(decoded.ok ? '' : decoded.reason).toContain(reason);
  });
});

describe('what the market is given', () => {
  const good: readonly MarketWish[] = [
    { kind: 'deposit', product: 'salt', quantity: 10_000, price: 1_000_000 },
    { kind: 'buy', product: 'fish', quantity: 1 },
    { kind: 'commission', percent: 0 },
  ];

  test('the shapes of the three operations', () => {
    for (const wish of good)
      expect(new Market().refuse({ machine: 'market', ...wish, clock: [['anna', 1]] })).toBeNull();
  });

  test.each([
    [{ product: 'gold' }, 'not one of'],
    [{ quantity: 0 }, 'not a number'],
    [{ quantity: 1.5 }, 'not an integer'],
    [{ quantity: 10_001 }, 'not a number'],
    [{ price: -1 }, 'not a number'],
    [{ price: 1_000_001 }, 'not a number'],
    [
      {
        clock: [
          ['bert', 1],
          ['anna', 1],
        ],
      },
      'a clock out of order',
    ],
    [{ clock: null }, 'not a list'],
    [{ kind: 'steal' }, 'unknown kind'],
    [{ extra: 1 }, 'unknown field'],
  ])('%j is refused', (change, reason) => {
    const body = { machine: 'market', ...good[0], clock: [], ...change } as unknown as Json;
    expect(new Market().refuse(body)).toContain(reason);
  });

  test('entries that are not its own change nothing, and it can start over', () => {
    const post = new Post('anna');
    const before = post.market.snapshot();
    post.apply({ kind: 'opening' });
    post.apply(operation('anna', 1, { machine: 'market', kind: 'steal' }, ''));
    expect(post.market.snapshot()).toEqual(before);
    post.deposit('anna', 'salt', 1, 1);
    post.market.reset();
    expect(post.market.snapshot()).toEqual(new Market().snapshot());
  });

  const post = new Post('anna', 'bert');
  post.deposit('anna', 'salt', 5, 10);
  post.deposit('bert', 'salt', 5, 10);
  post.buy('bert', 'salt', 2);
  const whole = post.market.snapshot() as Record<string, Json>;
  const [lot, second] = post.market.lots.map((one) => ({ ...one, clock: rowsOf(one.clock) }));

  test.each([
    [
      'somebody has two accounts',
      {
        accounts: [
          ['anna', 1000],
          ['anna', 1000],
        ],
      },
    ],
    ['a member without an account', { members: ['anna', 'bert', 'carl'] }],
    ['somebody is a member twice', { members: ['anna', 'anna'] }],
    [
      'money was made or lost',
      {
        accounts: [
          ['anna', 1000],
          ['bert', 1001],
        ],
      },
    ],
    ['a seller without an account', { lots: [{ ...lot, seller: 'carl' }, second] }],
    ['lots out of order', { lots: [second, lot] }],
    ['goods were made or lost', { sold: { salt: 1, boar: 0, fish: 0 } }],
    [
      'somebody has two clocks',
      {
        clocks: [
          ['anna', [['anna', 1]]],
          ['anna', [['anna', 1]]],
        ],
      },
    ],
    [
      'clocks out of order',
      {
        clocks: [
          ['bert', [['bert', 2]]],
          ['anna', [['anna', 1]]],
        ],
      },
    ],
    [
      'a clock of somebody who never acted',
      {
        clocks: [
          ['anna', []],
          ['bert', [['bert', 2]]],
        ],
      },
    ],
    [
      'an act is known that never was',
      {
        clocks: [
          ['anna', [['anna', 1]]],
          [
            'bert',
            [
              ['bert', 1],
              ['carl', 1],
            ],
          ],
        ],
      },
    ],
    ['a lot that nobody deposited', { lots: [lot, { ...second, clock: [['anna', 1]] }] }],
    ['not a number', { commission: 101 }],
    ['unknown field', { more: 1 }],
  ])('R6: a snapshot it did not make is refused: %s', (reason, change) => {
    expect(new Market().refuseSnapshot(whole)).toBeNull();
    expect(new Market().refuseSnapshot({ ...whole, ...change } as unknown as Json)).toContain(
      reason,
    );
  });
});
