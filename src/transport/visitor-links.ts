/** A gate's links with visitors' tabs, over the same kind of link layer and the same coordinator as those between gates. */
import type { NodeId } from '../core/identity.ts';
import type { Clock } from '../runtime/clock.ts';
import { EventQueue } from './event-queue.ts';
import type { LinkLayer } from './links.ts';
import { bodyOf, dataOf } from './visitor-data.ts';
import type { Reception, ReceptionEvents } from './visitors.ts';

export interface ReceptionOptions {
  readonly links: LinkLayer;
  readonly clock: Clock;
  /** Hands a signal to the coordinator; false when it certainly did not go out. */
  readonly signal: (to: NodeId, signal: unknown) => boolean;
}

/** A gate's end. Its link layer is one of its own, so that no visitor is taken for a peer. */
export class LinkReception implements Reception {
  readonly #links: LinkLayer;
  readonly #queue: EventQueue;
  readonly #signal: ReceptionOptions['signal'];
  #self: NodeId | null = null;

  constructor({ links, clock, signal }: ReceptionOptions) {
    this.#links = links;
    this.#queue = new EventQueue(clock);
    this.#signal = signal;
  }

  start(self: NodeId, events: ReceptionEvents): void {
    this.#self = self;
    const emit = (event: () => void): void => {
      this.#queue.handle(() => this.#queue.emit(event));
    };
    this.#links.start(self, {
      up: (visitor) => emit(() => events.arrived(visitor)),
      down: (visitor) => emit(() => events.departed(visitor)),
      received: (visitor, data) => {
        const read = bodyOf(data, visitor, self);
        emit(() => {
          if (read.ok) events.message(visitor, read.body);
          else events.refused(read.reason, visitor);
        });
      },
      signal: (to, signal) => this.#signal(to, signal),
      refused: (reason, visitor) => emit(() => events.refused(reason, visitor)),
    });
  }

  /** A visitor's signal came over the coordinator: data from outside, not checked. */
  signal(from: NodeId, signal: unknown): void {
    if (this.#self !== null) this.#links.signal(from, signal, 'coordinator');
  }

  send(visitor: NodeId, message: unknown): void {
    if (this.#self === null) return;
    const data = dataOf(this.#self, visitor, message);
    this.#queue.call(() => this.#links.send(visitor, data));
  }

  dismiss(visitor: NodeId): void {
    this.#queue.call(() => this.#links.disconnect(visitor));
  }

  close(): void {
    this.#self = null;
    this.#queue.close();
    this.#links.close();
  }
}
