import {
  GatehouseError,
  type Gatehouse,
  type MarketAct,
  type MarketAsked,
  type Purchase,
  type Status,
} from '../../runtime/gatehouse.ts';
import { Emitter } from '../elements/emitter.ts';
import type { NameOf } from '../park/log-words.ts';
import type { Session } from '../session.ts';
import { errorWords } from '../words.ts';
import type { Product } from './goods.ts';
import { checkGoods } from './ledger.ts';
import { goodsWords, purchaseWords, refusedWords, wishWords } from './market-words.ts';

/** So many answers are shown, and beside them what is still open. */
const SHOWN = 4;

/** How long an act that is decided may take to be seen here, ms: its entry is still on its way. */
export const GRACE_MS = 3000;

/** What became of something that was asked for by hand. `unknown`: the outbox is finding out. */
export interface Answer {
  readonly phase: 'pending' | 'done' | 'refused' | 'failed' | 'unknown';
  readonly words: string;
  /** The vector clock of a purchase that was decided. */
  readonly clock?: Readonly<Record<string, number>>;
}

/** An answer as it is shown. */
export interface NumberedAnswer extends Answer {
  /** Counts what this page has asked for from 1. */
  readonly number: number;
}

/** An answer, and how to find its act in the log. */
interface Asked {
  readonly number: number;
  readonly asked: MarketAsked;
  /** The last act that was in the log when it was asked for. */
  readonly after: number;
  answer: Answer;
}

type Decided = Pick<Purchase, 'success' | 'paid' | 'seller' | 'reason' | 'clock'>;

/** What dealings need of a gate. */
export interface Counterparty extends Pick<Gatehouse, 'market'> {
  status(): Pick<Status, 'id' | 'quorum'>;
  subscribe(listener: () => void): () => void;
}

/** Trading by hand at this gate: what was asked for, and the answers. */
export class Dealings {
  readonly #gate: Counterparty;
  readonly #nameOf: NameOf;
  readonly #changes = new Emitter();
  #all: readonly Asked[] = [];
  /** Acts that are known to be one of these: two may ask for the same. */
  readonly #claimed = new Set<number>();
  #last = 0;
  #grace: ReturnType<typeof setTimeout> | undefined;

  constructor(gate: Counterparty, nameOf: NameOf) {
    this.#gate = gate;
    this.#nameOf = nameOf;
    gate.subscribe(() => this.#settle());
  }

  /** The newest first. */
  get answers(): readonly NumberedAnswer[] {
    return this.#all.map(({ number, answer }) => ({ number, ...answer }));
  }

  subscribe(listener: () => void): () => void {
    return this.#changes.subscribe(listener);
  }

  /** Whoever asks for something else reads these no more. What is still open stays. */
  forget(): void {
    this.#all = this.#all.filter(isOpen);
    this.#changes.emit();
  }

  async buy(want: { product: Product; quantity: number }): Promise<void> {
    const asked: MarketAsked = { kind: 'buy', ...want };
    await this.#ask(asked, async () => {
      const purchase = await this.#gate.market.buy(want);
      return this.#purchased(asked, purchase);
    });
  }

  async deposit(lot: { product: Product; quantity: number; price: number }): Promise<void> {
    const asked: MarketAsked = { kind: 'deposit', ...lot };
    await this.#ask(asked, async () => {
      await this.#gate.market.deposit(lot);
      return deposited(asked);
    });
  }

  async #ask(asked: MarketAsked, call: () => Promise<Answer>): Promise<void> {
    const words = `Asking the trader to ${wishWords(asked)} …`;
    const after = this.#gate.market.acts(1).at(-1)?.index ?? 0;
    this.#last += 1;
    const number = this.#last;
    const one: Asked = { number, asked, after, answer: { phase: 'pending', words } };
    this.#all = [one, ...this.#all].filter((other, at) => at < SHOWN || isOpen(other));
    this.#changes.emit();
    try {
      one.answer = await call();
      this.#actOf(one);
    } catch (error) {
      one.answer = failure(asked, error);
    }
    this.#changes.emit();
    if (one.answer.phase !== 'unknown') return;
    // It has its whole time from now on.
    this.#endGrace();
    this.#settle();
  }

  /** What was not known stands in the log; or nothing of it waits any more, and it does not come. */
  #settle(): void {
    // The oldest first, as their acts are.
    const open = this.#all.filter(({ answer }) => answer.phase === 'unknown').toReversed();
    for (const one of open) {
      const act = this.#actOf(one);
      if (act) this.#tell(one, this.#answerOf(one.asked, act));
    }
    const awaits = open.some((one) => one.answer.phase === 'unknown' && this.#isDecided(one));
    if (awaits) this.#grace ??= setTimeout(() => this.#giveUp(), GRACE_MS);
    else this.#endGrace();
  }

  #giveUp(): void {
    this.#endGrace();
    for (const one of this.#all) {
      if (one.answer.phase !== 'unknown' || !this.#isDecided(one)) continue;
      const words = `Not done, to ${wishWords(one.asked)}: it is not in the log. Ask again.`;
      this.#tell(one, { phase: 'failed', words });
    }
  }

  #endGrace(): void {
    clearTimeout(this.#grace);
    this.#grace = undefined;
  }

  #tell(one: Asked, answer: Answer): void {
    one.answer = answer;
    this.#changes.emit();
  }

  /** A gate that has crashed counts nothing as pending, but its outbox is still on its disk. */
  #isDecided({ asked }: Asked): boolean {
    const { quorum } = this.#gate.status();
    return quorum && !this.#gate.market.pending().some((other) => isSameWish(other, asked));
  }

  /** The act in the log that it became, if there is one. */
  #actOf({ asked, after }: Asked): MarketAct | undefined {
    const { id } = this.#gate.status();
    const act = this.#gate.market.acts().find((other) => {
      const isNew = other.index > after && !this.#claimed.has(other.index);
      return isNew && other.node === id && isSameWish(other, asked);
    });
    if (act) this.#claimed.add(act.index);
    return act;
  }

  #answerOf(asked: MarketAsked, { success, reason, sale, clock }: MarketAct): Answer {
    if (asked.kind === 'deposit' && success) return deposited(asked);
    if (!success && reason !== 'out-of-stock' && reason !== 'no-money') {
      const words = `Not done, to ${wishWords(asked)}: ${refusedWords(reason)}.`;
      return { phase: 'refused', words };
    }
    const { paid = 0, seller } = sale ?? {};
    const known = {
      ...(seller === undefined ? {} : { seller }),
      ...(reason === 'out-of-stock' || reason === 'no-money' ? { reason } : {}),
    };
    return this.#purchased(asked, { success, paid, clock, ...known });
  }

  #purchased(asked: MarketAsked, purchase: Decided): Answer {
    const words = purchaseWords(asked, purchase, this.#nameOf, this.#inStock());
    return { phase: purchase.success ? 'done' : 'refused', words, clock: purchase.clock };
  }

  #inStock(): Product[] {
    const checks = checkGoods(this.#gate.market.state());
    return checks.flatMap(({ product, inStock }) => (inStock > 0 ? [product] : []));
  }
}

const ALL = new WeakMap<Session, Dealings>();

/** Those of a page: a change of the view loses none. */
export function dealingsOf(session: Session): Dealings {
  const dealings = ALL.get(session) ?? new Dealings(session.gatehouse, session.nameOf);
  ALL.set(session, dealings);
  return dealings;
}

function isOpen({ answer: { phase } }: Asked): boolean {
  return phase === 'pending' || phase === 'unknown';
}

function isSameWish(one: MarketAsked, other: MarketAsked): boolean {
  const isSameLot = one.product === other.product && one.price === other.price;
  return one.kind === other.kind && isSameLot && one.quantity === other.quantity;
}

function deposited(asked: MarketAsked): Answer {
  return { phase: 'done', words: `Deposited ${goodsWords(asked)} at ${asked.price ?? 0} each.` };
}

function failure(asked: MarketAsked, error: unknown): Answer {
  if (!(error instanceof GatehouseError)) {
    return { phase: 'failed', words: `Something in the program broke (${String(error)})` };
  }
  const { what, then } = errorWords(error.code, error.message);
  return error.definite
    ? { phase: 'failed', words: `Not done, to ${wishWords(asked)}. ${what}. ${then}` }
    : {
        phase: 'unknown',
        words: `Not known yet, to ${wishWords(asked)}. ${what}. Don't ask again: what became of it will be told here.`,
      };
}
