import type { EntryCommand, LogEntry, ParkSettings } from '../entry.ts';
import type { Member, NodeId } from '../identity.ts';
import type { Json } from '../json.ts';
import type { Hello } from '../messages.ts';
import type { Stored } from '../stored.ts';
import type { Term } from '../term.ts';

export const SETTINGS: ParkSettings = {
  capacity: 10,
  election: 'bully',
  topology: 'mesh',
  multicast: 'sequencer',
};

export const GENERATION = 'firstgeneration1';

export function term(counter: number, id: NodeId): Term {
  return `${String(counter).padStart(12, '0')}.${id}`;
}

/** Of anna, who has founded the park and knows no leader; `more` says what is otherwise. */
export function hello(more: Partial<Hello> = {}): Hello {
  const start = { index: 1, term: term(1, 'anna') };
  return {
    type: 'HELLO',
    peer: { id: 'anna', priority: 1, name: 'Gate anna' },
    generations: [{ id: GENERATION, at: start }],
    last: start,
    holdsOperations: false,
    settled: true,
    leader: null,
    knowsYou: false,
    countsOnYou: false,
    wantsReply: false,
    ...more,
  };
}

export function member(id: NodeId, priority: number, voter = true): Member {
  return { id, priority, name: `Gate ${id}`, voter };
}

export function entry(index: number, inTerm: Term, command?: EntryCommand): LogEntry {
  return { index, term: inTerm, at: 1_000_000, command: command ?? { kind: 'opening' } };
}

export function founding(members: readonly Member[], generation = GENERATION): EntryCommand {
  return { kind: 'founding', generation, settings: SETTINGS, members };
}

export function membership(
  change: 'join' | 'promote' | 'demote' | 'leave' | 'evict',
  subject: NodeId,
  members: readonly Member[],
): EntryCommand {
  return { kind: 'membership', change, subject, members };
}

export function operation(
  node: NodeId,
  sequence: number,
  body: Json,
  inTerm: Term,
  number = sequence,
): EntryCommand {
  const id = { node, sequence };
  return {
    kind: 'operation',
    operation: { id, settledBelow: sequence, under: null, body },
    token: { term: inTerm, number },
  };
}

/** Openings from `from` to `to`, for logs that only need a length. */
export function filler(from: number, to: number, inTerm: Term): LogEntry[] {
  return Array.from({ length: to - from + 1 }, (_, i) => entry(from + i, inTerm));
}

/** What a node finds on its disk: a founding by these members, then `entries`. */
export function stored(
  id: NodeId,
  members: readonly Member[],
  entries: readonly LogEntry[] = [],
  more: { promised?: Term; committed?: number; nextSequence?: number } = {},
): Stored {
  const [first] = members;
  const all = [entry(1, term(1, first?.id ?? id), founding(members)), ...entries];
  const last = all[all.length - 1];
  return {
    meta: {
      id,
      promised: more.promised ?? last?.term ?? '',
      nextSequence: more.nextSequence ?? 1,
      committed: more.committed ?? 1,
    },
    snapshot: null,
    entries: all,
    outbox: [],
    archives: [],
  };
}
