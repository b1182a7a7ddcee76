import { clockRows, type ClockRows } from '../../core/clocks.ts';
import { decode, type Decoded } from '../../core/decode.ts';
import { arrayOf, integer, object, oneOf, pattern, tuple } from '../../core/decoder.ts';
import { NODE_ID_PATTERN, type NodeId } from '../../core/identity.ts';
import { START_MONEY } from './accounts.ts';
import {
  MAX_CLOCK,
  MAX_LOTS,
  MAX_PRICE,
  MAX_QUANTITY,
  PRODUCTS,
  type Product,
} from './operations.ts';
import { countLots, isEqualCount, plus, type Count } from './stock.ts';

/** All that the market holds, as data. */
export interface MarketSnapshot {
  readonly commission: number;
  readonly members: readonly NodeId[];
  /** In the order in which they were opened. */
  readonly accounts: readonly (readonly [NodeId, number])[];
  readonly clocks: readonly (readonly [NodeId, ClockRows])[];
  readonly lots: readonly LotRow[];
  readonly deposited: Count;
  readonly sold: Count;
}

interface LotRow {
  readonly index: number;
  readonly seller: NodeId;
  readonly product: Product;
  readonly quantity: number;
  readonly price: number;
  readonly clock: ClockRows;
}

const id = pattern(NODE_ID_PATTERN);
const natural = integer(0, Number.MAX_SAFE_INTEGER);
const clock = clockRows(MAX_CLOCK);
const count = object<Count>({ salt: natural, boar: natural, fish: natural });

const shape = object<MarketSnapshot>({
  commission: integer(0, 100),
  members: arrayOf(id, Infinity),
  accounts: arrayOf(tuple<readonly [NodeId, number]>(id, natural), Infinity),
  clocks: arrayOf(tuple<readonly [NodeId, ClockRows]>(id, clock), Infinity),
  lots: arrayOf(
    object<LotRow>({
      index: integer(1, Number.MAX_SAFE_INTEGER),
      seller: id,
      product: oneOf(...PRODUCTS),
      quantity: integer(1, MAX_QUANTITY),
      price: integer(1, MAX_PRICE),
      clock,
    }),
    MAX_LOTS,
  ),
  deposited: count,
  sold: count,
});

/** A snapshot that the market could have made, or the reason why not. */
export function decodeMarketSnapshot(value: unknown): Decoded<MarketSnapshot> {
  const decoded = decode(shape, value);
  if (!decoded.ok) return decoded;
  const reason = problemOf(decoded.value);
  return reason === null ? decoded : { ok: false, reason };
}

function problemOf(snapshot: MarketSnapshot): string | null {
  return problemOfMoney(snapshot) ?? problemOfGoods(snapshot) ?? problemOfClocks(snapshot);
}

function problemOfMoney({ accounts, members }: MarketSnapshot): string | null {
  const owners = new Set(accounts.map(([owner]) => owner));
  if (owners.size < accounts.length) return 'somebody has two accounts';
  if (!members.every((member) => owners.has(member))) return 'a member without an account';
  if (new Set(members).size < members.length) return 'somebody is a member twice';
  const total = accounts.reduce((sum, [, money]) => sum + money, 0);
  return total === START_MONEY * owners.size ? null : 'money was made or lost';
}

function problemOfGoods({ lots, deposited, sold, accounts }: MarketSnapshot): string | null {
  const owners = new Set(accounts.map(([owner]) => owner));
  if (!lots.every(({ seller }) => owners.has(seller))) return 'a seller without an account';
  if (!lots.every(({ index }, i) => index > (lots[i - 1]?.index ?? 0))) return 'lots out of order';
  const inStock = countLots(lots);
  const due = PRODUCTS.reduce((sum, product) => plus(sum, product, sold[product]), inStock);
  return isEqualCount(due, deposited) ? null : 'goods were made or lost';
}

/** Each peer has acted as often as its own clock says, and nobody knows of more. */
function problemOfClocks({ clocks, lots, accounts }: MarketSnapshot): string | null {
  const owners = new Set(accounts.map(([owner]) => owner));
  const acts = new Map(clocks.map(([node, rows]) => [node, ownOf(node, rows)]));
  if (acts.size < clocks.length) return 'somebody has two clocks';
  const isSorted = clocks.every(([node], i) => node > (clocks[i - 1]?.[0] ?? ''));
  if (!isSorted) return 'clocks out of order';
  if (![...acts].every(([node, own]) => own > 0 && owners.has(node)))
    return 'a clock of somebody who never acted';
  const all = [...clocks.map(([, rows]) => rows), ...lots.map((lot) => lot.clock)];
  const isKnown = all.flat().every(([node, known]) => known <= (acts.get(node) ?? 0));
  if (!isKnown) return 'an act is known that never was';
  const places = lots.map(({ seller, clock: rows }) => `${seller} ${String(ownOf(seller, rows))}`);
  const isOwn = lots.every(({ seller, clock: rows }) => ownOf(seller, rows) > 0);
  return isOwn && new Set(places).size === places.length ? null : 'a lot that nobody deposited';
}

function ownOf(node: NodeId, rows: ClockRows): number {
  return rows.find(([other]) => other === node)?.[1] ?? 0;
}
