import { Violation } from './violation.ts';

/**
 * The trading post as the rules K1 to K7 tell it, from the entries of the log to what is due. Written apart from the
 * machine that it checks: it has no vector clocks, but for every act the set of deposits that happened before it.
 */
export type Trade =
  | {
      readonly kind: 'deposit';
      readonly product: string;
      readonly quantity: number;
      readonly price: number;
    }
  | { readonly kind: 'buy'; readonly product: string; readonly quantity: number }
  | { readonly kind: 'commission'; readonly percent: number };

/** What is due of an operation. The clock that comes with it is judged by itself. */
export type Due =
  | { readonly success: true }
  | {
      readonly success: true;
      readonly buyer: string;
      readonly seller: string;
      readonly trader: string;
      readonly paid: number;
      readonly commission: number;
    }
  | { readonly success: false; readonly reason: string };

export interface Deposit {
  readonly index: number;
  readonly seller: string;
  readonly product: string;
  readonly price: number;
  left: number;
}

/** One act, with the deposits in stock then that happened before it, itself among them if it is one. */
interface Act {
  readonly knows: ReadonlySet<number>;
}

/** Where an operation stands. */
export interface Place {
  readonly node: string;
  readonly index: number;
  readonly term: string;
}

export const START = 1000;
const MOST_LOTS = 150;

export class MarketModel {
  readonly money = new Map<string, number>();
  readonly deposits: Deposit[] = [];
  readonly deposited = new Map<string, number>();
  readonly sold = new Map<string, number>();
  #percent = 10;
  readonly #acts = new Map<string, Act[]>();

  join(members: readonly string[]): void {
    for (const member of members) if (!this.money.has(member)) this.money.set(member, START);
  }

  /** How often a node has acted. */
  actsOf(node: string): number {
    return this.#acts.get(node)?.length ?? 0;
  }

  /** @param body as the log holds it; null for what is no operation of the market */
  apply(body: unknown, place: Place): Due | null {
    const trade = readTrade(body);
    if (!trade) return null;
    if (!this.money.has(place.node)) return { success: false, reason: 'no-account' };
    const knows = this.#knownTo(place.node, readClock(body));
    const due = this.#trade(trade, place, knows);
    const isLot = this.deposits.some(({ index }) => index === place.index);
    const acts = this.#acts.get(place.node) ?? [];
    acts.push({ knows: isLot ? new Set([...knows, place.index]) : knows });
    this.#acts.set(place.node, acts);
    this.#conserves(place.index);
    return due;
  }

  #trade(trade: Trade, { node, index, term }: Place, knows: ReadonlySet<number>): Due {
    switch (trade.kind) {
      case 'commission':
        this.#percent = trade.percent;
        return { success: true };
      case 'deposit': {
        if (this.deposits.length >= MOST_LOTS) return { success: false, reason: 'market-full' };
        const { product, quantity, price } = trade;
        this.deposits.push({ index, seller: node, product, price, left: quantity });
        this.#lots.set(index, knows);
        add(this.deposited, product, quantity);
        return { success: true };
      }
      case 'buy':
        return this.#buy(trade, node, term.replace(/^\d+\./, ''));
    }
  }

  /** Of each lot in stock the deposits that happened before its own. */
  readonly #lots = new Map<number, ReadonlySet<number>>();

  #buy({ product, quantity }: Extract<Trade, { kind: 'buy' }>, buyer: string, trader: string): Due {
    const order = this.#order(product);
    const sellers = [...new Set(order.map(({ seller }) => seller))];
    const bills = sellers.flatMap((seller) => {
      const pieces = order
        .filter((lot) => lot.seller === seller)
        .flatMap((lot) => Array.from({ length: lot.left }, () => lot));
      if (pieces.length < quantity) return [];
      const taken = pieces.slice(0, quantity);
      return [{ seller, taken, paid: taken.reduce((sum, { price }) => sum + price, 0) }];
    });
    if (bills.length === 0) return { success: false, reason: 'out-of-stock' };
    const bill = bills.find(({ paid }) => paid <= (this.money.get(buyer) ?? 0));
    if (!bill) return { success: false, reason: 'no-money' };
    const { seller, taken, paid } = bill;
    for (const lot of taken) lot.left -= 1;
    this.#forgetSoldOut();
    add(this.sold, product, quantity);
    const share = (paid * this.#percent) / 100;
    const commission = share - Math.floor(share) >= 0.5 ? Math.ceil(share) : Math.floor(share);
    add(this.money, buyer, -paid);
    add(this.money, seller, paid - commission);
    add(this.money, trader, commission);
    return { success: true, buyer, seller, trader, paid, commission };
  }

  /** Rule K5, as it is written: the first of those that nothing left happened before, then again. */
  #order(product: string): Deposit[] {
    let rest = this.deposits.filter((lot) => lot.product === product);
    const order: Deposit[] = [];
    while (rest.length > 0) {
      const left = rest;
      const free = left.filter(
        ({ index }) => !left.some((other) => this.#lots.get(index)?.has(other.index) === true),
      );
      const [next] = free.sort((a, b) => a.price - b.price || a.index - b.index);
      if (!next) throw new Violation('K5', `deposits happened before each other: ${list(left)}`);
      order.push(next);
      rest = left.filter((lot) => lot !== next);
    }
    return order;
  }

  /** What a node knew when it acted: what it knew at its own last act, and what the others knew at the last it had seen. */
  #knownTo(node: string, clock: ReadonlyMap<string, number>): ReadonlySet<number> {
    const seen = [...clock].flatMap(([other, acts]) => this.#lastOf(other, acts));
    const known = [...seen, ...this.#lastOf(node, Infinity)].flatMap(({ knows }) => [...knows]);
    return new Set(known.filter((index) => this.#lots.has(index)));
  }

  /** The last of the first so many acts of a node. */
  #lastOf(node: string, acts: number): Act[] {
    return this.#acts.get(node)?.slice(0, acts).slice(-1) ?? [];
  }

  #forgetSoldOut(): void {
    for (let i = this.deposits.length - 1; i >= 0; i--) {
      const lot = this.deposits[i];
      if (lot?.left !== 0) continue;
      this.deposits.splice(i, 1);
      this.#lots.delete(lot.index);
    }
  }

  /** Rules K1 to K3, whatever else is wrong. */
  #conserves(index: number): void {
    const total = [...this.money.values()].reduce((sum, money) => sum + money, 0);
    if (total !== START * this.money.size)
      throw new Violation('K2', `at ${index} there are ${total} of ${START * this.money.size}`);
  }
}

function list(deposits: readonly Deposit[]): string {
  return deposits.map(({ index }) => index).join(' ');
}

function add(count: Map<string, number>, key: string, difference: number): void {
  count.set(key, (count.get(key) ?? 0) + difference);
}

/** An operation's body as the log holds it; null for what is none of the market's. */
export function readTrade(body: unknown): Trade | null {
  const fields = entriesOf(body);
  if (fields.get('machine') !== 'market') return null;
  const [product, quantity] = [fields.get('product'), fields.get('quantity')];
  const [price, percent] = [fields.get('price'), fields.get('percent')];
  const kind = fields.get('kind');
  if (kind === 'commission') return typeof percent === 'number' ? { kind, percent } : null;
  if (typeof product !== 'string' || typeof quantity !== 'number') return null;
  if (kind === 'buy') return { kind, product, quantity };
  if (kind !== 'deposit' || typeof price !== 'number') return null;
  return { kind, product, quantity, price };
}

/** The clock of a body or of an outcome: how many acts of each node. */
export function readClock(value: unknown): ReadonlyMap<string, number> {
  const rows = entriesOf(value).get('clock');
  const clock = new Map<string, number>();
  if (!Array.isArray(rows)) return clock;
  for (const row of rows as readonly unknown[]) {
    if (!Array.isArray(row)) continue;
    const [node, acts] = row as readonly unknown[];
    if (typeof node === 'string' && typeof acts === 'number') clock.set(node, acts);
  }
  return clock;
}

/** The fields of an object; none of anything else. */
export function entriesOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
}
