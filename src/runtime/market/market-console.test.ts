import { beforeEach, describe, expect, test } from 'vitest';
import { clockOf, happenedBefore } from '../../core/clocks.ts';
import { GatehouseError, type MarketState, type Purchase } from '../gatehouse.ts';
import { Stage, type StagedTab } from '../testing/tabs.contract.ts';

let stage: Stage;
let anna: StagedTab;
let bert: StagedTab;
let carl: StagedTab;

/** carl is the greatest: he leads, and is the trader. */
beforeEach(async () => {
  stage = new Stage();
  const [first, second, third] = await stage.park('anna', 'bert', 'carl');
  if (!first || !second || !third) throw new Error('three tabs are open');
  [anna, bert, carl] = [first, second, third];
});

function state(tab: StagedTab): MarketState {
  return tab.gatehouse.market.state();
}

function sum(numbers: Record<string, number>): number {
  return Object.values(numbers).reduce((total, number) => total + number, 0);
}

async function deposit(
  tab: StagedTab,
  product: string,
  quantity: number,
  price: number,
): Promise<void> {
  await stage.ended(tab.gatehouse.market.deposit({ product, quantity, price }));
}

async function buy(tab: StagedTab, product: string, quantity: number): Promise<Purchase> {
  return stage.ended(tab.gatehouse.market.buy({ product, quantity }));
}

/** Everybody who runs has applied the same, and nothing was made or lost. */
async function settled(members = 3): Promise<MarketState> {
  const running = stage.tabs.filter(({ host }) => host.life !== null);
  const [one] = running;
  if (!one) throw new Error('somebody runs');
  await stage.until(() => {
    const ends = running.map(({ gatehouse }) => gatehouse.status());
    return ends.every(
      ({ quorum, commitIndex, lastIndex, pending }) =>
        quorum &&
        pending === 0 &&
        commitIndex === lastIndex &&
        commitIndex === ends[0]?.commitIndex,
    );
  });
  const states = running.map(state);
  for (const other of states) expect(other).toEqual(states[0]);
  expect(sum(state(one).accounts)).toBe(1000 * members);
  expectGoods(state(one));
  return state(one);
}

function expectGoods({ stock, deposited, sold }: MarketState): void {
  for (const [product, quantity] of Object.entries(deposited)) {
    const left = stock.filter((lot) => lot.product === product);
    const inStock = left.reduce((total, lot) => total + lot.quantity, 0);
    expect(inStock + (sold[product] ?? 0)).toBe(quantity);
  }
}

describe('the test cases of the trading post', () => {
  test('the commission reaches the trader', async () => {
    await deposit(anna, 'salt', 5, 10);
    expect(state(bert).trader).toBe('carl');
    expect(await buy(bert, 'salt', 5)).toMatchObject({ success: true, paid: 50 });
    expect((await settled()).accounts['carl']).toBe(1005);
  });

  test('the seller gets the money less commission', async () => {
    await deposit(anna, 'salt', 5, 10);
    const purchase = await buy(bert, 'salt', 5);
    expect(purchase).toEqual({
      success: true,
      quantity: 5,
      paid: 50,
      seller: 'anna',
      request: purchase.request,
      clock: { anna: 1, bert: 1 },
    });
    expect(purchase.request).toMatch(/^bert\.\d+$/);
    expect((await settled()).accounts).toEqual({ anna: 1045, bert: 950, carl: 1005 });
  });

  test('concurrent requests are served in one definite order, each once', async () => {
    await deposit(anna, 'fish', 3, 10);
    const all = [anna, bert, carl, bert, anna].map((tab) =>
      tab.gatehouse.market.buy({ product: 'fish', quantity: 1 }),
    );
    const purchases = await stage.ended(Promise.all(all));
    expect(purchases.filter(({ success }) => success)).toHaveLength(3);
    expect(purchases.filter(({ reason }) => reason === 'out-of-stock')).toHaveLength(2);
    expect((await settled()).sold['fish']).toBe(3);
    const orders = stage.tabs.map(({ gatehouse }) => gatehouse.market.acts());
    expect(orders[1]).toEqual(orders[0]);
    expect(orders[2]).toEqual(orders[0]);
    // Rule K7: the order keeps what happened before, and the two first buyers knew nothing of each other.
    const clocks = (orders[0] ?? []).map(({ clock }) => clockOf(Object.entries(clock)));
    clocks.forEach((a, i) => {
      clocks.forEach((b, j) => {
        if (happenedBefore(a, b)) expect(i).toBeLessThan(j);
      });
    });
    const [, first, second] = clocks;
    if (!first || !second) throw new Error('three acts at least');
    expect(happenedBefore(first, second)).toBe(false);
  });

  test('no seller available: the buyer is told, and nothing changes', async () => {
    expect(await buy(bert, 'boar', 1)).toMatchObject({
      success: false,
      quantity: 0,
      paid: 0,
      reason: 'out-of-stock',
      clock: { bert: 1 },
    });
    await deposit(anna, 'boar', 1, 2000);
    expect(await buy(bert, 'boar', 1)).toMatchObject({ success: false, reason: 'no-money' });
    expect((await settled()).accounts).toEqual({ anna: 1000, bert: 1000, carl: 1000 });
  });

  test('election: the new trader takes over the stock and the pending requests', async () => {
    await deposit(anna, 'salt', 5, 10);
    carl.gatehouse.crash();
    const pending = anna.gatehouse.market.buy({ product: 'salt', quantity: 2 });
    expect(await stage.ended(pending)).toMatchObject({ success: true, paid: 20, seller: 'anna' });
    const { accounts, stock, trader } = await settled();
    expect(trader).toBe('bert');
    expect(stock).toEqual([{ seller: 'anna', product: 'salt', quantity: 3, price: 10 }]);
    expect(accounts).toEqual({ anna: 998, bert: 1002, carl: 1000 });
  });

  test('the former leader trades on as a peer', async () => {
    carl.gatehouse.crash();
    await deposit(anna, 'salt', 4, 10);
    expect(state(anna).trader).toBe('bert');
    await buy(anna, 'salt', 1);
    expect((await settled()).accounts).toEqual({ anna: 999, bert: 1001, carl: 1000 });
    // carl is the greatest: once back he takes over (L2), so the former leader that trades on is bert, who stood in for him.
    await carl.gatehouse.recover();
    await stage.until(() => bert.gatehouse.status().role === 'follower');
    expect((await settled()).trader).toBe('carl');
    expect(await buy(bert, 'salt', 2)).toMatchObject({ success: true, seller: 'anna' });
    await deposit(bert, 'fish', 1, 30);
    expect(await buy(anna, 'fish', 1)).toMatchObject({ success: true, seller: 'bert' });
    expect((await settled()).accounts).toEqual({ anna: 987, bert: 1008, carl: 1005 });
  });

  test('the market survives the trader, crash after crash', async () => {
    await deposit(anna, 'salt', 6, 10);
    for (const crash of ['stop', 'hang'] as const) {
      const trader = stage.tabs.find(({ self }) => self.id === state(anna).trader);
      const buyer = stage.tabs.find((tab) => tab !== trader) ?? anna;
      trader?.gatehouse.crash(crash);
      expect(await buy(buyer, 'salt', 1)).toMatchObject({ success: true, seller: 'anna' });
      await trader?.gatehouse.recover();
      await settled();
    }
    expect((await settled()).sold['salt']).toBe(2);
  });

  test.each([3, 6])(
    'no corruption under concurrency: %i peers buy and sell at once, while traders fail',
    async (peers) => {
      stage = new Stage();
      await stage.park(...['anna', 'bert', 'carl', 'dora', 'emil', 'finn'].slice(0, peers));
      const calls: Promise<unknown>[] = [];
      let failed: StagedTab | undefined;
      for (let round = 0; round < 6; round++) {
        for (const { gatehouse } of stage.tabs) {
          const { market } = gatehouse;
          calls.push(market.deposit({ product: 'salt', quantity: 3, price: 5 + round }));
          calls.push(market.buy({ product: 'salt', quantity: 1 + (round % 3) }));
        }
        // The trader's own are done by then, and all others are under way.
        await stage.pass(3);
        if (round % 2 === 0) {
          failed = stage.tabs.find(({ gatehouse }) => gatehouse.status().role === 'leader');
          failed?.gatehouse.crash(round === 0 ? 'stop' : 'hang');
        } else await failed?.gatehouse.recover();
        // Long enough for the others to elect the next one (F1, E3).
        await stage.pass(2000);
      }
      await stage.ended(Promise.allSettled(calls));
      const { deposited } = await settled(peers);
      expect(deposited['salt']).toBeGreaterThan(0);
      const [first] = stage.tabs;
      const sales = first?.gatehouse.market.acts().flatMap(({ sale }) => sale ?? []) ?? [];
      expect(new Set(sales.map(({ trader }) => trader)).size).toBeGreaterThan(1);
      expect(new Set(sales.map(({ buyer }) => buyer)).size).toBe(peers);
    },
  );
});

describe('who comes and goes', () => {
  test('K1: a peer that joins later has its account, and trades', async () => {
    await deposit(anna, 'salt', 2, 10);
    const dora = stage.open('dora', 0);
    await stage.until(() => dora.gatehouse.status().quorum && 'dora' in state(dora).accounts);
    expect(await buy(dora, 'salt', 1)).toMatchObject({ success: true });
    expect((await settled(4)).accounts['dora']).toBe(990);
  });

  test('K3: a seller that dies leaves its goods, which are sold, and its money waits for it', async () => {
    await deposit(anna, 'salt', 2, 10);
    anna.gatehouse.crash();
    expect(await buy(bert, 'salt', 2)).toMatchObject({ success: true, seller: 'anna' });
    await anna.gatehouse.recover();
    await stage.until(() => anna.gatehouse.status().quorum);
    expect((await settled()).accounts['anna']).toBe(1018);
  });

  test('K2: a buyer that dies has bought all of it or nothing', async () => {
    await deposit(anna, 'salt', 2, 10);
    const open = bert.gatehouse.market.buy({ product: 'salt', quantity: 2 });
    const refused = expect(stage.ended(open)).rejects.toMatchObject({
      code: 'crashed',
      definite: false,
    });
    await stage.pass(3);
    bert.gatehouse.crash();
    await refused;
    await bert.gatehouse.recover();
    await stage.until(() => bert.gatehouse.status().quorum);
    const { accounts, stock } = await settled();
    expect(accounts['bert']).toBe(stock.length === 0 ? 980 : 1000);
  });

  test('K4: clocks are shown: what each act knew, and what this gate has applied', async () => {
    await deposit(anna, 'salt', 2, 10);
    await stage.until(() => state(bert).stock.length === 1);
    await buy(bert, 'salt', 1);
    const [first, second] = bert.gatehouse.market.acts();
    expect(first).toMatchObject({
      kind: 'deposit',
      node: 'anna',
      success: true,
      clock: { anna: 1 },
    });
    expect(second).toMatchObject({
      kind: 'buy',
      node: 'bert',
      sale: { buyer: 'bert', seller: 'anna', trader: 'carl', paid: 10, commission: 1 },
      clock: { anna: 1, bert: 1 },
    });
    expect(bert.gatehouse.market.acts(1)).toEqual([second]);
    expect((await settled()).clock).toEqual({ anna: 1, bert: 1 });
    const [entry] = (await bert.gatehouse.log()).filter(({ kind }) => kind === 'buy');
    expect(entry?.market).toMatchObject({ product: 'salt', quantity: 1, success: true });
  });
});

describe('a gate', () => {
  test.each([
    ['deposit', { product: 'gold', quantity: 1, price: 1 }],
    ['deposit', { product: 'salt', quantity: 0, price: 1 }],
    ['deposit', { product: 'salt', quantity: 1 }],
    ['buy', { product: 'salt', quantity: 1.5 }],
    ['buy', { product: 'salt', quantity: 1, price: 1 }],
    ['buy', null],
    ['auto', { buyAgain: 2 }],
    ['acts', 0],
  ])('refuses bad input to %s: %j', async (what, value) => {
    const { market } = anna.gatehouse;
    const calls: Record<string, (given: never) => unknown> = {
      deposit: (lot) => market.deposit(lot),
      buy: (want) => market.buy(want),
      auto: async (options) => market.auto(options),
      acts: async (most) => market.acts(most),
    };
    await expect(calls[what]?.(value as never)).rejects.toMatchObject({
      code: 'invalid',
      definite: true,
    });
  });

  test('that has crashed knows nothing, and refuses for sure', async () => {
    await deposit(anna, 'salt', 1, 1);
    anna.gatehouse.crash();
    expect(state(anna)).toEqual({
      trader: null,
      accounts: {},
      stock: [],
      deposited: {},
      sold: {},
      clock: {},
    });
    await expect(anna.gatehouse.market.buy({ product: 'salt', quantity: 1 })).rejects.toMatchObject(
      {
        code: 'crashed',
        definite: true,
      },
    );
    expect(anna.gatehouse.market.acts()).toEqual([]);
  });

  test('K6: is told when the market is full', async () => {
    const all = Array.from({ length: 151 }, () =>
      anna.gatehouse.market.deposit({ product: 'salt', quantity: 1, price: 1 }),
    );
    const results = await stage.ended(Promise.allSettled(all));
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result] : []));
    expect(refused.map(({ reason }) => (reason as GatehouseError).message)).toEqual([
      'the market is full: it takes no more lots until one is sold out',
    ]);
  });
});

test('K2: the commission that anybody sets counts for all', async () => {
  expect(anna.gatehouse.market.commission()).toBe(10);
  await stage.ended(anna.gatehouse.market.setCommission(25));
  await deposit(anna, 'salt', 1, 100);
  await buy(bert, 'salt', 1);
  const { accounts } = await settled();
  expect(accounts).toEqual({ anna: 1075, bert: 900, carl: 1025 });
  expect(bert.gatehouse.market.commission()).toBe(25);
  bert.gatehouse.crash();
  expect(bert.gatehouse.market.commission()).toBeNull();
});

test('K7: what is asked for without a trader is pending until there is one', async () => {
  await deposit(anna, 'salt', 1, 100);
  await stage.ended(anna.gatehouse.removeLeader());
  const answer = anna.gatehouse.market.buy({ product: 'salt', quantity: 1 });
  await stage.pass(100);
  expect(anna.gatehouse.market.pending()).toEqual([
    {
      kind: 'buy',
      product: 'salt',
      quantity: 1,
      request: expect.stringMatching(/^anna\.\d+$/) as string,
      clock: { anna: 1 },
    },
  ]);
  await stage.ended(bert.gatehouse.startElection());
  expect(await stage.ended(answer)).toMatchObject({ success: true });
  expect(anna.gatehouse.market.pending()).toEqual([]);
});

describe('automatic trading', () => {
  test('sellers and buyers trade by themselves until every buyer has enough', async () => {
    anna.gatehouse.market.auto({ role: 'seller', price: [1, 5] });
    bert.gatehouse.market.auto({ role: 'buyer', transactions: 10 });
    await stage.until(() => bert.gatehouse.market.trading()?.transactions === 10);
    expect(anna.gatehouse.market.trading()?.role).toBe('seller');
    for (const { gatehouse } of stage.tabs) gatehouse.market.auto(false);
    expect(bert.gatehouse.market.trading()).toBeNull();
    const { sold } = await settled();
    expect(sum(sold)).toBeGreaterThanOrEqual(10);
    const bought = bert.gatehouse.market
      .measured()[0]
      ?.purchases.filter(({ result }) => result === 'bought');
    expect(bought).toHaveLength(10);
  });

  test('the leader fails now and then, and who stood in for it trades on as a peer', async () => {
    const options = { leaderFailure: 1, quantumMs: 3000, transactions: 40, commission: 20 };
    anna.gatehouse.market.auto({ ...options, role: 'seller' });
    bert.gatehouse.market.auto({ ...options, role: 'buyer' });
    carl.gatehouse.market.auto(options);
    await stage.until(() => carl.gatehouse.status().role === 'crashed');
    await stage.until(() => bert.gatehouse.market.trading()?.role === 'trader');
    expect(state(anna).trader).toBe('bert');
    await stage.until(() => anna.gatehouse.status().quorum);
    expect(anna.gatehouse.market.measured()[0]?.elections).not.toEqual([]);
    // carl is the greatest, so he leads again (L2), and bert is the former leader.
    await stage.until(() => carl.gatehouse.status().role === 'leader');
    await stage.until(() => bert.gatehouse.market.trading()?.role === 'buyer');
    const { commitIndex } = bert.gatehouse.status();
    await stage.until(() =>
      bert.gatehouse.market
        .acts()
        .some(({ index, node, sale }) => index > commitIndex && node === 'bert' && sale),
    );
    for (const { gatehouse } of stage.tabs) gatehouse.market.auto(false);
    await stage.until(() => stage.tabs.every(({ host }) => host.life !== null));
    await settled();
    const sales = anna.gatehouse.market.acts().flatMap(({ sale }) => sale ?? []);
    const set = sales.filter(({ paid, commission }) => commission === Math.round(paid / 5));
    expect(set.length).toBeGreaterThan(0);
  });

  test('ends with the gate', async () => {
    anna.gatehouse.market.auto();
    await stage.ended(anna.gatehouse.terminate());
    await stage.pass(10_000);
    expect(() => anna.gatehouse.market.auto()).toThrow(GatehouseError);
    expect(anna.gatehouse.market.measured()).toHaveLength(1);
  });
});

test('what was measured by hand is a run of its own, until a run of automatic trading begins', async () => {
  await deposit(anna, 'salt', 5, 1);
  await buy(bert, 'salt', 1);
  await buy(bert, 'fish', 1);
  const { market } = bert.gatehouse;
  market.auto({ role: 'seller' });
  market.auto(false);
  await buy(bert, 'salt', 1);
  const [byHand, run, after] = market.measured();
  expect(byHand?.constants).toBeNull();
  expect(byHand?.purchases.map(({ result }) => result)).toEqual(['bought', 'refused']);
  expect(byHand?.purchases[0]?.ms).toBeGreaterThan(0);
  expect(run?.constants).toMatchObject({ role: 'seller', transactions: 20 });
  expect(after?.purchases).toHaveLength(1);
});
