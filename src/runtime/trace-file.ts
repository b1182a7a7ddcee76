import { DecodeError, integer, nullable, number, object, oneOf, string } from '../core/decoder.ts';
import { decode, type Decoded } from '../core/decode.ts';
import type { TraceEvent } from './trace.ts';

/**
 * The first line of a trace file; every further line is a TraceEvent, in the order of time. What happens to the
 * network as a whole (a fault, the signaling server) stands at the node ''.
 */
export interface TraceHead {
  readonly format: 'gatehouse-trace';
  readonly version: 1;
  /** The seed that gives this run again. */
  readonly seed: number;
  /** The wall clock of the simulation at its beginning, ms since 1970; the events count on from it. */
  readonly began: number;
}

export interface Trace {
  readonly head: TraceHead;
  readonly events: readonly TraceEvent[];
}

const LONGEST_NAME = 256;
const LONGEST_DETAIL = 100_000;

const head = object<TraceHead>({
  format: oneOf('gatehouse-trace'),
  version: (value) => {
    if (value !== 1) throw new DecodeError('a version that is not known here');
    return value;
  },
  seed: integer(0, Number.MAX_SAFE_INTEGER),
  began: number(0, Number.MAX_SAFE_INTEGER),
});

type Whole = { readonly [K in keyof Required<TraceEvent>]: TraceEvent[K] | null };

const event = object<Whole>({
  sequence: integer(1, Number.MAX_SAFE_INTEGER),
  at: number(0, Number.MAX_SAFE_INTEGER),
  node: string(LONGEST_NAME),
  kind: oneOf('sent', 'received', 'dropped', 'refused', 'command', 'role', 'note'),
  peer: nullable(string(LONGEST_NAME)),
  what: string(LONGEST_NAME),
  detail: nullable(string(LONGEST_DETAIL)),
  bytes: nullable(integer(0, Number.MAX_SAFE_INTEGER)),
});

/** Reads a trace file; the reason tells the line that does not fit. */
export function decodeTrace(text: string): Decoded<Trace> {
  const [first = '', ...lines] = text.split('\n').filter((line) => line !== '');
  const decodedHead = decode(head, parse(first));
  if (!decodedHead.ok) return { ok: false, reason: `line 1: ${decodedHead.reason}` };
  const events: TraceEvent[] = [];
  for (const [i, line] of lines.entries()) {
    const parsed = parse(line);
    const decoded = decode(event, isObject(parsed) ? { ...ABSENT, ...parsed } : parsed);
    if (!decoded.ok) return { ok: false, reason: `line ${i + 2}: ${decoded.reason}` };
    events.push(withoutAbsent(decoded.value));
  }
  return { ok: true, value: { head: decodedHead.value, events } };
}

const ABSENT = { peer: null, detail: null, bytes: null };

function withoutAbsent(whole: Whole): TraceEvent {
  const present = Object.entries(whole).filter(([, value]) => value !== null);
  return Object.fromEntries(present) as unknown as TraceEvent;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** What is no JSON fits no schema. */
function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
