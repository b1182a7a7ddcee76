import type { Member, NodeId } from './identity.ts';
import type { Json } from './json.ts';
import type { Multicast, View } from './multicast/multicast.ts';
import type { Term } from './term.ts';

/** Where a log ends, or an entry in it: compared by (term, index), as the ballot does. Index 0 is before the first. */
export interface Position {
  readonly index: number;
  readonly term: Term;
}

/** Fencing token of the mutex: grows with every grant, across leaders too (rule S5). */
export interface Token {
  readonly term: Term;
  readonly number: number;
}

export const ELECTIONS = ['bully', 'ring', 'wireless'] as const;
export const TOPOLOGIES = ['mesh', 'sample', 'ring', 'grid', 'random'] as const;
export const MULTICASTS = ['sequencer', 'lamport'] as const;
export type ElectionKind = (typeof ELECTIONS)[number];
export type TopologyKind = (typeof TOPOLOGIES)[number];
export type MulticastKind = (typeof MULTICASTS)[number];

/** The greatest capacity, by whatever way it is set. */
export const MAX_CAPACITY = 1_000_000_000;

/** What the founder of a park decides for all who join it. */
export interface ParkSettings {
  readonly capacity: number;
  readonly election: ElectionKind;
  readonly topology: TopologyKind;
  readonly multicast: MulticastKind;
}

/** The identity of an operation: its node, and a sequence number that this node never uses twice. */
export interface OperationId {
  readonly node: NodeId;
  readonly sequence: number;
}

/** An operation as it stands in its node's outbox and travels to the leader. */
export interface Operation {
  readonly id: OperationId;
  /** Every operation of this node with a smaller sequence number has a known outcome: the dedup may forget it. */
  readonly settledBelow: number;
  /** The mutex that its node held by hand when it was asked: it happens under this token or never (rule X2). */
  readonly under: Token | null;
  /** What the state machine is to do; only the machine knows its shape. */
  readonly body: Json;
}

export type MembershipChange = 'join' | 'promote' | 'demote' | 'leave' | 'evict';

/** What an entry of the log says. */
export type EntryCommand =
  /** Entry 1 of every log: the park's generation, what its founder decided, and the first voter. */
  | {
      readonly kind: 'founding';
      readonly generation: string;
      readonly settings: ParkSettings;
      readonly members: readonly Member[];
    }
  /** The first entry of a leader's term: committing it commits everything before it. */
  | { readonly kind: 'opening' }
  /** In force once appended; `members` is the whole membership after the change. */
  | {
      readonly kind: 'membership';
      readonly change: MembershipChange;
      readonly subject: NodeId;
      readonly members: readonly Member[];
    }
  /** A person went on without missing voters: from here on the log is of a new generation. */
  | {
      readonly kind: 'generation';
      readonly generation: string;
      readonly without: readonly NodeId[];
      readonly members: readonly Member[];
    }
  /** A new view of a multicast group (rules T4 and T7). */
  | {
      readonly kind: 'view';
      /** Whose: the members multicast in this order. */
      readonly order: MulticastKind;
      readonly view: View;
      /** So many messages of the view before were delivered somewhere, and are not in the cut. */
      readonly base: number;
      /** The last messages of the view before, in their order. */
      readonly cut: readonly Multicast[];
    }
  /** One operation, run under the mutex with this token. */
  | { readonly kind: 'operation'; readonly operation: Operation; readonly token: Token };

/** Such an entry begins a generation: the log is of it from there on (rule G1). */
export function beginsGeneration(
  command: EntryCommand,
): command is Extract<EntryCommand, { kind: 'founding' | 'generation' }> {
  return command.kind === 'founding' || command.kind === 'generation';
}

export interface LogEntry {
  /** 1 for the founding entry, then without a gap. */
  readonly index: number;
  readonly term: Term;
  /** The leader's wall clock when it appended the entry, ms since 1970. For people, never for decisions. */
  readonly at: number;
  readonly command: EntryCommand;
}

/** The string form of an operation's id, as the console shows it. */
export function operationKey(id: OperationId): string {
  return `${id.node}.${id.sequence}`;
}

/** Negative when `a` is less up to date than `b` (the order in which the ballot prefers logs). */
export function comparePosition(a: Position, b: Position): number {
  if (a.term !== b.term) return a.term < b.term ? -1 : 1;
  return a.index - b.index;
}

/** Negative when token `a` was granted before token `b`. */
export function compareToken(a: Token, b: Token): number {
  if (a.term !== b.term) return a.term < b.term ? -1 : 1;
  return a.number - b.number;
}
