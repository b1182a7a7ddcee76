import { NO_TERM } from '../core/term.ts';
import type { Position } from '../core/entry.ts';
import type { Archive, Stored, StorageWrite } from '../core/stored.ts';

/** What of a log is stored. Always `start <= snapshot + 1` and `end.index >= snapshot`: no gap anywhere. */
export interface LogExtent {
  /** The index of the first entry that is held, or would be if there were one. */
  readonly start: number;
  /** Where log and snapshot end together. An empty log has `end.index === start - 1`. */
  readonly end: Position;
  /** The index of the snapshot, 0 without one. */
  readonly snapshot: number;
}

export const EMPTY_EXTENT: LogExtent = {
  start: 1,
  end: { index: 0, term: NO_TERM },
  snapshot: 0,
};

/** The extent of what was loaded. */
export function extentOf(stored: Stored | null): LogExtent {
  if (stored === null) return EMPTY_EXTENT;
  const { snapshot, entries } = stored;
  const last = entries.at(-1);
  const at = snapshot?.at ?? EMPTY_EXTENT.end;
  return {
    start: entries[0]?.index ?? at.index + 1,
    end: last === undefined ? at : { index: last.index, term: last.term },
    snapshot: at.index,
  };
}

/** Throws when the first write to a new store does not begin with `meta`: a store without one is corrupt. */
export function assertFounding(writes: readonly StorageWrite[]): void {
  if (writes[0]?.type !== 'meta') throw new RangeError('the first write begins with meta');
}

/** The order in which archives are loaded: oldest first. */
export function compareArchives(a: Archive, b: Archive): number {
  if (a.at !== b.at) return a.at - b.at;
  return a.generation < b.generation ? -1 : 1;
}

/**
 * The extent after a write. Throws a RangeError for a write that would tear a gap into the log: that is a bug of
 * the caller, and stopping is better than storing a log that the next start finds corrupt.
 */
export function extentAfter(extent: LogExtent, write: StorageWrite): LogExtent {
  switch (write.type) {
    case 'append':
      return afterAppend(extent, write);
    case 'snapshot':
      return afterSnapshot(extent, write);
    case 'archive':
      return EMPTY_EXTENT;
    case 'meta':
    case 'outbox-put':
    case 'outbox-delete':
    case 'archive-put':
      return extent;
  }
}

/** The extent after a list of writes. Throws like `extentAfter`. */
export function extentAfterAll(extent: LogExtent, writes: readonly StorageWrite[]): LogExtent {
  return writes.reduce(extentAfter, extent);
}

function afterAppend(
  extent: LogExtent,
  { entries }: Extract<StorageWrite, { type: 'append' }>,
): LogExtent {
  const first = entries[0];
  const last = entries.at(-1);
  if (first === undefined || last === undefined) throw new RangeError('an append without entries');
  entries.forEach((entry, offset) => {
    if (entry.index === first.index + offset) return;
    throw new RangeError(`an append from ${first.index} has entry ${entry.index} out of order`);
  });
  if (first.index < extent.start || first.index > extent.end.index + 1) {
    throw new RangeError(
      `an append at ${first.index} does not join the log ${extent.start} to ${extent.end.index}`,
    );
  }
  if (last.index < extent.snapshot) {
    throw new RangeError(
      `an append that ends at ${last.index}, before snapshot ${extent.snapshot}`,
    );
  }
  return { ...extent, end: { index: last.index, term: last.term } };
}

function afterSnapshot(
  extent: LogExtent,
  write: Extract<StorageWrite, { type: 'snapshot' }>,
): LogExtent {
  const { at } = write.snapshot;
  if (write.reset) return { start: at.index + 1, end: at, snapshot: at.index };
  const { dropThrough } = write;
  if (dropThrough > at.index) {
    throw new RangeError(`a snapshot at ${at.index} drops entries through ${dropThrough}`);
  }
  if (dropThrough >= extent.end.index) {
    return { start: at.index + 1, end: at, snapshot: at.index };
  }
  const start = Math.max(extent.start, dropThrough + 1);
  if (at.index > extent.end.index || at.index < start - 1) {
    throw new RangeError(
      `a snapshot at ${at.index} does not join the log ${start} to ${extent.end.index}`,
    );
  }
  return { start, end: extent.end, snapshot: at.index };
}
