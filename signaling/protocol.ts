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
 * Both sides decode what they receive with the closed schemas below: an unknown type, an unknown
 * field, a wrong type or a value out of bounds is a `bad-message`, never an exception.
 */
import * as v from 'valibot';

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

const idSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(LIMITS.idLength));
const nonceSchema = v.pipe(v.string(), v.maxLength(LIMITS.nonceLength));
const prioritySchema = v.pipe(v.number(), v.finite());

const memberSchema = v.strictObject({ id: idSchema, priority: prioritySchema });
const membersSchema = v.pipe(v.array(memberSchema), v.maxLength(LIMITS.members));

/** What a socket is that is no member. */
const roleSchema = v.literal('visitor');

/** An offer, an answer or a candidate. The server doesn't look inside; the receiver must. */
const signalSchema = v.pipe(
  v.unknown(),
  v.check(isBoundedJson, 'a signal is a shallow JSON value of at most 16 KiB'),
);

const clientSchema = v.variant('type', [
  v.strictObject({
    type: v.literal('howdy'),
    park: v.pipe(v.string(), v.minLength(1), v.maxLength(LIMITS.parkLength)),
    id: idSchema,
    priority: prioritySchema,
    secret: v.pipe(
      v.string(),
      v.minLength(LIMITS.secretMinLength),
      v.maxLength(LIMITS.secretLength),
    ),
    role: v.optional(roleSchema),
  }),
  v.strictObject({ type: v.literal('signal'), to: idSchema, signal: signalSchema }),
  v.strictObject({ type: v.literal('list') }),
  v.strictObject({ type: v.literal('bye') }),
  v.strictObject({ type: v.literal('ping'), nonce: nonceSchema }),
]);

const serverSchema = v.variant('type', [
  v.strictObject({
    type: v.literal('welcome'),
    members: membersSchema,
    you: idSchema,
    // The server has just started: members of the park may not have come back to it yet.
    fresh: v.optional(v.literal(true)),
  }),
  v.strictObject({ type: v.literal('joined'), member: memberSchema }),
  v.strictObject({ type: v.literal('gone'), id: idSchema }),
  v.strictObject({
    type: v.literal('signal'),
    from: idSchema,
    signal: signalSchema,
    // The sender's, as it registered.
    role: v.optional(roleSchema),
  }),
  v.strictObject({ type: v.literal('members'), members: membersSchema }),
  v.strictObject({ type: v.literal('pong'), nonce: nonceSchema }),
  v.strictObject({
    type: v.literal('error'),
    code: v.picklist(ERROR_CODES),
    message: v.pipe(v.string(), v.maxLength(LIMITS.errorLength)),
  }),
]);

/** One member of a park as the server knows it: its identity, and no name. */
export type Member = v.InferOutput<typeof memberSchema>;
/** What a browser may say. */
export type ClientMessage = v.InferOutput<typeof clientSchema>;
/** What the server may say. `gone` is a hint: the socket closed, the node may well live. */
export type ServerMessage = v.InferOutput<typeof serverSchema>;
export type ErrorCode = (typeof ERROR_CODES)[number];

export type Decoded<M> = { ok: true; message: M } | { ok: false; reason: string };

/** Takes parsed JSON. Never throws. */
export function decodeClientMessage(input: unknown): Decoded<ClientMessage> {
  return decode(clientSchema, input);
}

/** Takes parsed JSON. Never throws. */
export function decodeServerMessage(input: unknown): Decoded<ServerMessage> {
  return decode(serverSchema, input);
}

/** Parses the text of a frame. Returns undefined, which no schema accepts, when it is no JSON. */
export function parseFrame(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function decode<M>(schema: v.GenericSchema<unknown, M>, input: unknown): Decoded<M> {
  const result = v.safeParse(schema, input, { abortEarly: true });
  if (result.success) return { ok: true, message: result.output };
  const issue = result.issues[0];
  const path = v.getDotPath(issue);
  const reason = path === null ? issue.message : `${path}: ${issue.message}`;
  // A message of valibot quotes what it received: bound it before it goes anywhere.
  return { ok: false, reason: reason.slice(0, LIMITS.errorLength) };
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
