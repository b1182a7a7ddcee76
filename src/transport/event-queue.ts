/**
 * Calls the owner back, but never from inside one of the owner's own calls: events wait until the outermost
 * piece of work is done, and come in the order in which they were emitted.
 */
import type { Clock } from '../runtime/clock.ts';

export class EventQueue {
  readonly #clock: Clock;
  #events: (() => void)[] = [];
  #depth = 0;
  #flushing = false;
  #scheduled = false;
  #closed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Work that the owner asked for: its events come in a later turn of the clock. */
  call(work: () => void): void {
    this.#depth++;
    try {
      work();
    } finally {
      this.#depth--;
      this.#settle(true);
    }
  }

  /** Work that came from below, a timer or a link: its events come at its end. */
  handle(work: () => void): void {
    this.#depth++;
    try {
      work();
    } finally {
      this.#depth--;
      this.#settle(false);
    }
  }

  emit(event: () => void): void {
    if (!this.#closed) this.#events.push(event);
  }

  /** Throws away what waits; nothing is called back any more. */
  close(): void {
    this.#closed = true;
    this.#events = [];
  }

  #settle(later: boolean): void {
    // A flush further out goes on with what was added.
    if (this.#depth > 0 || this.#flushing || this.#events.length === 0) return;
    if (!later) {
      this.#flush();
    } else if (!this.#scheduled) {
      this.#scheduled = true;
      this.#clock.schedule(0, () => {
        this.#scheduled = false;
        this.handle(() => undefined);
      });
    }
  }

  #flush(): void {
    this.#flushing = true;
    let done = 0;
    try {
      while (done < this.#events.length) this.#events[done++]?.();
    } finally {
      // An owner that throws loses its own event only.
      this.#events = this.#events.slice(done);
      this.#flushing = false;
      this.#settle(true);
    }
  }
}
