/** Who plays which part in an evaluation, and what stands in its way. */
import { compareIdentity } from '../../core/identity.ts';
import type { MarketState, Status } from '../../runtime/gatehouse.ts';
import type { NameOf } from '../park/log-words.ts';
import type { OwnGate } from '../tab-wishes.ts';
import { count, listed } from '../words.ts';
import { PRODUCTS, type Product } from './goods.ts';

/** The trader, who takes over from it, a seller and a buyer: none is two of them, so every sale has its commission. */
export const LEAST_GATES = 4;

export interface Cast {
  readonly trader: string;
  readonly buyer: string;
  readonly seller: string;
  readonly product: Product;
  /** What the seller buys up first, each in one purchase: what was there before would be sold before its own. */
  readonly buyUp: readonly number[];
}

export interface Situation {
  readonly status: Pick<Status, 'id' | 'quorum' | 'leader' | 'members' | 'inStep'>;
  readonly market: Pick<MarketState, 'accounts' | 'stock'>;
  /** Of this park, in the tabs of this browser. */
  readonly gates: readonly OwnGate[];
  /** What the buyer is going to pay. */
  readonly cost: number;
  readonly nameOf: NameOf;
}

/** The parts, or in plain words why there can't be an evaluation now. */
export function castOf(situation: Situation): Cast | string {
  const { status, gates, nameOf } = situation;
  const running = gates.filter(({ runs }) => runs).sort((a, b) => compareIdentity(a.gate, b.gate));
  if (running.length < LEAST_GATES) return tooFew(running.length);
  const trader = running.find(({ gate }) => gate.id === status.leader);
  if (!status.quorum || status.leader === null) {
    return 'There is no trader now. Wait until the gates have elected one.';
  }
  if (!trader) {
    return `The trader, ${nameOf(status.leader)}, is no tab of this browser, and no other device can be made to fail from here.`;
  }
  const names = (some: readonly OwnGate[]): string =>
    listed(some.map(({ gate }) => nameOf(gate.id)));
  const evaluating = gates.filter(({ evaluates }) => evaluates);
  if (evaluating.length > 0)
    return `An evaluation is under way in the tab of ${names(evaluating)}.`;
  const trading = gates.filter(({ trades }) => trades);
  if (trading.length > 0) return `Stop automatic trading first: at ${names(trading)}.`;
  if (status.inStep - 1 <= status.members / 2) {
    return `Only ${status.inStep} of ${count(status.members, 'gate')} are in step: without the trader they would be too few to elect another.`;
  }
  // The greatest of the others takes over.
  return dealOut(situation, running.filter((own) => own !== trader).slice(0, -1), trader);
}

function tooFew(running: number): string {
  const more = LEAST_GATES - running;
  return (
    `It takes four gates in tabs of this browser: the trader, which fails, the one that takes over, a seller and a buyer. ` +
    `${running} ${running === 1 ? 'is' : 'are'} running here: open ${more} more.`
  );
}

/** This gate buys if it can; else the richest does, and the next one sells. */
function dealOut(
  { status, market, cost, nameOf }: Situation,
  others: readonly OwnGate[],
  { gate: trader }: OwnGate,
): Cast | string {
  const money = ({ gate }: OwnGate): number => market.accounts[gate.id] ?? 0;
  const byMoney = others.toSorted((a, b) => money(b) - money(a));
  const able = byMoney.filter((own) => money(own) >= cost);
  const buyer = able.find(({ gate }) => gate.id === status.id) ?? able[0];
  const names = listed(byMoney.map(({ gate }) => nameOf(gate.id)));
  if (!buyer) return `The purchases cost ${cost}, and none of ${names} has as much.`;
  const seller = byMoney.find((own) => own !== buyer);
  if (!seller) return tooFew(LEAST_GATES - 1);
  const shelves = PRODUCTS.map((product) => ({ product, ...shelfOf(product, market) }));
  const shelf = shelves.toSorted((a, b) => a.worth - b.worth)[0];
  if (!shelf || shelf.worth > money(seller)) {
    return `Too much is in stock of everything: ${nameOf(seller.gate.id)}, the seller, can't buy up any of it.`;
  }
  const { product, lots } = shelf;
  return {
    trader: trader.id,
    buyer: buyer.gate.id,
    seller: seller.gate.id,
    product,
    buyUp: lots,
  };
}

/** What is in stock of a product, by seller, the most first: whoever has so much sells (rule K5). */
function shelfOf(
  product: Product,
  { stock }: Pick<MarketState, 'stock'>,
): { readonly worth: number; readonly lots: readonly number[] } {
  const lots = stock.filter((lot) => lot.product === product);
  const bySeller = new Map<string, number>();
  for (const { seller, quantity } of lots) {
    bySeller.set(seller, (bySeller.get(seller) ?? 0) + quantity);
  }
  const worth = lots.reduce((sum, { quantity, price }) => sum + quantity * price, 0);
  return { worth, lots: [...bySeller.values()].sort((a, b) => b - a) };
}
