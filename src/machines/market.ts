import { assert } from '../core/assert.ts';
import { clockOf, rowsOf, type VectorClock } from '../core/clocks.ts';
import type { LogEntry } from '../core/entry.ts';
import type { Member, NodeId } from '../core/identity.ts';
import type { Json } from '../core/json.ts';
import { termHolder } from '../core/term.ts';
import type { Machine } from './machine.ts';
import { Accounts } from './market/accounts.ts';
import {
  decodeMarketOperation,
  MAX_LOTS,
  outcomeJson,
  type MarketOperation,
  type MarketOutcome,
  type MarketRefusal,
  type Sale,
} from './market/operations.ts';
import { PeerClocks } from './market/peer-clocks.ts';
import { decodeMarketSnapshot } from './market/snapshot.ts';
import { Stock, type Count, type Lot } from './market/stock.ts';

/** The trader's part of a sale, in percent, until somebody sets another. */
export const COMMISSION = 10;

/** An act of a peer, where it stands in the log. */
interface Act {
  readonly node: NodeId;
  readonly index: number;
  /** The leader of the term in which it stands. */
  readonly trader: NodeId;
  readonly clock: VectorClock;
}

type Verdict = MarketRefusal | 'done' | Sale;

/**
 * The trading post (rules K1 to K7): sellers leave goods with the trader, buyers buy them, and every sale is one entry,
 * so that none is ever half done. Money and goods change hands, and are never made or lost.
 */
export class Market implements Machine {
  readonly name = 'market';
  readonly #accounts = new Accounts();
  readonly #stock = new Stock();
  readonly #clocks = new PeerClocks();
  #members: ReadonlySet<NodeId> = new Set();
  #commission = COMMISSION;

  /** The money of every member that ever joined. */
  get accounts(): Readonly<Record<NodeId, number>> {
    return Object.fromEntries(this.#accounts.rows());
  }

  get lots(): readonly Lot[] {
    return this.#stock.lots;
  }

  /** Pieces of each product, since the founding. */
  get deposited(): Count {
    return this.#stock.deposited;
  }
  get sold(): Count {
    return this.#stock.sold;
  }

  /** In percent. */
  get commission(): number {
    return this.#commission;
  }

  /** How often each node has acted, as far as the log was applied here. */
  get clock(): VectorClock {
    return this.#clocks.seen(this.#isNamed);
  }

  reset(): void {
    this.#accounts.restore([]);
    this.#stock.reset();
    this.#clocks.restore([]);
    this.#members = new Set();
    this.#commission = COMMISSION;
  }

  refuse(body: Json): string | null {
    const decoded = decodeMarketOperation(body);
    return decoded.ok ? null : decoded.reason;
  }

  apply({ command, index, term }: LogEntry): Json {
    if ('members' in command) this.#join(command.members);
    if (command.kind !== 'operation') return null;
    const decoded = decodeMarketOperation(command.operation.body);
    if (!decoded.ok) return null;
    const { node } = command.operation.id;
    if (!this.#accounts.has(node)) return outcomeJson(refused('no-account', new Map()));
    const seen = clockOf(decoded.value.clock);
    const clock = this.#clocks.act(node, seen, this.#isNamed);
    const act: Act = { node, index, trader: termHolder(term), clock };
    return outcomeJson(outcomeOf(this.#decide(act, decoded.value), clock));
  }

  snapshot(): Json {
    const { lots, deposited, sold } = this.#stock;
    return {
      commission: this.#commission,
      members: [...this.#members],
      accounts: this.#accounts.rows(),
      clocks: this.#clocks.rows(),
      lots: lots.map((lot) => ({ ...lot, clock: rowsOf(lot.clock) })),
      deposited: { ...deposited },
      sold: { ...sold },
    };
  }

  refuseSnapshot(snapshot: Json): string | null {
    const decoded = decodeMarketSnapshot(snapshot);
    return decoded.ok ? null : decoded.reason;
  }

  restore(snapshot: Json): void {
    const decoded = decodeMarketSnapshot(snapshot);
    assert(decoded.ok, 'R6: a snapshot of the market is checked before');
    const { commission, members, accounts, clocks, lots, deposited, sold } = decoded.value;
    this.#commission = commission;
    this.#members = new Set(members);
    this.#accounts.restore(accounts);
    this.#clocks.restore(clocks);
    const restored = lots.map((lot) => ({ ...lot, clock: clockOf(lot.clock) }));
    this.#stock.restore(restored, deposited, sold);
  }

  #join(members: readonly Member[]): void {
    this.#members = new Set(members.map(({ id }) => id));
    for (const member of this.#members) this.#accounts.open(member);
  }

  #decide(act: Act, asked: MarketOperation): Verdict {
    switch (asked.kind) {
      case 'deposit':
        return this.#deposit(act, asked);
      case 'buy':
        return this.#buy(act, asked);
      case 'commission':
        this.#commission = asked.percent;
        return 'done';
    }
  }

  #deposit(
    { node, index, clock }: Act,
    { product, quantity, price }: Extract<MarketOperation, { kind: 'deposit' }>,
  ): Verdict {
    if (this.#stock.lots.length >= MAX_LOTS) return 'market-full';
    this.#stock.put({ index, seller: node, product, quantity, price, clock });
    return 'done';
  }

  /** All or nothing, from one seller: the first that has so much and that the buyer can pay (rule K5). */
  #buy(
    { node, trader }: Act,
    { product, quantity }: Extract<MarketOperation, { kind: 'buy' }>,
  ): Verdict {
    const offers = this.#stock.offers(product, quantity);
    if (offers.length === 0) return 'out-of-stock';
    const offer = offers.find(({ paid }) => paid <= this.#accounts.of(node));
    if (!offer) return 'no-money';
    const { seller, paid } = offer;
    const commission = commissionOn(paid, this.#commission);
    const sale = { buyer: node, seller, trader, paid, commission };
    this.#stock.take(seller, product, quantity);
    this.#accounts.settle(sale);
    return sale;
  }

  /** Clocks name who may act and whose goods are served: nobody else's acts decide anything any more. */
  readonly #isNamed = (node: NodeId): boolean => this.#members.has(node) || this.#stock.has(node);
}

/** Rounded to whole units, halves up (rule K2). */
export function commissionOn(paid: number, percent: number): number {
  return Math.round((paid * percent) / 100);
}

function outcomeOf(verdict: Verdict, clock: VectorClock): MarketOutcome {
  if (typeof verdict === 'object') return { success: true, clock: rowsOf(clock), sale: verdict };
  if (verdict === 'done') return { success: true, clock: rowsOf(clock) };
  return refused(verdict, clock);
}

function refused(reason: MarketRefusal, clock: VectorClock): MarketOutcome {
  return { success: false, reason, clock: rowsOf(clock) };
}
