/** The two plots of the trading post, as plain series: made of what a real run has measured. */
import type { MarketRun, MeasuredElection, MeasuredPurchase } from '../../runtime/gatehouse.ts';

/** The numbers of transactions for which round trips are averaged. */
export const TRANSACTIONS = [10, 15, 20, 25, 30, 35, 40] as const;

export interface Average {
  readonly transactions: number;
  /** Of the first so many purchases of each run that has them, ms. */
  readonly ms: number;
  readonly runs: number;
}

export interface Averages {
  readonly withElections: readonly Average[];
  readonly without: readonly Average[];
}

/** The average round trip of a purchase against the number of transactions, with and without elections. */
export function averageRoundTrips(runs: readonly MarketRun[]): Averages {
  const [withElections, without]: [MeasuredPurchase[][], MeasuredPurchase[][]] = [[], []];
  for (const { purchases, elections } of runs) {
    const answered = purchases.filter(({ result }) => result !== 'failed');
    (elections.length > 0 ? withElections : without).push(answered);
  }
  return { withElections: averages(withElections), without: averages(without) };
}

/** A request of a run: which one it was, and how long its answer took. */
export interface Response {
  readonly number: number;
  /** When it was asked for, ms since the run began. */
  readonly at: number;
  readonly ms: number;
}

export interface Course {
  readonly responses: readonly Response[];
  /** Their peaks are these. */
  readonly elections: readonly MeasuredElection[];
}

/** The response time of each request in the course of a run, in the order of asking. */
export function courseOf({ purchases, elections }: MarketRun): Course {
  const asked = purchases
    .filter(({ result }) => result !== 'failed')
    .sort((a, b) => a.at - b.at)
    .map(({ at, ms }, i) => ({ number: i + 1, at, ms }));
  return { responses: asked, elections };
}

/** Whether an answer was waited for while there was no trader. */
export function duringElection(
  { at, ms }: Pick<Response, 'at' | 'ms'>,
  elections: readonly MeasuredElection[],
): boolean {
  return elections.some((election) => at <= election.at + election.ms && election.at < at + ms);
}

function averages(runs: readonly (readonly MeasuredPurchase[])[]): Average[] {
  return TRANSACTIONS.flatMap((transactions) => {
    const long = runs.filter(({ length }) => length >= transactions);
    const times = long.flatMap((run) => run.slice(0, transactions).map(({ ms }) => ms));
    if (times.length === 0) return [];
    const ms = times.reduce((sum, time) => sum + time, 0) / times.length;
    return [{ transactions, ms, runs: long.length }];
  });
}
