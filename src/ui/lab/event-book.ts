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

/** Events that the message log shows, with counts of the messages by type. */
export class EventBook {
  readonly #most: number;
  #events: TraceEvent[] = [];
  #epoch = 0;
  #counts = new Map<string, Count>();

  /** @param most how many events are kept; older ones are dropped, half as many at a time */
  constructor(most: number) {
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

  add(events: readonly TraceEvent[]): void {
    for (const event of events) {
      this.#count(event);
      this.#events.push(event);
    }
    if (this.#events.length > this.#most) {
      this.#events = this.#events.slice(-Math.ceil(this.#most / 2));
      this.#epoch += 1;
    }
  }

  clear(): void {
    this.#events = [];
    this.#epoch += 1;
    this.resetCounts();
  }

  #count({ kind, what, bytes = 0 }: TraceEvent): void {
    if (kind !== 'sent' && kind !== 'received' && kind !== 'dropped') return;
    const count = this.#counts.get(what) ?? { what, sent: 0, received: 0, dropped: 0, bytes: 0 };
    count[kind] += 1;
    if (kind !== 'dropped') count.bytes += bytes;
    this.#counts.set(what, count);
  }
}
