import { beforeEach, describe, expect, test } from 'vitest';
import { Stage, type StagedTab } from '../testing/tabs.contract.ts';
import { electionPlaces } from './evaluation.ts';

let stage: Stage;
let bert: StagedTab;

beforeEach(async () => {
  stage = new Stage();
  const [, second] = await stage.park('anna', 'bert', 'carl');
  if (!second) throw new Error('three tabs are open');
  bert = second;
});

test('elections are spread evenly over the run', () => {
  expect([...electionPlaces(40, 4)]).toEqual([5, 15, 25, 35]);
  expect([...electionPlaces(3, 3)]).toEqual([0, 1, 2]);
  expect([...electionPlaces(40, 0)]).toEqual([]);
});

describe('an evaluation', () => {
  test('is a run of its own, whose peaks are its elections', async () => {
    await stage.ended(bert.gatehouse.market.buy({ product: 'fish', quantity: 1 }));
    const options = { transactions: 12, elections: 2 };
    const run = await stage.ended(bert.gatehouse.market.evaluate(options));
    expect(run.purchases.map(({ result }) => result)).toEqual(Array(12).fill('bought'));
    expect(run.elections.map(({ trader }) => trader)).toEqual(['carl', 'carl']);
    const longest = [...run.purchases].sort((a, b) => b.ms - a.ms).slice(0, 2);
    expect(longest.map((purchase) => run.purchases.indexOf(purchase)).sort()).toEqual([3, 9]);
    expect(bert.gatehouse.market.measured().map(({ purchases }) => purchases.length)).toEqual([
      1, 12, 0,
    ]);
    const { accounts } = bert.gatehouse.market.state();
    expect(Object.values(accounts).reduce((sum, money) => sum + money, 0)).toBe(3000);
  });

  test('is alone at its gate, and ends with it', async () => {
    const { market } = bert.gatehouse;
    const run = market.evaluate();
    expect(() => market.auto()).toThrow('an evaluation is under way');
    await expect(market.evaluate()).rejects.toMatchObject({ code: 'invalid' });
    const ended = expect(stage.ended(run)).rejects.toMatchObject({ code: 'crashed' });
    await stage.pass(50);
    bert.gatehouse.crash();
    await ended;
    await expect(market.evaluate()).rejects.toMatchObject({ code: 'crashed', definite: true });
  });
});
