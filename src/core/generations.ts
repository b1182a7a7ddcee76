import { comparePosition, type Position } from './entry.ts';
import type { Generation } from './stored.ts';

/** What one side of a meeting knows of itself. */
export interface LogSummary {
  /** Oldest first; empty at a node that belongs to no park yet. */
  readonly generations: readonly Generation[];
  readonly last: Position;
  /** It holds operations, not only its founding. */
  readonly holdsOperations: boolean;
  /** The entry that began its newest generation is committed, as far as it knows. */
  readonly settled: boolean;
  /** It follows, or is, a leader with a quorum. */
  readonly hasQuorum: boolean;
}

/**
 * What two nodes that meet have to do about their generations (rules G1 to G4).
 * `join`: we are blank and they are not. `give-way`: our log goes aside and we join theirs. `conflict`: a person
 * must choose. `none`: the same generation, or it is for the other side to act.
 */
export type Meeting = 'none' | 'join' | 'give-way' | 'conflict';

export function meet(ours: LogSummary, theirs: LogSummary): Meeting {
  const mine = newest(ours.generations);
  const other = newest(theirs.generations);
  if (!other || mine?.id === other.id) return 'none';
  if (!mine) return 'join';
  // What is not committed may be taken back, and who gave way to it could not return (rule G4).
  return theirs.settled ? meetAnother(ours, theirs, mine, other) : 'none';
}

function meetAnother(
  ours: LogSummary,
  theirs: LogSummary,
  mine: Generation,
  other: Generation,
): Meeting {
  if (includes(theirs.generations, mine)) return ours.hasQuorum ? 'conflict' : 'give-way';
  if (includes(ours.generations, other)) return theirs.hasQuorum ? 'conflict' : 'none';
  return meetStrangers(ours, theirs, mine.id < other.id);
}

/** Rule G2: two foundings that know nothing of each other. */
function meetStrangers(ours: LogSummary, theirs: LogSummary, lesser: boolean): Meeting {
  if (ours.holdsOperations && theirs.holdsOperations) return 'conflict';
  if (ours.holdsOperations) return 'none';
  if (theirs.holdsOperations) return 'give-way';
  // Neither has anything to lose: both sides must come to the same answer.
  return lesser ? 'give-way' : 'none';
}

function newest(generations: readonly Generation[]): Generation | undefined {
  return generations[generations.length - 1];
}

function includes(generations: readonly Generation[], wanted: Generation): boolean {
  return generations.some(
    (generation) => generation.id === wanted.id && comparePosition(generation.at, wanted.at) === 0,
  );
}
