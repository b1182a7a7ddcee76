import { assert } from '../core/assert.ts';
import { decode, type Decoded } from '../core/decode.ts';
import {
  arrayOf,
  boolean,
  DecodeError,
  integer,
  object,
  oneOf,
  string,
  variant,
  type Decoder,
} from '../core/decoder.ts';
import { MAX_CAPACITY, type LogEntry } from '../core/entry.ts';
import type { Json } from '../core/json.ts';
import type { Machine } from './machine.ts';
import { visibleName } from './visible-name.ts';
import {
  decidedRequests,
  visitRequest,
  VisitRequests,
  wish,
  type DecidedRequest,
  type Wish,
} from './visit-requests.ts';

/** The longest name of a visitor, in UTF-16 units. */
export const MAX_VISITOR_LENGTH = 80;

/** What a gate can ask of the park. */
export type ParkOperation =
  | { readonly machine: 'park'; readonly kind: 'enter'; readonly visitor: string }
  | { readonly machine: 'park'; readonly kind: 'leave'; readonly visitor: string }
  | { readonly machine: 'park'; readonly kind: 'capacity'; readonly capacity: number }
  /** A visitor's own tab asks, by any gate. */
  | {
      readonly machine: 'park';
      readonly kind: 'visit';
      readonly wish: Wish;
      readonly visitor: string;
      /** A `VisitRequest`, written out: an interface is no JSON to the compiler. */
      readonly request: { readonly tab: string; readonly number: number };
    };

const REFUSALS = ['full', 'already-inside', 'not-inside', 'old-request'] as const;

/** `old-request`: the visitor's ticket has asked for something else since, or under the same number. */
export type ParkRefusal = (typeof REFUSALS)[number];

/** What the park decided. `repeated`: with an earlier entry; this one changed nothing. */
export type ParkOutcome =
  | { readonly allowed: true; readonly repeated?: true }
  | { readonly allowed: false; readonly reason: ParkRefusal; readonly repeated?: true };

const ALLOWED: ParkOutcome = { allowed: true };

const operation = variant<ParkOperation, 'kind'>('kind', {
  enter: { machine: oneOf('park'), visitor: string(MAX_VISITOR_LENGTH) },
  leave: { machine: oneOf('park'), visitor: string(MAX_VISITOR_LENGTH) },
  capacity: { machine: oneOf('park'), capacity: integer(0, MAX_CAPACITY) },
  visit: {
    machine: oneOf('park'),
    wish,
    visitor: string(MAX_VISITOR_LENGTH),
    request: visitRequest,
  },
});

const allowed = object<{ allowed: boolean }>({ allowed: boolean });
const refused = object<{ allowed: boolean; reason: ParkRefusal }>({
  allowed: boolean,
  reason: oneOf('full', 'already-inside', 'not-inside'),
});

/** What was decided first: neither repeated nor too old. */
const decided: Decoder<ParkOutcome> = (value) => {
  if (typeof value !== 'object' || value === null || !('reason' in value)) {
    if (allowed(value).allowed) return ALLOWED;
    throw new DecodeError('refused without a reason');
  }
  const { allowed: isAllowed, reason } = refused(value);
  if (isAllowed) throw new DecodeError('allowed for a reason');
  return { allowed: false, reason };
};

interface ParkSnapshot {
  readonly capacity: number;
  readonly inside: readonly string[];
  readonly requests: readonly DecidedRequest[];
}

const parts = {
  capacity: integer(0, MAX_CAPACITY),
  inside: arrayOf(string(MAX_VISITOR_LENGTH), Infinity),
};
const wholeShape = object<ParkSnapshot>({ ...parts, requests: decidedRequests(decided) });
const bareShape = object<Omit<ParkSnapshot, 'requests'>>(parts);

/** Without requests as long as there are none. */
const snapshotShape: Decoder<ParkSnapshot> = (value) => {
  const hasRequests = typeof value === 'object' && value !== null && 'requests' in value;
  return hasRequests ? wholeShape(value) : { ...bareShape(value), requests: [] };
};

export function decodeParkOperation(body: unknown): Decoded<ParkOperation> {
  const decoded = decode(operation, body);
  if (decoded.ok && decoded.value.kind !== 'capacity' && decoded.value.visitor.trim() === '') {
    return { ok: false, reason: 'visitor: empty' };
  }
  return decoded;
}

const newVisitor = object<{ visitor: string }>({ visitor: visibleName(MAX_VISITOR_LENGTH) });

/**
 * Why nobody may ask this; null when all is well. Who comes in has a name that can be read at the other doors; whoever is
 * inside may leave, under whatever name a log of before has them.
 */
export function refuseParkOperation(body: unknown): string | null {
  const decoded = decodeParkOperation(body);
  if (!decoded.ok) return decoded.reason;
  const { value } = decoded;
  const comesIn = value.kind === 'enter' || (value.kind === 'visit' && value.wish === 'enter');
  if (!comesIn) return null;
  const named = decode(newVisitor, { visitor: value.visitor });
  return named.ok ? null : named.reason;
}

/** What the park said, as it stands in the log's outcomes; null for what it never says. */
export function readParkOutcome(
  outcome: Json,
): { readonly allowed: boolean; readonly reason: ParkRefusal | null } | null {
  if (typeof outcome !== 'object' || outcome === null || !('allowed' in outcome)) return null;
  if (outcome.allowed === true) return { allowed: true, reason: null };
  const reason = REFUSALS.find((refusal) => 'reason' in outcome && refusal === outcome.reason);
  return outcome.allowed === false && reason ? { allowed: false, reason } : null;
}

/** The park (rules S1 and S3): who is inside, and never more than the capacity. */
export class Park implements Machine {
  readonly name = 'park';
  #capacity = 0;
  /** In the order in which they came in. */
  #inside = new Set<string>();
  readonly #requests = new VisitRequests();

  get capacity(): number {
    return this.#capacity;
  }

  get visitors(): ReadonlySet<string> {
    return this.#inside;
  }

  reset(): void {
    this.#capacity = 0;
    this.#inside = new Set();
    this.#requests.restore([]);
  }

  refuse(body: Json): string | null {
    return refuseParkOperation(body);
  }

  apply({ command }: LogEntry): Json {
    if (command.kind === 'founding') this.#capacity = command.settings.capacity;
    if (command.kind !== 'operation') return null;
    const decoded = decodeParkOperation(command.operation.body);
    if (!decoded.ok) return null;
    const outcome = this.#answer(decoded.value);
    assert(this.#inside.size <= this.#capacity, 'S1: never more inside than the capacity');
    return outcome;
  }

  snapshot(): Json {
    const state = { capacity: this.#capacity, inside: [...this.#inside] };
    const requests = this.#requests.list().map(({ tab, number, wish, outcome }) => ({
      tab,
      number,
      wish,
      outcome: { ...outcome },
    }));
    return requests.length > 0 ? { ...state, requests } : state;
  }

  refuseSnapshot(snapshot: Json): string | null {
    const decoded = decode(snapshotShape, snapshot);
    if (!decoded.ok) return decoded.reason;
    const { inside, capacity, requests } = decoded.value;
    if (inside.length > capacity) return 'more inside than the capacity';
    if (new Set(requests.map(({ tab }) => tab)).size < requests.length) return 'a tab twice';
    return new Set(inside).size < inside.length ? 'somebody is inside twice' : null;
  }

  restore(snapshot: Json): void {
    const decoded = decode(snapshotShape, snapshot);
    assert(decoded.ok, 'R6: a snapshot of the park is checked before');
    this.#capacity = decoded.value.capacity;
    this.#inside = new Set(decoded.value.inside);
    this.#requests.restore(decoded.value.requests);
  }

  /** A visitor's request is decided once. */
  #answer(asked: ParkOperation): ParkOutcome {
    if (asked.kind !== 'visit') return this.#decide(asked);
    const { wish, visitor, request } = asked;
    const before = this.#requests.recall(request, wish);
    if (before) return before;
    const outcome = this.#decide({ machine: 'park', kind: wish, visitor });
    this.#requests.remember(request, wish, outcome);
    return outcome;
  }

  #decide(asked: Exclude<ParkOperation, { kind: 'visit' }>): ParkOutcome {
    switch (asked.kind) {
      case 'enter':
        if (this.#inside.has(asked.visitor)) return { allowed: false, reason: 'already-inside' };
        if (this.#inside.size >= this.#capacity) return { allowed: false, reason: 'full' };
        this.#inside.add(asked.visitor);
        return ALLOWED;
      case 'leave':
        return this.#inside.delete(asked.visitor)
          ? ALLOWED
          : { allowed: false, reason: 'not-inside' };
      case 'capacity':
        // Nobody is put out: a capacity below what is inside is refused, so that S1 holds at every point.
        if (asked.capacity < this.#inside.size) return { allowed: false, reason: 'full' };
        this.#capacity = asked.capacity;
        return ALLOWED;
    }
  }
}
