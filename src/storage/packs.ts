import type { Operation } from '../core/entry.ts';

/**
 * How the outbox lies in a key-value store: up to 64 operations a value. One value each would cost a crowd at the door more
 * than the log does; more in one, and each that is settled alone would have too many others written again.
 */
export const PACK = 64;

/** Operations in ascending order, by the key of their value: the sequence number of the first when it was made. */
export type Packs = ReadonlyMap<number, readonly Operation[]>;

/** What a plan asks of the store. */
export type PackStep =
  | { readonly type: 'put'; readonly key: number; readonly operations: readonly Operation[] }
  | { readonly type: 'delete'; readonly key: number };

/** Changes to the outbox, gathered so that one transaction can make them. */
export class PackPlan {
  readonly #before: Packs;
  readonly #packs: Map<number, readonly Operation[]>;
  readonly #changed = new Set<number>();

  constructor(packs: Packs) {
    this.#before = packs;
    this.#packs = new Map(packs);
  }

  /** Adds the operations; each takes the place of one with the same number. */
  put(operations: readonly Operation[]): void {
    this.delete(operations.map(({ id }) => id.sequence));
    for (let from = 0; from < operations.length; from += PACK) {
      const added = ascending(operations.slice(from, from + PACK));
      const key = added[0]?.id.sequence ?? 0;
      // What is left of the pack that this one began once stays where it is.
      this.#set(key, ascending([...(this.#packs.get(key) ?? []), ...added]));
    }
  }

  delete(sequences: readonly number[]): void {
    const gone = new Set(sequences);
    for (const [key, operations] of this.#packs) {
      const left = operations.filter(({ id }) => !gone.has(id.sequence));
      if (left.length < operations.length) this.#set(key, left);
    }
  }

  clear(): void {
    for (const key of this.#packs.keys()) this.#set(key, []);
  }

  /** What makes the store so; nothing for what came and went within the plan. */
  steps(): PackStep[] {
    return [...this.#changed].flatMap((key): PackStep[] => {
      const operations = this.#packs.get(key);
      if (operations !== undefined) return [{ type: 'put', key, operations }];
      return this.#before.has(key) ? [{ type: 'delete', key }] : [];
    });
  }

  /** The packs once the steps are durable. */
  result(): Packs {
    return this.#packs;
  }

  #set(key: number, operations: readonly Operation[]): void {
    this.#changed.add(key);
    if (operations.length === 0) this.#packs.delete(key);
    else this.#packs.set(key, operations);
  }
}

function ascending(operations: readonly Operation[]): Operation[] {
  return [...operations].sort((a, b) => a.id.sequence - b.id.sequence);
}
