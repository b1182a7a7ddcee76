/** The coordinator of the virtual network: introduces nodes and relays signals, with a delay, while it is up. */
import type { Identity, NodeId } from '../core/identity.ts';
import type { Coordinator, CoordinatorEvents } from './links.ts';
import type { MemoryNetwork, MemoryNode } from './memory.ts';

export class MemoryCoordinator {
  readonly #network: MemoryNetwork;
  readonly #clients = new Set<MemoryCoordinatorClient>();
  readonly #registered = new Map<NodeId, MemoryCoordinatorClient>();
  /** Where those are that do not use the usual one. */
  readonly #venues = new Map<NodeId, string>();
  #up = true;

  constructor(network: MemoryNetwork) {
    this.#network = network;
  }

  get up(): boolean {
    return this.#up;
  }

  set up(up: boolean) {
    if (up === this.#up) return;
    this.#up = up;
    const clients = [...this.#clients];
    if (!up) this.#registered.clear();
    for (const client of clients) {
      if (up) this.#later(() => this.register(client), this.#network.random() * RECONNECT_MS);
      else this.#tell(client, (events) => events.state('disconnected'));
    }
  }

  client(node: MemoryNode): Coordinator {
    return new MemoryCoordinatorClient(this, node);
  }

  add(client: MemoryCoordinatorClient): void {
    this.#clients.add(client);
    this.#later(() => this.register(client));
  }

  register(client: MemoryCoordinatorClient): void {
    const { self } = client;
    if (!this.#up || self === undefined || !this.#clients.has(client)) return;
    const before = this.#registered.get(self.id);
    if (before !== undefined && before !== client) this.#replaced(before);
    this.#registered.set(self.id, client);
    this.#tell(client, (events) => {
      events.state('connected');
      events.members(this.#others(client));
    });
    this.#tellOthers(client, (events) => events.joined(self));
  }

  /** Another page has its id and its secret: this one is closed, and comes again when it does not look like a fight. */
  #replaced(client: MemoryCoordinatorClient): void {
    this.#tell(client, (events) => events.state('disconnected'));
    this.#later(() => this.register(client), REPLACED_RETRY_MS);
  }

  /** It goes to another coordinator, or will from its start on. */
  move(id: NodeId, venue: string): void {
    const client = this.#registered.get(id);
    if (client) this.#tellOthers(client, (events) => events.gone(id));
    this.#venues.set(id, venue);
    if (client) this.register(client);
  }

  /** Its page is gone, or said goodbye. */
  remove(client: MemoryCoordinatorClient): void {
    const { self } = client;
    if (!this.#clients.delete(client) || self === undefined) return;
    if (this.#registered.get(self.id) !== client) return;
    this.#registered.delete(self.id);
    this.#later(() => {
      if (!this.#registered.has(self.id)) {
        this.#tellOthers(client, (events) => events.gone(self.id));
      }
    }, GONE_MS);
  }

  /** The node was killed. */
  drop(node: MemoryNode): void {
    for (const client of this.#clients) if (client.node === node) this.remove(client);
  }

  relay(from: MemoryCoordinatorClient, to: NodeId, signal: unknown): boolean {
    const { self } = from;
    if (self === undefined || this.#registered.get(self.id) !== from) return false;
    const copy = this.#network.copy(signal);
    this.#later(() => {
      const target = this.#registered.get(to);
      if (target !== undefined && this.#meets(from, target))
        this.#tell(target, (events) => events.signal(self.id, copy), 0);
    });
    return true;
  }

  list(client: MemoryCoordinatorClient): void {
    if (client.self === undefined || this.#registered.get(client.self.id) !== client) return;
    this.#tell(client, (events) => events.members(this.#others(client)));
  }

  #others(client: MemoryCoordinatorClient): Identity[] {
    const all = [...this.#registered.values()];
    const others = all.filter((other) => other !== client && this.#meets(client, other));
    return others.flatMap(({ self }) => (self === undefined ? [] : [self]));
  }

  #tellOthers(client: MemoryCoordinatorClient, event: (events: CoordinatorEvents) => void): void {
    for (const other of this.#registered.values()) {
      if (other !== client && this.#meets(client, other)) this.#tell(other, event, 0);
    }
  }

  #meets(a: MemoryCoordinatorClient, b: MemoryCoordinatorClient): boolean {
    return this.#venueOf(a) === this.#venueOf(b);
  }

  #venueOf({ self }: MemoryCoordinatorClient): string {
    return self === undefined ? '' : (this.#venues.get(self.id) ?? '');
  }

  #tell(
    client: MemoryCoordinatorClient,
    event: (events: CoordinatorEvents) => void,
    delayMs = this.#network.coordinatorDelayMs,
  ): void {
    this.#later(() => {
      client.node.whenAwake(() => {
        if (this.#clients.has(client) && client.events !== undefined) event(client.events);
      });
    }, delayMs);
  }

  #later(work: () => void, delayMs = this.#network.coordinatorDelayMs): void {
    this.#network.clock.schedule(delayMs, work);
  }
}

/** Tabs don't come back to a restarted server all at once. */
const RECONNECT_MS = 500;
/** A page whose id another page has claimed waits so long, as the signaling client does. */
const REPLACED_RETRY_MS = 5000;
/** From the end of a page to the news of it. */
const GONE_MS = 30;

export class MemoryCoordinatorClient implements Coordinator {
  readonly node: MemoryNode;
  readonly #coordinator: MemoryCoordinator;
  self: Identity | undefined;
  events: CoordinatorEvents | undefined;

  constructor(coordinator: MemoryCoordinator, node: MemoryNode) {
    this.#coordinator = coordinator;
    this.node = node;
  }

  start({ id, priority }: Identity, events: CoordinatorEvents): void {
    this.self = { id, priority };
    this.events = events;
    this.#coordinator.add(this);
  }

  signal(to: NodeId, signal: unknown): boolean {
    return this.node.alive && this.#coordinator.relay(this, to, signal);
  }

  list(): void {
    if (this.node.alive) this.#coordinator.list(this);
  }

  close(): void {
    this.events = undefined;
    this.#coordinator.remove(this);
  }
}
