import type { MarketWish } from '../../machines/market/operations.ts';
import type { Clock, TimerHandle } from '../clock.ts';
import { Deferred } from '../deferred.ts';
import type { Host } from '../host.ts';
import { AutoTrading, type Answer, type Sight } from './auto.ts';
import type { AutoConstants, Purchase, Trading } from './calls.ts';

export interface AutoActions {
  buy(want: Extract<MarketWish, { kind: 'buy' }>): Promise<Purchase>;
  do(wish: Exclude<MarketWish, { kind: 'buy' }>): Promise<void>;
  /** The leader feigns a failure. */
  fail(): void;
}

/** Lets `AutoTrading` decide turn by turn, and carries out what it wants, over all lives of a node. */
export class AutoTrader {
  readonly #core: AutoTrading;
  #turn: TimerHandle;
  #quantum: TimerHandle;
  #stopped = false;

  constructor(
    private readonly host: Host,
    private readonly clock: Clock,
    random: () => number,
    private readonly constants: AutoConstants,
    private readonly actions: AutoActions,
  ) {
    this.#core = new AutoTrading(constants, random);
    this.#turn = this.#nextTurn();
    this.#quantum = this.#nextQuantum();
  }

  stop(): void {
    this.#stopped = true;
    this.clock.cancel(this.#turn);
    this.clock.cancel(this.#quantum);
  }

  trading(): Trading {
    const { role, transactions, constants } = this.#core;
    return { role, transactions, constants };
  }

  #nextTurn(): TimerHandle {
    return this.clock.schedule(this.#core.pause(), () => {
      this.#act().then(
        () => {
          if (!this.#stopped) this.#turn = this.#nextTurn();
        },
        (error: unknown) => reportError(error),
      );
    });
  }

  #nextQuantum(): TimerHandle {
    return this.clock.schedule(this.constants.quantumMs, () => {
      if (this.#core.failsNow(this.#sight()?.isTrader === true)) this.actions.fail();
      this.#quantum = this.#nextQuantum();
    });
  }

  async #act(): Promise<void> {
    if (this.host.condition === 'terminated') this.stop();
    const sight = this.#sight();
    const decision = sight && this.#core.decide(sight);
    if (!decision) return;
    if (decision.kind === 'buy') this.#core.answered(decision, await this.#buy(decision));
    // Whether it was done is seen in the stock when the next turn comes.
    else await this.#inTime(this.actions.do(decision), undefined, undefined);
  }

  async #buy(want: Extract<MarketWish, { kind: 'buy' }>): Promise<Answer> {
    const answer = this.actions.buy(want).then(({ reason }): Answer => reason ?? 'bought');
    return this.#inTime(answer, 'failed', 'failed');
  }

  /** Waits for as long as a peer has patience, and takes no failure amiss. */
  async #inTime<T>(call: Promise<T>, late: T, failed: T): Promise<T> {
    const given = new Deferred<T>();
    const timer = this.clock.schedule(this.constants.timeoutMs, () => given.resolve(late));
    const answer = call.catch(() => failed);
    try {
      return await Promise.race([answer, given.promise]);
    } finally {
      this.clock.cancel(timer);
    }
  }

  /** Null while this node has crashed. */
  #sight(): Sight | null {
    const { life } = this.host;
    if (!life) return null;
    const { id } = this.host.home.self;
    const own = life.market.lots.filter(({ seller }) => seller === id);
    return {
      isTrader: life.driver.node.leadership !== null,
      ownStock: own.reduce((sum, { quantity }) => sum + quantity, 0),
      commission: life.market.commission,
    };
  }
}
