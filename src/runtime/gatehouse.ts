import type { ElectionKind, MulticastKind, Token, TopologyKind } from '../core/entry.ts';
import type { TotalPosition } from '../core/multicast/multicast.ts';
import type { RoomOrder } from '../machines/chat-operations.ts';
import type {
  ChatMessage,
  ChatRecord,
  ChatRoom,
  GatehouseChat,
  RoomOptions,
} from './gatehouse-chat.ts';
import type { MarketCalls, MarketEntry } from './market/calls.ts';
import type { RefusedInput } from './refusals.ts';
import type { TraceEvent } from './trace.ts';
import type { Unconfirmed } from './unconfirmed.ts';

/**
 * The public contract of a tab, `window.gatehouse`: the command line of the node in the browser's console. The
 * page's own buttons use the same calls.
 */
export interface Gatehouse {
  /** Resolves when this node is a member and knows a leader with a quorum. */
  ready(): Promise<Status>;
  /** A plain snapshot, at any time. */
  status(): Status;
  /** Calls back after every change of the status. Returns the function that ends it. */
  subscribe(listener: (status: Status) => void): () => void;

  /** Lets a visitor in; no name: one is made. Resolves once the entry is committed. Rejects with `GatehouseError`. */
  enter(visitor?: string): Promise<Outcome>;
  leave(visitor: string): Promise<Outcome>;
  /** Refused as `full` when more visitors are inside than the new capacity. */
  setCapacity(capacity: number): Promise<Outcome>;
  /** Lets `visitors` new visitors in at once and tells how it went. `ms`: until the last answer. */
  stress(visitors: number): Promise<StressResult>;

  /** Holds the mutex by hand, until `release`, the end of the lease, or the failure of this node. */
  lock(): Promise<{ token: Token; leaseMs: number; release(): Promise<void> }>;

  /** Greets every neighbour and tells how long each took to greet back, ms; null when it did not within a second. */
  hello(): Promise<{ peer: string; ms: number | null }[]>;
  /**
   * Who keeps links to whom in a sparse topology while nobody is absent, as this node's log tells: pairs of ids. Empty in a
   * mesh, where everybody does, and while this node is down.
   */
  links(): [string, string][];
  /** Resolves when the election has ended and a leader is known. */
  startElection(): Promise<void>;
  /** The leader gives up its office, without a successor named: there is none until somebody starts an election. */
  removeLeader(): Promise<void>;
  /**
   * Leaves the network for good, gracefully: as soon as the others can go on without this gate. Rejects with `no-quorum`
   * after 5 s, definite: the gate stays.
   */
  terminate(): Promise<void>;
  /**
   * stop: links closed, memory lost; hang: links open, nothing answered.
   * @param forMs it comes back by itself after so long; without, when it is told to `recover`
   */
  crash(mode?: 'stop' | 'hang', forMs?: number): void;
  recover(): Promise<void>;
  /** Feigned failure: fail after a random time, stay failed for a random time, recover, again and again. */
  feign(options?: FeignOptions | false): void;
  /** A person's decision to go on without a quorum's missing voters. Starts a new generation. */
  proceedWithout(ids: string[]): Promise<void>;
  /** A person's decision between two generations that both hold visitors: keep the other, set ours aside. */
  adopt(generation: string): Promise<void>;
  /** The logs that were set aside here. */
  archives(): ArchiveView[];
  /** Gives this gate another name. */
  rename(name: string): Promise<void>;

  /** The trading post: sellers, buyers, and the leader as the trader. */
  readonly market: MarketCalls;

  /** The visitors' own tabs that are linked to this gate, and what each asked for last. */
  visitorTabs(): VisitorTab[];

  /** Puts faults on this node's messages; [] heals. */
  faults(rules: FaultRuleInput[]): void;
  /** Committed entries from index `from` to `to`, both included. */
  log(from?: number, to?: number): Promise<Entry[]>;
  trace(): TraceEvent[];

  /** The group chat. */
  readonly chat: GatehouseChat;

  /** Total-order multicast. */
  readonly multicast: MulticastCalls;
}

/** A visitor's own tab, as the gate that serves it sees it. */
export interface VisitorTab {
  /** What the visitor goes by in the park; null before it has asked for anything. */
  visitor: string | null;
  request: {
    wish: 'enter' | 'leave';
    /** `declined`: this gate could not decide, and the tab asks elsewhere. */
    result: 'open' | 'allowed' | 'refused' | 'declined';
  } | null;
}

/** Messages to all gates, delivered everywhere in one order. */
export interface MulticastCalls {
  /** Resolves when it is delivered here. Rejects with `GatehouseError`. */
  send(text: string): Promise<{ id: string }>;
  /** In delivery order, the last 10,000: what this gate delivered since it became a member of the group. */
  delivered(): DeliveredMessage[];
  /** How many messages are here and can't be delivered yet. */
  held(): number;
  /** The next message sent from here is spread so many ms late: what comes after it is held back at the others. */
  delayNext(ms: number): void;
  /** This gate's part in the group. */
  inspect(): MulticastState;
  /**
   * Asks every member of the park, this gate included, what it has delivered and what it holds back. Takes half a second
   * when somebody does not answer. In ascending order of identity.
   */
  peers(): Promise<MulticastPeer[]>;
  /** Sends so many messages from here, 1 to 200, one after the other, and tells what they cost. */
  measure(multicasts?: number): Promise<MulticastCost>;
}

export interface MulticastMessage {
  id: string;
  /** The id of the gate that sent it. */
  from: string;
  text: string;
}

export interface DeliveredMessage extends MulticastMessage {
  /** In which view it was delivered, and the how-manieth of the group it is: the same at all gates that deliver it. */
  position: TotalPosition;
}

export interface MulticastState {
  kind: MulticastKind;
  /** The number of the view that this gate is in; 0 while it is in none. */
  view: number;
  /** Ids of its members, in ascending order of identity. */
  members: string[];
  /** Who numbers the messages; null without a view, and with Lamport's algorithm, which has none. */
  sequencer: string | null;
  /** Messages sent from here that are not delivered here yet. */
  pending: number;
  /** Here and not delivered yet, in the order as far as it is known here. */
  held: MulticastMessage[];
  /** Delivered here since it became a member of the group. */
  delivered: number;
  /** Messages that this gate has sent for the order since it started, by type. */
  messages: Record<string, number>;
  /** Of the messages sent from here that were delivered: how long each took, ms. */
  latencies: number[];
}

/** A member of the park, as it told of itself just now. */
export interface MulticastPeer {
  id: string;
  /** null when it did not answer. */
  told: {
    /** The number of the view that it is in; 0 while it is in none. */
    view: number;
    /** Sent by it, and not delivered there yet. */
    pending: number;
    /** Messages that it has sent for the order since it started. */
    sent: number;
    /** How many it has delivered since it became a member of the group, and the last 32 of them, in delivery order. */
    delivered: number;
    recent: MulticastMessage[];
    /** How many it holds back, and the first 32 of them. The texts of both lists end after 80 characters. */
    heldBack: number;
    held: MulticastMessage[];
  } | null;
}

/** What multicasts cost, as it was counted in the park. */
export interface MulticastCost {
  kind: MulticastKind;
  /** How many gates were in the view. */
  members: number;
  /** Delivered meanwhile, those of other gates included. */
  multicasts: number;
  /** Messages that all gates sent for them. */
  messages: number;
  /** Messages for one multicast from here, in theory. */
  theory: number;
  /** How long each one from here took, ms. */
  latencies: number[];
}

export type Role =
  'joining' | 'learner' | 'follower' | 'candidate' | 'leader' | 'crashed' | 'terminated';

export interface Status {
  id: string;
  name: string;
  priority: number;
  park: string;
  role: Role;
  /** Terms compare as strings in the order in which they were held; '' before the first. */
  term: string;
  leader: string | null;
  /** A leader is known and it hears a quorum: admissions are open. */
  quorum: boolean;
  commitIndex: number;
  lastIndex: number;
  capacity: number;
  occupancy: number;
  visitors: string[];
  /** Without a quorum: what this node's disk holds beyond what is known to be committed, if that changes anything. */
  unconfirmed: Unconfirmed | null;
  /** Operations of this node whose outcome is not known yet. */
  pending: number;
  /** They have waited for a while although there is a leader with a quorum: somebody may hold the mutex. */
  stalled: boolean;
  /** Who holds the mutex by hand, as far as this node knows: the leader does, and the holder itself. */
  mutex: string | null;
  signaling: 'connected' | 'disconnected';
  peers: PeerStatus[];

  /** Id of the park's generation; '' before this node belongs to one. */
  generation: string;
  election: ElectionKind;
  topology: TopologyKind;
  multicast: MulticastKind;
  /** True after `removeLeader`, until the next election. */
  vacant: boolean;
  /** The voters, this node included, that are needed for a quorum and can't be heard, when there is no quorum. */
  missing: { id: string; name: string }[];
  /** Members in the log, this node included, and how many of them are in reach and in step. */
  members: number;
  inStep: number;
  /**
   * Another generation of this park is in reach and both hold visitors, or this gate has none any more and was in that
   * one before: a person must choose (see `adopt`). Where it can't adopt that one, it can leave (`terminate`), and be
   * somebody new when its page is opened again.
   */
  conflict: { generation: string; peer: string; name: string; canAdopt: boolean } | null;
  /** Why this node stopped by itself, e.g. its storage was cleared; null otherwise. */
  trouble: { code: 'storage-failed' | 'storage-lost' | 'internal'; message: string } | null;
  /** Input that was refused at a boundary of this tab, since it was opened: the most frequent reason first. */
  refused: RefusedInput[];
  /** Fault rules that are in force here. */
  faults: FaultRuleInput[];
  /** Feigned failure is on. */
  feigning: boolean;
}

export interface PeerStatus {
  id: string;
  /** '' for one that the signaling server lists and that was not met yet: the server knows no names. */
  name: string;
  priority: number;
  voter: boolean;
  suspected: boolean;
  link: 'open' | 'relayed' | 'connecting' | 'closed';
}

/** What the park decided about an operation. */
export interface Outcome {
  visitor?: string;
  allowed: boolean;
  reason?: 'full' | 'already-inside' | 'not-inside';
  /** The id of the operation. */
  operation: string;
  /** Its entry in the log. */
  index: number;
}

/** A committed entry, as people read it. */
export interface Entry {
  index: number;
  term: string;
  operation?: string;
  /** The id of the node where it was asked for. */
  node?: string;
  /** Of an operation: the fencing token that it ran under. Along the log tokens never fall (rule S5). */
  token?: Token;
  kind:
    | 'founding'
    | 'opening'
    | 'generation'
    | 'membership'
    | 'view'
    | 'enter'
    | 'leave'
    | 'capacity'
    | (string & {});
  visitor?: string;
  /** The visitor asked by a tab of its own, which this node served. */
  ownTab?: true;
  allowed?: boolean;
  reason?: string;
  /** Kind `capacity` and `founding`. */
  capacity?: number;
  /** Kind `membership`: what happened to whom. Kind `view`: who is in it. */
  change?: string;
  subject?: string;
  /** Kinds `deposit`, `buy` and `commission`: what was asked of the market, and what became of it. */
  market?: MarketEntry;
  /** The leader's wall clock, ms since 1970. */
  at: number;
}

export interface StressResult {
  allowed: number;
  refused: number;
  failed: number;
  ms: number;
}

export interface FeignOptions {
  /** Default [0, 10000]. */
  failAfterMs?: [number, number];
  /** Default [1000, 4000]. */
  failForMs?: [number, number];
}

export interface FaultRuleInput {
  to?: string[];
  drop?: number;
  delayMs?: [number, number];
  cut?: boolean;
}

/** A log that this gate set aside for another generation of the park. */
export interface ArchiveView {
  generation: string;
  /** When it was set aside, ms since 1970. */
  at: number;
  /** It was compared with the park's log. */
  compared: boolean;
  /**
   * Operations in it that the park's log does not hold; before the comparison all of them. Index 0: asked for here, and
   * not in that log as far as this gate knew.
   */
  unknown: Entry[];
}

export type ErrorCode = 'no-quorum' | 'timeout' | 'crashed' | 'terminated' | 'invalid' | 'storage';

/** How a call of the console fails. */
export class GatehouseError extends Error {
  override readonly name = 'GatehouseError';
  readonly code: ErrorCode;
  /** True when the operation did not and will not happen; false when it may have (the outbox is finding out). */
  readonly definite: boolean;

  constructor(code: ErrorCode, definite: boolean, message: string) {
    super(message);
    this.code = code;
    this.definite = definite;
  }
}

export type { ChatMessage, ChatRecord, ChatRoom, GatehouseChat, RoomOptions, RoomOrder };
export type * from './visitor/calls.ts';
export type * from './market/calls.ts';
export { AUTO_DEFAULTS } from './market/constants.ts';
export type { RefusedInput, Token, TraceEvent, Unconfirmed };
