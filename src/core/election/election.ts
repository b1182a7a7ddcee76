import type { Identity, NodeId, Peer } from '../identity.ts';
import type { Message } from '../messages.ts';

/** What every election algorithm sees of its node. */
export interface ElectionView {
  /** This node's identity. */
  readonly self: Peer;
  /** The voters of the membership in force, this node included if it is one. */
  voters(): readonly Peer[];
  /** Known to be dead, or to hold another log (rule E14): not waited for. */
  isFailed(peer: NodeId): boolean;
  /** The members with a direct link to this node that are not known to be dead: a network need not be complete. */
  neighbours(): readonly NodeId[];
  /** This node leads, with or without a quorum. */
  leads(): boolean;
  /** This node leads, and hears a quorum. */
  leadsQuorum(): boolean;
  /** This node leads, or hears a leader that has a quorum. */
  knowsLeader(): boolean;
  /** This node is a voter, and a majority of the voters may be alive: others may wait for it to win. */
  mayWin(): boolean;
  /** This node has won and is gathering promises. */
  campaigns(): boolean;
  /** A greater candidate has this node's promise since a moment ago, and is not known to be dead: it should lead soon. */
  yields(): boolean;
  /** This node leads, and that one has acknowledged it in this term. */
  isFollowedBy(peer: NodeId): boolean;
}

/** What an election leads to. It only says who: the ballot makes it safe. */
export interface ElectionEvents {
  /** This node is the greatest that answered: it should ask for promises. */
  won(): void;
  /** The leader was asked whether it lives: it should tell everybody. */
  announce(): void;
  /** It has not answered in time (rule F1). */
  suspect(peer: NodeId, why: string): void;
}

/** The common type of the election algorithms. */
export interface Election {
  readonly running: boolean;
  /** Starts one, unless one is running. */
  start(): void;
  /** Messages that are not of this algorithm are ignored. */
  received(from: NodeId, message: Message): void;
  /** Timer `election`. */
  timedOut(): void;
  peerFailed(peer: NodeId): void;
  /** A leader with a quorum is heard: the election is over, unless it challenges that one (rule B7). */
  leaderHeard(leader: Identity): void;
  /** A new leader is known, or this node has promised itself to a candidate: the election is over. */
  stop(): void;
}
