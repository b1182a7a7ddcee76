import { GatehouseError, type MarketAsked, type MarketCalls } from '../../runtime/gatehouse.ts';
import { Emitter } from '../elements/emitter.ts';
import type { NameOf } from '../park/log-words.ts';
import { errorWords } from '../words.ts';
import type { Product } from './goods.ts';
import { checkGoods } from './ledger.ts';
import { goodsWords, purchaseWords, wishWords } from './market-words.ts';

/** So many answers are shown. */
const SHOWN = 4;

/** What became of something that was asked for by hand. `unknown`: the outbox is finding out. */
export interface Answer {
  phase: 'pending' | 'done' | 'refused' | 'failed' | 'unknown';
  words: string;
}

/** Trading by hand at this gate: what was asked for, and the answers. */
export class Dealings {
  readonly #market: MarketCalls;
  readonly #nameOf: NameOf;
  readonly #changes = new Emitter();
  #answers: Answer[] = [];

  constructor(market: MarketCalls, nameOf: NameOf) {
    this.#market = market;
    this.#nameOf = nameOf;
  }

  /** The newest first. */
  get answers(): readonly Answer[] {
    return this.#answers;
  }

  subscribe(listener: () => void): () => void {
    return this.#changes.subscribe(listener);
  }

  /** Whoever asks for something else reads these no more. What is still open stays. */
  forget(): void {
    this.#answers = this.#answers.filter(({ phase }) => phase === 'pending' || phase === 'unknown');
    this.#changes.emit();
  }

  async buy(want: { product: Product; quantity: number }): Promise<void> {
    const asked: MarketAsked = { kind: 'buy', ...want };
    await this.#ask(asked, async () => {
      const purchase = await this.#market.buy(want);
      const words = purchaseWords(asked, purchase, this.#nameOf, this.#inStock());
      return { phase: purchase.success ? 'done' : 'refused', words };
    });
  }

  async deposit(lot: { product: Product; quantity: number; price: number }): Promise<void> {
    const asked: MarketAsked = { kind: 'deposit', ...lot };
    await this.#ask(asked, async () => {
      await this.#market.deposit(lot);
      return { phase: 'done', words: `Deposited ${goodsWords(asked)} at ${lot.price} each.` };
    });
  }

  async #ask(asked: MarketAsked, call: () => Promise<Answer>): Promise<void> {
    const answer: Answer = {
      phase: 'pending',
      words: `Asking the trader to ${wishWords(asked)} …`,
    };
    this.#answers = [answer, ...this.#answers].slice(0, SHOWN);
    this.#changes.emit();
    try {
      Object.assign(answer, await call());
    } catch (error) {
      Object.assign(answer, failure(asked, error));
    }
    this.#changes.emit();
  }

  #inStock(): Product[] {
    const checks = checkGoods(this.#market.state());
    return checks.flatMap(({ product, inStock }) => (inStock > 0 ? [product] : []));
  }
}

function failure(asked: MarketAsked, error: unknown): Answer {
  if (!(error instanceof GatehouseError)) {
    return { phase: 'unknown', words: `Something in the program broke (${String(error)})` };
  }
  const { what, then } = errorWords(error.code, error.message);
  return error.definite
    ? { phase: 'failed', words: `Not done, to ${wishWords(asked)}. ${what}. ${then}` }
    : {
        phase: 'unknown',
        words: `Not known yet, to ${wishWords(asked)}. ${what}. This gate is finding out: see the feed.`,
      };
}
