import type { Identity, NodeId } from '../core/identity.ts';
import type { Refusal } from '../core/refusal.ts';

/** Whether and how a peer can be reached. `relayed`: no link of our own, but a path over others. */
export type LinkState = 'connecting' | 'open' | 'relayed' | 'closed';

/** A fault put on messages from this node, for teaching and tests. The last rule that fits a peer counts. */
export interface FaultRule {
  /** The peers it is for; absent: all. */
  readonly to?: readonly NodeId[];
  /** Probability of losing a message, 0 to 1. */
  readonly drop?: number;
  /** Delays each message by a random time between the two, ms. Order per peer is kept. */
  readonly delayMs?: readonly [number, number];
  /** Nothing passes in either direction: what arrives from these peers is thrown away too, relayed or not. */
  readonly cut?: boolean;
}

/**
 * Why a message was lost here. `fault`: a drop rule. `cut`: a cut rule, on its way out. `cut-incoming`: it arrived
 * from a peer that is cut. `unreachable`: no way to the peer. `too-large`: more than a link carries.
 */
export type DropReason = 'fault' | 'cut' | 'cut-incoming' | 'unreachable' | 'too-large';

/** What the transport tells its owner. Never called from inside a call to the transport. */
export interface TransportEvents {
  /** A message arrived: JSON data from outside, not yet checked. `from` is the node that the frames name as source. */
  message(from: NodeId, data: unknown): void;
  /**
   * The way to a peer changed. `closedByPeer` is true when the other side closed the link on purpose or its page
   * went away (a fact), false when we gave it up or never had it.
   */
  link(peer: NodeId, state: LinkState, closedByPeer: boolean): void;
  /** The coordinator's list of the other members of the park, without names. Some may be dead. */
  members(members: readonly Identity[]): void;
  /** The coordinator saw this peer's socket close: a hint, not a fact. */
  hint(peer: NodeId): void;
  coordinator(state: 'connected' | 'disconnected'): void;
  /** A frame or signal was refused at the transport's own boundary. */
  refused(refusal: Refusal): void;
  /** A message to this peer, or from it for `cut-incoming`, was lost here: for the trace. */
  dropped?(peer: NodeId, message: unknown, why: DropReason): void;
}

/**
 * The transport port: messages between nodes, best effort. A message arrives at most once per send, whole, in
 * order per peer while one link lasts; it may be lost. `send` never blocks and never throws.
 */
export interface Transport {
  /** Registers with the coordinator and starts to link. Called once. */
  start(self: Identity, events: TransportEvents): void;
  /** `message` is JSON data. To a peer that can't be reached it is dropped. */
  send(to: NodeId, message: unknown): void;
  /** Link to these peers too, and keep links to them. */
  meet(peers: readonly Identity[]): void;
  /**
   * Keep links to these peers and to no others. A link that the other end does without too is closed, which is no
   * failure: `closedByPeer` is false at both. Nothing is relayed over those to `avoid` and to them: they are silent.
   */
  keepLinks(keep: readonly NodeId[], avoid: readonly NodeId[]): void;
  /** Asks the coordinator for the newest member list; an answer comes as `members`. */
  requestMembers(): void;
  /** Replaces all fault rules; [] heals. */
  setFaults(rules: readonly FaultRule[]): void;
  /** Says goodbye to the coordinator, closes all links so that the peers notice at once, and stops for good. */
  close(): void;
}
