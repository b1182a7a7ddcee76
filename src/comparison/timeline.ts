import type { Clock, TimerHandle } from '../runtime/clock.ts';

interface Due {
  readonly at: number;
  readonly handle: TimerHandle;
  readonly callback: () => void;
}

/** Virtual time: it jumps from one thing that is due to the next, as fast as they can be handled. */
export class Timeline implements Clock {
  #now = 0;
  #nextHandle = 1;
  /** The latest first: what is due next is at the end. Of two at one moment the one that was set first comes first. */
  readonly #due: Due[] = [];
  readonly #cancelled = new Set<TimerHandle>();

  now(): number {
    return this.#now;
  }

  wall(): number {
    return 1_790_000_000_000 + this.#now;
  }

  schedule(delayMs: number, callback: () => void): TimerHandle {
    const due = { at: this.#now + Math.max(0, delayMs), handle: this.#nextHandle++, callback };
    let [low, high] = [0, this.#due.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#due[middle]?.at ?? 0) > due.at) low = middle + 1;
      else high = middle;
    }
    this.#due.splice(low, 0, due);
    return due.handle;
  }

  cancel(handle: TimerHandle): void {
    this.#cancelled.add(handle);
  }

  /** Time goes on until this holds, so many ms at most. False when it never did. */
  runUntil(holds: () => boolean, atMostMs: number): boolean {
    const end = this.#now + atMostMs;
    while (!holds()) {
      const next = this.#due.at(-1);
      if (next === undefined || next.at > end) {
        this.#now = end;
        return holds();
      }
      this.#due.pop();
      this.#now = next.at;
      if (!this.#cancelled.delete(next.handle)) next.callback();
    }
    return true;
  }

  run(ms: number): void {
    this.runUntil(() => false, ms);
  }
}
