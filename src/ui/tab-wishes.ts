import {
  boolean,
  integer,
  nullable,
  number,
  object,
  oneOf,
  string,
  variant,
} from '../core/decoder.ts';
import type { Identity } from '../core/identity.ts';
import {
  GatehouseError,
  type ErrorCode,
  type Gatehouse,
  type Status,
  type StressResult,
} from '../runtime/gatehouse.ts';
import { messageOf } from './session.ts';
import { TabChannel } from './tab-channel.ts';
import { isDown } from './words.ts';

/** What one tab of this browser may ask of the gate in another. */
export type Wish =
  | {
      readonly kind: 'deposit';
      readonly product: string;
      readonly quantity: number;
      readonly price: number;
    }
  | { readonly kind: 'buy'; readonly product: string; readonly quantity: number }
  /** To hang for so long, ms, and to come back then by itself. */
  | { readonly kind: 'hang'; readonly forMs: number }
  /** To let so many new visitors in at once, `MOST_VISITORS` at most. */
  | { readonly kind: 'stress'; readonly visitors: number };

/** What became of it. */
export type Told =
  | { readonly kind: 'done' }
  /** `ms`: from asking to the answer, as that gate measured it. `failed`: it got none in time. */
  | {
      readonly kind: 'bought';
      readonly ms: number;
      readonly result: 'bought' | 'refused' | 'failed';
      readonly trader: string | null;
    }
  | ({ readonly kind: 'stressed' } & Admissions)
  | { readonly kind: 'not-done'; readonly message: string };

/** What became of a crowd of visitors. */
export type Admissions = Omit<StressResult, 'ms'>;

/** A gate in a tab of this browser. */
export interface OwnGate {
  readonly gate: Identity;
  readonly runs: boolean;
  /** It trades by itself. */
  readonly trades: boolean;
  /** Its page runs an evaluation. */
  readonly evaluates: boolean;
}

type Said =
  | { readonly kind: 'who' }
  | ({ readonly kind: 'here' } & OwnGate)
  | { readonly kind: 'wish'; readonly to: string; readonly wish: string; readonly asks: Wish }
  | { readonly kind: 'told'; readonly wish: string; readonly told: Told };

/** How long the tabs have to say that they are here, ms. A gate on another device never does. */
const ROLL_CALL = 2000;
/** A gate gives up a purchase after 5 s: a tab that is silent for longer is gone. */
const PATIENCE = 10_000;
const LATE: readonly ErrorCode[] = ['no-quorum', 'timeout'];
const TIMES = number(0, 86_400_000);
const PIECES = integer(1, 10_000);
/** A gate asks for so many at once, so their answers are there, or given up, in 5 s. */
export const MOST_VISITORS = 256;
const VISITORS = integer(0, MOST_VISITORS);
const text = string(200);

const said = variant<Said, 'kind'>('kind', {
  who: {},
  here: {
    gate: object<Identity>({ id: text, priority: number(-1e12, 1e12) }),
    runs: boolean,
    trades: boolean,
    evaluates: boolean,
  },
  wish: {
    to: text,
    wish: text,
    asks: variant<Wish, 'kind'>('kind', {
      deposit: { product: text, quantity: PIECES, price: integer(1, 1_000_000) },
      buy: { product: text, quantity: PIECES },
      hang: { forMs: integer(1, 60_000) },
      stress: { visitors: integer(1, MOST_VISITORS) },
    }),
  },
  told: {
    wish: text,
    told: variant<Told, 'kind'>('kind', {
      done: {},
      bought: {
        ms: TIMES,
        result: oneOf('bought', 'refused', 'failed'),
        trader: nullable(text),
      },
      stressed: { allowed: VISITORS, refused: VISITORS, failed: VISITORS },
      'not-done': { message: string(2000) },
    }),
  },
});

/**
 * Lets the page of one tab ask the gates in the others of this browser, beside the network: who has opened one has opened
 * them all. A gate that is made to fail comes back by itself, so nothing stays broken when the tab that asked goes away.
 */
export class TabWishes {
  evaluates = false;
  readonly #gatehouse: Gatehouse;
  readonly #channel: TabChannel<Said>;
  readonly #open = new Map<string, (told: Told) => void>();
  readonly #listeners = new Set<(own: OwnGate) => void>();

  constructor(gatehouse: Gatehouse) {
    this.#gatehouse = gatehouse;
    const name = `gatehouse wishes ${gatehouse.status().park}`;
    this.#channel = new TabChannel(name, said, (message) => void this.#heard(message));
  }

  /** The gates of this park in the tabs of this browser, this one first. Ends early when all that are in reach are. */
  async rollCall(): Promise<readonly OwnGate[]> {
    const here = [this.#self()];
    const missing = new Set(inReach(this.#gatehouse.status()));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, ROLL_CALL);
      const heard = (own: OwnGate): void => {
        here.push(own);
        missing.delete(own.gate.id);
        if (missing.size === 0) done();
      };
      const listeners = this.#listeners;
      function done(): void {
        clearTimeout(timer);
        listeners.delete(heard);
        resolve();
      }
      listeners.add(heard);
      this.#channel.say({ kind: 'who' });
    });
    return here;
  }

  /** Asks that gate, which may be this one. Never rejects. */
  async ask(to: string, asks: Wish): Promise<Told> {
    if (to === this.#gatehouse.status().id) return this.#own(asks);
    const wish = crypto.getRandomValues(new Uint32Array(4)).join('.');
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      return await new Promise<Told>((resolve) => {
        this.#open.set(wish, resolve);
        timer = setTimeout(() => {
          resolve({ kind: 'not-done', message: 'its tab does not answer' });
        }, PATIENCE);
        this.#channel.say({ kind: 'wish', to, wish, asks });
      });
    } finally {
      clearTimeout(timer);
      this.#open.delete(wish);
    }
  }

  close(): void {
    this.#channel.close();
  }

  async #heard(message: Said): Promise<void> {
    switch (message.kind) {
      case 'who':
        this.#channel.say({ kind: 'here', ...this.#self() });
        return;
      case 'here': {
        const { kind: _kind, ...own } = message;
        for (const listener of [...this.#listeners]) listener(own);
        return;
      }
      case 'wish':
        if (message.to !== this.#gatehouse.status().id) return;
        this.#channel.say({
          kind: 'told',
          wish: message.wish,
          told: await this.#own(message.asks),
        });
        return;
      case 'told':
        this.#open.get(message.wish)?.(message.told);
        return;
    }
  }

  #own(asks: Wish): Promise<Told> {
    return fulfil(this.#gatehouse, asks, () => performance.now());
  }

  #self(): OwnGate {
    const status = this.#gatehouse.status();
    const { id, priority } = status;
    return {
      gate: { id, priority },
      runs: !isDown(status),
      trades: this.#gatehouse.market.trading() !== null,
      evaluates: this.evaluates,
    };
  }
}

function inReach({ peers }: Pick<Status, 'peers'>): string[] {
  return peers.filter(({ link }) => link === 'open' || link === 'relayed').map(({ id }) => id);
}

/** What a gate does when it is asked to. @param now the clock that measures, ms */
export async function fulfil(gatehouse: Asked, asks: Wish, now: () => number): Promise<Told> {
  try {
    switch (asks.kind) {
      case 'deposit': {
        const { product, quantity, price } = asks;
        await gatehouse.market.deposit({ product, quantity, price });
        return { kind: 'done' };
      }
      case 'buy':
        return await buy(gatehouse, asks, now);
      case 'hang':
        gatehouse.crash('hang', asks.forMs);
        return { kind: 'done' };
      case 'stress': {
        const { allowed, refused, failed } = await gatehouse.stress(asks.visitors);
        return { kind: 'stressed', allowed, refused, failed };
      }
    }
  } catch (error) {
    return { kind: 'not-done', message: messageOf(error) };
  }
}

type Asked = Pick<Gatehouse, 'market' | 'crash' | 'stress'>;

async function buy(
  { market }: Asked,
  { product, quantity }: Extract<Wish, { kind: 'buy' }>,
  now: () => number,
): Promise<Told> {
  const asked = now();
  const bought = (result: 'bought' | 'refused' | 'failed'): Told => ({
    kind: 'bought',
    ms: now() - asked,
    result,
    trader: market.state().trader,
  });
  try {
    const { success } = await market.buy({ product, quantity });
    return bought(success ? 'bought' : 'refused');
  } catch (error) {
    const isLate = error instanceof GatehouseError && LATE.includes(error.code);
    if (!isLate) throw error;
    return bought('failed');
  }
}
