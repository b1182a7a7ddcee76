/**
 * The link layer: one link per peer, made by numbered attempts, again and again until it holds. What a connection
 * is made of (WebRTC in a tab, memory in the simulator) comes in as a factory.
 *
 * - Of two nodes the one with the greater id is the initiator: it alone makes offers, so there is no glare.
 * - Each attempt is a session; the initiator numbers them, starting from its wall clock, so that a restarted node
 *   goes on above its former self. The other side follows the greatest number it has seen and ignores the rest.
 * - The other side can only `ask` for an attempt. Every signal tells the incarnation of its sender, by which an
 *   ask from a page that was opened anew is told from one that is merely late.
 * - A side whose clock went back is told by `stale` what it has to exceed.
 */
import type { Decoded } from '../core/decode.ts';
import type { NodeId } from '../core/identity.ts';
import type { Clock } from '../runtime/clock.ts';
import type {
  Connection,
  ConnectionFactory,
  LinkEvents,
  LinkLayer,
  PayloadCheck,
  SendResult,
  SignalPath,
} from './links.ts';
import {
  decodeLinkSignal,
  MAX_NUMBER,
  type LinkSignal,
  type LinkSignalBody,
} from './link-signal.ts';
import { LinkSlots, type Connecting, type Link } from './link-slots.ts';
import { isNodeId, type WireMessage } from './wire.ts';

/** Times in ms. */
export interface LinkTiming {
  /** An attempt that has not opened by then is given up. */
  readonly connectTimeoutMs: number;
  /** The pause after the first failed attempt; it doubles with each. */
  readonly retryMs: number;
  readonly retryMostMs: number;
  /** The same for a peer that is tried rarely. */
  readonly rareMostMs: number;
  /** The most that the first attempt after the loss of an open link waits: short, but not in step with others. */
  readonly reopenMs: number;
  /** An offer of ours is not told again sooner than this: the answer may be under way. */
  readonly freshMs: number;
}

export const LINK_TIMING: LinkTiming = {
  connectTimeoutMs: 10_000,
  retryMs: 500,
  retryMostMs: 10_000,
  rareMostMs: 300_000,
  reopenMs: 50,
  freshMs: 500,
};

export interface LinkSessionsOptions {
  readonly connect: ConnectionFactory;
  /** Asked before an attempt is begun for what comes: an offer that nobody can use must not end an open link. */
  readonly refusePayload: PayloadCheck;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly timing?: Partial<LinkTiming>;
}

export class LinkSessions implements LinkLayer {
  readonly #options: LinkSessionsOptions;
  readonly #timing: LinkTiming;
  readonly #slots = new LinkSlots((link) => this.#end(link));
  #self: NodeId = '';
  readonly #incarnation: number;
  #events: LinkEvents | undefined;

  constructor(options: LinkSessionsOptions) {
    this.#options = options;
    this.#timing = { ...LINK_TIMING, ...options.timing };
    this.#incarnation = this.#wall();
  }

  start(self: NodeId, events: LinkEvents): void {
    this.#self = self;
    this.#events = events;
  }

  connect(peer: NodeId, isThere = false): void {
    if (this.#events === undefined || peer === this.#self) return;
    const waits = this.#slots.isWaiting(peer);
    if (waits && !isThere) return;
    const link = this.#link(peer, isThere);
    if (link === undefined) {
      if (!waits) this.#slots.wait(peer);
      return;
    }
    if (link.wanted && !waits) return;
    link.wanted = true;
    if (link.phase.kind === 'idle') this.#attempt(link);
  }

  relax(peer: NodeId): void {
    const link = this.#slots.get(peer);
    if (link?.wanted === true) link.isRare = true;
  }

  nudge(peer: NodeId): void {
    const waits = this.#slots.isWaiting(peer);
    const link = waits ? this.#slots.claim(peer, true) : this.#slots.get(peer);
    if (link === undefined || !link.wanted || link.phase.kind === 'open') return;
    link.failures = 0;
    link.isRare = false;
    link.hasShownUp = true;
    if (link.phase.kind === 'idle') this.#attempt(link);
    else if (this.#initiates(peer)) this.#offerAgain(link, link.phase);
  }

  release(peer: NodeId): void {
    this.#slots.stopWaiting(peer);
    const link = this.#slots.get(peer);
    if (link === undefined) return;
    link.wanted = false;
    if (link.phase.kind === 'idle') this.#cancel(link);
    this.#letIn();
  }

  disconnect(peer: NodeId): void {
    this.#slots.stopWaiting(peer);
    const link = this.#slots.get(peer);
    if (link === undefined) return;
    // Its session number is kept, so that what is still under way from before is known as late.
    link.wanted = false;
    this.#end(link);
    this.#letIn();
  }

  send(peer: NodeId, message: WireMessage): SendResult {
    const phase = this.#slots.get(peer)?.phase;
    return phase?.kind === 'open' ? phase.connection.send(message) : 'closed';
  }

  signal(from: NodeId, signal: unknown, path: SignalPath): boolean {
    if (this.#events === undefined) return false;
    const checked = this.#check(from, signal);
    if (!checked.ok) {
      this.#events.refused(checked.reason, isNodeId(from) ? from : null);
      return false;
    }
    const link = this.#link(from, true);
    if (link === undefined) return false;
    if (this.#initiates(from)) this.#onReply(link, checked.value, path);
    else this.#onRequest(link, checked.value, path);
    // It had waited for room, and what came begins no attempt.
    if (link.wanted && link.phase.kind === 'idle' && link.timer === undefined) this.#attempt(link);
    return true;
  }

  /** The signal, or why it is refused: before anybody gets a slot by it. */
  #check(from: NodeId, signal: unknown): Decoded<LinkSignal> {
    const value = decodeLinkSignal(signal);
    if (value === undefined || !isNodeId(from) || from === this.#self) {
      return { ok: false, reason: 'signal: not one between links' };
    }
    const { type } = value;
    if (this.#initiates(from)) {
      if (type === 'offer') {
        return { ok: false, reason: 'signal: an offer from the side that only answers' };
      }
    } else if (type === 'ask' || type === 'stale') {
      return { ok: false, reason: `signal: ${type} from the side that makes the offers` };
    }
    const problem = 'payload' in value ? this.#options.refusePayload(value.payload) : null;
    return problem === null ? { ok: true, value } : { ok: false, reason: problem };
  }

  /** All that is kept of peers. For checks: that it is bounded, and that what is refused leaves it as it was. */
  held(): { readonly links: readonly Link[]; readonly waiting: readonly Link[] } {
    return { links: [...this.#slots.all()], waiting: [...this.#slots.waiting()] };
  }

  close(): void {
    this.#events = undefined;
    for (const link of this.#slots.all()) this.#end(link);
    this.#slots.clear();
  }

  /** The greater id makes the offers. */
  #initiates(peer: NodeId): boolean {
    return this.#self > peer;
  }

  /** Its slot, if there is room. */
  #link(peer: NodeId, hasShownUp: boolean): Link | undefined {
    const link = this.#slots.claim(peer, hasShownUp);
    if (link === undefined) {
      this.#events?.refused('link: too many peers', peer);
    } else if (hasShownUp) {
      link.hasShownUp = true;
      link.isRare = false;
    }
    return link;
  }

  /** There may be room for those that wait. */
  #letIn(): void {
    if (this.#events === undefined) return;
    for (let link = this.#slots.admit(); link !== undefined; link = this.#slots.admit()) {
      this.#attempt(link);
    }
  }

  /** The initiator's side: answers to our offers, and asks for new ones. */
  #onReply(link: Link, signal: LinkSignal, path: SignalPath): void {
    switch (signal.type) {
      case 'offer':
        return; // refused before
      case 'more':
        link.incarnation = Math.max(link.incarnation, signal.incarnation);
        if (signal.session === link.session) this.#feed(link, signal.payload);
        return;
      case 'stale':
        // Told only to one whose clock went back: go on above what the other side has seen.
        if (signal.session <= link.session) return;
        link.session = Math.min(signal.session, MAX_NUMBER - 1);
        this.#restart(link, path, false);
        return;
      case 'ask':
        this.#onAsk(link, signal.session, signal.incarnation, path);
        return;
    }
  }

  #onAsk(link: Link, session: number, incarnation: number, path: SignalPath): void {
    const { phase } = link;
    const reborn = incarnation > link.incarnation && link.incarnation > 0;
    const late = incarnation < link.incarnation;
    // What we have and it asks about, it does not have: dead. With another page the old one has closed.
    const dead = reborn || (session === link.session && !late);
    switch (phase.kind) {
      case 'idle':
        break;
      case 'connecting':
        if (dead) break;
        // Our offer had not arrived, or it would have asked with its number.
        link.path = path;
        link.incarnation = incarnation;
        this.#offerAgain(link, phase);
        return;
      case 'open':
        if (!dead) return;
        break;
    }
    link.incarnation = incarnation;
    this.#restart(link, path, reborn);
  }

  /**
   * Nobody answers our offer: it may have gone out while the peer was away. It is told again with all that belongs to it, and
   * not made anew: if it did arrive, where a page is slow for being opened with many others, a new one would undo it. An
   * attempt that has no offer yet ends in its time, whoever asks.
   */
  #offerAgain(link: Link, phase: Connecting): void {
    const now = this.#options.clock.now();
    if (phase.answered || phase.told.length === 0) return;
    if (now - phase.toldAt < this.#timing.freshMs) return;
    phase.toldAt = now;
    this.#giveUpLater(link);
    for (const signal of phase.told) {
      if (this.#emit(link, signal, link.path)) continue;
      this.#onStuck(link);
      return;
    }
  }

  #giveUpLater(link: Link): void {
    this.#cancel(link);
    link.timer = this.#options.clock.schedule(this.#timing.connectTimeoutMs, () =>
      this.#onStuck(link),
    );
  }

  #restart(link: Link, path: SignalPath, pageGone: boolean): void {
    link.path = path;
    this.#drop(link, pageGone);
    if (link.phase.kind === 'idle') this.#attempt(link);
  }

  /** The other side: it follows the initiator's attempts. */
  #onRequest(link: Link, signal: LinkSignal, path: SignalPath): void {
    switch (signal.type) {
      case 'offer':
        if (signal.session < link.session) {
          this.#emit(link, { type: 'stale', session: link.session }, path);
        } else if (signal.session > link.session) {
          this.#follow(link, signal.session, signal.incarnation, path);
          this.#feed(link, signal.payload);
        }
        return;
      case 'more':
        if (signal.session === link.session) this.#feed(link, signal.payload);
        return;
      case 'stale':
      case 'ask':
        return; // refused before
    }
  }

  #follow(link: Link, session: number, incarnation: number, path: SignalPath): void {
    const reborn = link.incarnation > 0 && incarnation !== link.incarnation;
    link.session = session;
    link.incarnation = incarnation;
    link.path = path;
    this.#drop(link, reborn);
    this.#open(link, false);
  }

  #feed(link: Link, payload: unknown): void {
    if (link.phase.kind === 'idle') return;
    if (link.phase.kind === 'connecting') link.phase.answered = true;
    link.phase.connection.signal(payload);
  }

  /** Makes or asks for the next attempt. */
  #attempt(link: Link): void {
    this.#cancel(link);
    if (this.#initiates(link.peer)) {
      link.session = Math.min(Math.max(link.session + 1, this.#wall()), MAX_NUMBER);
      this.#open(link, true);
      return;
    }
    this.#later(link);
    this.#emit(link, { type: 'ask', session: link.session }, link.path);
  }

  #open(link: Link, initiator: boolean): void {
    this.#cancel(link);
    const { clock, connect } = this.#options;
    const session = link.session;
    const told: LinkSignalBody[] = [];
    // What a connection of an attempt that is over still says concerns nobody.
    const current = (): boolean => link.session === session && link.phase.kind !== 'idle';
    const connection = connect(this.#self, link.peer, initiator, {
      signal: (payload) => {
        if (!current()) return;
        const type = initiator && told.length === 0 ? 'offer' : 'more';
        const signal = { type, session, payload } as const;
        told.push(signal);
        const sent = this.#emit(link, signal, link.path);
        // Nobody will answer: wait for a better moment, which may come with a nudge.
        if (type === 'offer' && !sent) this.#onStuck(link);
      },
      open: () => {
        if (current()) this.#onOpen(link, connection);
      },
      closed: (closedByPeer) => {
        if (current()) this.#onClosed(link, closedByPeer);
      },
      received: (data) => {
        if (current() && link.phase.kind === 'open') this.#events?.received(link.peer, data);
      },
      refused: (reason) => this.#events?.refused(reason, link.peer),
    });
    link.phase = { kind: 'connecting', connection, told, toldAt: clock.now(), answered: false };
    this.#giveUpLater(link);
  }

  #onOpen(link: Link, connection: Connection): void {
    if (link.phase.kind !== 'connecting') return;
    this.#cancel(link);
    link.failures = 0;
    link.isRare = false;
    link.phase = { kind: 'open', connection };
    this.#events?.up(link.peer);
  }

  #onClosed(link: Link, closedByPeer: boolean): void {
    const wasOpen = link.phase.kind === 'open';
    this.#drop(link, closedByPeer);
    this.#again(link, wasOpen);
  }

  #onStuck(link: Link): void {
    this.#drop(link, false);
    this.#again(link, false);
  }

  #again(link: Link, wasOpen: boolean): void {
    // On `down` the owner may have forgotten the peer.
    if (!link.wanted) this.#letIn();
    if (!link.wanted || link.phase.kind !== 'idle') return;
    if (wasOpen) {
      const pause = this.#options.random() * this.#timing.reopenMs;
      link.timer = this.#options.clock.schedule(pause, () => this.#attempt(link));
    } else {
      this.#later(link);
    }
  }

  /** The next attempt after a pause that grows with each failure, and that no two nodes share. */
  #later(link: Link): void {
    const { retryMs, retryMostMs, rareMostMs } = this.#timing;
    const most = link.isRare ? rareMostMs : retryMostMs;
    const pause = Math.min(retryMs * 2 ** Math.min(link.failures, 16), most);
    link.failures++;
    const jittered = pause * (0.5 + this.#options.random());
    link.timer = this.#options.clock.schedule(jittered, () => {
      link.path = link.path === 'coordinator' ? 'peers' : 'coordinator';
      this.#attempt(this.#slots.turn(link));
    });
  }

  /** Ends the present attempt or link and tells the owner if it was open. */
  #drop(link: Link, closedByPeer: boolean): void {
    const wasOpen = link.phase.kind === 'open';
    this.#end(link);
    if (wasOpen) this.#events?.down(link.peer, closedByPeer);
  }

  /** Ends the present attempt or link, silently. */
  #end(link: Link): void {
    this.#cancel(link);
    const phase = link.phase;
    link.phase = { kind: 'idle' };
    if (phase.kind !== 'idle') phase.connection.close();
  }

  #cancel(link: Link): void {
    if (link.timer !== undefined) this.#options.clock.cancel(link.timer);
    link.timer = undefined;
  }

  #emit(link: Link, signal: LinkSignalBody, path: SignalPath): boolean {
    const whole = { ...signal, incarnation: this.#incarnation };
    return this.#events?.signal(link.peer, whole, path) ?? false;
  }

  #wall(): number {
    return Math.min(Math.max(1, Math.floor(this.#options.clock.wall())), MAX_NUMBER);
  }
}
