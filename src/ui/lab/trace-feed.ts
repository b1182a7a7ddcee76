import type { TraceEvent } from '../../runtime/trace.ts';
import { EventBook } from './event-book.ts';

const MOST = 10_000;

/** What this page has read of its node's trace. */
export class TraceFeed extends EventBook {
  readonly #trace: () => readonly TraceEvent[];
  #last = 0;

  constructor(trace: () => readonly TraceEvent[], most = MOST) {
    super(most);
    this.#trace = trace;
  }

  /** Reads what has happened since the last time, and returns it. */
  poll(): readonly TraceEvent[] {
    const trace = this.#trace();
    const newest = trace.at(-1)?.sequence ?? 0;
    // A node that lost its memory counts from 1 again.
    if (newest < this.#last) this.#last = 0;
    let from = trace.length;
    while (from > 0 && (trace[from - 1]?.sequence ?? 0) > this.#last) from -= 1;
    if (from === trace.length) return [];
    const fresh = trace.slice(from);
    this.#last = newest;
    this.add(fresh);
    return fresh;
  }
}
