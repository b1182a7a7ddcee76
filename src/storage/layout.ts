import { toBatch, type Batch } from './batches.ts';
import { compareArchives, extentOf } from './extent.ts';
import type { Packs } from './packs.ts';
import { decodeRecord, type Records, type Sentinel } from './records.ts';
import type { LogEntry, Operation } from '../core/entry.ts';
import type { Archive, Stored } from '../core/stored.ts';
import type { StorageError } from './storage.ts';

/** The keys of a store. Numbers are padded, so that keys sort as they count. */
export const KEYS = {
  sentinel: 'sentinel',
  identity: 'identity',
  meta: 'meta',
  logStart: 'log-start',
  batch: (first: number) => BATCH + padded(first),
  pack: (first: number) => PACK + padded(first),
  archive: (generation: string) => ARCHIVE + generation,
} as const;

const BATCH = 'log/';
const PACK = 'outbox/';
const ARCHIVE = 'archive/';

const SINGLE: ReadonlySet<string> = new Set([
  KEYS.sentinel,
  KEYS.identity,
  KEYS.meta,
  KEYS.logStart,
]);

function padded(number: number): string {
  return String(number).padStart(String(Number.MAX_SAFE_INTEGER).length, '0');
}

/** A store as it was read at once. */
export interface Contents {
  /** Null for a store that was never written. */
  readonly sentinel: Sentinel | null;
  readonly stored: Stored | null;
  readonly batches: readonly Batch[];
  readonly packs: Packs;
}

export type ReadResult =
  | { readonly ok: true; readonly contents: Contents }
  | { readonly ok: false; readonly error: StorageError };

/** Everything in a store, checked: each record against its schema, and that they fit together. Never throws. */
export function readContents(records: readonly (readonly [IDBValidKey, unknown])[]): ReadResult {
  try {
    return { ok: true, contents: assemble(records) };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, error: error.error };
    throw error;
  }
}

/** Leaves the many steps of reading at once; never leaves this file. */
class Refusal extends Error {
  constructor(readonly error: StorageError) {
    super(error.message);
  }
}

function corrupt(message: string): Refusal {
  return new Refusal({ code: 'corrupt', message });
}

function decode<K extends keyof Records>(kind: K, value: unknown): Records[K] {
  const decoded = decodeRecord(kind, value);
  if (!decoded.ok) throw corrupt(decoded.reason);
  return decoded.value;
}

/** The records by what they are. */
interface Sorted {
  readonly single: Map<string, unknown>;
  readonly batches: (readonly [string, readonly LogEntry[]])[];
  readonly packs: Map<number, readonly Operation[]>;
  readonly archives: Archive[];
}

function assemble(records: readonly (readonly [IDBValidKey, unknown])[]): Contents {
  if (records.length === 0) return { sentinel: null, stored: null, batches: [], packs: new Map() };
  if (!records.some(([key]) => key === KEYS.sentinel)) {
    throw new Refusal({ code: 'lost', message: 'the sentinel is gone, other records are there' });
  }
  const sorted = sort(records);
  const sentinel = decode('sentinel', sorted.single.get(KEYS.sentinel));
  if (sentinel.revision === 0 && !sorted.single.has(KEYS.meta)) {
    return { sentinel, stored: null, batches: [], packs: new Map() };
  }
  const { stored, batches } = join(sorted);
  const { end } = extentOf(stored);
  if (end.index !== sentinel.tip.index || end.term !== sentinel.tip.term) {
    throw corrupt(`the log ends at ${end.index}, and should at ${sentinel.tip.index}`);
  }
  return { sentinel, stored, batches, packs: sorted.packs };
}

function sort(records: readonly (readonly [IDBValidKey, unknown])[]): Sorted {
  const sorted: Sorted = { single: new Map(), batches: [], packs: new Map(), archives: [] };
  for (const [key, value] of records) {
    if (typeof key !== 'string') throw corrupt('a key that is no text');
    if (key.startsWith(BATCH)) sorted.batches.push([key, decode('batch', value)]);
    else if (key.startsWith(PACK)) {
      const first = Number(key.slice(PACK.length));
      mustStandUnder(KEYS.pack(first), key);
      sorted.packs.set(first, decode('pack', value));
    } else if (key.startsWith(ARCHIVE)) {
      const archive = decode('archive', value);
      mustStandUnder(KEYS.archive(archive.generation), key);
      sorted.archives.push(archive);
    } else if (SINGLE.has(key)) sorted.single.set(key, value);
    else throw corrupt('a record under a key that is not known');
  }
  return sorted;
}

/** Under another key it could never be removed. */
function mustStandUnder(own: string, key: string): void {
  if (own !== key) throw corrupt(`a record of ${own.slice(0, 80)} under another key`);
}

function join(sorted: Sorted): { stored: Stored; batches: Batch[] } {
  const meta = decode('meta', sorted.single.get(KEYS.meta));
  const { start, snapshot } = sorted.single.has(KEYS.logStart)
    ? decode('logStart', sorted.single.get(KEYS.logStart))
    : { start: 1, snapshot: null };
  const held = joinBatches(sorted.batches);
  const hidden = start - (held[0]?.index ?? start);
  if (hidden < 0) throw corrupt(`the log has no entry ${start}`);
  const entries = hidden === 0 ? held : held.slice(hidden);
  const covered = snapshot?.at.index ?? 0;
  const end = entries.at(-1)?.index ?? start - 1;
  if (start > covered + 1 || end < covered) {
    throw corrupt(`the log is ${start} to ${end}, the snapshot at ${covered}`);
  }
  const outbox = joinPacks(sorted.packs);
  const archives = sorted.archives.sort(compareArchives);
  const batches = sorted.batches.map(([, batch]) => toBatch(batch));
  return { stored: { meta, snapshot, entries, outbox, archives }, batches };
}

function joinPacks(packs: Packs): Operation[] {
  const outbox = [...packs.values()].flat().sort((a, b) => a.id.sequence - b.id.sequence);
  outbox.forEach(({ id }, at) => {
    if (id.sequence === outbox[at - 1]?.id.sequence) {
      throw corrupt(`operation ${id.sequence} stands in two packs`);
    }
  });
  return outbox;
}

/** Keys come sorted, so the batches join if each entry has the index that follows. */
function joinBatches(batches: readonly (readonly [string, readonly LogEntry[]])[]): LogEntry[] {
  const entries: LogEntry[] = [];
  let next = batches[0]?.[1][0]?.index ?? 0;
  for (const [key, batch] of batches) {
    if (key !== KEYS.batch(next)) throw corrupt('a batch of entries that does not follow');
    for (const entry of batch) {
      if (entry.index !== next) throw corrupt(`entry ${entry.index} stands in place of ${next}`);
      next++;
      entries.push(entry);
    }
  }
  return entries;
}
