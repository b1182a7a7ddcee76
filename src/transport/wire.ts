/**
 * What travels on a link. The body of `data` is the core's business and is checked there; everything around it
 * is a closed schema, checked here by hand because every message of every node passes through it.
 */
import { NODE_ID_PATTERN, type NodeId } from '../core/identity.ts';

/** The most hops that a message makes: all of a ring of 64 in which one is dead. */
export const MAX_HOPS = 64;
/** The most lists and objects inside each other: the deepest message of the core has some 40. */
const MAX_DEPTH = 64;
/** The most neighbours in one advert, and the most adverts in one message. */
export const MAX_ADVERT_SIZE = 64;
/** Greater sequence numbers are refused, so that ours can always be made to grow past one. */
export const MAX_SEQUENCE = 2 ** 52;

/** What a node says about its own direct links. Of two adverts from one origin the greater sequence counts. */
export interface Advert {
  readonly origin: NodeId;
  readonly sequence: number;
  /** Sorted, each once. */
  readonly neighbours: readonly NodeId[];
}

/** The core's message, or a part of it, on its way from `source` to `target`. */
export interface DataMessage {
  readonly kind: 'data';
  readonly source: NodeId;
  readonly target: NodeId;
  /** How many links it has passed before this one. */
  readonly hops: number;
  readonly body: unknown;
}

/** Offers, answers and candidates that peers relay while the coordinator is away. */
export interface SignalMessage {
  readonly kind: 'signal';
  readonly source: NodeId;
  readonly target: NodeId;
  readonly hops: number;
  readonly signal: unknown;
}

/** Link-state routing. */
export interface NeighboursMessage {
  readonly kind: 'neighbours';
  readonly adverts: readonly Advert[];
}

/** The sender leaves for good: its links and its page are about to go. */
export interface ByeMessage {
  readonly kind: 'bye';
}

/** Whether the sender needs the link that this comes over. Every link is needed until it says otherwise. */
export interface NeedMessage {
  readonly kind: 'need';
  readonly needed: boolean;
}

/** The sender is about to close the link that this comes over, since neither end needs it. */
export interface PartMessage {
  readonly kind: 'part';
}

export type WireMessage =
  DataMessage | SignalMessage | NeighboursMessage | ByeMessage | NeedMessage | PartMessage;

export type WireResult =
  | { readonly ok: true; readonly message: WireMessage }
  | { readonly ok: false; readonly reason: string };

/** Takes parsed JSON from outside. Never throws. */
export function decodeWire(input: unknown): WireResult {
  if (!isRecord(input)) return refuse('no object');
  switch (input['kind']) {
    case 'data':
    case 'signal':
      return decodeRouted(input, input['kind']);
    case 'neighbours':
      return decodeNeighbours(input);
    case 'bye':
    case 'part':
      if (countKeys(input) !== 1) return refuse(`${input['kind']}: unknown field`);
      return { ok: true, message: { kind: input['kind'] } };
    case 'need':
      return decodeNeed(input);
    default:
      return refuse('unknown kind');
  }
}

/** Whether a message can be encoded again: bounded in depth, whatever is in it. */
export function isShallow(value: unknown, depth = MAX_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && Object.values(value).every((inner) => isShallow(inner, depth - 1));
}

function decodeRouted(input: Record<string, unknown>, kind: 'data' | 'signal'): WireResult {
  const { source, target, hops } = input;
  const content = kind === 'data' ? input['body'] : input['signal'];
  if (!isNodeId(source)) return refuse(`${kind}: bad source`);
  if (!isNodeId(target)) return refuse(`${kind}: bad target`);
  if (!isCount(hops, MAX_HOPS)) return refuse(`${kind}: bad hops`);
  if (content === undefined) return refuse(`${kind}: empty`);
  if (countKeys(input) !== 5) return refuse(`${kind}: unknown field`);
  const message: WireMessage =
    kind === 'data'
      ? { kind, source, target, hops, body: content }
      : { kind, source, target, hops, signal: content };
  return { ok: true, message };
}

function decodeNeed(input: Record<string, unknown>): WireResult {
  const { needed } = input;
  if (typeof needed !== 'boolean') return refuse('need: no boolean');
  if (countKeys(input) !== 2) return refuse('need: unknown field');
  return { ok: true, message: { kind: 'need', needed } };
}

function decodeNeighbours(input: Record<string, unknown>): WireResult {
  const list = input['adverts'];
  if (!Array.isArray(list) || list.length > MAX_ADVERT_SIZE) return refuse('neighbours: bad list');
  if (countKeys(input) !== 2) return refuse('neighbours: unknown field');
  const adverts: Advert[] = [];
  for (const item of list as unknown[]) {
    const advert = decodeAdvert(item);
    if (advert === undefined) return refuse('neighbours: bad advert');
    adverts.push(advert);
  }
  return { ok: true, message: { kind: 'neighbours', adverts } };
}

function decodeAdvert(input: unknown): Advert | undefined {
  if (!isRecord(input) || countKeys(input) !== 3) return undefined;
  const { origin, sequence, neighbours } = input;
  if (!isNodeId(origin) || !isCount(sequence, MAX_SEQUENCE)) return undefined;
  if (!Array.isArray(neighbours) || neighbours.length > MAX_ADVERT_SIZE) return undefined;
  const ids: NodeId[] = [];
  for (const id of neighbours as unknown[]) {
    const last = ids.at(-1);
    // Sorted, so that each comes once and equal lists are equal arrays.
    if (!isNodeId(id) || id === origin || (last !== undefined && id <= last)) return undefined;
    ids.push(id);
  }
  return { origin, sequence, neighbours: ids };
}

/** True for what may be the id of a node. */
export function isNodeId(value: unknown): value is NodeId {
  return typeof value === 'string' && NODE_ID_PATTERN.test(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;
}

function countKeys(value: object): number {
  return Object.keys(value).length;
}

function refuse(reason: string): WireResult {
  return { ok: false, reason: `wire: ${reason}` };
}
