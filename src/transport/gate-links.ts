/** A visitor's links to gates. Its own file: a gate's page does not load it. */
import type { Identity, NodeId } from '../core/identity.ts';
import type { Clock } from '../runtime/clock.ts';
import { EventQueue } from './event-queue.ts';
import { MAX_LISTED, type Coordinator, type LinkLayer } from './links.ts';
import { bodyOf, dataOf } from './visitor-data.ts';
import type { Gates, GatesEvents } from './visitors.ts';

export interface LinkGatesOptions {
  readonly links: LinkLayer;
  readonly coordinator: Coordinator;
  readonly clock: Clock;
}

export class LinkGates implements Gates {
  readonly #links: LinkLayer;
  readonly #coordinator: Coordinator;
  readonly #queue: EventQueue;
  #running: { readonly self: NodeId; readonly events: GatesEvents } | null = null;
  /** The coordinator's list. */
  readonly #listed = new Map<NodeId, Identity>();

  constructor({ links, coordinator, clock }: LinkGatesOptions) {
    this.#links = links;
    this.#coordinator = coordinator;
    this.#queue = new EventQueue(clock);
  }

  start(self: Identity, events: GatesEvents): void {
    this.#running = { self: self.id, events };
    this.#startLinks(self.id);
    this.#coordinator.start(self, {
      state: (state) => this.#emit((to) => to.coordinator(state)),
      members: (gates) => {
        this.#listed.clear();
        for (const gate of gates) this.#note(gate);
        this.#tellList();
      },
      joined: (gate) => {
        if (this.#note(gate)) this.#tellList();
      },
      arrived: (gates) => {
        for (const gate of gates) this.#note(gate);
        this.#tellList();
      },
      gone: (gate) => {
        this.#emit((to) => to.hint(gate));
        this.#listed.delete(gate);
        this.#tellList();
      },
      signal: (from, signal) => this.#links.signal(from, signal, 'coordinator'),
      refused: (reason) => this.#emit((to) => to.refused(reason, null)),
    });
  }

  link(gate: NodeId): void {
    this.#queue.call(() => {
      this.#links.connect(gate);
      this.#links.nudge(gate);
    });
  }

  unlink(gate: NodeId): void {
    this.#queue.call(() => this.#links.disconnect(gate));
  }

  send(gate: NodeId, message: unknown): void {
    if (this.#running === null) return;
    const data = dataOf(this.#running.self, gate, message);
    this.#queue.call(() => this.#links.send(gate, data));
  }

  close(): void {
    this.#running = null;
    this.#queue.close();
    this.#coordinator.close();
    this.#links.close();
  }

  #startLinks(self: NodeId): void {
    this.#links.start(self, {
      up: (gate) => this.#emit((to) => to.opened(gate)),
      down: (gate) => this.#emit((to) => to.ended(gate)),
      received: (gate, data) => {
        const read = bodyOf(data, gate, self);
        if (read.ok) this.#emit((to) => to.message(gate, read.body));
        else this.#emit((to) => to.refused(read.reason, gate));
      },
      signal: (to, signal) => this.#coordinator.signal(to, signal),
      refused: (reason, gate) => this.#emit((to) => to.refused(reason, gate)),
    });
  }

  /** Takes a gate to the list; false if it can't be. */
  #note(gate: Identity): boolean {
    if (!this.#listed.has(gate.id) && this.#listed.size >= MAX_LISTED) {
      this.#emit((to) => to.refused('more gates than a park can have', null));
      return false;
    }
    this.#listed.set(gate.id, gate);
    return true;
  }

  #tellList(): void {
    const listed = [...this.#listed.values()];
    this.#emit((to) => to.listed(listed));
  }

  #emit(event: (events: GatesEvents) => void): void {
    const { events } = this.#running ?? {};
    if (events) this.#queue.handle(() => this.#queue.emit(() => event(events)));
  }
}
