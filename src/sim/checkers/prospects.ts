import type { ParkState } from './park-state.ts';
import type { Answered, Problem, Unanswered } from './problem.ts';

/** How many of a visitor's next answers are looked at. */
const HORIZON = 4;

/**
 * Looks ahead for one visitor at a time, as if the park had room for everybody: can the visitor's next answers still be
 * had? Where they can't, no order goes on from here, so the search need not try.
 */
export class Prospects {
  readonly #problem: Problem;
  readonly #state: ParkState;
  readonly #done: Uint8Array;
  readonly #used: Uint16Array;
  /** Of each visitor: the places of the answered operations, and the kinds of unknown fate. */
  readonly #answered: number[][] = [];
  readonly #enter: number[] = [];
  readonly #leave: number[] = [];

  constructor(problem: Problem, state: ParkState, done: Uint8Array, used: Uint16Array) {
    this.#problem = problem;
    this.#state = state;
    this.#done = done;
    this.#used = used;
    for (const [at, { visitor }] of problem.answered.entries())
      if (visitor >= 0) (this.#answered[visitor] ??= []).push(at);
    for (const [at, { kind, visitor }] of problem.unanswered.entries())
      if (visitor >= 0) (kind === 'enter' ? this.#enter : this.#leave)[visitor] = at;
  }

  /** @param first all answered operations before it are done */
  areGood(visitor: number, first: number): boolean {
    if (visitor < 0) return true;
    const next = this.#next(visitor, first, HORIZON + 1);
    const beyond = next[HORIZON]?.invokedAt ?? Infinity;
    const used = (at: number | undefined): number => (at === undefined ? 0 : (this.#used[at] ?? 0));
    return this.#possible(next.slice(0, HORIZON), beyond, {
      inside: this.#state.isInside(visitor),
      entered: used(this.#enter[visitor]),
      left: used(this.#leave[visitor]),
      visitor,
    });
  }

  /** When the visitor's next answer comes, if the visitor has to go in or out for it; Infinity if not. */
  urgency(visitor: number, first: number): number {
    const [next] = visitor < 0 ? [] : this.#next(visitor, first, 1);
    if (!next || mustBeInside(next) === this.#state.isInside(visitor)) return Infinity;
    return next.returnedAt;
  }

  #next(visitor: number, first: number, count: number): Answered[] {
    const places = this.#answered[visitor] ?? [];
    const next: Answered[] = [];
    for (let i = firstFrom(places, first); i < places.length && next.length < count; i++) {
      const at = places[i];
      const answered = at === undefined ? undefined : this.#problem.answered[at];
      if (answered && at !== undefined && this.#done[at] !== 1) next.push(answered);
    }
    return next;
  }

  #possible(rest: readonly Answered[], beyond: number, now: Situation): boolean {
    const limit = Math.min(...rest.map(({ returnedAt }) => returnedAt));
    // What lies beyond the horizon may come before the rest: nothing can be said.
    if (limit === Infinity || beyond <= limit) return true;
    return rest.some((next) => {
      if (next.invokedAt > limit) return false;
      const ready = mustBeInside(next) === now.inside ? now : this.#turned(now, limit);
      if (!ready) return false;
      const after = next.told === 'allowed' ? { ...ready, inside: !ready.inside } : ready;
      return this.#possible(
        rest.filter((other) => other !== next),
        beyond,
        after,
      );
    });
  }

  /** In where it was out, or the other way, by an operation of unknown fate; null when there is none for it. */
  #turned(now: Situation, limit: number): Situation | null {
    const at = (now.inside ? this.#leave : this.#enter)[now.visitor];
    const each: Unanswered | undefined =
      at === undefined ? undefined : this.#problem.unanswered[at];
    const used = now.inside ? now.left : now.entered;
    if ((each?.invokedAt[used] ?? Infinity) > limit) return null;
    return now.inside
      ? { ...now, inside: false, left: used + 1 }
      : { ...now, inside: true, entered: used + 1 };
  }
}

interface Situation {
  readonly visitor: number;
  readonly inside: boolean;
  /** How many arrivals and departures of unknown fate have happened. */
  readonly entered: number;
  readonly left: number;
}

/** Where a visitor is just before this answer. */
function mustBeInside({ kind, told }: Answered): boolean {
  return kind === 'leave' ? told === 'allowed' : told === 'already-inside';
}

/** The first place in an ascending list that is not less. */
function firstFrom(places: readonly number[], least: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((places[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
