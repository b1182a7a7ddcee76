import { PRODUCTS, type MarketWish, type Product } from '../../machines/market/operations.ts';
import type { AutoConstants, Trading } from './calls.ts';

/** Pieces that a buyer wants at most. */
const MOST_WANTED = 3;

/** What a peer sees of the market when its turn comes. */
export interface Sight {
  readonly isTrader: boolean;
  /** Pieces of its own that are in stock. */
  readonly ownStock: number;
  /** In force, in percent. */
  readonly commission: number;
}

/** What a peer does with its turn; null: nothing. */
export type Decision = MarketWish | null;

/** What became of a purchase. `failed`: nobody knows, or no answer came in time. */
export type Answer = 'bought' | 'out-of-stock' | 'no-money' | 'failed';

/**
 * What a peer that trades by itself does next. Pure but for the generator that it is given: the same draws, sights and
 * answers give the same decisions.
 */
export class AutoTrading {
  #role: Trading['role'];
  #transactions = 0;
  /** What it was told of its purchases. */
  #hasBought = false;
  #isShort = false;
  /** Products that were out of stock one after the other. */
  #missed: Product[] = [];

  constructor(
    readonly constants: AutoConstants,
    private readonly random: () => number,
  ) {
    this.#role = this.#drawRole();
  }

  get role(): Trading['role'] {
    return this.#role;
  }

  get transactions(): number {
    return this.#transactions;
  }

  decide(sight: Sight): Decision {
    this.#takeOffice(sight.isTrader);
    switch (this.#role) {
      case 'trader': {
        const percent = this.constants.commission ?? sight.commission;
        return percent === sight.commission ? null : { kind: 'commission', percent };
      }
      case 'seller':
        return this.#sell(sight.ownStock);
      case 'buyer':
        return this.#buy();
    }
  }

  /** Whoever is told that there is nothing looks for something else. */
  answered(want: { readonly product: Product }, answer: Answer): void {
    if (answer === 'failed') return;
    if (answer === 'out-of-stock') {
      this.#missed.push(want.product);
      // Nobody sells anything: perhaps it is its own turn to.
      if (this.#missed.length >= PRODUCTS.length) this.#beginAnew();
      return;
    }
    this.#missed = [];
    this.#transactions += 1;
    this.#isShort = answer === 'no-money';
    this.#hasBought ||= answer === 'bought';
  }

  /** At the end of a time quantum. */
  failsNow(isTrader: boolean): boolean {
    const fails = this.random() < this.constants.leaderFailure;
    return isTrader && fails;
  }

  /** Until its next turn, ms. */
  pause(): number {
    const [low, high] = this.constants.pauseMs;
    return low + this.random() * (high - low);
  }

  /** The leader neither sells nor buys; once it has lost its office it trades on as a peer. */
  #takeOffice(isTrader: boolean): void {
    if (isTrader) this.#role = 'trader';
    else if (this.#role === 'trader') this.#beginAnew();
  }

  #beginAnew(): void {
    this.#role = this.#drawRole();
    this.#missed = [];
  }

  #drawRole(): 'seller' | 'buyer' {
    const drawn = this.random() < 0.5 ? 'seller' : 'buyer';
    return this.constants.role ?? drawn;
  }

  #sell(ownStock: number): Decision {
    const { stock, restock, price } = this.constants;
    const isDue = ownStock === 0 || this.random() < restock;
    if (!isDue || ownStock >= stock) return null;
    const product = this.#pick(PRODUCTS);
    return { kind: 'deposit', product, quantity: stock - ownStock, price: this.#int(...price) };
  }

  #buy(): Decision {
    if (this.#transactions >= this.constants.transactions) return null;
    if (this.#hasBought && this.random() >= this.constants.buyAgain) return null;
    const others = PRODUCTS.filter((product) => !this.#missed.includes(product));
    const quantity = this.#isShort ? 1 : this.#int(1, MOST_WANTED);
    return { kind: 'buy', product: this.#pick(others), quantity };
  }

  #pick(products: readonly Product[]): Product {
    return products[this.#int(0, products.length - 1)] ?? PRODUCTS[0];
  }

  /** Both ends included. */
  #int(low: number, high: number): number {
    return low + Math.floor(this.random() * (high - low + 1));
  }
}
