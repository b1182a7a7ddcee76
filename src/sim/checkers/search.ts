import { Effort } from './effort.ts';
import type { Call } from './history.ts';
import { ParkState } from './park-state.ts';
import type { Answered, Problem } from './problem.ts';
import { Prospects } from './prospects.ts';
import { Unknowns } from './unknowns.ts';

export type SearchResult = 'found' | 'none' | 'budget';

/** To try an operation of unknown fate costs less than to look at a place. */
const TRIES_PER_PLACE = 20;

/**
 * The search of Wing and Gong, "Testing and verifying concurrent objects" (1993): depth first through the orders that
 * respect time, with one state that is changed and changed back, and a memory of where it has been as in Lowe's
 * "Testing for linearizability" (2017). Where nothing is open it looks ahead and back no further than from there.
 *
 * Facts about the park make it short; the tests hold it against a search that knows none of them.
 * - A refusal that fits now may as well be taken now: it changes nothing, so the rest goes on as before.
 * - Operations of unknown fate are put off for as long as the answers fit without them: see `Unknowns`.
 * - Where a visitor's next answers can't be had any more, nothing goes on: see `Prospects`.
 * - A place where more of these are used up than in an earlier visit leads nowhere that the earlier one did not.
 */
export class Search {
  readonly #problem: Problem;
  readonly #state: ParkState;
  readonly #unknowns: Unknowns;
  readonly #prospects: Prospects;
  /** All answered operations before this one are in order. */
  #first = 0;
  /** And so many after it, which are marked here. */
  #ahead = 0;
  readonly #done: Uint8Array;
  readonly #seen = new Map<string, Uint16Array[]>();
  #furthest = 0;
  #steps = 0;
  readonly #budget: number;
  readonly #tries: Effort;

  /** @param budget places that it looks at */
  constructor(problem: Problem, budget: number) {
    this.#problem = problem;
    this.#budget = budget;
    this.#tries = new Effort(budget * TRIES_PER_PLACE);
    this.#state = new ParkState(problem.visitors, problem.capacity);
    this.#done = new Uint8Array(problem.answered.length);
    const used = new Uint16Array(problem.unanswered.length);
    this.#prospects = new Prospects(problem, this.#state, this.#done, used);
    this.#unknowns = new Unknowns(
      problem.unanswered,
      this.#state,
      used,
      this.#prospects,
      this.#tries,
    );
  }

  /** The answered operations that no order got past. */
  get stuckAt(): Call[] {
    const { answered } = this.#problem;
    return answered.slice(this.#furthest, this.#furthest + 5).map(({ call }) => call);
  }

  /** How many places it has looked at. */
  get steps(): number {
    return this.#steps;
  }

  run(): SearchResult {
    const { length } = this.#problem.answered;
    // An explicit stack: histories are longer than the engine's.
    const stack = [this.#moves()];
    while (this.#first < length) {
      const top = stack[stack.length - 1];
      if (!top) return 'none';
      const isDone = top.next().done === true;
      if (this.#tries.isOut) return 'budget';
      if (isDone) stack.pop();
      else if (++this.#steps > this.#budget) return 'budget';
      else if (this.#isNew()) stack.push(this.#moves());
    }
    return 'found';
  }

  /** Makes one move after the other, yields after each, and takes it back when it goes on. */
  *#moves(): Generator<undefined> {
    const limit = this.#earliestReturn();
    for (const at of this.#candidates(limit)) {
      const next = this.#problem.answered[at];
      if (!next) return;
      for (const _ of this.#unknowns.before(next, limit, this.#first)) {
        const { capacity } = this.#state;
        this.#take(at, next);
        if (this.#prospects.areGood(next.visitor, this.#first)) yield;
        this.#takeBack(at, next, capacity);
      }
    }
  }

  /** The answered operations that nothing pending has to come before, the likeliest first. */
  #candidates(limit: number): number[] {
    const { answered } = this.#problem;
    const candidates: number[] = [];
    for (let at = this.#first; at < answered.length; at++) {
      const next = answered[at];
      if (!next || next.invokedAt > limit) break;
      if (this.#done[at] === 1) continue;
      if (next.told !== 'allowed' && this.#state.fits(next)) return [at];
      candidates.push(at);
    }
    return candidates.sort((a, b) => likelier(answered[a], answered[b]));
  }

  /** What was asked later than this has to wait. */
  #earliestReturn(): number {
    const { answered } = this.#problem;
    let limit = Infinity;
    for (let at = this.#first; at < answered.length; at++) {
      const next = answered[at];
      if (!next || next.invokedAt > limit) break;
      if (this.#done[at] !== 1) limit = Math.min(limit, next.returnedAt);
    }
    return limit;
  }

  #take(at: number, next: Answered): void {
    if (next.told === 'allowed') this.#state.do(next);
    this.#done[at] = 1;
    this.#ahead += 1;
    while (this.#done[this.#first] === 1) {
      this.#first += 1;
      this.#ahead -= 1;
    }
    this.#furthest = Math.max(this.#furthest, this.#first);
  }

  #takeBack(at: number, next: Answered, capacity: number): void {
    if (next.told === 'allowed') this.#state.undo(next, capacity);
    this.#done[at] = 0;
    // Those that it let pass are ahead again, without itself.
    this.#ahead += Math.max(0, this.#first - at) - 1;
    this.#first = Math.min(this.#first, at);
  }

  #isNew(): boolean {
    const units: number[] = [this.#first & 0xffff, this.#first >>> 16];
    this.#state.addTo(units);
    for (let at = this.#first + 1, left = this.#ahead; left > 0; at++) {
      if (this.#done[at] !== 1) continue;
      units.push(at - this.#first);
      left -= 1;
    }
    const key = String.fromCharCode(...units);
    const visits = this.#seen.get(key);
    if (!visits) {
      this.#seen.set(key, [this.#unknowns.copyOfUsed()]);
      return true;
    }
    if (visits.some((used) => this.#unknowns.includes(used))) return false;
    visits.push(this.#unknowns.copyOfUsed());
    return true;
  }
}

/** By the hints; without, those that were answered first. */
function likelier(a: Answered | undefined, b: Answered | undefined): number {
  if (!a || !b) return 0;
  return a.hint === b.hint ? a.returnedAt - b.returnedAt : a.hint - b.hint;
}
