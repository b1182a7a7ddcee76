import type {
  EntryCommand,
  LogEntry,
  Operation,
  OperationId,
  ParkSettings,
  Position,
  Token,
} from './entry.ts';
import { MAX_NAME_LENGTH, NODE_ID_PATTERN, type Member, type Peer } from './identity.ts';
import type { Json } from './json.ts';
import type { Envelope, Message, OperationResult } from './messages.ts';
import {
  arrayOf,
  boolean,
  DecodeError,
  integer,
  json,
  nullable,
  number,
  object,
  oneOf,
  pattern,
  string,
  variant,
  type Decoder,
} from './decoder.ts';
import type { Archive, Generation, Meta, Snapshot } from './stored.ts';
import { TERM_PATTERN } from './term.ts';

/** Bounds on what may arrive. Larger things are refused, not cut. */
const MAX_ENTRIES = 1024;
const MAX_MEMBERS = 256;
const MAX_GENERATIONS = 1024;
const MAX_CHUNK = 64 * 1024;
/** A body or an outcome, in nodes of the JSON tree and UTF-16 units of its strings together. */
const MAX_BODY = 16 * 1024;

const index = integer(0, Number.MAX_SAFE_INTEGER);
const nodeId = pattern(NODE_ID_PATTERN);
const term = pattern(TERM_PATTERN);
const generationId = pattern(/^[a-z0-9]{0,32}$/);
const body: Decoder<Json> = json(MAX_BODY);
const detail = string(400);

const position: Decoder<Position> = object({ index, term });
const token: Decoder<Token> = object({ term, number: index });
const name = string(MAX_NAME_LENGTH);
const priority = number(-1e15, 1e15);
const peer: Decoder<Peer> = object({ id: nodeId, priority, name });
const member: Decoder<Member> = object({ id: nodeId, priority, name, voter: boolean });
const members = arrayOf(member, MAX_MEMBERS);
const generation: Decoder<Generation> = object({ id: generationId, at: position });
const operationId: Decoder<OperationId> = object({ node: nodeId, sequence: index });
export const operation: Decoder<Operation> = object({
  id: operationId,
  settledBelow: index,
  under: nullable(token),
  body,
});

const settings: Decoder<ParkSettings> = object({
  capacity: integer(0, 1_000_000_000),
  election: oneOf('bully', 'ring', 'wireless'),
  topology: oneOf('mesh', 'sample', 'ring', 'grid', 'random'),
  multicast: oneOf('sequencer', 'lamport'),
});

const command: Decoder<EntryCommand> = variant('kind', {
  founding: { generation: generationId, settings, members },
  opening: {},
  membership: {
    change: oneOf('join', 'promote', 'demote', 'leave', 'evict'),
    subject: nodeId,
    members,
  },
  generation: { generation: generationId, without: arrayOf(nodeId, MAX_MEMBERS), members },
  operation: { operation, token },
});

export const logEntry: Decoder<LogEntry> = object({ index, term, at: number(0, 1e15), command });

/** Entries in a row: each index one more than the one before. */
const entries: Decoder<LogEntry[]> = (value) => {
  const list = arrayOf(logEntry, MAX_ENTRIES)(value);
  list.forEach((entry, i) => {
    if (entry.index !== (list[0]?.index ?? 0) + i) throw new DecodeError('a gap in the entries');
  });
  return list;
};

const result: Decoder<OperationResult> = object({ sequence: index, index, outcome: body });

const message: Decoder<Message> = variant('type', {
  HELLO: {
    peer,
    generations: arrayOf(generation, MAX_GENERATIONS),
    last: position,
    holdsOperations: boolean,
    leader: nullable(nodeId),
    knowsYou: boolean,
    wantsReply: boolean,
  },
  JOIN: { peer },
  LEAVE: {},
  PROBE: { nonce: index },
  GOT_IT: { to: oneOf('PROBE', 'ELECT'), nonce: index, leads: nullable(term) },
  ELECT: { members: arrayOf(peer, MAX_MEMBERS) },
  I_AM_LEADER: { term },
  RESIGN: {},
  LEADER_REMOVED: { term },
  PREPARE: {
    term,
    peer,
    last: position,
    committed: position,
    without: nullable(arrayOf(nodeId, MAX_MEMBERS)),
  },
  PROMISE: { term, last: position, members, tail: entries },
  REFUSE: {
    term,
    promised: term,
    reason: oneOf('promised', 'live-leader'),
    leader: nullable(nodeId),
  },
  FETCH: { term, after: position },
  FETCHED: { term, after: position, entries },
  APPEND: { term, previous: position, entries, commit: index, beat: index, quorum: boolean },
  APPENDED: { term, ok: boolean, match: position, beat: index },
  SNAPSHOT_OFFER: { term, at: position, size: index },
  SNAPSHOT_FETCH: { at: position, offset: index },
  SNAPSHOT_CHUNK: { at: position, offset: index, size: index, data: string(MAX_CHUNK) },
  SUBMIT: { operations: arrayOf(operation, MAX_ENTRIES) },
  RESULT: { results: arrayOf(result, 8192) },
  DECLINED: {
    sequences: arrayOf(index, 8192),
    reason: oneOf('not-leader', 'paused', 'old-token', 'invalid'),
    detail,
  },
  LOCK: { request: index, ticket: nullable(token) },
  QUEUED: { request: index, ticket: token },
  GRANT: { request: index, token, leaseMs: number(0, 1e9) },
  RELEASE: { request: index },
});

/** Every entry must follow what the message says comes before it. */
const envelope: Decoder<Envelope> = (value) => {
  const decoded = object<Envelope>({ generation: generationId, message })(value);
  const { message: inner } = decoded;
  const before =
    inner.type === 'APPEND' ? inner.previous : inner.type === 'FETCHED' ? inner.after : null;
  const first = before && 'entries' in inner ? inner.entries[0] : undefined;
  if (before && first && first.index !== before.index + 1) {
    throw new DecodeError('entries do not follow what comes before them');
  }
  return decoded;
};

const snapshot: Decoder<Snapshot> = object({
  at: position,
  settings,
  members,
  generations: arrayOf(generation, MAX_GENERATIONS),
  sessions: json(Infinity),
  machine: json(Infinity),
});

export const meta: Decoder<Meta> = object({
  id: nodeId,
  promised: term,
  nextSequence: index,
  committed: index,
});

export const archive: Decoder<Archive> = object({
  generation: generationId,
  at: number(0, 1e15),
  snapshot: nullable(snapshot),
  entries: arrayOf(logEntry, Infinity),
  outbox: arrayOf(operation, Infinity),
  checked: boolean,
});

export type Decoded<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** Applies a decoder to data from outside. Never throws on bad data. */
export function decode<T>(decoder: Decoder<T>, value: unknown): Decoded<T> {
  try {
    return { ok: true, value: decoder(value) };
  } catch (error) {
    if (error instanceof DecodeError) return { ok: false, reason: error.message };
    throw error;
  }
}

/** What arrived from a peer, or why it is refused. */
export function decodeEnvelope(value: unknown): Decoded<Envelope> {
  return decode(envelope, value);
}

export function decodeSnapshot(text: string): Decoded<Snapshot> {
  try {
    return decode(snapshot, JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return { ok: false, reason: 'not JSON' };
    throw error;
  }
}

export { snapshot as snapshotDecoder };
