/** What a visitor's tab and a gate tell each other, as closed schemas (rules V1 to V9). */
import { decode, type Decoded } from '../../core/decode.ts';
import {
  boolean,
  integer,
  nullable,
  object,
  oneOf,
  pattern,
  string,
  variant,
} from '../../core/decoder.ts';
import { MAX_NAME_LENGTH } from '../../core/identity.ts';
import { position, type Place, type Position } from './place.ts';

export type VisitWish = 'enter' | 'leave';

/** What the park said of a request. `old-request`: the same ticket has asked for something else. */
export type VisitRefusal = 'full' | 'already-inside' | 'not-inside' | 'old-request';

/**
 * Why a gate gives no answer. `no-quorum`: it has no leader with a quorum. `busy`: it has too much to do. `failed`: its
 * own node gave an error.
 */
export type DeclinedReason = 'no-quorum' | 'busy' | 'failed';

/** From a visitor's tab. */
export type VisitorMessage =
  /** The request with this number, of the tab with this secret name. */
  | {
      readonly type: 'ASK';
      readonly tab: string;
      readonly number: number;
      readonly wish: VisitWish;
      readonly visitor: string;
    }
  /** Who it is, and what its page shows: nothing is asked (rule V9). */
  | {
      readonly type: 'SHOW';
      readonly tab: string;
      readonly visitor: string;
      readonly inside: boolean;
      readonly known: Position | null;
    }
  | { readonly type: 'PROBE'; readonly number: number };

/** From a gate. */
export type GateMessage =
  /** It serves this visitor. */
  | { readonly type: 'WELCOME'; readonly gate: string }
  /** It serves as many as it can. */
  | { readonly type: 'BUSY' }
  | {
      readonly type: 'ANSWER';
      /** Of the request. */
      readonly number: number;
      readonly allowed: boolean;
      readonly reason: VisitRefusal | null;
      /** The gate's operation, and its entry in the log. */
      readonly operation: string;
      readonly index: number;
      /** As the gate's log has it now: it may have gone on since the request was decided. */
      readonly place: Place;
    }
  /** The log has this visitor in another place than its page shows (rule V9). */
  | { readonly type: 'PLACE'; readonly place: Place }
  /** `definite`: this gate did not hand the request on, and will not. */
  | {
      readonly type: 'DECLINED';
      readonly number: number;
      readonly reason: DeclinedReason;
      readonly definite: boolean;
    }
  | { readonly type: 'GOT_IT'; readonly number: number };

/** A tab's secret name: made once, at random. */
const TAB_PATTERN = /^[a-z0-9]{32}$/;
export const tab = pattern(TAB_PATTERN);
const number = integer(1, Number.MAX_SAFE_INTEGER);
/** The longest name that `visitorName` makes. */
const MAX_VISITOR = 24;

const place = object<Place>({ inside: boolean, at: position });

const visitorMessage = variant<VisitorMessage, 'type'>('type', {
  ASK: { tab, number, wish: oneOf('enter', 'leave'), visitor: string(MAX_VISITOR) },
  SHOW: { tab, visitor: string(MAX_VISITOR), inside: boolean, known: nullable(position) },
  PROBE: { number },
});

const gateMessage = variant<GateMessage, 'type'>('type', {
  WELCOME: { gate: string(MAX_NAME_LENGTH) },
  BUSY: {},
  ANSWER: {
    number,
    allowed: boolean,
    reason: nullable(oneOf('full', 'already-inside', 'not-inside', 'old-request')),
    operation: pattern(/^[a-z0-9]{4,32}\.[0-9]{1,16}$/),
    index: number,
    place,
  },
  PLACE: { place },
  DECLINED: { number, reason: oneOf('no-quorum', 'busy', 'failed'), definite: boolean },
  GOT_IT: { number },
});

/** Rule V7: a ticket's name begins like its tab's, so that nobody goes by the name of somebody else. */
export function decodeVisitorMessage(data: unknown): Decoded<VisitorMessage> {
  const decoded = decode(visitorMessage, data);
  if (!decoded.ok || decoded.value.type === 'PROBE') return decoded;
  const { visitor, tab: secret } = decoded.value;
  if (visitor !== visitorName(secret)) return { ok: false, reason: 'visitor: not its own name' };
  return decoded;
}

export function decodeGateMessage(data: unknown): Decoded<GateMessage> {
  return decode(gateMessage, data);
}

/** `Visitor K7Q2-MXAB`: what a visitor with a tab of its own is called in the log. */
export function visitorName(secret: string): string {
  const code = secret.toUpperCase();
  return `Visitor ${code.slice(0, 4)}-${code.slice(4, 8)}`;
}

/** What a tab keeps on its device (rule V2). */
export interface Ticket {
  readonly tab: string;
  /** Of its last request; 0 before the first. */
  readonly number: number;
  /** What the last request wants, as long as no answer is known. */
  readonly wish: VisitWish | null;
  /** By the last answer, or as a gate has told since. */
  readonly inside: boolean;
  /** Up to where in the log that is known; null when no gate has told yet. */
  readonly known: Position | null;
}

/** How writing a ticket ended. `lost`: it is another page's by now, or was cleared: this page writes it no more. */
export type TicketWrite = 'kept' | 'failed' | 'lost';

export function newTicket(tab: string): Ticket {
  return { tab, number: 0, wish: null, inside: false, known: null };
}

const ticket = object<Ticket>({
  tab,
  number: integer(0, Number.MAX_SAFE_INTEGER - 1),
  wish: nullable(oneOf('enter', 'leave')),
  inside: boolean,
  known: nullable(position),
});

export function decodeTicket(data: unknown): Decoded<Ticket> {
  return decode(ticket, data);
}
