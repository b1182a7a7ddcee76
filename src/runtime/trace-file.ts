import { DecodeError, integer, nullable, number, object, oneOf, string } from '../core/decoder.ts';
import { decode, type Decoded } from '../core/decode.ts';
import { ELECTIONS, TOPOLOGIES, type ElectionKind, type TopologyKind } from '../core/entry.ts';
import type { TraceEvent } from './trace.ts';

/**
 * The first line of a trace file; every further line is a TraceNode or a TraceEvent, in the order of time. What happens
 * to the network as a whole (a fault, the signaling server) stands at the node ''.
 */
export interface TraceHead {
  readonly format: 'gatehouse-trace';
  readonly version: 2;
  /** The seed that gives this run again. */
  readonly seed: number;
  /** The wall clock of the simulation at its beginning, ms since 1970; the events count on from it. */
  readonly began: number;
  readonly election: ElectionKind;
  readonly topology: TopologyKind;
}

/** Who has the id that stands in events from here on. One whose disk is lost goes on by its name, with another id. */
export interface TraceNode {
  readonly introduces: string;
  readonly name: string;
  readonly priority: number;
}

export interface Trace {
  readonly head: TraceHead;
  readonly nodes: readonly TraceNode[];
  readonly events: readonly TraceEvent[];
}

/** What a reader takes. The longest runs of the simulator fit. */
export const TRACE_LIMITS = {
  /** Of the whole file: for who reads it. */
  bytes: 64 * 1024 * 1024,
  events: 300_000,
  nodes: 1000,
  /** Characters of one line. */
  line: 120_000,
} as const;

const LONGEST_NAME = 256;
const LONGEST_DETAIL = 100_000;

const name = string(LONGEST_NAME);

const head = object<TraceHead>({
  format: oneOf('gatehouse-trace'),
  version: (value) => {
    if (value !== 2) throw new DecodeError('a version that is not known here');
    return value;
  },
  seed: integer(0, Number.MAX_SAFE_INTEGER),
  began: number(0, Number.MAX_SAFE_INTEGER),
  election: oneOf(...ELECTIONS),
  topology: oneOf(...TOPOLOGIES),
});

const node = object<TraceNode>({ introduces: name, name, priority: number(-1e12, 1e12) });

type Whole = { readonly [K in keyof Required<TraceEvent>]: TraceEvent[K] | null };

const event = object<Whole>({
  sequence: integer(1, Number.MAX_SAFE_INTEGER),
  at: number(0, Number.MAX_SAFE_INTEGER),
  node: name,
  kind: oneOf('sent', 'received', 'dropped', 'refused', 'command', 'role', 'note'),
  peer: nullable(name),
  what: name,
  detail: nullable(string(LONGEST_DETAIL)),
  bytes: nullable(integer(0, Number.MAX_SAFE_INTEGER)),
});

/** Reads a trace file line by line; the reason tells the line that does not fit. */
export class TraceReader {
  readonly #nodes: TraceNode[] = [];
  readonly #events: TraceEvent[] = [];
  #head: TraceHead | null = null;
  #lines = 0;
  readonly #limits: Readonly<Record<'events' | 'nodes' | 'line', number>>;

  constructor(limits: Readonly<Record<'events' | 'nodes' | 'line', number>> = TRACE_LIMITS) {
    this.#limits = limits;
  }

  /** Returns why the line is not taken; null when it is. */
  take(line: string): string | null {
    this.#lines += 1;
    if (line === '') return null;
    const reason =
      line.length > this.#limits.line
        ? `longer than ${this.#limits.line} characters`
        : this.#read(parse(line));
    return reason === null ? null : `line ${this.#lines}: ${reason}`;
  }

  end(): Decoded<Trace> {
    if (this.#head === null) return { ok: false, reason: 'line 1: nothing there' };
    if (this.#events.length === 0) {
      return { ok: false, reason: `line ${this.#lines + 1}: no events` };
    }
    return { ok: true, value: { head: this.#head, nodes: this.#nodes, events: this.#events } };
  }

  #read(value: unknown): string | null {
    if (this.#head === null) {
      const decoded = decode(head, value);
      if (!decoded.ok) return decoded.reason;
      this.#head = decoded.value;
      return null;
    }
    if (isObject(value) && 'introduces' in value) return this.#readNode(value);
    return this.#readEvent(value, this.#events.at(-1)?.at ?? this.#head.began);
  }

  #readNode(value: object): string | null {
    const decoded = decode(node, value);
    if (!decoded.ok) return decoded.reason;
    const { nodes } = this.#limits;
    if (this.#nodes.length === nodes) return `more than ${nodes} nodes`;
    this.#nodes.push(decoded.value);
    return null;
  }

  #readEvent(value: unknown, before: number): string | null {
    const decoded = decode(event, isObject(value) ? { ...ABSENT, ...value } : value);
    if (!decoded.ok) return decoded.reason;
    const taken = withoutAbsent(decoded.value);
    if (taken.at < before) return 'earlier than what comes before it';
    const { events } = this.#limits;
    if (this.#events.length === events) return `more than ${events} events`;
    this.#events.push(taken);
    return null;
  }
}

export function decodeTrace(text: string): Decoded<Trace> {
  const reader = new TraceReader();
  for (const line of text.split('\n')) {
    const reason = reader.take(line);
    if (reason !== null) return { ok: false, reason };
  }
  return reader.end();
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
