import type {
  AutoOptions,
  LotInput,
  MarketAct,
  MarketCalls,
  MarketRun,
  MarketState,
  Purchase,
  Trading,
  WantInput,
} from '../../runtime/gatehouse.ts';

const SELF = 'herona1b2c3';

/** A market in memory with one peer, which is the trader: it sells what it was given, without a commission. */
export class FakeMarket implements MarketCalls {
  readonly #state: MarketState = {
    trader: SELF,
    accounts: { [SELF]: 1000 },
    stock: [],
    deposited: { salt: 0, boar: 0, fish: 0 },
    sold: { salt: 0, boar: 0, fish: 0 },
    clock: { [SELF]: 0 },
  };
  #requests = 0;

  state(): MarketState {
    return structuredClone(this.#state);
  }

  async deposit({ product, quantity, price }: LotInput): Promise<void> {
    this.#tick();
    this.#state.stock.push({ seller: SELF, product, quantity, price });
    this.#state.deposited[product] = (this.#state.deposited[product] ?? 0) + quantity;
  }

  async buy({ product, quantity }: WantInput): Promise<Purchase> {
    const request = `${SELF}.${++this.#requests}`;
    this.#tick();
    const { stock, sold } = this.#state;
    const at = stock.findIndex((lot) => lot.product === product && lot.quantity >= quantity);
    const lot = stock[at];
    if (!lot) return { success: false, quantity: 0, paid: 0, reason: 'out-of-stock', request };
    lot.quantity -= quantity;
    if (lot.quantity === 0) stock.splice(at, 1);
    sold[product] = (sold[product] ?? 0) + quantity;
    return { success: true, quantity, paid: quantity * lot.price, seller: SELF, request };
  }

  auto(_options?: AutoOptions | false): void {
    // One peer alone has nobody to trade with.
  }

  trading(): Trading | null {
    return null;
  }

  acts(): MarketAct[] {
    return [];
  }

  measured(): MarketRun[] {
    return [];
  }

  #tick(): void {
    this.#state.clock[SELF] = (this.#state.clock[SELF] ?? 0) + 1;
  }
}
