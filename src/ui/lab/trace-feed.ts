import type { TraceEvent } from '../../runtime/trace.ts';

/** How many messages of one type passed here. */
export interface Count {
  readonly what: string;
  sent: number;
  received: number;
  dropped: number;
  /** Of those sent and received. */
  bytes: number;
}

/** How many events are kept; older ones are dropped, half as many at a time. */
const MOST = 10_000;

/** What this page has read of its node's trace, with counts by type. */
export class TraceFeed {
  readonly #trace: () => readonly TraceEvent[];
  readonly #most: number;
  #events: TraceEvent[] = [];
  #epoch = 0;
  #last = 0;
  #counts = new Map<string, Count>();

  constructor(trace: () => readonly TraceEvent[], most = MOST) {
    this.#trace = trace;
    this.#most = most;
  }

  /** The oldest first. Grows in place; another array when `epoch` changes. */
  get entries(): readonly TraceEvent[] {
    return this.#events;
  }

  get epoch(): number {
    return this.#epoch;
  }

  get counts(): ReadonlyMap<string, Readonly<Count>> {
    return this.#counts;
  }

  resetCounts(): void {
    this.#counts = new Map();
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
    for (const event of fresh) this.#count(event);
    this.#events.push(...fresh);
    if (this.#events.length > this.#most) {
      this.#events = this.#events.slice(-Math.ceil(this.#most / 2));
      this.#epoch += 1;
    }
    return fresh;
  }

  #count({ kind, what, bytes = 0 }: TraceEvent): void {
    if (kind !== 'sent' && kind !== 'received' && kind !== 'dropped') return;
    const count = this.#counts.get(what) ?? { what, sent: 0, received: 0, dropped: 0, bytes: 0 };
    count[kind] += 1;
    if (kind !== 'dropped') count.bytes += bytes;
    this.#counts.set(what, count);
  }
}
