import { assert } from '../../core/assert.ts';
import { eventsOf, type VectorClock } from '../../core/clocks.ts';
import type { NodeId } from '../../core/identity.ts';
import { PRODUCTS, type Product } from './operations.ts';

/** What is left of one deposit. */
export interface Lot {
  /** The entry of the log that brought it. */
  readonly index: number;
  readonly seller: NodeId;
  readonly product: Product;
  readonly quantity: number;
  readonly price: number;
  /** Of the deposit. */
  readonly clock: VectorClock;
}

/** All that is wanted, from one seller. */
export interface Offer {
  readonly seller: NodeId;
  readonly paid: number;
}

/** How many pieces of each product. */
export type Count = Readonly<Record<Product, number>>;

const NOTHING: Count = { salt: 0, boar: 0, fish: 0 };

/** The goods that sellers have left with the trader: what was deposited is sold or still there (rule K3). */
export class Stock {
  /** In the order in which they were deposited. */
  #lots: Lot[] = [];
  /** By product, what `inOrder` says of these lots. */
  readonly #orders = new Map<Product, readonly Lot[]>();
  #deposited = NOTHING;
  #sold = NOTHING;

  get lots(): readonly Lot[] {
    return this.#lots;
  }
  get deposited(): Count {
    return this.#deposited;
  }
  get sold(): Count {
    return this.#sold;
  }

  has(seller: NodeId): boolean {
    return this.#lots.some((lot) => lot.seller === seller);
  }

  put(lot: Lot): void {
    this.#lots.push(lot);
    this.#orders.delete(lot.product);
    this.#deposited = plus(this.#deposited, lot.product, lot.quantity);
  }

  /**
   * The lots of a product as they are served (rule K5): of those that no other lot happened before, the cheapest, and
   * of equal prices the first in the log; then again among the rest.
   */
  inOrder(product: Product): readonly Lot[] {
    const known = this.#orders.get(product) ?? this.#order(product);
    this.#orders.set(product, known);
    return known;
  }

  #order(product: Product): Lot[] {
    const lots = this.#lots.filter((lot) => lot.product === product);
    const waitsFor = new Map(lots.map((lot) => [lot, causesOf(lot, lots)]));
    const order: Lot[] = [];
    while (waitsFor.size > 0) {
      let next: Lot | undefined;
      for (const [lot, causes] of waitsFor)
        if (causes === 0 && (!next || lot.price < next.price)) next = lot;
      assert(next !== undefined, 'K5: happened-before is an order, so something is first');
      waitsFor.delete(next);
      for (const [lot, causes] of waitsFor) if (precedes(next, lot)) waitsFor.set(lot, causes - 1);
      order.push(next);
    }
    return order;
  }

  /** What each seller that has so much asks for it; who is served first comes first. */
  offers(product: Product, quantity: number): Offer[] {
    const order = this.inOrder(product);
    const sellers = [...new Set(order.map(({ seller }) => seller))];
    return sellers.flatMap((seller) => {
      let missing = quantity;
      let paid = 0;
      for (const lot of order) {
        if (lot.seller !== seller) continue;
        const taken = Math.min(missing, lot.quantity);
        missing -= taken;
        paid += taken * lot.price;
      }
      return missing === 0 ? [{ seller, paid }] : [];
    });
  }

  /** Takes from the lots of one seller, which must hold so much. */
  take(seller: NodeId, product: Product, quantity: number): void {
    let missing = quantity;
    const left = new Map<Lot, number>();
    for (const lot of this.inOrder(product)) {
      if (lot.seller !== seller) continue;
      const taken = Math.min(missing, lot.quantity);
      missing -= taken;
      left.set(lot, lot.quantity - taken);
    }
    assert(missing === 0, 'K3: only what is in stock is sold');
    this.#orders.delete(product);
    this.#lots = this.#lots.flatMap((lot) => {
      const rest = left.get(lot) ?? lot.quantity;
      return rest === 0 ? [] : [rest === lot.quantity ? lot : { ...lot, quantity: rest }];
    });
    this.#sold = plus(this.#sold, product, quantity);
  }

  restore(lots: readonly Lot[], deposited: Count, sold: Count): void {
    this.#lots = [...lots];
    this.#orders.clear();
    this.#deposited = deposited;
    this.#sold = sold;
  }

  reset(): void {
    this.restore([], NOTHING, NOTHING);
  }
}

/** How many pieces there are of each product. */
export function countLots(lots: readonly Pick<Lot, 'product' | 'quantity'>[]): Count {
  return lots.reduce((count, { product, quantity }) => plus(count, product, quantity), NOTHING);
}

export function isEqualCount(a: Count, b: Count): boolean {
  return PRODUCTS.every((product) => a[product] === b[product]);
}

export function plus(count: Count, product: Product, quantity: number): Count {
  return { ...count, [product]: count[product] + quantity };
}

function causesOf(lot: Lot, lots: readonly Lot[]): number {
  return lots.filter((other) => precedes(other, lot)).length;
}

/** Whether a deposit happened before another: who made the other knew of it, by its seller's own component. */
function precedes(a: Lot, b: Lot): boolean {
  return a !== b && eventsOf(b.clock, a.seller) >= eventsOf(a.clock, a.seller);
}
