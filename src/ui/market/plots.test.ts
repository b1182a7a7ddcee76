import { expect, test } from 'vitest';
import type { MarketRun, MeasuredPurchase } from '../../runtime/gatehouse.ts';
import { averageRoundTrips, courseOf, duringElection } from './plots.ts';

function run(times: readonly number[], elections = 0, failed = 0): MarketRun {
  const purchases = times.map((ms, i): MeasuredPurchase => ({ at: i, ms, result: 'bought' }));
  const lost = Array.from({ length: failed }, () => ({
    at: 0,
    ms: 5000,
    result: 'failed' as const,
  }));
  return {
    began: 0,
    constants: null,
    purchases: [...lost, ...purchases],
    elections: Array.from({ length: elections }, () => ({ at: 3, ms: 900, trader: 'bert' })),
  };
}

const alike = (count: number, ms: number): number[] => Array.from({ length: count }, () => ms);

test('average round trips, with and without elections, over the runs that are long enough', () => {
  const runs = [
    run(alike(12, 10)),
    run(alike(20, 20)),
    run([...alike(10, 100), ...alike(5, 400)], 1),
  ];
  expect(averageRoundTrips(runs)).toEqual({
    without: [
      { transactions: 10, ms: 15, runs: 2 },
      { transactions: 15, ms: 20, runs: 1 },
      { transactions: 20, ms: 20, runs: 1 },
    ],
    withElections: [
      { transactions: 10, ms: 100, runs: 1 },
      { transactions: 15, ms: 200, runs: 1 },
    ],
  });
});

test('what was not answered has no round trip', () => {
  expect(averageRoundTrips([run(alike(10, 7), 0, 3)]).without[0]).toMatchObject({ ms: 7 });
  expect(averageRoundTrips([run(alike(9, 7))])).toEqual({ without: [], withElections: [] });
});

test('the course of a run is in the order of asking, whatever the order of the answers', () => {
  const { purchases, elections } = run([5, 6], 1);
  const course = courseOf({ began: 0, constants: null, purchases: purchases.reverse(), elections });
  expect(course.responses).toEqual([
    { number: 1, at: 0, ms: 5 },
    { number: 2, at: 1, ms: 6 },
  ]);
  expect(course.elections).toEqual([{ at: 3, ms: 900, trader: 'bert' }]);
});

test('a peak is a request that waited while an election lasted', () => {
  const elections = [{ at: 100, ms: 50, trader: 'bert' }];
  expect(duringElection({ at: 90, ms: 5 }, elections)).toBe(false);
  expect(duringElection({ at: 90, ms: 10 }, elections)).toBe(false);
  expect(duringElection({ at: 90, ms: 70 }, elections)).toBe(true);
  expect(duringElection({ at: 120, ms: 40 }, elections)).toBe(true);
  expect(duringElection({ at: 151, ms: 5 }, elections)).toBe(false);
});
