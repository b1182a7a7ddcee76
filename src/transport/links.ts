/**
 * The lower ports, which the routed transport stands on: direct links to peers, the coordinator that introduces
 * them, and the connections that links are made of. All are callbacks, so that a virtual clock can drive them.
 */
import type { Identity, NodeId } from '../core/identity.ts';
import type { WireMessage } from './wire.ts';

/** The most members that the coordinator's list is let grow to. */
export const MAX_LISTED = 256;

/** The way that a signal takes to the other side: through the coordinator, or relayed by peers. */
export type SignalPath = 'coordinator' | 'peers';

/** What became of a message that was handed to a link. `sent` promises nothing about its arrival. */
export type SendResult = 'sent' | 'closed' | 'too-large';

/** What a link layer tells its owner. May be called from inside a call to it. */
export interface LinkEvents {
  /** A direct link opened: at most one per peer at a time. */
  up(peer: NodeId): void;
  /**
   * An open link ended, but for one that `disconnect` or `close` ended. `closedByPeer`: the other side closed it
   * or its page went away; false when we gave it up.
   */
  down(peer: NodeId, closedByPeer: boolean): void;
  /** Data from outside, parsed but not checked. Only between `up` and `down`. */
  received(peer: NodeId, data: unknown): void;
  /**
   * Hand this signal to the peer's link layer, by `path` if that works and by the other one if not. False when
   * there is no way at the moment.
   */
  signal(to: NodeId, signal: unknown, path: SignalPath): boolean;
  /** A frame or a signal was refused; the link goes on. `peer`: who it came from, where that is known. */
  refused(reason: string, peer: NodeId | null): void;
}

/** Direct links to peers, made anew when they break. */
export interface LinkLayer {
  /** Called once, before anything else. */
  start(self: NodeId, events: LinkEvents): void;
  /**
   * Keep a link to this peer until `disconnect`, or wait for room. Does nothing when that is so already. `isThere`: it is
   * listed, so those that may not be there make room for it.
   */
  connect(peer: NodeId, isThere?: boolean): void;
  /** The peer has not been seen for long: go on trying a wanted link, but ever more rarely, until it shows up. */
  relax(peer: NodeId): void;
  /** The peer has shown up: if a wanted link waits for its next attempt, or for an answer, make an attempt now. */
  nudge(peer: NodeId): void;
  /** Stop trying. An open link stays open, but is not made again. */
  release(peer: NodeId): void;
  /** Close the link and stop trying. A link that the peer asks for later is accepted nevertheless. */
  disconnect(peer: NodeId): void;
  /** Never blocks and never throws. `closed` when no link is open. */
  send(peer: NodeId, message: WireMessage): SendResult;
  /** A signal arrived: data from outside, not checked. False when it was refused, which changes nothing. */
  signal(from: NodeId, signal: unknown, path: SignalPath): boolean;
  /** Ends all links for good. What was sent before goes out first. No event comes after it. */
  close(): void;
}

/** What the coordinator's client tells. Never called from inside a call to it. */
export interface CoordinatorEvents {
  state(state: 'connected' | 'disconnected'): void;
  /** All other members of the park, whose names it does not know. Some may be dead. */
  members(members: readonly Identity[]): void;
  joined(member: Identity): void;
  /**
   * The coordinator has just started, and knows these already: to link to, while others are on their way back to it.
   * `members` comes once all have had the time.
   */
  arrived(members: readonly Identity[]): void;
  /** This member's socket closed: a hint, not a fact. */
  gone(member: NodeId): void;
  /** Data from outside, not checked. */
  signal(from: NodeId, signal: unknown): void;
  /** Something the coordinator sent, or asked of us, could not be: bad message, id taken, park full. */
  refused(reason: string): void;
}

/** The group coordinator: introduces the members of a park and relays their signals. It may be away, and learns no names. */
export interface Coordinator {
  /** Registers, and registers again whenever the connection was lost. Called once. */
  start(self: Identity, events: CoordinatorEvents): void;
  /** False when it certainly did not go out. */
  signal(to: NodeId, signal: unknown): boolean;
  /** Asks for the member list, which comes as `members`. Does nothing while disconnected. */
  list(): void;
  /** Says goodbye and stops for good. No event comes after it. */
  close(): void;
}

/** What one connection tells. May be called from inside a call to it. */
export interface ConnectionEvents {
  /** An offer, an answer or a candidate for the other side. */
  signal(payload: unknown): void;
  /** At most once. */
  open(): void;
  /** The end, at most once, and not after `close`. See `LinkEvents.down` for `closedByPeer`. */
  closed(closedByPeer: boolean): void;
  /** Data from outside, parsed but not checked. Only while open. */
  received(data: unknown): void;
  /** A frame or a signal was refused; the connection goes on. */
  refused(reason: string): void;
}

/** One attempt at a link: it opens at most once, and once closed it stays so. */
export interface Connection {
  /** A payload from the other side's `signal`: data from outside, not checked. */
  signal(payload: unknown): void;
  /** Never blocks and never throws. */
  send(message: WireMessage): SendResult;
  /** What was sent before goes out first. No event comes after it. */
  close(): void;
}

/** Makes one connection. The initiator makes the offer. Calls nothing back before it has returned. */
export type ConnectionFactory = (
  self: NodeId,
  peer: NodeId,
  initiator: boolean,
  events: ConnectionEvents,
) => Connection;

/** Why no connection can use what is said to be a signal of its other half: data from outside. null when one may. */
export type PayloadCheck = (payload: unknown) => string | null;
