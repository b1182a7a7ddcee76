import type { Effort } from './effort.ts';
import type { ParkState } from './park-state.ts';
import type { Answered, Move, Unanswered } from './problem.ts';
import type { Prospects } from './prospects.ts';

/** One of unknown fate that is taken to have happened. */
interface Step extends Move {
  readonly at: number;
  readonly hint: number;
  readonly urgency: number;
}

/**
 * The operations whose fate was never told: each may have happened at any time after it was asked, or never.
 *
 * Nothing bounds them from above, so they can be put off until an answer does not fit without them. For let some of
 * them lead from state `s` to state `t`, and let an answer fit in both. Then it may come first: what the two states
 * differ in, one of them for each visitor and for the capacity makes up for afterwards (departures first, then a
 * greater capacity, arrivals, a smaller capacity). And of those that an answer needs, no more than it needs have to
 * come before it. So each answer is tried with the least that makes it fit, and with every such choice.
 */
export class Unknowns {
  readonly #all: readonly Unanswered[];
  readonly #state: ParkState;
  /** Of each kind, how many are taken to have happened. */
  readonly #used: Uint16Array;

  readonly #prospects: Prospects;
  /** One for each operation that is tried: of many there are more choices than anybody could look at. */
  readonly #effort: Effort;

  constructor(
    all: readonly Unanswered[],
    state: ParkState,
    used: Uint16Array,
    prospects: Prospects,
    effort: Effort,
  ) {
    this.#effort = effort;
    this.#all = all;
    this.#state = state;
    this.#used = used;
    this.#prospects = prospects;
  }

  /**
   * Yields when the answer fits: at once, or with some of these before it, and takes them back when it goes on. Ends
   * early when the effort is out.
   * @param limit those that were asked later can't have happened yet
   * @param first all answered operations before it are done
   */
  *before(
    next: Answered,
    limit: number,
    first: number,
    last: Step | null = null,
  ): Generator<undefined> {
    if (this.#state.fits(next)) {
      yield;
      return;
    }
    for (const step of this.#remedies(next, limit, first)) {
      if (last && !inOrder(last, step)) continue;
      if (!this.#effort.spend()) return;
      const used = this.#used[step.at] ?? 0;
      const { capacity } = this.#state;
      this.#used[step.at] = used + 1;
      this.#state.do(step);
      if (this.#prospects.areGood(step.visitor, first))
        yield* this.before(next, limit, first, step);
      this.#state.undo(step, capacity);
      this.#used[step.at] = used;
    }
  }

  copyOfUsed(): Uint16Array {
    return this.#used.slice();
  }

  /** At least as many of each kind are used now. */
  includes(used: Uint16Array): boolean {
    return used.every((count, at) => count <= (this.#used[at] ?? 0));
  }

  /** What brings an answer that does not fit nearer to fitting, the likeliest first. */
  #remedies(next: Answered, limit: number, first: number): Step[] {
    const helps = this.#whatHelps(next, limit);
    const steps: Step[] = [];
    for (const [at, each] of this.#all.entries())
      if (this.#isAvailable(at, each, limit) && this.#state.changes(each) && helps(each))
        steps.push({
          ...each,
          at,
          hint: each.hints[this.#used[at] ?? 0] ?? Infinity,
          urgency: this.#prospects.urgency(each.visitor, first),
        });
    return steps.sort(likelier);
  }

  #isAvailable(at: number, { invokedAt }: Unanswered, limit: number): boolean {
    return (invokedAt[this.#used[at] ?? 0] ?? Infinity) <= limit;
  }

  #whatHelps(next: Answered, limit: number): (move: Move) => boolean {
    const { visitor, told } = next;
    const isInside = this.#state.isInside(visitor);
    switch (next.kind) {
      case 'leave':
        return isInside ? leaves(visitor) : this.#letsIn(visitor);
      case 'enter':
        if (told === 'already-inside') return this.#letsIn(visitor);
        if (isInside) return leaves(visitor);
        return told === 'full' ? this.#fills(visitor, limit) : this.#makesRoom();
      case 'capacity':
        if (told === 'allowed') return ({ kind }) => kind === 'leave';
        return this.#letsInMoreThan(next.capacity);
    }
  }

  #letsIn(visitor: number): (move: Move) => boolean {
    if (this.#state.isFull) return this.#makesRoom();
    return (move) => move.kind === 'enter' && move.visitor === visitor;
  }

  #makesRoom(): (move: Move) => boolean {
    const now = this.#state.capacity;
    return ({ kind, capacity }) => kind === 'leave' || capacity > now;
  }

  /** Arrivals, and for them the capacity must be greater. */
  #letsInMoreThan(count: number): (move: Move) => boolean {
    const bounded = this.#state.capacity <= count;
    return ({ kind, capacity }) => kind === 'enter' || (bounded && capacity > count);
  }

  /** Arrivals, or a smaller capacity, or departures that allow of one. */
  #fills(except: number, limit: number): (move: Move) => boolean {
    const { capacity: now, occupancy } = this.#state;
    const mayShrink = this.#all.some(
      (each, at) =>
        each.kind === 'capacity' && each.capacity < occupancy && this.#isAvailable(at, each, limit),
    );
    return ({ kind, visitor, capacity }) => {
      if (kind === 'enter') return visitor !== except;
      return kind === 'leave' ? mayShrink : capacity < now;
    };
  }
}

function leaves(visitor: number): (move: Move) => boolean {
  return (move) => move.kind === 'leave' && move.visitor === visitor;
}

/** By the hints; without, what has to happen soon anyway. */
function likelier(a: Step, b: Step): number {
  if (a.hint !== b.hint) return a.hint - b.hint;
  return a.urgency === b.urgency ? a.at - b.at : a.urgency - b.urgency;
}

/** Several arrivals in a row, or departures, come to the same in any order: one is enough. */
function inOrder(last: Step, step: Step): boolean {
  return last.kind !== step.kind || last.kind === 'capacity' || likelier(last, step) < 0;
}
