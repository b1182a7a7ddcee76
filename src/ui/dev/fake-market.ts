import type {
  AutoOptions,
  LotInput,
  MarketAct,
  MarketCalls,
  MarketEntry,
  MarketPending,
  MarketRun,
  MarketState,
  Purchase,
  Trading,
  WantInput,
} from '../../runtime/gatehouse.ts';
import { isProduct } from '../market/goods.ts';

const SELF = 'herona1b2c3';

/** A market in memory with one peer, which is the trader: it sells what it was given, to itself. */
export class FakeMarket implements MarketCalls {
  readonly #state: MarketState = {
    trader: SELF,
    accounts: { [SELF]: 1000 },
    stock: [],
    deposited: { salt: 0, boar: 0, fish: 0 },
    sold: { salt: 0, boar: 0, fish: 0 },
    clock: { [SELF]: 0 },
  };
  readonly #acts: MarketAct[] = [];
  #commission = 10;

  /** @param append puts an act into the log, and returns its index */
  constructor(private readonly append: (entry: MarketEntry) => number = () => 0) {}

  state(): MarketState {
    return structuredClone(this.#state);
  }

  async deposit({ product, quantity, price }: LotInput): Promise<void> {
    this.#state.stock.push({ seller: SELF, product, quantity, price });
    this.#state.deposited[product] = (this.#state.deposited[product] ?? 0) + quantity;
    this.#act({ kind: 'deposit', ...named(product), quantity, price, success: true });
  }

  async buy({ product, quantity }: WantInput): Promise<Purchase> {
    const { stock, sold } = this.#state;
    const asked = { kind: 'buy', ...named(product), quantity } as const;
    const lot = stock.find((one) => one.product === product && one.quantity >= quantity);
    if (!lot) {
      const reason = 'out-of-stock';
      const request = this.#act({ ...asked, success: false, reason });
      return { success: false, quantity: 0, paid: 0, reason, ...request };
    }
    lot.quantity -= quantity;
    this.#state.stock = stock.filter((one) => one.quantity > 0);
    sold[product] = (sold[product] ?? 0) + quantity;
    const paid = quantity * lot.price;
    const sale = { buyer: SELF, seller: SELF, trader: SELF, paid, commission: paid / 10 };
    const request = this.#act({ ...asked, success: true, sale });
    return { success: true, quantity, paid, seller: SELF, ...request };
  }

  commission(): number {
    return this.#commission;
  }

  async setCommission(percent: number): Promise<void> {
    this.#commission = percent;
    this.#act({ kind: 'commission', percent, success: true });
  }

  pending(): MarketPending[] {
    return [];
  }

  auto(_options?: AutoOptions | false): void {
    // One peer alone has nobody to trade with.
  }

  trading(): Trading | null {
    return null;
  }

  acts(): MarketAct[] {
    return [...this.#acts];
  }

  measured(): MarketRun[] {
    return [];
  }

  /** Returns the id of the request, and its clock. */
  #act(entry: Omit<MarketEntry, 'clock'>): Pick<Purchase, 'request' | 'clock'> {
    const ticks = (this.#state.clock[SELF] ?? 0) + 1;
    this.#state.clock[SELF] = ticks;
    const act = { ...entry, clock: { ...this.#state.clock } };
    const index = this.append(act);
    this.#acts.push({ ...act, index, node: SELF, at: Date.now() });
    return { request: `${SELF}.${ticks}`, clock: act.clock };
  }
}

function named(product: string): Pick<MarketEntry, 'product'> {
  return isProduct(product) ? { product } : {};
}
