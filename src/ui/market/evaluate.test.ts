import { beforeEach, expect, test } from 'vitest';
import type { MarketRun } from '../../runtime/gatehouse.ts';
import { Stage, type StagedTab } from '../../runtime/testing/tabs.contract.ts';
import { fulfil } from '../tab-wishes.ts';
import type { Cast } from './cast.ts';
import { electionPlaces, evaluate, stockUp, type Company } from './evaluate.ts';
import { courseOf, duringElection } from './plots.ts';

const CAST: Cast = { trader: 'dora', buyer: 'anna', seller: 'bert', product: 'fish', buyUp: [] };

let stage: Stage;
beforeEach(async () => {
  stage = new Stage();
  await stage.park('anna', 'bert', 'carl', 'dora');
});

function tab(id: string): StagedTab {
  const found = stage.tabs.find(({ self }) => self.id === id);
  if (!found) throw new Error(`there is a tab ${id}`);
  return found;
}

/** The gates as the page at `carl` asks them. */
function company(): Company {
  const { gatehouse } = tab('carl');
  const now = (): number => stage.clock.now();
  return {
    ask: (gate, wish) => fulfil(tab(gate).gatehouse, wish, now),
    term: () => gatehouse.status().term,
    whole: (trader, before) =>
      new Promise((resolve) => {
        gatehouse.subscribe(({ leader, term, inStep, quorum }) => {
          if (leader === trader && term !== before && inStep === 4 && quorum) resolve();
        });
      }),
    now,
    wall: () => 1_000_000,
    nameOf: (id) => `Gate ${id}`,
  };
}

async function evaluated(cast: Cast, transactions: number, elections: number): Promise<MarketRun> {
  await stage.ended(stockUp(cast, transactions, company()));
  const plan = { transactions, elections };
  return stage.ended(evaluate(cast, plan, company(), () => undefined));
}

test('elections are spread evenly over the run', () => {
  expect([...electionPlaces(40, 4)]).toEqual([5, 15, 25, 35]);
  expect([...electionPlaces(3, 3)]).toEqual([0, 1, 2]);
  expect([...electionPlaces(40, 0)]).toEqual([]);
});

test('the trader fails, and only the requests of that time wait until another has taken over', async () => {
  const run = await evaluated(CAST, 12, 2);
  expect(run.purchases.map(({ result }) => result)).toEqual(Array(12).fill('bought'));
  expect(run.elections.map(({ trader }) => trader)).toEqual(['carl', 'carl']);
  const { responses, elections } = courseOf(run);
  const waited = responses.filter((response) => duringElection(response, elections));
  expect(waited.map(({ number }) => number)).toEqual([4, 10]);
  const others = responses.filter((response) => !waited.includes(response));
  const longest = Math.max(...others.map(({ ms }) => ms));
  for (const { ms } of waited) expect(ms).toBeGreaterThan(longest);
});

test('every sale is between two gates at a price, with a commission to a third; then all run again', async () => {
  await evaluated(CAST, 12, 2);
  await stage.until(() => stage.tabs.every(({ gatehouse }) => gatehouse.status().inStep === 4));
  expect(stage.tabs.map(({ gatehouse }) => gatehouse.status().leader)).toEqual(
    Array(4).fill('dora'),
  );
  const { accounts } = tab('anna').gatehouse.market.state();
  expect(accounts).toEqual({ anna: 880, bert: 1108, carl: 1002, dora: 1010 });
});

test('what was in stock is bought up first', async () => {
  const lot = { product: 'fish', quantity: 3, price: 5 };
  await stage.ended(tab('anna').gatehouse.market.deposit(lot));
  await evaluated({ ...CAST, buyUp: [3] }, 4, 0);
  const sales = tab('carl')
    .gatehouse.market.acts()
    .flatMap(({ sale }) => sale ?? []);
  expect(sales.map(({ buyer, seller, paid }) => [buyer, seller, paid])).toEqual([
    ['bert', 'anna', 15],
    ...Array.from({ length: 4 }, () => ['anna', 'bert', 10]),
  ]);
});

test('whoever stops in the middle leaves no gate that has failed: it comes back by itself', async () => {
  await stage.ended(stockUp(CAST, 4, company()));
  let failing = (): void => undefined;
  const failed = new Promise<void>((resolve) => (failing = resolve));
  const { ask, ...rest } = company();
  // The tab that asks is closed when the trader has failed: nothing more is asked.
  const closed: Company = {
    ...rest,
    ask: async (gate, wish) => {
      const told = await ask(gate, wish);
      if (wish.kind !== 'hang') return told;
      failing();
      return new Promise(() => undefined);
    },
  };
  void evaluate(CAST, { transactions: 4, elections: 1 }, closed, () => undefined);
  await stage.ended(failed);
  expect(tab('dora').gatehouse.status().role).toBe('crashed');
  await stage.until(() => stage.tabs.every(({ gatehouse }) => gatehouse.status().inStep === 4));
});

test('a gate that can not do its part ends the run', async () => {
  await stage.ended(stockUp(CAST, 4, company()));
  tab('anna').gatehouse.crash();
  const run = evaluate(CAST, { transactions: 4, elections: 0 }, company(), () => undefined);
  await expect(run).rejects.toThrow('Gate anna: this gate has crashed');
});
