import type { Clock, TimerHandle } from '../runtime/clock.ts';
import type { VirtualClock } from '../sim/virtual-clock.ts';

/** A clock that sees what is done with it: what is refused sets no timer, and timers do not pile up. */
export class WatchedClock implements Clock {
  /** How often a timer was set or taken back. */
  deeds = 0;
  readonly #clock: VirtualClock;
  readonly #pending = new Set<TimerHandle>();

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /** How many timers run. */
  get pending(): number {
    return this.#pending.size;
  }

  now(): number {
    return this.#clock.now();
  }

  wall(): number {
    return this.#clock.wall();
  }

  schedule(delayMs: number, callback: () => void): TimerHandle {
    this.deeds += 1;
    const timer = this.#clock.schedule(delayMs, () => {
      this.#pending.delete(timer);
      callback();
    });
    this.#pending.add(timer);
    return timer;
  }

  cancel(timer: TimerHandle): void {
    this.deeds += 1;
    this.#pending.delete(timer);
    this.#clock.cancel(timer);
  }
}
