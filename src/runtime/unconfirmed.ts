import { operationKey } from '../core/entry.ts';
import type { Replica } from '../core/replica.ts';
import { Park } from '../machines/park.ts';

/** What a gate's disk holds beyond what it knows to be committed: it may count, all of it or the first part. */
export interface Unconfirmed {
  /** How many are inside at least, and at most, wherever what counts ends. */
  least: number;
  most: number;
  /** How many are inside if everything counts, and the capacity then. */
  occupancy: number;
  capacity: number;
  /** Who may be inside or not. */
  visitors: string[];
}

/**
 * A gate that starts again knows its commit index as of the last mark on its disk, and the entries after it were
 * perhaps answered as done (rule S6): a count without them would deny people who were let in. Null when they change
 * nothing.
 */
export function unconfirmedOf(
  { log, commitIndex, sessions }: Pick<Replica, 'log' | 'commitIndex' | 'sessions'>,
  park: Park,
): Unconfirmed | null {
  if (log.lastIndex === commitIndex) return null;
  const before = park.visitors;
  const after = new Park();
  after.restore(park.snapshot());
  let [least, most] = [before.size, before.size];
  const seen = new Set<string>();
  for (const entry of log.slice(commitIndex + 1, Infinity)) {
    if (entry.command.kind === 'operation') {
      const { id } = entry.command.operation;
      // Asked again, it is in the log twice and counts once (rule S7).
      if (seen.has(operationKey(id)) || sessions.lookup(id).state !== 'new') continue;
      seen.add(operationKey(id));
    }
    after.apply(entry);
    least = Math.min(least, after.visitors.size);
    most = Math.max(most, after.visitors.size);
  }
  const { capacity, visitors } = after;
  if (least === most && capacity === park.capacity) return null;
  const unsure = [
    ...[...before].filter((name) => !visitors.has(name)),
    ...[...visitors].filter((name) => !before.has(name)),
  ];
  return { least, most, occupancy: visitors.size, capacity, visitors: unsure };
}
