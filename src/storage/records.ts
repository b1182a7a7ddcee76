import { archive, decode, logEntry, meta, operation, snapshotDecoder } from '../core/decode.ts';
import {
  arrayOf,
  DecodeError,
  integer,
  nullable,
  number,
  object,
  pattern,
  string,
  type Decoder,
} from '../core/decoder.ts';
import { MAX_NAME_LENGTH, NODE_ID_PATTERN } from '../core/identity.ts';
import { TERM_PATTERN } from '../core/term.ts';
import type { Decoded } from '../core/decode.ts';
import type { LogEntry, Operation, Position } from '../core/entry.ts';
import type { Archive, Meta, Snapshot } from '../core/stored.ts';

/** The format of all records of a store, kept in its sentinel. Raised when a change makes old records unreadable. */
export const FORMAT = 2;

/**
 * Proof that a store is still the one that was written: read in every transaction, replaced in every write. When it
 * is gone or another one, what this node promised is forgotten (rule S9).
 */
export interface Sentinel {
  readonly format: typeof FORMAT;
  /** Random, made with the store. */
  readonly id: string;
  /** Counts the writes: a second writer on this store shows, and is refused. */
  readonly revision: number;
  /** Where the log ends, so that the newest of several stores is found without reading their logs. */
  readonly tip: Position;
}

/** The start of the log: entries before `start` are dropped, even if a batch still holds some. */
export interface LogStart {
  readonly start: number;
  readonly snapshot: Snapshot | null;
}

/** Who a slot is, from its first day until its data is lost. */
export interface SlotIdentity {
  readonly id: string;
  readonly name: string;
  readonly priority: number;
  /** What the signaling server asks for when this id comes back. */
  readonly secret: string;
}

const natural = integer(0, Number.MAX_SAFE_INTEGER);
const randomId = pattern(/^[a-z0-9]{8,64}$/);

/** One value only: another format is for a newer version of this page to read. */
const format: Decoder<typeof FORMAT> = (value) => {
  if (value !== FORMAT) throw new DecodeError('a format that is not known here');
  return FORMAT;
};

const batch: Decoder<LogEntry[]> = (value) => {
  const entries = arrayOf(logEntry, Infinity)(value);
  if (entries.length === 0) throw new DecodeError('no entries');
  return entries;
};

const pack: Decoder<Operation[]> = (value) => {
  const operations = arrayOf(operation, Infinity)(value);
  if (operations.length === 0) throw new DecodeError('no operations');
  operations.forEach(({ id }, at) => {
    if (id.sequence <= (operations[at - 1]?.id.sequence ?? -1)) {
      throw new DecodeError('operations out of order');
    }
  });
  return operations;
};

/** What stands in the log is decoded as it is on the wire. */
const decoders: { readonly [K in keyof Records]: Decoder<Records[K]> } = {
  sentinel: object<Sentinel>({
    format,
    id: randomId,
    revision: natural,
    tip: object<Position>({ index: natural, term: pattern(TERM_PATTERN) }),
  }),
  identity: object<SlotIdentity>({
    id: pattern(NODE_ID_PATTERN),
    name: string(MAX_NAME_LENGTH),
    priority: number(-1e15, 1e15),
    secret: randomId,
  }),
  meta,
  logStart: object<LogStart>({
    start: integer(1, Number.MAX_SAFE_INTEGER),
    snapshot: nullable(snapshotDecoder),
  }),
  batch,
  pack,
  archive,
};

/** Every kind of record and what it holds. */
export interface Records {
  sentinel: Sentinel;
  identity: SlotIdentity;
  meta: Meta;
  logStart: LogStart;
  /** Entries without a gap. */
  batch: readonly LogEntry[];
  /** Operations in ascending order. */
  pack: readonly Operation[];
  archive: Archive;
}

/**
 * A record as it is stored: JSON text. Faster for the browser to copy than objects (a cold start by a third), and
 * nothing but plain data can hide in it.
 */
export function encodeRecord<K extends keyof Records>(_kind: K, value: Records[K]): string {
  return JSON.stringify(value);
}

/** A stored record checked against its closed schema, or the reason why it is none. Never throws. */
export function decodeRecord<K extends keyof Records>(
  kind: K,
  stored: unknown,
): Decoded<Records[K]> {
  if (typeof stored !== 'string') return { ok: false, reason: `${kind}: no text` };
  let value: unknown;
  try {
    value = JSON.parse(stored);
  } catch {
    return { ok: false, reason: `${kind}: no JSON` };
  }
  const decoder: Decoder<Records[K]> = decoders[kind];
  const decoded = decode(decoder, value);
  return decoded.ok ? decoded : { ok: false, reason: `${kind}: ${decoded.reason}` };
}
