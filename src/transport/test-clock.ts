/** For tests: a clock that moves when it is told to. Timers of the same moment fire in the order they were set. */
export { seeded } from '../core/testing/random.ts';
import type { Clock, TimerHandle } from '../runtime/clock.ts';

interface Timer {
  readonly at: number;
  readonly handle: TimerHandle;
  readonly callback: () => void;
}

export class TestClock implements Clock {
  #now = 0;
  #next: TimerHandle = 1;
  /** By time, then by handle. */
  #timers: Timer[] = [];
  /** Added to the wall clock, ms. */
  wallOffset = 1_700_000_000_000;

  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.#now + this.wallOffset;
  }

  schedule(delayMs: number, callback: () => void): TimerHandle {
    const timer = { at: this.#now + Math.max(0, delayMs), handle: this.#next++, callback };
    let index = this.#timers.length;
    while (index > 0 && (this.#timers[index - 1]?.at ?? 0) > timer.at) index--;
    this.#timers.splice(index, 0, timer);
    return timer.handle;
  }

  cancel(handle: TimerHandle): void {
    this.#timers = this.#timers.filter((timer) => timer.handle !== handle);
  }

  get pending(): number {
    return this.#timers.length;
  }

  /** Fires the next timer; false when there is none. */
  step(): boolean {
    const timer = this.#timers.shift();
    if (timer === undefined) return false;
    this.#now = timer.at;
    timer.callback();
    return true;
  }

  /** Moves on by so many ms and fires everything that is due on the way. */
  advance(ms: number): void {
    const end = this.#now + ms;
    while (this.#timers[0] !== undefined && this.#timers[0].at <= end) this.step();
    this.#now = end;
  }
}
