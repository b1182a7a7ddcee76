import { GatehouseError, type ErrorCode } from '../gatehouse.ts';
import type { EvaluationOptions, MarketCalls } from './calls.ts';

export interface EvaluationActions extends Pick<MarketCalls, 'deposit' | 'buy'> {
  /** Takes the trader out of office. */
  remove(): Promise<void>;
  elect(): Promise<void>;
}

const LATE: readonly ErrorCode[] = ['no-quorum', 'timeout'];

/** Buys one piece after the other: whoever answers the calls measures how long each took. */
export async function evaluate(
  { transactions, elections }: Required<EvaluationOptions>,
  actions: EvaluationActions,
): Promise<void> {
  await actions.deposit({ product: 'salt', quantity: transactions, price: 1 });
  const withElection = electionPlaces(transactions, elections);
  for (let place = 0; place < transactions; place++) {
    if (withElection.has(place)) await buyDuringElection(actions);
    else await buyOne(actions);
  }
}

/** Which of the purchases are asked for while there is no trader: spread evenly over the run. */
export function electionPlaces(transactions: number, elections: number): ReadonlySet<number> {
  const places = Array.from({ length: elections }, (_, i) =>
    Math.floor(((i + 0.5) * transactions) / elections),
  );
  return new Set(places);
}

async function buyOne(actions: EvaluationActions): Promise<void> {
  await unlessLate(actions.buy({ product: 'salt', quantity: 1 }));
}

/** Trading halts; the request waits in the outbox until the next trader takes it over. */
async function buyDuringElection(actions: EvaluationActions): Promise<void> {
  await unlessLate(actions.remove());
  await Promise.all([buyOne(actions), unlessLate(actions.elect())]);
}

/** What gets no answer in time, in a park that is slow just now, is part of what is measured. */
async function unlessLate(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    const isLate = error instanceof GatehouseError && LATE.includes(error.code);
    if (!isLate) throw error;
  }
}
