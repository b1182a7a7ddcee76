import type { Clock, TimerHandle } from './clock.ts';
import type { FeignOptions } from './gatehouse.ts';

/** The times of the bully laboratory, ms. */
export const FAIL_AFTER: readonly [number, number] = [0, 10_000];
export const FAIL_FOR: readonly [number, number] = [1000, 4000];

export interface FeignActions {
  fail(mode: 'stop' | 'hang'): void;
  recover(): void;
}

/** Feigned failure: fails after a random time, one way or the other, stays failed for another, again and again. */
export class Feign {
  #timer: TimerHandle | null = null;
  #options: Required<FeignOptions> | null = null;
  /** Fails this once, and comes back then. */
  #once: TimerHandle | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly actions: FeignActions,
  ) {}

  get on(): boolean {
    return this.#options !== null;
  }

  start(options: FeignOptions): void {
    this.stop();
    this.#options = {
      failAfterMs: options.failAfterMs ?? [...FAIL_AFTER],
      failForMs: options.failForMs ?? [...FAIL_FOR],
    };
    this.#failLater(this.#options);
  }

  /** Fails now, once, and comes back after the usual time. Does nothing while it fails by itself anyway. */
  once(): void {
    if (this.on || this.#once !== null) return;
    const [low, high] = FAIL_FOR;
    this.failFor(this.#mode(), low + this.random() * (high - low));
  }

  /** Fails now, and comes back after so long, whatever else goes on. */
  failFor(mode: 'stop' | 'hang', ms: number): void {
    if (this.#once !== null) this.clock.cancel(this.#once);
    this.actions.fail(mode);
    this.#once = this.clock.schedule(ms, () => {
      this.#once = null;
      this.actions.recover();
    });
  }

  stop(): void {
    if (this.#timer !== null) this.clock.cancel(this.#timer);
    this.#timer = null;
    this.#options = null;
  }

  #failLater(options: Required<FeignOptions>): void {
    this.#after(options.failAfterMs, () => {
      this.actions.fail(this.#mode());
      this.#after(options.failForMs, () => {
        this.actions.recover();
        this.#failLater(options);
      });
    });
  }

  #mode(): 'stop' | 'hang' {
    return this.random() < 0.5 ? 'stop' : 'hang';
  }

  #after([low, high]: readonly [number, number], then: () => void): void {
    this.#timer = this.clock.schedule(low + this.random() * (high - low), then);
  }
}
