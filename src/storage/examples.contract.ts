import type { LogEntry, Operation, ParkSettings } from '../core/entry.ts';
import type { Archive, Meta, Snapshot, StorageWrite } from '../core/stored.ts';

/** What the tests of storage store. */
export const TERM = '000000000001.heron';
export const LATER_TERM = '000000000002.raven';
export const META: Meta = { id: 'heron', promised: TERM, nextSequence: 7, committed: 3 };
export const FOUND: StorageWrite = { type: 'meta', meta: META };

export const SETTINGS: ParkSettings = {
  capacity: 80,
  election: 'ring',
  topology: 'grid',
  multicast: 'lamport',
};

export function entry(index: number, term = TERM, visitor = `visitor ${index}`): LogEntry {
  const at = 1_700_000_000_000 + index;
  if (index === 1) {
    const members = [{ id: 'heron', name: 'Gate Heron', priority: 3, voter: true }];
    const command = { kind: 'founding', generation: 'g1', settings: SETTINGS, members } as const;
    return { index, term, at, command };
  }
  const body = { kind: 'enter', visitor, tags: [null, true, 1.5, 'é\u2028🐦'] };
  const id = { node: 'heron', sequence: index };
  const command = {
    kind: 'operation',
    operation: { id, settledBelow: index, under: null, body },
    token: { term, number: index },
  } as const;
  return { index, term, at, command };
}

export function entries(from: number, through: number, term = TERM): LogEntry[] {
  return Array.from({ length: through - from + 1 }, (_, offset) => entry(from + offset, term));
}

export function append(from: number, through: number, term = TERM): StorageWrite {
  return { type: 'append', entries: entries(from, through, term) };
}

export function operation(sequence: number): Operation {
  return {
    id: { node: 'heron', sequence },
    settledBelow: 1,
    under: { term: TERM, number: 2 },
    body: { kind: 'leave', n: sequence },
  };
}

export function snapshotAt(index: number, term = TERM): Snapshot {
  return {
    at: { index, term },
    members: [{ id: 'heron', name: 'Gate Heron', priority: 3, voter: true }],
    settings: SETTINGS,
    generations: [{ id: 'g1', at: { index: 1, term: TERM } }],
    sessions: [['heron', 1, [[2, 3, null]]]],
    machine: { inside: ['ann', 'bob'] },
  };
}

export function dropTo(index: number, dropThrough: number, reset = false): StorageWrite {
  return { type: 'snapshot', snapshot: snapshotAt(index), dropThrough, reset };
}

export function archiveOf(generation: string, at: number): Archive {
  return {
    generation,
    ancestors: ['older'],
    at,
    snapshot: snapshotAt(4),
    entries: entries(5, 9),
    outbox: [operation(3)],
    checked: false,
  };
}
