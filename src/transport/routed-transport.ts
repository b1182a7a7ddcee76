/**
 * The transport: messages over direct links where there are any, and relayed by peers where there are not. The
 * same class runs in a tab and in the simulator; what differs are the ports below it.
 */
import type { Identity, NodeId } from '../core/identity.ts';
import type { RefusalSource } from '../core/refusal.ts';
import { unreachable } from '../core/assert.ts';
import type { Clock } from '../runtime/clock.ts';
import { Absences } from './absences.ts';
import { EventQueue } from './event-queue.ts';
import { DelayLines, FaultRules } from './faults.ts';
import { Flooding } from './flooding.ts';
import { LinkNeeds } from './link-needs.ts';
import { MAX_LISTED, type Coordinator, type LinkLayer, type SignalPath } from './links.ts';
import { Router } from './router.ts';
import type { DropReason, FaultRule, LinkState, Transport, TransportEvents } from './transport.ts';
import {
  decodeWire,
  isShallow,
  MAX_HOPS,
  type Advert,
  type DataMessage,
  type SignalMessage,
} from './wire.ts';

export interface RoutedTransportOptions {
  readonly links: LinkLayer;
  readonly coordinator: Coordinator;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** What a transport keeps of peers, as plain data. */
export interface HeldPeers {
  readonly isConnected: boolean;
  readonly met: readonly NodeId[];
  readonly left: readonly NodeId[];
  readonly up: readonly NodeId[];
  readonly avoided: readonly NodeId[];
  readonly states: readonly (readonly [NodeId, LinkState])[];
  readonly members: readonly Identity[];
  readonly adverts: readonly Advert[];
  readonly absences: ReturnType<Absences['held']>;
  readonly needs: ReturnType<LinkNeeds['held']>;
}

/** What exists between `start` and `close`. */
interface Running {
  readonly self: NodeId;
  readonly events: TransportEvents;
  readonly router: Router;
  readonly flooding: Flooding;
}

export class RoutedTransport implements Transport {
  readonly #links: LinkLayer;
  readonly #coordinator: Coordinator;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #queue: EventQueue;
  #faults = new FaultRules();
  readonly #delays: DelayLines;
  #running: Running | undefined;
  #connected = false;
  /** Peers that the owner wants links to. */
  readonly #met = new Set<NodeId>();
  /** It was told which links to keep, and that others may go. */
  #isSparse = false;
  /** It was told last to meet somebody, not which links to keep. */
  #meets = false;
  readonly #absences: Absences;
  readonly #needs = new LinkNeeds();
  /** Peers that do not answer, so that nothing for others goes over them. */
  #avoided: ReadonlySet<NodeId> = new Set();
  /** Of those met, the ones that said goodbye and have not been seen since. */
  readonly #left = new Set<NodeId>();
  /** Peers with an open link of our own. */
  readonly #up = new Set<NodeId>();
  /** What the owner was told last; absent: closed. */
  readonly #states = new Map<NodeId, LinkState>();
  /** The coordinator's list. */
  readonly #members = new Map<NodeId, Identity>();

  constructor(options: RoutedTransportOptions) {
    this.#links = options.links;
    this.#coordinator = options.coordinator;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#queue = new EventQueue(options.clock);
    this.#delays = new DelayLines(options.clock, (peer, message) => {
      this.#queue.handle(() => this.#release(peer, message));
    });
    this.#absences = new Absences({
      clock: options.clock,
      handle: (work) => this.#queue.handle(work),
      outOfReach: () => this.#outOfReach(),
      isListed: (peer) => this.#members.has(peer),
      giveUp: (peer) => {
        this.#links.release(peer);
        this.#tellStates();
      },
      tryAgain: (peer) => {
        this.#links.connect(peer);
        this.#tellStates();
      },
      tryRarely: (peer) => this.#links.relax(peer),
      forget: (peer) => this.#met.delete(peer),
    });
  }

  start(self: Identity, events: TransportEvents): void {
    if (this.#running !== undefined) return;
    this.#queue.call(() => {
      const router = new Router(self.id, this.#clock.wall());
      const flooding = new Flooding(router, {
        clock: this.#clock,
        random: this.#random,
        send: (neighbour, adverts) => this.#sendAdverts(neighbour, adverts),
        refreshed: () => this.#reviewLinks('all'),
        handle: (work) => this.#queue.handle(work),
      });
      this.#running = { self: self.id, events, router, flooding };
      flooding.start();
      this.#absences.start();
      this.#startLinks(self.id);
      this.#startCoordinator(self);
    });
  }

  send(to: NodeId, message: unknown): void {
    if (this.#running === undefined) return;
    this.#queue.call(() => {
      const fate = this.#faults.fate(to, this.#random);
      if (fate !== 'pass') {
        this.#lost(to, message, fate === 'cut' ? 'cut' : 'fault');
        return;
      }
      const delayMs = this.#faults.delay(to, this.#random);
      if (delayMs > 0 || this.#delays.busy(to)) this.#delays.hold(to, message, delayMs);
      else this.#transmit(to, message);
    });
  }

  meet(peers: readonly Identity[]): void {
    if (this.#running === undefined) return;
    const { self } = this.#running;
    this.#queue.call(() => {
      this.#meets = true;
      for (const { id } of peers) {
        if (id === self || this.#absences.isGivenUp(id)) continue;
        this.#met.add(id);
        this.#left.delete(id);
        this.#links.connect(id, this.#members.has(id));
      }
      this.#tellStates();
    });
  }

  keepLinks(keep: readonly NodeId[], avoid: readonly NodeId[]): void {
    if (this.#running === undefined) return;
    const { self } = this.#running;
    this.#queue.call(() => {
      this.#isSparse = true;
      this.#meets = false;
      this.#absences.clear();
      const wanted = new Set(keep.filter((id) => id !== self));
      for (const id of [...this.#met].filter((met) => !wanted.has(met))) {
        this.#met.delete(id);
        this.#left.delete(id);
        this.#links.release(id);
      }
      for (const id of wanted) {
        if (!this.#met.has(id)) this.#left.delete(id);
        this.#met.add(id);
        if (!this.#left.has(id)) this.#links.connect(id);
      }
      const before = this.#usable();
      this.#avoided = new Set(avoid);
      this.#usableChanged(before);
      this.#reviewLinks();
      this.#tellStates();
    });
  }

  requestMembers(): void {
    if (this.#running !== undefined) this.#coordinator.list();
  }

  setFaults(rules: readonly FaultRule[]): void {
    this.#queue.call(() => {
      const before = this.#usable();
      const faults = new FaultRules(rules);
      const after = [...this.#up].filter((id) => !faults.cut(id) && !this.#avoided.has(id));
      this.#lastWords(before, after);
      this.#faults = faults;
      const healed = after.filter((id) => !before.includes(id));
      this.#running?.flooding.changed(after, healed);
      this.#reviewLinks();
      this.#tellStates();
    });
  }

  close(): void {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    this.#queue.close();
    this.#delays.clear();
    running.flooding.stop();
    this.#absences.stop();
    for (const id of this.#up) {
      if (!this.#faults.cut(id)) this.#links.send(id, { kind: 'bye' });
    }
    this.#coordinator.close();
    this.#links.close();
  }

  /** For checks: that it is bounded, and that what is refused leaves it as it was. The link layer has its own. */
  held(): HeldPeers {
    return {
      isConnected: this.#connected,
      met: [...this.#met],
      left: [...this.#left],
      up: [...this.#up],
      avoided: [...this.#avoided],
      states: [...this.#states],
      members: [...this.#members.values()],
      adverts: this.#running?.router.adverts() ?? [],
      absences: this.#absences.held(),
      needs: this.#needs.held(),
    };
  }

  #startLinks(self: NodeId): void {
    this.#links.start(self, {
      up: (peer) => this.#queue.handle(() => this.#linkUp(peer)),
      down: (peer, closedByPeer) => this.#queue.handle(() => this.#linkDown(peer, closedByPeer)),
      received: (peer, data) => this.#queue.handle(() => this.#received(peer, data)),
      signal: (to, signal, path) => this.#sendSignal(to, signal, path),
      refused: (reason, peer) => this.#queue.handle(() => this.#refused('peer', reason, peer)),
    });
  }

  #startCoordinator(self: Identity): void {
    this.#coordinator.start(self, {
      state: (state) => {
        this.#queue.handle(() => {
          this.#connected = state === 'connected';
          // What was listed before is news again: it may have come back in the meantime.
          if (!this.#connected) this.#members.clear();
          this.#absences.coordinator(state);
          this.#emit((events) => events.coordinator(state));
        });
      },
      members: (members) => this.#queue.handle(() => this.#listed(members)),
      joined: (member) => this.#queue.handle(() => this.#joined(member)),
      arrived: (members) => this.#queue.handle(() => this.#arrived(members)),
      gone: (member) => {
        this.#queue.handle(() => {
          this.#members.delete(member);
          this.#emit((events) => events.hint(member));
        });
      },
      signal: (from, signal) => this.#signaled(from, signal, 'coordinator'),
      refused: (reason) => this.#queue.handle(() => this.#refused('signaling', reason, null)),
    });
  }

  #listed(members: readonly Identity[]): void {
    const others = members.filter(({ id }) => id !== this.#running?.self);
    const news = others.filter(({ id }) => !this.#members.has(id));
    this.#members.clear();
    for (const member of others) this.#members.set(member.id, member);
    this.#absences.listed();
    this.#emit((events) => events.members(others));
    for (const { id } of news) this.#revive(id);
  }

  #joined(member: Identity): void {
    if (!this.#note(member)) return;
    const members = [...this.#members.values()];
    this.#emit((events) => events.members(members));
    this.#revive(member.id);
  }

  /**
   * The owner is told when the list is whole. It would meet them all, unless it chooses its links itself. A coordinator
   * that starts again and again, with others each time, has links to a bounded number of them tried.
   */
  #arrived(members: readonly Identity[]): void {
    for (const member of members.filter((each) => this.#note(each))) {
      if (this.#isSparse || this.#met.has(member.id)) {
        this.#revive(member.id);
      } else if (this.#met.size >= MAX_LISTED) {
        this.#refused('signaling', 'more members than a park can have', null);
      } else {
        this.#met.add(member.id);
        this.#links.connect(member.id, true);
      }
    }
    this.#tellStates();
  }

  /** Takes a member to the list; false if it can't be. */
  #note(member: Identity): boolean {
    if (member.id === this.#running?.self) return false;
    if (!this.#members.has(member.id) && this.#members.size >= MAX_LISTED) {
      this.#refused('signaling', 'more members than a park can have', null);
      return false;
    }
    this.#members.set(member.id, member);
    return true;
  }

  /** A peer that we want a link to has shown up. */
  #revive(peer: NodeId): void {
    if (!this.#met.has(peer)) return;
    this.#left.delete(peer);
    this.#absences.takeUp(peer);
    this.#links.connect(peer);
    this.#links.nudge(peer);
    this.#tellStates();
  }

  #signaled(from: NodeId, signal: unknown, path: SignalPath): void {
    if (this.#links.signal(from, signal, path)) this.#queue.handle(() => this.#takeUp(from));
  }

  /** A peer that was given up has shown up. */
  #takeUp(peer: NodeId): void {
    if (!this.#absences.takeUp(peer)) return;
    this.#links.connect(peer);
    this.#tellStates();
  }

  /** Where the node chooses its links by itself, it knows why it goes on trying one (rule N7). */
  #outOfReach(): NodeId[] {
    if (!this.#meets) return [];
    const reachable = new Set([...this.#up, ...(this.#running?.router.reachable() ?? [])]);
    return [...this.#met].filter((id) => !reachable.has(id) && !this.#left.has(id));
  }

  #linkUp(peer: NodeId): void {
    if (this.#running === undefined) return;
    this.#up.add(peer);
    this.#left.delete(peer);
    if (!this.#faults.cut(peer)) this.#running.flooding.changed(this.#usable(), [peer]);
    this.#reviewLinks();
    this.#tellStates();
  }

  #linkDown(peer: NodeId, closedByPeer: boolean): void {
    if (this.#up.delete(peer)) this.#running?.flooding.changed(this.#usable());
    this.#needs.ended(peer);
    this.#tellStates(closedByPeer ? peer : undefined);
    // It may have been the way round another one.
    this.#reviewLinks();
  }

  #received(peer: NodeId, data: unknown): void {
    const decoded = decodeWire(data);
    if (!decoded.ok) {
      this.#refused('peer', decoded.reason, peer);
      return;
    }
    const { message } = decoded;
    if (this.#faults.cut(peer)) {
      if (message.kind === 'data') this.#lost(message.source, message.body, 'cut-incoming');
      return;
    }
    switch (message.kind) {
      case 'data':
      case 'signal':
        this.#route(peer, message);
        return;
      case 'neighbours':
        this.#receivedAdverts(peer, message.adverts);
        return;
      case 'bye':
        this.#receivedBye(peer);
        return;
      case 'need':
        this.#needs.heard(peer, message.needed);
        this.#reviewLinks();
        return;
      case 'part':
        this.#receivedPart(peer);
        return;
      default:
        unreachable(message);
    }
  }

  #receivedAdverts(peer: NodeId, adverts: readonly Advert[]): void {
    const { router, flooding } = this.#running ?? {};
    const before = router?.reachable();
    if (flooding?.received(peer, adverts) === false) {
      this.#refused('peer', 'routing: too many nodes', peer);
    }
    this.#reviewLinks();
    // Mostly they are refreshes, which bring nobody into reach or out of it.
    if (router?.reachable() !== before) this.#tellStates();
  }

  #receivedBye(peer: NodeId): void {
    if (this.#met.has(peer)) this.#left.add(peer);
    // At once, not only when its other neighbours have said that it is gone.
    this.#running?.router.forget(peer);
    this.#links.disconnect(peer);
    this.#linkDown(peer, true);
  }

  /** The peer lives on, and only this link ends. If it is needed by now it is made again. */
  #receivedPart(peer: NodeId): void {
    this.#links.disconnect(peer);
    this.#linkDown(peer, false);
    if (this.#met.has(peer)) this.#links.connect(peer);
  }

  /** Says which links are needed here, and closes those that neither end needs. */
  #reviewLinks(told: 'news' | 'all' = 'news'): void {
    if (!this.#isSparse) return;
    this.#tellNeeds(told);
    const spare = this.#needs.spare().find((id) => !this.#faults.cut(id));
    if (spare === undefined) return;
    this.#links.send(spare, { kind: 'part' });
    this.#links.disconnect(spare);
    // Looks at the others again.
    this.#linkDown(spare, false);
  }

  /**
   * A link is needed by who wants it, and by who knows no way round it: adverts travel, so one end may learn of the
   * only other way long before the other does, who would lose its peer from sight if the link were closed by then.
   */
  #tellNeeds(told: 'news' | 'all'): void {
    this.#needs.tell(
      told,
      [...this.#up].filter((id) => !this.#faults.cut(id)),
      (id) => this.#met.has(id) || this.#running?.router.hasDetour(id) !== true,
      (id, needed) => this.#links.send(id, { kind: 'need', needed }),
    );
  }

  /** Delivers a message or passes it on. It can't go round for long: hops are counted, and it never turns back. */
  #route(from: NodeId, message: DataMessage | SignalMessage): void {
    const { self } = this.#running ?? {};
    const { source, target } = message;
    if (self === undefined || source === self) return;
    if (this.#faults.cut(source)) {
      if (target === self && message.kind === 'data') {
        this.#lost(source, message.body, 'cut-incoming');
      }
      return;
    }
    if (target === self) {
      this.#deliver(message);
      return;
    }
    const hop = this.#nextHop(target);
    if (hop === undefined || hop === from || this.#faults.cut(target)) return;
    if (this.#hasGoneRound(message)) return;
    // What is for another node is checked there; but encoding something very deep would exhaust our stack.
    if (!isShallow(message)) this.#refused('peer', 'wire: too deep', from);
    else this.#links.send(hop, { ...message, hops: message.hops + 1 });
  }

  /**
   * Whether it would take more links than there are other nodes in reach. Then it has passed a node twice: while news
   * of a broken link spreads, nodes may send each other in a circle, and links that repeat messages would fill it.
   */
  #hasGoneRound({ hops }: DataMessage | SignalMessage): boolean {
    const most = Math.min(this.#running?.router.reachable().length ?? 0, MAX_HOPS);
    // The first link of its way is not counted as a hop, and the next one comes on top.
    return hops + 2 > most;
  }

  #deliver(message: DataMessage | SignalMessage): void {
    const { source } = message;
    if (message.kind === 'signal') {
      this.#signaled(source, message.signal, 'peers');
    } else {
      const { body } = message;
      this.#emit((events) => events.message(source, body));
    }
  }

  #release(to: NodeId, message: unknown): void {
    if (this.#faults.cut(to)) this.#lost(to, message, 'cut');
    else this.#transmit(to, message);
  }

  #transmit(to: NodeId, body: unknown): void {
    const running = this.#running;
    if (running === undefined) return;
    const hop = this.#nextHop(to);
    const result =
      hop === undefined
        ? 'closed'
        : this.#links.send(hop, { kind: 'data', source: running.self, target: to, hops: 0, body });
    if (result === 'closed') this.#lost(to, body, 'unreachable');
    if (result === 'too-large') this.#lost(to, body, 'too-large');
  }

  /** Tells a node's link layer something, by the path it asks for if that works. False when none does. */
  #sendSignal(to: NodeId, signal: unknown, path: SignalPath): boolean {
    const overPeers = () => this.#relaySignal(to, signal);
    const overCoordinator = () => this.#connected && this.#coordinator.signal(to, signal);
    return path === 'peers' ? overPeers() || overCoordinator() : overCoordinator() || overPeers();
  }

  #relaySignal(to: NodeId, signal: unknown): boolean {
    const { self } = this.#running ?? {};
    const hop = this.#nextHop(to);
    if (self === undefined || hop === undefined || this.#faults.cut(to)) return false;
    const message = { kind: 'signal', source: self, target: to, hops: 0, signal } as const;
    return this.#links.send(hop, message) === 'sent';
  }

  /** The end of an open link is one hop away, though nothing for others may go over it. */
  #nextHop(target: NodeId): NodeId | undefined {
    return this.#up.has(target) ? target : this.#running?.router.nextHop(target);
  }

  #sendAdverts(neighbour: NodeId, adverts: readonly Advert[]): void {
    this.#links.send(neighbour, { kind: 'neighbours', adverts });
  }

  /** Tells those that are about to be cut off while they can still hear it: nobody shall go on sending over us. */
  #lastWords(before: readonly NodeId[], after: readonly NodeId[]): void {
    const cutOff = before.filter((id) => !after.includes(id));
    const advert = cutOff.length > 0 ? this.#running?.router.setNeighbours(after) : undefined;
    if (advert === undefined) return;
    for (const id of cutOff) this.#sendAdverts(id, [advert]);
  }

  /** The peers with an open link over which others may be reached. */
  #usable(): NodeId[] {
    return [...this.#up].filter((id) => !this.#faults.cut(id) && !this.#avoided.has(id));
  }

  #usableChanged(before: readonly NodeId[]): void {
    const after = this.#usable();
    const added = after.filter((id) => !before.includes(id));
    if (added.length === 0 && before.length === after.length) return;
    this.#running?.flooding.changed(after, added);
  }

  /** Tells what changed. `closer`: the peer that closed its link itself. */
  #tellStates(closer?: NodeId): void {
    if (this.#running === undefined) return;
    const reachable = new Set(this.#running.router.reachable());
    for (const id of new Set([...this.#states.keys(), ...this.#met, ...this.#up, ...reachable])) {
      const state = this.#stateOf(id, reachable);
      const before = this.#states.get(id) ?? 'closed';
      if (state === before) continue;
      if (state === 'closed') this.#states.delete(id);
      else this.#states.set(id, state);
      const closedByPeer = id === closer;
      this.#emit((events) => events.link(id, state, closedByPeer));
      // It is in reach of peers again, who can relay the signals that a new link takes.
      if (state === 'relayed' && before !== 'open') {
        if (this.#absences.takeUp(id)) this.#links.connect(id);
        this.#links.nudge(id);
      }
    }
  }

  #stateOf(peer: NodeId, reachable: ReadonlySet<NodeId>): LinkState {
    if (this.#up.has(peer)) return 'open';
    if (reachable.has(peer)) return 'relayed';
    const isTried = !this.#left.has(peer) && !this.#absences.isGivenUp(peer);
    return this.#met.has(peer) && isTried ? 'connecting' : 'closed';
  }

  #lost(peer: NodeId, message: unknown, why: DropReason): void {
    this.#emit((events) => events.dropped?.(peer, message, why));
  }

  #refused(source: RefusalSource, reason: string, from: NodeId | null): void {
    this.#emit((events) => events.refused({ source, reason, from }));
  }

  #emit(event: (events: TransportEvents) => void): void {
    const events = this.#running?.events;
    if (events !== undefined) this.#queue.emit(() => event(events));
  }
}
