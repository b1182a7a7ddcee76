/** A run of purchases, in the course of which the trader fails: what it takes of the gates, and what comes out. */
import type { MarketRun } from '../../runtime/gatehouse.ts';
import type { Told, Wish } from '../tab-wishes.ts';
import type { Cast } from './cast.ts';

/** Of a piece: the commission on it is a whole unit. */
export const PRICE = 10;
/**
 * How long the trader fails, ms: more than the others take to notice (rule F1) and to elect, and less than what evicts
 * it from the park (rule M5).
 */
const FAILS_FOR = 4000;

/** What the evaluation does with the gates. */
export interface Company {
  ask(gate: string, wish: Wish): Promise<Told>;
  /** As this page's gate knows it. */
  term(): string;
  /** Resolves when all gates of the park are in step again, and this one is the trader in a later term. */
  whole(trader: string, before: string): Promise<void>;
  now(): number;
  wall(): number;
  nameOf(gate: string): string;
}

export interface Plan {
  readonly transactions: number;
  readonly elections: number;
}

/** The seller has the stock for so many purchases, and nobody else has any of it. */
export async function stockUp(
  { seller, product, buyUp }: Cast,
  quantity: number,
  company: Company,
): Promise<void> {
  for (const lot of buyUp) {
    const told = await company.ask(seller, { kind: 'buy', product, quantity: lot });
    expectDone(told, seller, company);
  }
  const lot = { kind: 'deposit', product, quantity, price: PRICE } as const;
  expectDone(await company.ask(seller, lot), seller, company);
}

/** @param progress is told how many purchases were made */
export async function evaluate(
  cast: Cast,
  { transactions, elections }: Plan,
  company: Company,
  progress: (purchases: number) => void,
): Promise<MarketRun> {
  const began = company.now();
  const run: MarketRun = { began: company.wall(), constants: null, purchases: [], elections: [] };
  const without = electionPlaces(transactions, elections);
  for (let place = 0; place < transactions; place++) {
    if (without.has(place)) await buyWithoutTrader(cast, run, began, company);
    else await buyOne(cast, run, began, company);
    progress(place + 1);
  }
  return run;
}

/** Which of the purchases are asked for when the trader has failed: spread evenly over the run. */
export function electionPlaces(transactions: number, elections: number): ReadonlySet<number> {
  const places = Array.from({ length: elections }, (_, i) =>
    Math.floor(((i + 0.5) * transactions) / elections),
  );
  return new Set(places);
}

/** Returns who was the trader when the answer came, as the buyer knew. */
async function buyOne(
  { buyer, product }: Cast,
  run: MarketRun,
  began: number,
  company: Company,
): Promise<string | null> {
  const at = company.now() - began;
  const told = await company.ask(buyer, { kind: 'buy', product, quantity: 1 });
  expectDone(told, buyer, company);
  if (told.kind !== 'bought') return null;
  run.purchases.push({ at, ms: told.ms, result: told.result });
  return told.trader;
}

/** The request goes to a trader that answers nobody, and waits until the next one takes it over. */
async function buyWithoutTrader(
  cast: Cast,
  run: MarketRun,
  began: number,
  company: Company,
): Promise<void> {
  const before = company.term();
  const told = await company.ask(cast.trader, { kind: 'hang', forMs: FAILS_FOR });
  expectDone(told, cast.trader, company);
  const at = company.now() - began;
  const trader = await buyOne(cast, run, began, company);
  const ms = company.now() - began - at;
  if (trader !== null && trader !== cast.trader) run.elections.push({ at, ms, trader });
  await company.whole(cast.trader, before);
}

function expectDone(told: Told, gate: string, company: Company): void {
  if (told.kind === 'not-done') throw new Error(`${company.nameOf(gate)}: ${told.message}`);
}
