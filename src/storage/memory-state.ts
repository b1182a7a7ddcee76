/** What a memory disk holds, and what a write makes of it. */
import { EMPTY_EXTENT, compareArchives, extentAfter, type LogExtent } from './extent.ts';
import type { LogEntry, Operation, Position } from '../core/entry.ts';
import type { Archive, Meta, Snapshot, Stored, StorageWrite } from '../core/stored.ts';
import type { Term } from '../core/term.ts';

/** What is on the disk at one moment. Immutable, so that going back by one write costs nothing. */
export interface DiskState {
  /** 0 while there is none. */
  readonly sentinel: number;
  /** Counts the writes, so that a second handle on one disk is noticed. */
  readonly revision: number;
  /** Where the log ends, as the sentinel has it. */
  readonly tip: Position;
  readonly meta: Meta | null;
  readonly snapshot: Snapshot | null;
  readonly extent: LogExtent;
  readonly log: SharedLog;
  readonly outbox: ReadonlyMap<number, Operation>;
  readonly archives: ReadonlyMap<string, Archive>;
}

/**
 * Entries from `base` on. Only ever pushed to, so states that share it stay valid: each looks no further than its
 * own extent. A state that can't push (another went on from the same point) makes a copy.
 */
interface SharedLog {
  readonly base: number;
  readonly entries: LogEntry[];
}

export function emptyState(): DiskState {
  return {
    sentinel: 0,
    revision: 0,
    tip: EMPTY_EXTENT.end,
    meta: null,
    snapshot: null,
    extent: EMPTY_EXTENT,
    log: { base: 1, entries: [] },
    outbox: new Map(),
    archives: new Map(),
  };
}

/** What is durable at one moment, for checkers: asked later it still says the same. */
export interface Held {
  /** Where the log ends. */
  readonly end: number;
  /** '' without one. */
  readonly promised: Term;
  /** Of the entry there; undefined where the disk does not hold it, or a snapshot has taken its place. */
  termAt(index: number): Term | undefined;
  /** Sequence numbers below are never given out again, whatever happens to the node. */
  readonly reservedBelow: number;
  /** An archive stands for this generation, or for one that grew out of it. */
  hasSetAside(generation: string): boolean;
}

export function heldBy(state: DiskState): Held {
  const { extent, log, snapshot, meta, archives } = state;
  return {
    end: extent.end.index,
    promised: meta?.promised ?? '',
    termAt: (index) => {
      if (index === snapshot?.at.index) return snapshot.at.term;
      const isHeld = index >= extent.start && index <= extent.end.index;
      return isHeld ? log.entries[index - log.base]?.term : undefined;
    },
    reservedBelow: meta?.nextSequence ?? 0,
    hasSetAside: (wanted) =>
      [...archives.values()].some(
        ({ generation, ancestors }) => generation === wanted || ancestors.includes(wanted),
      ),
  };
}

/** Nothing was ever written. */
export const NOTHING_HELD: Held = heldBy(emptyState());

export function toStored(state: DiskState): Stored | null {
  if (state.meta === null) return null;
  const { log, extent } = state;
  return {
    meta: state.meta,
    snapshot: state.snapshot,
    entries: log.entries.slice(extent.start - log.base, extent.end.index + 1 - log.base),
    outbox: [...state.outbox.values()].sort((a, b) => a.id.sequence - b.id.sequence),
    archives: [...state.archives.values()].sort(compareArchives),
  };
}

/** A state that is being made. */
type Draft = { -readonly [K in keyof DiskState]: DiskState[K] };

/** The state after all of them: one copy for a transaction, not one for each write in it. */
export function after(state: DiskState, writes: readonly StorageWrite[]): Draft {
  const draft = { ...state };
  for (const write of writes) applyWrite(draft, write);
  return draft;
}

function applyWrite(draft: Draft, write: StorageWrite): void {
  const extent = extentAfter(draft.extent, write);
  switch (write.type) {
    case 'meta':
      draft.meta = write.meta;
      break;
    case 'append':
      draft.log = appended(draft, write.entries);
      break;
    case 'snapshot':
      draft.log = dropped(draft.log, extent);
      draft.snapshot = write.snapshot;
      break;
    case 'outbox-put':
    case 'outbox-delete':
      draft.outbox = outboxAfter(draft.outbox, write);
      break;
    case 'archive': {
      const { snapshot, log, outbox } = emptyState();
      const archives = archivesWith(draft.archives, write.archive);
      Object.assign(draft, { snapshot, log, outbox, archives });
      break;
    }
    case 'archive-put':
      draft.archives = archivesWith(draft.archives, write.archive);
      break;
  }
  draft.extent = extent;
}

function archivesWith(
  archives: ReadonlyMap<string, Archive>,
  archive: Archive,
): ReadonlyMap<string, Archive> {
  return new Map(archives).set(archive.generation, archive);
}

function appended({ log, extent }: DiskState, entries: readonly LogEntry[]): SharedLog {
  const keep = (entries[0]?.index ?? extent.end.index + 1) - log.base;
  const target = keep === log.entries.length ? log.entries : log.entries.slice(0, keep);
  for (const entry of entries) target.push(entry);
  return { base: log.base, entries: target };
}

/** Entries before the extent are hidden at first and copied away once they are the greater part. */
function dropped(log: SharedLog, extent: LogExtent): SharedLog {
  const held = extent.end.index + 1 - extent.start;
  if (held === 0) return { base: extent.start, entries: [] };
  if (log.entries.length < 2 * held) return log;
  const from = extent.start - log.base;
  return { base: extent.start, entries: log.entries.slice(from, from + held) };
}

function outboxAfter(
  outbox: ReadonlyMap<number, Operation>,
  write: Extract<StorageWrite, { type: 'outbox-put' | 'outbox-delete' }>,
): ReadonlyMap<number, Operation> {
  const next = new Map(outbox);
  if (write.type === 'outbox-put') {
    for (const operation of write.operations) next.set(operation.id.sequence, operation);
  } else {
    for (const sequence of write.sequences) next.delete(sequence);
  }
  return next;
}
