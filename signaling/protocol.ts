/**
 * What a browser and the signaling server say to each other: JSON text frames, one message each.
 *
 * The server is the group coordinator. It knows who is registered in a park and relays WebRTC
 * offers, answers and candidates between members. No visitor and no log entry passes through it, and
 * no name of a gate: gates tell each other over their links.
 *
 * A visitor's own tab registers with the role `visitor`. It is no member: nobody is told of it, it is
 * told of the members, and it exchanges signals with them only.
 *
 * Both sides decode what they receive with the closed schemas below, made of the decoders of the core,
 * so that the page loads one kind of check: an unknown type, an unknown
 * field, a wrong type or a value out of bounds is a `bad-message`, never an exception.
 */
import { arrayOf, DecodeError, object, oneOf, string, type Decoder } from '../src/core/decoder.ts';

/** Where the server listens for WebSocket upgrades. */
export const SIGNALING_PATH = '/signaling';

/** Bounds that both sides rely on. Lengths count UTF-16 code units, sizes count UTF-8 bytes. */
export const LIMITS = {
  /** The name of a park. */
  parkLength: 64,
  /** The id of a member. */
  idLength: 64,
  /** The secret by which an id is reclaimed: long enough not to be guessed. */
  secretMinLength: 8,
  secretLength: 128,
  /** The correlation string of a ping. */
  nonceLength: 64,
  /** The text of an error. */
  errorLength: 256,
  /** Members of one park, the asking one included. */
  members: 64,
  /** A signal encoded as JSON. */
  signalBytes: 16 * 1024,
  /** Lists and objects inside each other in a signal; a description or a candidate needs two. */
  signalDepth: 16,
  /** A whole client message encoded as JSON: a signal, its envelope, and room for escapes. */
  messageBytes: 20 * 1024,
  /** The text of a server message: the longest is a list of members whose ids are all escapes. */
  serverMessageLength: 32 * 1024,
} as const;

/** Why the server refused something. `id-taken`, `park-full` and `server-full` answer `howdy`. */
export const ERROR_CODES = [
  'bad-message',
  'not-registered',
  'id-taken',
  'park-full',
  'server-full',
  'too-fast',
  'too-large',
  'unknown-peer',
] as const;

/** Close codes of our own, beside 1001 (the server is going away). */
export const CLOSE = {
  /** No `howdy` came in time, or the socket went silent. */
  silent: 4000,
  /** Another socket claimed the same id with the right secret. */
  replaced: 4001,
  /** Too many messages, or too many bytes waiting to be sent. */
  overload: 4002,
  /** The client said `bye`. */
  bye: 4003,
} as const;

/** One member of a park as the server knows it: its identity, and no name. */
export interface Member {
  readonly id: string;
  readonly priority: number;
}

/** What a socket is that is no member. */
type Role = 'visitor';

/** What a browser may say. */
export type ClientMessage =
  | {
      readonly type: 'howdy';
      readonly park: string;
      readonly id: string;
      readonly priority: number;
      readonly secret: string;
      readonly role?: Role;
    }
  /** An offer, an answer or a candidate. The server doesn't look inside; the receiver must. */
  | { readonly type: 'signal'; readonly to: string; readonly signal: unknown }
  | { readonly type: 'list' }
  | { readonly type: 'bye' }
  | { readonly type: 'ping'; readonly nonce: string };

/** What the server may say. `gone` is a hint: the socket closed, the node may well live. */
export type ServerMessage =
  | {
      readonly type: 'welcome';
      readonly members: Member[];
      readonly you: string;
      /** The server has just started: members of the park may not have come back to it yet. */
      readonly fresh?: true;
    }
  | { readonly type: 'joined'; readonly member: Member }
  | { readonly type: 'gone'; readonly id: string }
  | {
      readonly type: 'signal';
      readonly from: string;
      readonly signal: unknown;
      /** The sender's, as it registered. */
      readonly role?: Role;
    }
  | { readonly type: 'members'; readonly members: Member[] }
  | { readonly type: 'pong'; readonly nonce: string }
  | { readonly type: 'error'; readonly code: ErrorCode; readonly message: string };

export type ErrorCode = (typeof ERROR_CODES)[number];

const id = text(1, LIMITS.idLength);
const nonce = string(LIMITS.nonceLength);
const role = oneOf('visitor');

const park = text(1, LIMITS.parkLength);
const secret = text(LIMITS.secretMinLength, LIMITS.secretLength);

const priority: Decoder<number> = (value) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new DecodeError('not finite');
  return value;
};

const member = object<Member>({ id, priority });
const members = arrayOf(member, LIMITS.members);

const signal: Decoder<unknown> = (value) => {
  if (!isBoundedJson(value)) throw new DecodeError('not a shallow JSON value of at most 16 KiB');
  return value;
};

const yes: Decoder<true> = (value) => {
  if (value !== true) throw new DecodeError('not true');
  return value;
};

const clientMessage = byType<ClientMessage>({
  howdy: fields({ id, priority, park, secret }, { role }),
  signal: fields({ to: id, signal }),
  list: fields({}),
  bye: fields({}),
  ping: fields({ nonce }),
});

const serverMessage = byType<ServerMessage>({
  welcome: fields({ members, you: id }, { fresh: yes }),
  joined: fields({ member }),
  gone: fields({ id }),
  signal: fields({ from: id, signal }, { role }),
  members: fields({ members }),
  pong: fields({ nonce }),
  error: fields({ code: oneOf(...ERROR_CODES), message: string(LIMITS.errorLength) }),
});

export type Decoded<M> = { ok: true; message: M } | { ok: false; reason: string };

/** Takes parsed JSON. Never throws. */
export function decodeClientMessage(input: unknown): Decoded<ClientMessage> {
  return decode(clientMessage, input);
}

/** Takes parsed JSON. Never throws. */
export function decodeServerMessage(input: unknown): Decoded<ServerMessage> {
  return decode(serverMessage, input);
}

/** Parses the text of a frame. Returns undefined, which no schema accepts, when it is no JSON. */
export function parseFrame(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function decode<M>(decoder: Decoder<M>, input: unknown): Decoded<M> {
  try {
    return { ok: true, message: decoder(input) };
  } catch (error) {
    if (error instanceof DecodeError) return { ok: false, reason: error.message };
    throw error;
  }
}

function text(shortest: number, longest: number): Decoder<string> {
  const bounded = string(longest);
  return (value) => {
    const checked = bounded(value);
    if (checked.length < shortest) throw new DecodeError(`shorter than ${shortest}`);
    return checked;
  };
}

type Fields<T> = { readonly [K in keyof T]: Decoder<T[K]> };

/** What stands in a message beside its type. `extra`: one more field, which may be missing. */
function fields<T extends object, E extends object = object>(
  needed: Fields<T>,
  extra?: Fields<E>,
): (type: string) => Decoder<T & Partial<E>> {
  return (type) => {
    const usual = { type: oneOf(type), ...needed };
    const short = object<object>(usual) as unknown as Decoder<T & Partial<E>>;
    if (extra === undefined) return short;
    const long = object<object>({ ...usual, ...extra }) as unknown as Decoder<T & Partial<E>>;
    const names = Object.keys(extra);
    return (value) => (names.some((name) => hasField(value, name)) ? long : short)(value);
  };
}

/** A union by the field `type`. */
function byType<M extends { readonly type: string }>(types: {
  readonly [V in M['type']]: (type: string) => Decoder<Omit<Extract<M, { type: V }>, 'type'>>;
}): Decoder<M> {
  const decoders = new Map<unknown, Decoder<unknown>>();
  for (const [type, make] of Object.entries<(type: string) => Decoder<unknown>>(types)) {
    decoders.set(type, make(type));
  }
  return (value) => {
    const decoder = hasField(value, 'type') ? decoders.get(value.type) : undefined;
    if (decoder === undefined) throw new DecodeError('unknown type');
    return decoder(value) as M;
  };
}

function hasField<F extends string>(value: unknown, field: F): value is Record<F, unknown> {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, field);
}

function isBoundedJson(value: unknown): boolean {
  // The depth first: encoding something very deep would exhaust the stack.
  if (value === undefined || !isShallow(value, LIMITS.signalDepth)) return false;
  try {
    const text = JSON.stringify(value) as string | undefined;
    return text !== undefined && new TextEncoder().encode(text).length <= LIMITS.signalBytes;
  } catch {
    return false; // a BigInt, say: nothing that a frame can hold
  }
}

function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && Object.values(value).every((inner) => isShallow(inner, depth - 1));
}
