import { assert } from '../core/assert.ts';
import { decode, type Decoded } from '../core/decode.ts';
import { arrayOf, integer, object, oneOf, string, variant } from '../core/decoder.ts';
import type { LogEntry } from '../core/entry.ts';
import type { Json } from '../core/json.ts';
import type { Machine } from './machine.ts';

/** The longest name of a visitor, in UTF-16 units. */
export const MAX_VISITOR_LENGTH = 80;
export const MAX_CAPACITY = 1_000_000_000;

/** What a gate can ask of the park. */
export type ParkOperation =
  | { readonly machine: 'park'; readonly kind: 'enter'; readonly visitor: string }
  | { readonly machine: 'park'; readonly kind: 'leave'; readonly visitor: string }
  | { readonly machine: 'park'; readonly kind: 'capacity'; readonly capacity: number };

export type ParkRefusal = 'full' | 'already-inside' | 'not-inside';

/** What the park decided. */
export type ParkOutcome =
  { readonly allowed: true } | { readonly allowed: false; readonly reason: ParkRefusal };

const ALLOWED: ParkOutcome = { allowed: true };

const operation = variant<ParkOperation, 'kind'>('kind', {
  enter: { machine: oneOf('park'), visitor: string(MAX_VISITOR_LENGTH) },
  leave: { machine: oneOf('park'), visitor: string(MAX_VISITOR_LENGTH) },
  capacity: { machine: oneOf('park'), capacity: integer(0, MAX_CAPACITY) },
});

const snapshotShape = object<{ capacity: number; inside: string[] }>({
  capacity: integer(0, MAX_CAPACITY),
  inside: arrayOf(string(MAX_VISITOR_LENGTH), Infinity),
});

export function decodeParkOperation(body: unknown): Decoded<ParkOperation> {
  const decoded = decode(operation, body);
  if (decoded.ok && decoded.value.kind !== 'capacity' && decoded.value.visitor.trim() === '') {
    return { ok: false, reason: 'visitor: empty' };
  }
  return decoded;
}

/** The park (rules S1 and S3): who is inside, and never more than the capacity. */
export class Park implements Machine {
  readonly name = 'park';
  #capacity = 0;
  /** In the order in which they came in. */
  #inside = new Set<string>();

  get capacity(): number {
    return this.#capacity;
  }

  get visitors(): ReadonlySet<string> {
    return this.#inside;
  }

  reset(): void {
    this.#capacity = 0;
    this.#inside = new Set();
  }

  refuse(body: Json): string | null {
    const decoded = decodeParkOperation(body);
    return decoded.ok ? null : decoded.reason;
  }

  apply({ command }: LogEntry): Json {
    if (command.kind === 'founding') this.#capacity = command.settings.capacity;
    if (command.kind !== 'operation') return null;
    const decoded = decodeParkOperation(command.operation.body);
    if (!decoded.ok) return null;
    const outcome = this.#decide(decoded.value);
    assert(this.#inside.size <= this.#capacity, 'S1: never more inside than the capacity');
    return outcome;
  }

  snapshot(): Json {
    return { capacity: this.#capacity, inside: [...this.#inside] };
  }

  refuseSnapshot(snapshot: Json): string | null {
    const decoded = decode(snapshotShape, snapshot);
    if (!decoded.ok) return decoded.reason;
    const { inside, capacity } = decoded.value;
    if (inside.length > capacity) return 'more inside than the capacity';
    return new Set(inside).size < inside.length ? 'somebody is inside twice' : null;
  }

  restore(snapshot: Json): void {
    const decoded = decode(snapshotShape, snapshot);
    assert(decoded.ok, 'R6: a snapshot of the park is checked before');
    this.#capacity = decoded.value.capacity;
    this.#inside = new Set(decoded.value.inside);
  }

  #decide(asked: ParkOperation): ParkOutcome {
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
