import type { Refusal, RefusalSource } from '../core/refusal.ts';

/** One way in which input was refused, and how often. */
export interface RefusedInput {
  readonly source: RefusalSource;
  readonly reason: string;
  readonly count: number;
  /** When it last happened: wall clock, ms since 1970. */
  readonly last: number;
  /** The node that it came from last, where that is known. */
  readonly from: string | null;
}

/** So many reasons are told apart; what is beyond them is counted together, by its source. */
export const MOST_REASONS = 64;
/** A reason is a few words; from storage it may be more. */
const MOST_WORDS = 160;
const OTHERS = 'other reasons';

/** Counts what was refused at all boundaries of a tab. It does not grow, whatever is thrown at it. */
export class Refusals {
  readonly #kinds = new Map<string, RefusedInput>();

  add({ source, reason, from }: Refusal, at: number): RefusedInput {
    // Which item of a list it was tells nothing, and would make a reason of each.
    const words = reason.replace(/\[\d+\]/g, '[]').slice(0, MOST_WORDS);
    const known = this.#kinds.has(keyOf(source, words));
    const told = known || this.#kinds.size < MOST_REASONS ? words : OTHERS;
    const key = keyOf(source, told);
    const count = (this.#kinds.get(key)?.count ?? 0) + 1;
    const kind: RefusedInput = { source, reason: told, count, last: at, from };
    this.#kinds.set(key, kind);
    return kind;
  }

  /** The most frequent first. */
  list(): RefusedInput[] {
    return [...this.#kinds.values()].sort((a, b) => b.count - a.count || b.last - a.last);
  }
}

function keyOf(source: RefusalSource, reason: string): string {
  return `${source} ${reason}`;
}
