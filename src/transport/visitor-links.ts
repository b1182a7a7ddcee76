/** Links between visitors' tabs and gates, over the same link layer and coordinator as those between gates. */
import type { Identity, NodeId } from '../core/identity.ts';
import type { Clock } from '../runtime/clock.ts';
import { EventQueue } from './event-queue.ts';
import { MAX_LISTED, type Coordinator, type LinkLayer } from './links.ts';
import type { Gates, GatesEvents, Reception, ReceptionEvents } from './visitors.ts';
import { decodeWire, isNodeId, type DataMessage } from './wire.ts';

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

export interface LinkGatesOptions {
  readonly links: LinkLayer;
  readonly coordinator: Coordinator;
  readonly clock: Clock;
}

/** A visitor's end. */
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

/** What travels on such a link is what travels on others, for its other end. */
function dataOf(source: NodeId, target: NodeId, body: unknown): DataMessage {
  return { kind: 'data', source, target, hops: 0, body };
}

type Read =
  { readonly ok: true; readonly body: unknown } | { readonly ok: false; readonly reason: string };

function bodyOf(data: unknown, from: NodeId, self: NodeId): Read {
  const decoded = decodeWire(data);
  if (!decoded.ok) return decoded;
  const { message } = decoded;
  const isOurs =
    message.kind === 'data' &&
    message.hops === 0 &&
    isNodeId(from) &&
    message.source === from &&
    message.target === self;
  if (!isOurs) return { ok: false, reason: `visitor: ${message.kind} for somebody else` };
  return { ok: true, body: message.body };
}
