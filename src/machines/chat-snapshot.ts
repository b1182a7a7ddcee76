import { decode, type Decoded } from '../core/decode.ts';
import {
  arrayOf,
  DecodeError,
  integer,
  nullable,
  number,
  object,
  oneOf,
  pattern,
  string,
  tuple,
  type Decoder,
} from '../core/decoder.ts';
import { NODE_ID_PATTERN, type NodeId } from '../core/identity.ts';
import {
  MAX_MESSAGES,
  MAX_UNITS,
  roomPlace,
  talkPlace,
  unitsOf,
  type Message,
  type Place,
} from './chat-histories.ts';
import {
  chatName,
  MAX_CHAT_NAME,
  publicKey,
  roomLock,
  text,
  type RoomLock,
  type Text,
} from './chat-operations.ts';

export const MAX_USERS = 4096;
/** The most names of one user. */
export const MAX_NAMES = 8;
export const MAX_ROOMS = 256;

/** How a room's messages are ordered: as the log has them. */
export type RoomOrder = 'log';

export interface UserRow {
  readonly node: NodeId;
  readonly key: string | null;
  /** The last one is in use. */
  readonly names: readonly string[];
}

export interface RoomRow {
  readonly name: string;
  readonly lock: RoomLock | null;
  readonly order: RoomOrder;
  readonly members: readonly NodeId[];
}

export type MessageRow = readonly [index: number, from: NodeId, at: number, text: Text];

/** All of the chat, as plain data: users and rooms in the order in which they came. */
export interface ChatSnapshot {
  readonly users: readonly UserRow[];
  readonly rooms: readonly RoomRow[];
  readonly histories: readonly (readonly [Place, readonly MessageRow[]])[];
}

const node = pattern(NODE_ID_PATTERN);
const index = integer(1, Number.MAX_SAFE_INTEGER);
const shape: Decoder<ChatSnapshot> = object({
  users: arrayOf(
    object<UserRow>({ node, key: nullable(publicKey), names: arrayOf(chatName, MAX_NAMES) }),
    MAX_USERS,
  ),
  rooms: arrayOf(
    object<RoomRow>({
      name: chatName,
      lock: nullable(roomLock),
      order: oneOf('log'),
      members: arrayOf(node, MAX_USERS),
    }),
    MAX_ROOMS,
  ),
  histories: arrayOf(
    tuple<[Place, MessageRow[]]>(
      string(MAX_CHAT_NAME + 80),
      arrayOf(tuple<MessageRow>(index, node, number(0, 1e15), text), MAX_MESSAGES),
    ),
    MAX_UNITS,
  ),
});

/** A snapshot that a chat may have written, or the reason why it can be none. */
export function decodeChatSnapshot(value: unknown): Decoded<ChatSnapshot> {
  return decode((data) => {
    const snapshot = shape(data);
    mustAgree(snapshot);
    return snapshot;
  }, value);
}

export function messageOf([at, from, time, said]: MessageRow): Message {
  return { index: at, from, at: time, text: said };
}

/** What the schema can't tell (rules C1 to C5): each once, and everybody and everything that is spoken of is there. */
function mustAgree({ users, rooms, histories }: ChatSnapshot): void {
  const ids = new Set(users.map((user) => user.node));
  mustBeOnce(users.map((user) => user.node));
  mustBeOnce([...users.flatMap(({ names }) => names), ...rooms.map(({ name }) => name)]);
  if (users.some(({ names }) => names.length === 0)) throw new DecodeError('a user without a name');
  for (const { members } of rooms) {
    mustBeOnce(members);
    if (!members.every((member) => ids.has(member))) throw new DecodeError('a member unregistered');
  }
  mustBeOnce(histories.map(([place]) => place));
  const byPlace = new Map(rooms.map((room) => [roomPlace(room.name), room]));
  let units = 0;
  for (const [place, rows] of histories) {
    const room = byPlace.get(place);
    if (room) mustBeSaidIn(room, rows);
    else mustBeTold(place, rows, ids);
    mustGrow(rows);
    for (const row of rows) units += unitsOf(messageOf(row));
  }
  if (units > MAX_UNITS) throw new DecodeError('more messages than are kept');
}

function mustBeOnce(items: readonly string[]): void {
  if (new Set(items).size < items.length) throw new DecodeError('something twice in the chat');
}

function mustGrow(rows: readonly MessageRow[]): void {
  if (rows.length === 0) throw new DecodeError('a history of nothing');
  rows.forEach(([at], i) => {
    if (at <= (rows[i - 1]?.[0] ?? 0)) throw new DecodeError('messages out of order');
  });
}

function mustBeSaidIn({ lock, members }: RoomRow, rows: readonly MessageRow[]): void {
  const joined = new Set(members);
  for (const [, from, , said] of rows) {
    if (!joined.has(from)) throw new DecodeError('a message of who has not joined');
    if ((said.kind === 'sealed') !== (lock !== null))
      throw new DecodeError('a message unlike its room');
  }
}

function mustBeTold(place: Place, rows: readonly MessageRow[], ids: ReadonlySet<NodeId>): void {
  const [a = '', b = ''] = place.slice(1).split(' ');
  const isTalk = ids.has(a) && ids.has(b) && talkPlace(a, b) === place;
  if (!isTalk) throw new DecodeError('messages of no place');
  for (const [, from, , said] of rows) {
    if (from !== a && from !== b) throw new DecodeError('a message of a third');
    if (said.kind !== 'sealed') throw new DecodeError('a direct message in the clear');
  }
}
