import {
  ELECTIONS,
  MAX_CAPACITY,
  MULTICASTS,
  TOPOLOGIES,
  type EntryCommand,
  type LogEntry,
  type MulticastKind,
  type Operation,
  type OperationId,
  type ParkSettings,
  type Position,
  type Token,
} from './entry.ts';
import {
  MAX_NAME_LENGTH,
  NODE_ID_PATTERN,
  type Identity,
  type Member,
  type NodeId,
  type Peer,
} from './identity.ts';
import type { Json } from './json.ts';
import type { Envelope, Message, OperationResult, Wave } from './messages.ts';
import { MAX_TOLD, MAX_TOLD_TEXT } from './multicast/inspection.ts';
import {
  MAX_HELD,
  MAX_TEXT,
  type GroupMember,
  type Multicast,
  type Placed,
  type View,
  type Views,
} from './multicast/multicast.ts';
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
import { misspoken } from './sender.ts';
import { sessionRows } from './sessions.ts';
import { NO_TERM, TERM_PATTERN, type Term } from './term.ts';

/** Bounds on what may arrive. Larger things are refused, not cut. */
const MAX_ENTRIES = 1024;
const MAX_MEMBERS = 256;
const MAX_GENERATIONS = 1024;
const MAX_CHUNK = 64 * 1024;
/** An encoded snapshot, in UTF-16 units. */
const MAX_SNAPSHOT = 256 * 1024 * 1024;
/** A body or an outcome, in nodes of the JSON tree and UTF-16 units of its strings together. */
const MAX_BODY = 16 * 1024;
/** How late a multicast may be on purpose: an hour, ms. */
export const MAX_LATE = 3_600_000;

const index = integer(0, Number.MAX_SAFE_INTEGER);
const nodeId = pattern(NODE_ID_PATTERN);
const term = pattern(TERM_PATTERN);
const generationId = pattern(/^[a-z0-9]{1,32}$/);
/** Before a node belongs to a generation its messages name none. */
const anyGeneration = pattern(/^[a-z0-9]{0,32}$/);
const body: Decoder<Json> = json(MAX_BODY);
const detail = string(400);

const positionFields = object<Position>({ index, term });
/** Only what is before the first entry has no term. */
const position: Decoder<Position> = (value) => {
  const decoded = positionFields(value);
  if ((decoded.index === 0) !== (decoded.term === NO_TERM)) throw new DecodeError('no position');
  return decoded;
};
/** The position of an entry. */
const entryPosition: Decoder<Position> = (value) => {
  const decoded = position(value);
  if (decoded.index === 0) throw new DecodeError('before the first entry');
  return decoded;
};
const token: Decoder<Token> = object({ term, number: index });
const name = string(MAX_NAME_LENGTH);
const priority = number(-1e15, 1e15);
export const identity: Decoder<Identity> = object({ id: nodeId, priority });
const peer: Decoder<Peer> = object({ id: nodeId, priority, name });
const member: Decoder<Member> = object({ id: nodeId, priority, name, voter: boolean });
const memberList = arrayOf(member, MAX_MEMBERS);
/** Each member once: a voter that is listed twice would count twice. */
const members: Decoder<Member[]> = (value) => {
  const list = memberList(value);
  if (new Set(list.map(({ id }) => id)).size < list.length) {
    throw new DecodeError('a member twice');
  }
  return list;
};
/** A membership that can commit something. */
const votingMembers: Decoder<Member[]> = (value) => {
  const list = members(value);
  if (!list.some(({ voter }) => voter)) throw new DecodeError('no voter');
  return list;
};
const generation: Decoder<Generation> = object({ id: generationId, at: entryPosition });
const generationList = arrayOf(generation, MAX_GENERATIONS);
/** Oldest first. */
const generations: Decoder<Generation[]> = (value) => {
  const list = generationList(value);
  list.forEach(({ at }, i) => {
    if (at.index <= (list[i - 1]?.at.index ?? 0)) throw new DecodeError('not in order');
  });
  return list;
};
/** The number of a wave only grows, as its source's wall clock does. */
const wave: Decoder<Wave> = object({ source: identity, number: index });
const operationId: Decoder<OperationId> = object({ node: nodeId, sequence: index });
const operationFields = object<Operation>({
  id: operationId,
  settledBelow: index,
  under: nullable(token),
  body,
});
export const operation: Decoder<Operation> = (value) => {
  const decoded = operationFields(value);
  if (decoded.settledBelow > decoded.id.sequence)
    throw new DecodeError('settled before it is asked');
  return decoded;
};

const incarnation = pattern(/^[a-z0-9]{8}$/);
const counted = integer(1, Number.MAX_SAFE_INTEGER);
export const multicast: Decoder<Multicast> = object({
  from: nodeId,
  incarnation,
  number: counted,
  text: string(MAX_TEXT),
});
/** As a person is shown it. */
const toldMulticast: Decoder<Multicast> = object({
  from: nodeId,
  incarnation,
  number: counted,
  text: string(MAX_TOLD_TEXT),
});
const placed: Decoder<Placed> = object({ place: counted, multicast });
const groupMember: Decoder<GroupMember> = object({ id: nodeId, incarnation, delivered: index });
const order: Decoder<MulticastKind> = oneOf(...MULTICASTS);
/** Each member once: its acknowledgement stands for itself alone. */
const view: Decoder<View> = (value) => {
  const members = arrayOf(groupMember, MAX_MEMBERS);
  const decoded = object<View>({ number: counted, start: index, members })(value);
  if (new Set(decoded.members.map(({ id }) => id)).size < decoded.members.length) {
    throw new DecodeError('in a view twice');
  }
  return decoded;
};

const views: Decoder<Views> = object({ sequencer: nullable(view), lamport: nullable(view) });

const settings: Decoder<ParkSettings> = object({
  capacity: integer(0, MAX_CAPACITY),
  election: oneOf(...ELECTIONS),
  topology: oneOf(...TOPOLOGIES),
  multicast: oneOf(...MULTICASTS),
});

const command: Decoder<EntryCommand> = variant('kind', {
  founding: { generation: generationId, settings, members: votingMembers },
  opening: {},
  membership: {
    change: oneOf('join', 'promote', 'demote', 'leave', 'evict'),
    subject: nodeId,
    members: votingMembers,
  },
  generation: {
    generation: generationId,
    without: arrayOf(nodeId, MAX_MEMBERS),
    members: votingMembers,
  },
  view: { order, view, base: index, cut: arrayOf(multicast, MAX_HELD) },
  operation: { operation, token },
});

const entryFields = object<LogEntry>({ index, term, at: number(0, 1e15), command });
export const logEntry: Decoder<LogEntry> = (value) => {
  const decoded = entryFields(value);
  if (decoded.index === 0 || decoded.term === NO_TERM) throw new DecodeError('no entry of a log');
  if ((decoded.index === 1) !== (decoded.command.kind === 'founding')) {
    throw new DecodeError('entry 1 is the founding, and no other');
  }
  return decoded;
};

const entryList = arrayOf(logEntry, MAX_ENTRIES);
/** Entries in a row: each index one more than the one before, and terms that never fall (rule R1). */
const entries: Decoder<LogEntry[]> = (value) => {
  const list = entryList(value);
  list.forEach((entry, i) => {
    const before = list[i - 1];
    if (before) mustFollow(before, entry);
  });
  return list;
};

function mustFollow(before: Position, entry: Position): void {
  if (entry.index !== before.index + 1) throw new DecodeError('a gap in the entries');
  if (entry.term < before.term) throw new DecodeError('terms that fall');
}

const result: Decoder<OperationResult> = object({ sequence: index, index, outcome: body });

const message: Decoder<Message> = variant('type', {
  HELLO: {
    peer,
    generations,
    last: position,
    holdsOperations: boolean,
    settled: boolean,
    leader: nullable(nodeId),
    knowsYou: boolean,
    countsOnYou: boolean,
    wantsReply: boolean,
  },
  JOIN: { peer },
  LEAVE: {},
  ADOPT: { generation: generationId, instead: generationId, nonce: index },
  ADOPT_REPLY: { nonce: index, ok: boolean },
  GAVE_WAY: {},
  PROBE: { nonce: index },
  GOT_IT: { to: oneOf('PROBE', 'ELECT'), nonce: index, leads: nullable(term) },
  ELECT: { members: arrayOf(peer, MAX_MEMBERS) },
  TOKEN: { candidate: peer, hops: integer(0, 2 * MAX_MEMBERS) },
  ELECTION_STARTED: { wave },
  ELECTION_VOTE: { wave, best: nullable(peer) },
  ELECTION_FINISHED: { wave, winner: peer },
  I_AM_LEADER: { term },
  RESIGN: { term },
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
  SNAPSHOT_OFFER: { term, at: entryPosition, size: integer(1, MAX_SNAPSHOT) },
  SNAPSHOT_FETCH: { at: position, offset: integer(0, MAX_SNAPSHOT) },
  SNAPSHOT_CHUNK: {
    at: entryPosition,
    offset: integer(0, MAX_SNAPSHOT),
    size: integer(1, MAX_SNAPSHOT),
    data: string(MAX_CHUNK),
  },
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
  GROUP_JOIN: { order, incarnation },
  FLUSH: { order, term, view: counted },
  FLUSHED: {
    order,
    term,
    view: counted,
    incarnation,
    installed: index,
    delivered: arrayOf(index, MAX_MEMBERS),
    held: arrayOf(placed, MAX_HELD),
  },
  ORDER: { view: counted, multicast, lateMs: number(0, MAX_LATE) },
  NUMBERED: { view: counted, number: counted, upTo: index, multicast },
  HELD: { view: counted, upTo: index, asks: boolean },
  DELIVER: { view: counted, upTo: index },
  STAMPED: { view: counted, time: counted, multicast },
  ACKNOWLEDGED: {
    view: counted,
    has: arrayOf(index, MAX_MEMBERS),
    purpose: oneOf('news', 'asks', 'answers'),
  },
  INSPECT: { order, nonce: index },
  INSPECTED: {
    nonce: index,
    view: index,
    pending: index,
    sent: index,
    delivered: index,
    recent: arrayOf(toldMulticast, MAX_TOLD),
    heldBack: index,
    held: arrayOf(toldMulticast, MAX_TOLD),
  },
});

const envelopeFields = object<Envelope>({ generation: anyGeneration, message });
const envelope: Decoder<Envelope> = (value) => {
  const decoded = envelopeFields(value);
  mustAgree(decoded.message);
  return decoded;
};

/** The fields of a message must agree with each other. */
function mustAgree(message: Message): void {
  switch (message.type) {
    case 'APPEND':
      mustComeAfter(message.previous, message.entries);
      mustEndBy(message.term, message.entries.at(-1) ?? message.previous);
      return;
    case 'FETCHED':
      mustComeAfter(message.after, message.entries);
      return;
    case 'PROMISE': {
      const { tail, last } = message;
      const end = tail.at(-1) ?? last;
      if (end.index > last.index || end.term > last.term) {
        throw new DecodeError('a tail that is longer than its log');
      }
      return;
    }
    case 'SNAPSHOT_CHUNK':
      if (message.offset + message.data.length > message.size) {
        throw new DecodeError('a chunk beyond the end');
      }
      return;
    case 'INSPECTED':
      if (message.recent.length > message.delivered || message.held.length > message.heldBack) {
        throw new DecodeError('lists more than it counts');
      }
      return;
    default:
      return;
  }
}

function mustComeAfter(before: Position, list: readonly LogEntry[]): void {
  const [first] = list;
  if (first && first.index !== before.index + 1) {
    throw new DecodeError('entries do not follow what comes before them');
  }
  if (first) mustFollow(before, first);
}

/** A leader's log holds nothing of a term after its own. */
function mustEndBy(newest: Term, end: Position): void {
  if (end.term > newest) throw new DecodeError('an entry of a later term than its leader');
}

const snapshotFields = {
  at: entryPosition,
  settings,
  members: votingMembers,
  generations,
  sessions: sessionRows,
  machine: json(Infinity),
};
const snapshotWithoutViews = object<Snapshot>(snapshotFields);
const snapshotWithViews = object<Snapshot>({ ...snapshotFields, views });

const snapshot: Decoder<Snapshot> = (value) => {
  const hasViews = typeof value === 'object' && value !== null && 'views' in value;
  const decoded = (hasViews ? snapshotWithViews : snapshotWithoutViews)(value);
  const newest = decoded.generations.at(-1);
  if (!newest || newest.at.index > decoded.at.index) throw new DecodeError('of no generation');
  return decoded;
};

export const meta: Decoder<Meta> = object({
  id: nodeId,
  promised: term,
  nextSequence: index,
  committed: index,
});

export const archive: Decoder<Archive> = object({
  generation: generationId,
  ancestors: arrayOf(generationId, MAX_GENERATIONS),
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

export function decodeEnvelope(value: unknown): Decoded<Envelope> {
  return decode(envelope, value);
}

/** What arrived from a peer, or why it is refused: also when it speaks in another's name. */
export function decodeFrom(from: NodeId, value: unknown): Decoded<Envelope> {
  const decoded = decodeEnvelope(value);
  const reason = decoded.ok ? misspoken(from, decoded.value.message) : null;
  return reason === null ? decoded : { ok: false, reason };
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
