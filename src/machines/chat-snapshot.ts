import { decode, type Decoded } from '../core/decode.ts';
import {
  arrayOf,
  DecodeError,
  integer,
  nullable,
  number,
  object,
  pattern,
  string,
  tuple,
  type Decoder,
} from '../core/decoder.ts';
import type { MulticastKind } from '../core/entry.ts';
import { NODE_ID_PATTERN, type NodeId } from '../core/identity.ts';
import {
  byOrder,
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
  roomOrder,
  text,
  type RoomLock,
  type RoomOrder,
  type Text,
} from './chat-operations.ts';

export const MAX_USERS = 4096;
/** The most names of one user. */
export const MAX_NAMES = 8;
export const MAX_ROOMS = 256;

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

/** The number of each group's newest view; 0 before its first. */
export type NewestViews = Readonly<Record<MulticastKind, number>>;
export const NO_VIEWS: NewestViews = { sequencer: 0, lamport: 0 };

/** The last two: its position, where it has one. */
export type MessageRow =
  | readonly [index: number, from: NodeId, at: number, text: Text]
  | readonly [index: number, from: NodeId, at: number, text: Text, view: number, number: number];

/** All of the chat, as plain data: users and rooms in the order in which they came. */
export interface ChatSnapshot {
  readonly users: readonly UserRow[];
  readonly rooms: readonly RoomRow[];
  readonly histories: readonly (readonly [Place, readonly MessageRow[]])[];
  readonly views: NewestViews;
}

const node = pattern(NODE_ID_PATTERN);
const index = integer(1, Number.MAX_SAFE_INTEGER);
const newest = integer(0, Number.MAX_SAFE_INTEGER);
const at = number(0, 1e15);
type RowInLogOrder = Extract<MessageRow, { readonly length: 4 }>;
type RowWithPosition = Extract<MessageRow, { readonly length: 6 }>;
const inLogOrder = tuple<RowInLogOrder>(index, node, at, text);
const withPosition = tuple<RowWithPosition>(index, node, at, text, index, index);
const messageRow: Decoder<MessageRow> = (value) =>
  Array.isArray(value) && value.length === 6 ? withPosition(value) : inLogOrder(value);
const shape: Decoder<ChatSnapshot> = object({
  users: arrayOf(
    object<UserRow>({ node, key: nullable(publicKey), names: arrayOf(chatName, MAX_NAMES) }),
    MAX_USERS,
  ),
  rooms: arrayOf(
    object<RoomRow>({
      name: chatName,
      lock: nullable(roomLock),
      order: roomOrder,
      members: arrayOf(node, MAX_USERS),
    }),
    MAX_ROOMS,
  ),
  histories: arrayOf(
    tuple<[Place, MessageRow[]]>(string(MAX_CHAT_NAME + 80), arrayOf(messageRow, MAX_MESSAGES)),
    MAX_UNITS,
  ),
  views: object<NewestViews>({ sequencer: newest, lamport: newest }),
});

/** A snapshot that a chat may have written, or the reason why it can be none. */
export function decodeChatSnapshot(value: unknown): Decoded<ChatSnapshot> {
  return decode((data) => {
    const snapshot = shape(data);
    mustAgree(snapshot);
    return snapshot;
  }, value);
}

export function messageOf(row: MessageRow): Message {
  const [place, from, time, said] = row;
  const position = row.length === 6 ? { view: row[4], number: row[5] } : null;
  return { index: place, position, from, at: time, text: said };
}

export function rowOf({ index: place, position, from, at: time, text: said }: Message): MessageRow {
  if (!position) return [place, from, time, said];
  return [place, from, time, said, position.view, position.number];
}

/** What the schema can't tell (rules C1 to C5 and C9): each once, and everybody and everything that is spoken of is there. */
function mustAgree({ users, rooms, histories, views }: ChatSnapshot): void {
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
    if (room) mustBeSaidIn(room, rows, views);
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
  const messages = rows.map(messageOf);
  messages.forEach((message, i) => {
    const before = messages[i - 1];
    if (before && byOrder(before, message) >= 0) throw new DecodeError('messages out of order');
  });
  mustBeOnce(messages.map((message) => String(message.index)));
}

function mustBeSaidIn(
  { lock, order, members }: RoomRow,
  rows: readonly MessageRow[],
  views: NewestViews,
): void {
  const joined = new Set(members);
  for (const { from, text: said, position } of rows.map(messageOf)) {
    if (!joined.has(from)) throw new DecodeError('a message of who has not joined');
    if ((said.kind === 'sealed') !== (lock !== null))
      throw new DecodeError('a message unlike its room');
    if ((position === null) !== (order === 'log'))
      throw new DecodeError('a message unlike the order of its room');
    if (position && order !== 'log' && position.view > views[order])
      throw new DecodeError('a message in a view that is not there yet');
  }
}

function mustBeTold(place: Place, rows: readonly MessageRow[], ids: ReadonlySet<NodeId>): void {
  const [a = '', b = ''] = place.slice(1).split(' ');
  const isTalk = ids.has(a) && ids.has(b) && talkPlace(a, b) === place;
  if (!isTalk) throw new DecodeError('messages of no place');
  for (const { from, text: said, position } of rows.map(messageOf)) {
    if (from !== a && from !== b) throw new DecodeError('a message of a third');
    if (said.kind !== 'sealed') throw new DecodeError('a direct message in the clear');
    if (position !== null) throw new DecodeError('a direct message in another order');
  }
}
