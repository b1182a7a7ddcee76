import { clockRows, type ClockRows } from '../../core/clocks.ts';
import { decode, type Decoded } from '../../core/decode.ts';
import {
  DecodeError,
  integer,
  object,
  oneOf,
  pattern,
  variant,
  type Decoder,
} from '../../core/decoder.ts';
import { NODE_ID_PATTERN, type NodeId } from '../../core/identity.ts';
import type { Json } from '../../core/json.ts';

/** What is traded. */
export const PRODUCTS = ['salt', 'boar', 'fish'] as const;
export type Product = (typeof PRODUCTS)[number];

/** Of one deposit, and of one purchase. */
export const MAX_QUANTITY = 10_000;
/** For one piece, in whole units of money. */
export const MAX_PRICE = 1_000_000;
/** Lots in stock; a deposit beyond is refused (rule K6). */
export const MAX_LOTS = 150;
/** Nodes that a clock names: members, of whom there are fewer than 256 (rule M4), who has something in stock, and who acts. */
export const MAX_CLOCK = 256 + MAX_LOTS + 1;

/** What a peer can ask of the market. `clock`: the acts of each node that it had applied when it asked (rule K4). */
export type MarketOperation =
  | {
      readonly machine: 'market';
      readonly kind: 'deposit';
      readonly product: Product;
      readonly quantity: number;
      readonly price: number;
      readonly clock: ClockRows;
    }
  | {
      readonly machine: 'market';
      readonly kind: 'buy';
      readonly product: Product;
      readonly quantity: number;
      readonly clock: ClockRows;
    }
  /** The commission for the sales that follow, in percent. */
  | {
      readonly machine: 'market';
      readonly kind: 'commission';
      readonly percent: number;
      readonly clock: ClockRows;
    };

/** What somebody wants done, before the clock is put on it. */
export type MarketWish = MarketOperation extends infer One
  ? One extends MarketOperation
    ? Omit<One, 'machine' | 'clock'>
    : never
  : never;

export const MARKET_REFUSALS = ['out-of-stock', 'no-money', 'market-full', 'no-account'] as const;
export type MarketRefusal = (typeof MARKET_REFUSALS)[number];

/** Who gave what to whom. */
export interface Sale {
  readonly buyer: NodeId;
  readonly seller: NodeId;
  readonly trader: NodeId;
  /** By the buyer, for all of it. */
  readonly paid: number;
  /** Of that, to the trader; the seller gets the rest. */
  readonly commission: number;
}

/** What the market decided. `clock`: of the act, with the node's own tick (rule K4). */
export type MarketOutcome =
  | { readonly success: true; readonly clock: ClockRows }
  | { readonly success: true; readonly clock: ClockRows; readonly sale: Sale }
  | { readonly success: false; readonly clock: ClockRows; readonly reason: MarketRefusal };

const machine = oneOf('market');
const product = oneOf(...PRODUCTS);
const quantity = integer(1, MAX_QUANTITY);
const clock = clockRows(MAX_CLOCK);

const operation = variant<MarketOperation, 'kind'>('kind', {
  deposit: { machine, product, quantity, price: integer(1, MAX_PRICE), clock },
  buy: { machine, product, quantity, clock },
  commission: { machine, percent: integer(0, 100), clock },
});

export function decodeMarketOperation(body: unknown): Decoded<MarketOperation> {
  return decode(operation, body);
}

/** An outcome as data: absent fields are left out. */
export function outcomeJson(outcome: MarketOutcome): Json {
  if (!outcome.success) {
    return { success: false, reason: outcome.reason, clock: outcome.clock };
  }
  if (!('sale' in outcome)) return { success: true, clock: outcome.clock };
  const { buyer, seller, trader, paid, commission } = outcome.sale;
  const sale = { buyer, seller, trader, paid, commission };
  return { success: true, clock: outcome.clock, sale };
}

const isTrue: Decoder<true> = (value) => {
  if (value !== true) throw new DecodeError('not true');
  return value;
};
const isFalse: Decoder<false> = (value) => {
  if (value !== false) throw new DecodeError('not false');
  return value;
};
const id = pattern(NODE_ID_PATTERN);
const money = integer(0, Number.MAX_SAFE_INTEGER);
const sale = object<Sale>({ buyer: id, seller: id, trader: id, paid: money, commission: money });
const reason = oneOf(...MARKET_REFUSALS);
const refused = object<{ success: false; reason: MarketRefusal; clock: ClockRows }>({
  success: isFalse,
  reason,
  clock,
});
const sold = object<{ success: true; clock: ClockRows; sale: Sale }>({
  success: isTrue,
  clock,
  sale,
});
const done = object<{ success: true; clock: ClockRows }>({ success: isTrue, clock });

const outcome: Decoder<MarketOutcome> = (value) => {
  const has = (field: string): boolean =>
    typeof value === 'object' && value !== null && Object.hasOwn(value, field);
  if (has('reason')) return refused(value);
  return has('sale') ? sold(value) : done(value);
};

/** An outcome as the core hands it on, which knows nothing of its shape. */
export function decodeMarketOutcome(value: unknown): Decoded<MarketOutcome> {
  return decode(outcome, value);
}
