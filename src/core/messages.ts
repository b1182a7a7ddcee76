import type { LogEntry, MulticastKind, Operation, Position, Token } from './entry.ts';
import type { Identity, Member, NodeId, Peer } from './identity.ts';
import type { Json } from './json.ts';
import type { Multicast, Placed } from './multicast/multicast.ts';
import type { Generation } from './stored.ts';
import type { Term } from './term.ts';

/**
 * Every message between nodes, declared once. PROTOCOL.md has the table: who sends it to whom, under which rule.
 * Capitals for the types, as in the coursework and papers that the protocol comes from.
 */
export type Message =
  // Meeting and joining
  | Hello
  | { readonly type: 'JOIN'; readonly peer: Peer }
  | { readonly type: 'LEAVE' }
  // Two generations
  | Adopt
  | { readonly type: 'ADOPT_REPLY'; readonly nonce: number; readonly ok: boolean }
  | { readonly type: 'GAVE_WAY' }
  // Failure detection
  | { readonly type: 'PROBE'; readonly nonce: number }
  | GotIt
  // Election: who
  | { readonly type: 'ELECT'; readonly members: readonly Peer[] }
  /** `hops`: how many nodes have passed it on. */
  | { readonly type: 'TOKEN'; readonly candidate: Peer; readonly hops: number }
  | { readonly type: 'ELECTION_STARTED'; readonly wave: Wave }
  /** The best candidate of a part of the tree; null when it has none. */
  | { readonly type: 'ELECTION_VOTE'; readonly wave: Wave; readonly best: Peer | null }
  | { readonly type: 'ELECTION_FINISHED'; readonly wave: Wave; readonly winner: Peer }
  | { readonly type: 'I_AM_LEADER'; readonly term: Term }
  /** `term`: of the leader that is to go; another one stays. */
  | { readonly type: 'RESIGN'; readonly term: Term }
  | { readonly type: 'LEADER_REMOVED'; readonly term: Term }
  // Ballot: who, safely
  | Prepare
  | PromiseMessage
  | Refuse
  | { readonly type: 'FETCH'; readonly term: Term; readonly after: Position }
  | Fetched
  // Replication
  | Append
  | Appended
  | SnapshotOffer
  | { readonly type: 'SNAPSHOT_FETCH'; readonly at: Position; readonly offset: number }
  | SnapshotChunk
  // Operations
  | { readonly type: 'SUBMIT'; readonly operations: readonly Operation[] }
  | { readonly type: 'RESULT'; readonly results: readonly OperationResult[] }
  | Declined
  // Mutex
  | { readonly type: 'LOCK'; readonly request: number; readonly ticket: Token | null }
  | { readonly type: 'QUEUED'; readonly request: number; readonly ticket: Token }
  | {
      readonly type: 'GRANT';
      readonly request: number;
      readonly token: Token;
      readonly leaseMs: number;
    }
  | { readonly type: 'RELEASE'; readonly request: number }
  // Multicast: views
  | { readonly type: 'GROUP_JOIN'; readonly order: MulticastKind; readonly incarnation: string }
  /** `view`: the number of the new one. */
  | {
      readonly type: 'FLUSH';
      readonly order: MulticastKind;
      readonly term: Term;
      readonly view: number;
    }
  | Flushed
  // Multicast: the order of a view, whose number each of them carries
  | {
      readonly type: 'ORDER';
      readonly view: number;
      readonly multicast: Multicast;
      /** To be spread so many ms after it got its number: on purpose, for a demonstration. */
      readonly lateMs: number;
    }
  | {
      readonly type: 'NUMBERED';
      readonly view: number;
      readonly number: number;
      /** As in DELIVER. */
      readonly upTo: number;
      readonly multicast: Multicast;
    }
  /** The sender holds all up to this number; `asks`: it waits for more. */
  | {
      readonly type: 'HELD';
      readonly view: number;
      readonly upTo: number;
      readonly asks: boolean;
    }
  /** All hold all up to this number. */
  | { readonly type: 'DELIVER'; readonly view: number; readonly upTo: number }
  | {
      readonly type: 'STAMPED';
      readonly view: number;
      /** The Lamport clock of its sender. */
      readonly time: number;
      readonly multicast: Multicast;
    }
  | Acknowledged
  // Multicast: a person looks at it
  | { readonly type: 'INSPECT'; readonly order: MulticastKind; readonly nonce: number }
  | Inspected;

/** First on every new link, and whenever somebody looks for a leader: who I am and what log I hold. */
export interface Hello {
  readonly type: 'HELLO';
  readonly peer: Peer;
  /** Oldest generation first; empty at a node that belongs to none yet. */
  readonly generations: readonly Generation[];
  readonly last: Position;
  /** The log holds operations, not only its founding. */
  readonly holdsOperations: boolean;
  /** The entry that began the newest generation is committed, as far as the sender knows: nothing takes it back. */
  readonly settled: boolean;
  /** The leader that the sender follows and that has a quorum, itself included. */
  readonly leader: NodeId | null;
  /** The receiver is a member in the sender's log. */
  readonly knowsYou: boolean;
  /** It is a voter there. */
  readonly countsOnYou: boolean;
  /** The sender asks for a HELLO back. */
  readonly wantsReply: boolean;
}

/** A person chose the receiver's generation: does it stay with it? */
export interface Adopt {
  readonly type: 'ADOPT';
  readonly generation: string;
  /** The sender's own, which it would set aside. */
  readonly instead: string;
  readonly nonce: number;
}

/** Answer to PROBE and to ELECT. */
export interface GotIt {
  readonly type: 'GOT_IT';
  readonly to: 'PROBE' | 'ELECT';
  /** The nonce of the PROBE; 0 for an ELECT. */
  readonly nonce: number;
  /** The term in which the sender leads, or null. */
  readonly leads: Term | null;
}

/** One election of the wireless algorithm, named by who started it. */
export interface Wave {
  readonly source: Identity;
  /** Greater in every later wave of this source. */
  readonly number: number;
}

/** The winner of an election asks for a promise. */
export interface Prepare {
  readonly type: 'PREPARE';
  readonly term: Term;
  readonly peer: Peer;
  /** The end of the candidate's log. */
  readonly last: Position;
  /** The last entry that the candidate knows to be committed: in every log that it may have to adopt. */
  readonly committed: Position;
  /** A person's decision to go on without these voters; null in every ordinary ballot. */
  readonly without: readonly NodeId[] | null;
}

/** A voter's promise: no older term gets anything from it any more. Sent only once it is durable. */
export interface PromiseMessage {
  readonly type: 'PROMISE';
  readonly term: Term;
  readonly last: Position;
  /** The membership at the end of the voter's log. */
  readonly members: readonly Member[];
  /** What the voter's log has beyond the candidate's, as far as it fits; see FETCH. */
  readonly tail: readonly LogEntry[];
}

export interface Refuse {
  readonly type: 'REFUSE';
  /** The term that was refused. */
  readonly term: Term;
  /** The greatest term that the sender has promised or follows. */
  readonly promised: Term;
  /** `promised`: a greater term has the promise. `live-leader`: the sender hears a leader. */
  readonly reason: 'promised' | 'live-leader';
  readonly leader: NodeId | null;
}

/** Entries after `after`, to a candidate that adopts this log. */
export interface Fetched {
  readonly type: 'FETCHED';
  readonly term: Term;
  readonly after: Position;
  readonly entries: readonly LogEntry[];
}

export interface Append {
  readonly type: 'APPEND';
  readonly term: Term;
  /** The entry before `entries`. */
  readonly previous: Position;
  readonly entries: readonly LogEntry[];
  /** The leader's commit index. */
  readonly commit: number;
  /** Counts heartbeats; 0 when this is none, and then an empty one needs no answer. */
  readonly beat: number;
  /** The leader hears a quorum: admissions are open. */
  readonly quorum: boolean;
}

/** What a follower has made durable. */
export interface Appended {
  readonly type: 'APPENDED';
  readonly term: Term;
  /** `previous` fitted. */
  readonly ok: boolean;
  /** ok: durable and equal to the leader's up to here. Otherwise: try again after this position. */
  readonly match: Position;
  readonly beat: number;
}

/** The leader no longer has the entries that a follower lacks: it should fetch the snapshot. */
export interface SnapshotOffer {
  readonly type: 'SNAPSHOT_OFFER';
  readonly term: Term;
  readonly at: Position;
  /** UTF-16 units of the encoded snapshot. */
  readonly size: number;
}

export interface SnapshotChunk {
  readonly type: 'SNAPSHOT_CHUNK';
  readonly at: Position;
  readonly offset: number;
  readonly size: number;
  readonly data: string;
}

export interface OperationResult {
  readonly sequence: number;
  /** Its entry in the log; 0 when the outcome is forgotten (rule O2). */
  readonly index: number;
  readonly outcome: Json;
}

/** Definite: these operations were not appended by this answer's sender. */
export interface Declined {
  readonly type: 'DECLINED';
  readonly sequences: readonly number[];
  /** The first two may be tried again, the others never will be accepted. */
  readonly reason: 'not-leader' | 'paused' | 'old-token' | 'invalid';
  readonly detail: string;
}

/** What a member of the old view has of it. */
export interface Flushed {
  readonly type: 'FLUSHED';
  readonly order: MulticastKind;
  readonly term: Term;
  /** The number of the new view. */
  readonly view: number;
  /** The sender's present one. */
  readonly incarnation: string;
  /** The number of the view that the sender is in; 0 for none. */
  readonly installed: number;
  /** By the place in that view: how many messages of each member it has delivered, those of earlier views included. */
  readonly delivered: readonly number[];
  /** What it holds and has not delivered. */
  readonly held: readonly Placed[];
}

export interface Acknowledged {
  readonly type: 'ACKNOWLEDGED';
  readonly view: number;
  /** By the place in the view: how many messages of each member the sender has, of its own: how many it has sent. */
  readonly has: readonly number[];
  /** `asks`: the sender waits for something; it is answered, and gets what it lacks. */
  readonly purpose: 'news' | 'asks' | 'answers';
}

/** What a node has delivered and holds back, as far as a person is shown it. */
export interface Inspected {
  readonly type: 'INSPECTED';
  /** That of the INSPECT. */
  readonly nonce: number;
  /** The number of the view that the sender is in; 0 for none. */
  readonly view: number;
  /** Its own messages that it has not delivered. */
  readonly pending: number;
  /** Messages that it has sent for the order since it started: what multicasts cost. */
  readonly sent: number;
  /** How many it has delivered in its present incarnation. */
  readonly delivered: number;
  /** The last of them, in the order of delivery; long texts are cut. */
  readonly recent: readonly Multicast[];
  /** How many it holds and can't deliver yet. */
  readonly heldBack: number;
  /** The first of them, in the order as far as it knows it. */
  readonly held: readonly Multicast[];
}

export type MessageType = Message['type'];

/** A message with the generation of the log that it speaks of; '' from a node that belongs to none. */
export interface Envelope {
  readonly generation: string;
  readonly message: Message;
}
