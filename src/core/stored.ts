import type { LogEntry, Operation, ParkSettings, Position } from './entry.ts';
import type { Member, NodeId } from './identity.ts';
import type { Json } from './json.ts';
import type { Views } from './multicast/multicast.ts';
import type { Term } from './term.ts';

/** What a node must not forget besides its log. */
export interface Meta {
  readonly id: NodeId;
  /** No ballot of a smaller term gets this node's promise or acknowledgement any more. */
  readonly promised: Term;
  /** No operation of this node has used this sequence number or a greater one (rule O1). */
  readonly nextSequence: number;
  /** Entries up to here are known to be committed. May lag behind: only so that a restart shows a state at once. */
  readonly committed: number;
}

/** The state after applying everything up to `at`, in place of the entries before it. */
export interface Snapshot {
  readonly at: Position;
  readonly settings: ParkSettings;
  readonly members: readonly Member[];
  /** The generations of the log up to here, oldest first, each with the position of the entry that began it. */
  readonly generations: readonly Generation[];
  /** The exactly-once records, see sessions.ts. */
  readonly sessions: Json;
  readonly machine: Json;
  /** The views of the multicast groups; absent when there were none yet. */
  readonly views?: Views;
}

/** A generation of a park's log and the position of its founding or generation entry. */
export interface Generation {
  readonly id: string;
  readonly at: Position;
}

/** A log set aside when its node gave way to another generation: kept for people, never merged. */
export interface Archive {
  readonly generation: string;
  /** The generations that its log had grown out of: what was acknowledged in those is set aside with it (S9). */
  readonly ancestors: readonly string[];
  /** Wall clock, ms since 1970. */
  readonly at: number;
  readonly snapshot: Snapshot | null;
  readonly entries: readonly LogEntry[];
  readonly outbox: readonly Operation[];
  /** Compared with the park's log: only operations that it does not hold are left here. */
  readonly checked: boolean;
}

/** What storage gives back at start. `entries` follow the snapshot without a gap. */
export interface Stored {
  readonly meta: Meta;
  readonly snapshot: Snapshot | null;
  readonly entries: readonly LogEntry[];
  readonly outbox: readonly Operation[];
  readonly archives: readonly Archive[];
}

/** One change to storage. The writes of a list are done in order and all or none. */
export type StorageWrite =
  | { readonly type: 'meta'; readonly meta: Meta }
  /** Entries without a gap; what storage holds at `entries[0].index` and beyond is removed first. Never empty. */
  | { readonly type: 'append'; readonly entries: readonly LogEntry[] }
  /**
   * Sets the snapshot. Entries up to `dropThrough` are removed; with `reset` all entries are, those after it too
   * (a snapshot from the leader took the place of this log).
   */
  | {
      readonly type: 'snapshot';
      readonly snapshot: Snapshot;
      readonly dropThrough: number;
      readonly reset: boolean;
    }
  | { readonly type: 'outbox-put'; readonly operations: readonly Operation[] }
  | { readonly type: 'outbox-delete'; readonly sequences: readonly number[] }
  /** Stores the archive and empties log, snapshot and outbox. */
  | { readonly type: 'archive'; readonly archive: Archive }
  /** Replaces the archive of the same generation and touches nothing else. */
  | { readonly type: 'archive-put'; readonly archive: Archive };
