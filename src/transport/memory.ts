/**
 * A virtual network: links and a coordinator in memory, by a clock and a generator that come from outside. The
 * transport, its routing and its way of making links are those of a tab; only what a connection is made of differs.
 */
import type { NodeId } from '../core/identity.ts';
import { assert } from '../core/assert.ts';
import type { Clock } from '../runtime/clock.ts';
import { LinkSessions, type LinkTiming } from './link-sessions.ts';
import type { Coordinator, LinkLayer } from './links.ts';
import { MemoryConnection, refuseMemorySignal } from './memory-link.ts';
import { MemoryCoordinator } from './memory-coordinator.ts';
import { RoutedTransport } from './routed-transport.ts';

/** What becomes of one message between two nodes. */
export interface Delivery {
  /** ms. Messages of one link keep their order all the same. */
  readonly delayMs: number;
  readonly drop?: boolean;
  /** It comes twice, the second time so many ms later. 0: right after; else whatever comes in between. */
  readonly copyAfterMs?: number;
  /** Comes after its own delay, whatever was sent before it. */
  readonly reorder?: boolean;
  /** Called when the copy, or what was to come out of order, has come indeed. */
  readonly came?: (isOutOfOrder: boolean) => void;
}

/** `close`: the end of a link, which always comes. `nothing`: the other end is gone already. */
export type Passing = 'message' | 'close' | 'nothing';

/** Asked once for every message on a link, routing included. */
export type Policy = (from: NodeId, to: NodeId, passing: Passing) => Delivery;

export type CopyMode = 'freeze' | 'json' | 'share';

export interface MemoryNetworkOptions {
  readonly clock: Clock;
  /** Uniform in [0, 1), seeded. */
  readonly random: () => number;
  /** Default: every message takes 1 ms. */
  readonly policy?: Policy;
  /** From the answer to the open link, ms. Default 30. */
  readonly setupMs?: number;
  /** After about so long, ms, both ends of a link over which nothing passes give it up. Default 15000. */
  readonly detectMs?: number;
  /** One way between a node and the coordinator, ms. Default 2. */
  readonly coordinatorDelayMs?: number;
  /**
   * How a receiver is kept from sharing state with the sender. `freeze` (default) freezes what is sent, deeply, and
   * hands it over: a sender that goes on changing it throws. `json` encodes and decodes, as a tab does. `share` just hands
   * it over: fastest, for who has seen with `freeze` that nobody changes what was sent.
   */
  readonly copy?: CopyMode;
}

export interface MemoryNodeOptions {
  /** The node's own clock, if it isn't the network's: it may stand still or jump. */
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly timing?: Partial<LinkTiming>;
}

/** How the others notice that a node was killed. */
export interface KillOptions {
  /** ms until its links end at the other side. Default: the network's `detectMs`. */
  readonly noticeMs?: number;
  /** Whether it looks as if it had closed them. Default false. */
  readonly closedByPeer?: boolean;
}

/** One life of a node. */
export class MemoryNode {
  readonly id: NodeId;
  links: LinkLayer | undefined;
  alive = true;
  #frozen = false;
  #held: (() => void)[] = [];

  constructor(id: NodeId) {
    this.id = id;
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  set frozen(frozen: boolean) {
    this.#frozen = frozen;
    const held = frozen ? [] : this.#held.splice(0);
    for (const work of held) this.whenAwake(work);
  }

  /** Now, or when it thaws; never when it is dead. */
  whenAwake(work: () => void): void {
    if (!this.alive) return;
    if (this.#frozen) this.#held.push(work);
    else work();
  }
}

export class MemoryNetwork {
  readonly clock: Clock;
  readonly random: () => number;
  readonly detectMs: number;
  readonly coordinatorDelayMs: number;
  policy: Policy;
  readonly #setupMs: number;
  readonly #copy: CopyMode;
  readonly #coordinator = new MemoryCoordinator(this);
  readonly #nodes = new Map<NodeId, MemoryNode>();
  readonly #connections = new Map<number, MemoryConnection>();
  /** By sender, the receivers that nothing reaches. Asked some times for every message. */
  readonly #blocked = new Map<NodeId, Set<NodeId>>();
  /** Pairs that agreed while nothing passed between them. */
  readonly #waiting = new Set<readonly [MemoryConnection, MemoryConnection]>();
  #nextToken = 1;

  constructor(options: MemoryNetworkOptions) {
    this.clock = options.clock;
    this.random = options.random;
    this.policy = options.policy ?? (() => ({ delayMs: 1 }));
    this.detectMs = options.detectMs ?? 15_000;
    this.coordinatorDelayMs = options.coordinatorDelayMs ?? 2;
    this.#setupMs = options.setupMs ?? 30;
    this.#copy = options.copy ?? 'freeze';
  }

  /** The transport of a new node, or of a new life of one that was killed or closed. */
  transport(id: NodeId, options: MemoryNodeOptions = {}): RoutedTransport {
    const clock = options.clock ?? this.clock;
    const random = options.random ?? this.random;
    return new RoutedTransport({ ...this.ports(id, options), clock, random });
  }

  /** The ports below the transport of a new node. */
  ports(
    id: NodeId,
    options: MemoryNodeOptions = {},
  ): { links: LinkLayer; coordinator: Coordinator } {
    const node = new MemoryNode(id);
    this.#nodes.set(id, node);
    const links = new LinkSessions({
      connect: (_self, peer, initiator, events) =>
        new MemoryConnection(this, node, peer, initiator, events),
      refusePayload: refuseMemorySignal,
      clock: options.clock ?? this.clock,
      random: options.random ?? this.random,
      ...(options.timing === undefined ? {} : { timing: options.timing }),
    });
    node.links = links;
    return { links, coordinator: this.#coordinator.client(node) };
  }

  /** The newest life that goes by this id: a page that was duplicated with its identity goes by the same. */
  node(id: NodeId): MemoryNode {
    const node = this.#nodes.get(id);
    assert(node !== undefined, `node ${id} is alive`);
    return node;
  }

  /**
   * Its page is gone from one moment to the next. What it sent before still arrives. Its transport is dead, and may
   * be closed to stop its timers.
   */
  kill(which: NodeId | MemoryNode, options: KillOptions = {}): void {
    const node = typeof which === 'string' ? this.#nodes.get(which) : which;
    if (node?.alive !== true) return;
    node.alive = false;
    if (this.#nodes.get(node.id) === node) this.#nodes.delete(node.id);
    this.#coordinator.drop(node);
    for (const connection of [...this.#connections.values()]) {
      if (connection.node !== node) continue;
      connection.vanish(options.noticeMs ?? this.detectMs, options.closedByPeer ?? false);
    }
    node.links?.close();
  }

  /** Its page stands still: links stay open, what is sent to it waits. Its timers are its clock's business. */
  freeze(which: NodeId | MemoryNode): void {
    this.#setFrozen(which, true);
  }

  /** Everything that waited arrives, in order. */
  thaw(which: NodeId | MemoryNode): void {
    this.#setFrozen(which, false);
  }

  /**
   * Nothing passes from one node to the other until `heal`. Links stall, as a reliable channel does: what was sent
   * arrives after a short block, and is lost with the link when the block lasts.
   */
  block(from: NodeId, to: NodeId): void {
    const receivers = this.#blocked.get(from) ?? new Set();
    this.#blocked.set(from, receivers.add(to));
    this.#refresh();
  }

  heal(from: NodeId, to: NodeId): void {
    this.#blocked.get(from)?.delete(to);
    this.#refresh();
  }

  healAll(): void {
    this.#blocked.clear();
    this.#refresh();
  }

  /** The link between two nodes breaks at both ends; what is under way is lost. False when there is none. */
  breakLink(a: NodeId, b: NodeId): boolean {
    const broken = [...this.#connections.values()].filter(({ node, peer }) => {
      const ends = [node.id, peer];
      return ends.includes(a) && ends.includes(b);
    });
    for (const connection of broken) connection.fail(false);
    return broken.length > 0;
  }

  /** How many links to `peer` are open at `node`. */
  openLinks(node: NodeId, peer: NodeId): number {
    return this.#openEnds(node, peer).length;
  }

  /** Lets a node use another coordinator, one for each name: nodes that use two never hear of each other. */
  visit(id: NodeId, venue: string): void {
    this.#coordinator.move(id, venue);
  }

  /** Puts something on the open link that no transport sends. */
  inject(from: NodeId, to: NodeId, data: unknown): void {
    for (const end of this.#openEnds(to, from)) end.inject(data);
  }

  get coordinatorUp(): boolean {
    return this.#coordinator.up;
  }

  /** Down: all its sockets close. Up: nodes register again by themselves. */
  set coordinatorUp(up: boolean) {
    this.#coordinator.up = up;
  }

  blocked(from: NodeId, to: NodeId): boolean {
    return this.#blocked.get(from)?.has(to) === true;
  }

  copy(value: unknown): unknown {
    switch (this.#copy) {
      case 'freeze':
        return deepFreeze(value);
      case 'json':
        return JSON.parse(JSON.stringify(value));
      case 'share':
        return value;
    }
  }

  /** For connections. */
  register(connection: MemoryConnection): number {
    const token = this.#nextToken++;
    this.#connections.set(token, connection);
    return token;
  }

  /** For connections. */
  unregister(connection: MemoryConnection): void {
    this.#connections.delete(connection.token);
  }

  /** For connections. */
  connection(token: number): MemoryConnection | undefined {
    return this.#connections.get(token);
  }

  /** For connections: two ends have agreed. */
  setUp(a: MemoryConnection, b: MemoryConnection): void {
    this.clock.schedule(this.#setupMs, () => {
      if (!this.#connections.has(a.token) || !this.#connections.has(b.token)) return;
      if (this.blocked(a.node.id, b.node.id) || this.blocked(b.node.id, a.node.id)) {
        this.#waiting.add([a, b]);
        return;
      }
      for (const end of [b, a]) end.node.whenAwake(() => end.opened());
    });
  }

  #openEnds(node: NodeId, peer: NodeId): MemoryConnection[] {
    const all = [...this.#connections.values()];
    return all.filter((end) => end.open && end.node.id === node && end.peer === peer);
  }

  #setFrozen(which: NodeId | MemoryNode, frozen: boolean): void {
    const node = typeof which === 'string' ? this.node(which) : which;
    assert(node.alive, `node ${node.id} is alive`);
    node.frozen = frozen;
    this.#refresh();
  }

  #refresh(): void {
    for (const connection of [...this.#connections.values()]) connection.refresh();
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const [a, b] of waiting) this.setUp(a, b);
  }
}

/** What is frozen already is taken to be frozen deeply: a message to many is walked once. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const key in value) {
    const part = value[key];
    if (typeof part === 'object') deepFreeze(part);
  }
  return value;
}
