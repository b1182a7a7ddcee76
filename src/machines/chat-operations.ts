import { decode, type Decoded } from '../core/decode.ts';
import {
  DecodeError,
  integer,
  nullable,
  object,
  oneOf,
  pattern,
  string,
  variant,
  type Decoder,
} from '../core/decoder.ts';
import { MULTICASTS } from '../core/entry.ts';
import { NODE_ID_PATTERN, type NodeId } from '../core/identity.ts';
import type { Json } from '../core/json.ts';
import type { TotalPosition } from '../core/multicast/multicast.ts';
import { visibleName } from './visible-name.ts';

/** The longest name of a user or a room, in UTF-16 units. */
export const MAX_CHAT_NAME = 40;
/** The longest text of a message, in UTF-16 units. */
export const MAX_TEXT = 2000;
/** What that comes to when it is sealed: three bytes a unit, the tag, and base64. */
const MAX_SEALED = Math.ceil(((3 * MAX_TEXT + 16) * 4) / 3);
/** Rounds of PBKDF2: fewer would be too easy to guess against, more would hang a page. */
export const MIN_ITERATIONS = 600_000;
const MAX_ITERATIONS = 10_000_000;

/**
 * An encrypted and authenticated text, in base64url. What it says only those with the key can tell. (A type and no
 * interface, as the lock is: only so TypeScript takes it for JSON.)
 */
export type SealedText = {
  readonly kind: 'sealed';
  readonly iv: string;
  readonly data: string;
};

export type Text = { readonly kind: 'plain'; readonly text: string } | SealedText;

/** By what a passphrase is turned into a room's key, and a text that only the right key opens. */
export type RoomLock = {
  readonly salt: string;
  readonly iterations: number;
  readonly check: SealedText;
};

/** How a room's messages are ordered: as they stand in the log, or as the park's multicast delivers them (rule C9). */
export const ROOM_ORDERS = ['log', ...MULTICASTS] as const;
export type RoomOrder = (typeof ROOM_ORDERS)[number];

/** What a node can ask of the chat. Who asks is in the operation's id. */
export type ChatOperation =
  /** `key`: the public key for direct messages; null where the page has no cryptography. */
  | {
      readonly machine: 'chat';
      readonly kind: 'register';
      readonly name: string;
      readonly key: string | null;
    }
  /** Makes the room, in the order of the log, if there is none. `lock`: null for a room without a passphrase. */
  | {
      readonly machine: 'chat';
      readonly kind: 'join';
      readonly room: string;
      readonly lock: RoomLock | null;
    }
  /** As `join`, by somebody who wants a room of this order and no other. */
  | {
      readonly machine: 'chat';
      readonly kind: 'join-ordered';
      readonly room: string;
      readonly lock: RoomLock | null;
      readonly order: RoomOrder;
    }
  | { readonly machine: 'chat'; readonly kind: 'say'; readonly room: string; readonly text: Text }
  /** In a room of the multicast's order: `position` is where its tag was delivered. */
  | {
      readonly machine: 'chat';
      readonly kind: 'say-ordered';
      readonly room: string;
      readonly text: Text;
      readonly position: TotalPosition;
    }
  | {
      readonly machine: 'chat';
      readonly kind: 'tell';
      readonly to: NodeId;
      readonly text: SealedText;
    };

/**
 * `taken`: the name is another user's, or that of something else. `other-lock`, `other-order`: the room has another one
 * than was shown. `wrong-form`: plain in a locked room, or sealed in an open one. `wrong-order`: without a position in a room
 * of the multicast's order, or with one in a room of the log. `no-view`: with one in a view that is not in the log yet.
 * `too-many`: there are as many as there may be.
 */
const REFUSALS = [
  'taken',
  'unregistered',
  'no-room',
  'no-user',
  'not-joined',
  'other-lock',
  'other-order',
  'wrong-form',
  'wrong-order',
  'no-view',
  'too-many',
] as const;
export type ChatRefusal = (typeof REFUSALS)[number];

export type ChatOutcome =
  { readonly allowed: true } | { readonly allowed: false; readonly reason: ChatRefusal };

/** An outcome as the core hands it on, which knows nothing of its shape; null for what is none. */
export function asChatOutcome(value: Json): ChatOutcome | null {
  if (typeof value !== 'object' || value === null || !('allowed' in value)) return null;
  if (value.allowed === true) return { allowed: true };
  const reason = REFUSALS.find((known) => known === value['reason']);
  return reason === undefined ? null : { allowed: false, reason };
}

const sealedFields = {
  iv: pattern(/^[\w-]{16}$/),
  data: pattern(new RegExp(`^[\\w-]{23,${String(MAX_SEALED)}}$`)),
};
export const sealedText: Decoder<SealedText> = object({ kind: oneOf('sealed'), ...sealedFields });
export const text: Decoder<Text> = variant<Text, 'kind'>('kind', {
  plain: { text: filled(string(MAX_TEXT)) },
  sealed: sealedFields,
});
export const roomLock: Decoder<RoomLock> = object({
  salt: pattern(/^[\w-]{22}$/),
  iterations: integer(MIN_ITERATIONS, MAX_ITERATIONS),
  check: sealedText,
});
const counted = integer(1, Number.MAX_SAFE_INTEGER);
export const totalPosition: Decoder<TotalPosition> = object({ view: counted, number: counted });
export const roomOrder: Decoder<RoomOrder> = oneOf(...ROOM_ORDERS);
/** A point of P-256, uncompressed: 65 bytes. */
export const publicKey: Decoder<string> = pattern(/^[\w-]{87}$/);

/** Of a user or a room. */
export const chatName = visibleName(MAX_CHAT_NAME);

function filled(decoder: Decoder<string>): Decoder<string> {
  return (value) => {
    const decoded = decoder(value);
    if (decoded === '') throw new DecodeError('empty');
    return decoded;
  };
}

const machine = oneOf('chat');
const operation = variant<ChatOperation, 'kind'>('kind', {
  register: { machine, name: chatName, key: nullable(publicKey) },
  join: { machine, room: chatName, lock: nullable(roomLock) },
  'join-ordered': { machine, room: chatName, lock: nullable(roomLock), order: roomOrder },
  say: { machine, room: chatName, text },
  'say-ordered': { machine, room: chatName, text, position: totalPosition },
  tell: { machine, to: pattern(NODE_ID_PATTERN), text: sealedText },
});

export function decodeChatOperation(body: unknown): Decoded<ChatOperation> {
  return decode(operation, body);
}
