import type { ParkOperation, ParkOutcome } from '../../machines/park.ts';
import type { Call } from './history.ts';
import { decide } from './park-model.ts';

export type Verdict =
  | { readonly result: 'linearizable' }
  /** No order explains what the clients were told. `stuckAt`: the operations that no order got past. */
  | { readonly result: 'violation'; readonly stuckAt: readonly Call[] }
  /** The budget ran out. */
  | { readonly result: 'unknown' };

interface State {
  readonly inside: ReadonlySet<string>;
  readonly capacity: number;
}

/**
 * Is there an order of the operations that fits both what the clients were told and the times of calls and answers
 * (rule S8)? A depth-first search as in Wing and Gong, "Testing and verifying concurrent objects" (1993), that
 * remembers where it has been, as in Lowe's "Testing for linearizability" (2017). It looks at the clients' history
 * only, never at the log.
 *
 * Operations whose fate was never told may have happened at any time after their call, or not at all. As nothing
 * bounds them from above, they can always be put off until one that was answered needs them: so they are tried
 * only there.
 * @param budget how many states are looked at, at most, besides some for each operation
 */
export function checkLinearizable(
  calls: readonly Call[],
  capacity: number,
  budget = 10_000,
): Verdict {
  return new Search(calls, budget + 3 * calls.length).run({ inside: new Set(), capacity });
}

class Search {
  readonly #answered: readonly Call[];
  readonly #open: readonly Call[];
  readonly #seen = new Set<string>();
  #budget: number;
  #furthest = 0;

  constructor(calls: readonly Call[], budget: number) {
    const byCall = [...calls].sort((a, b) => a.invokedAt - b.invokedAt);
    this.#answered = byCall.filter((call) => call.result === 'ok');
    this.#open = byCall.filter((call) => call.result === 'info' || call.result === 'open');
    this.#budget = budget;
  }

  run(start: State): Verdict {
    // An explicit stack: histories are longer than the engine's.
    const stack: Iterator<Step>[] = [
      this.#steps({ first: 0, done: new Set(), used: new Set() }, start),
    ];
    for (;;) {
      const steps = stack[stack.length - 1];
      if (!steps) return { result: 'violation', stuckAt: this.#stuckAt() };
      const next = steps.next();
      if (next.done === true) {
        stack.pop();
        continue;
      }
      const { progress, state } = next.value;
      if (progress.first === this.#answered.length) return { result: 'linearizable' };
      if (!this.#isNew(progress, state)) continue;
      if (--this.#budget < 0) return { result: 'unknown' };
      this.#furthest = Math.max(this.#furthest, progress.first);
      stack.push(this.#steps(progress, state));
    }
  }

  /** What may come next: an answered operation whose outcome fits, or one of unknown fate that changes that. */
  *#steps(progress: Progress, state: State): Iterator<Step> {
    const candidates = this.#candidates(progress);
    yield* this.#hinted(progress, state, this.#hintOf(candidates[0]));
    const unfit: Call[] = [];
    for (const at of candidates) {
      const call = this.#answered[at];
      if (!call?.outcome) continue;
      if (!fits(state, call.operation, call.outcome)) {
        unfit.push(call);
        continue;
      }
      yield { progress: advance(progress, at), state: after(state, call.operation, call.outcome) };
    }
    if (unfit.length > 0) yield* this.#helpers(progress, state, unfit);
  }

  /** The next one of unknown fate, if the hints say that it comes first. */
  *#hinted(progress: Progress, state: State, before: number): Iterable<Step> {
    let best = -1;
    let hint = before;
    for (const [at, call] of this.#open.entries()) {
      if (call.hint === undefined || call.hint >= hint || progress.used.has(at)) continue;
      hint = call.hint;
      best = at;
    }
    const call = this.#open[best];
    if (!call || call.invokedAt > this.#earliestReturn(progress)) return;
    const { operation } = call;
    const outcome = decide(
      state.inside.size,
      state.capacity,
      isInside(state, operation),
      operation,
    );
    yield {
      progress: { ...progress, used: withOne(progress.used, best) },
      state: after(state, operation, outcome),
    };
  }

  *#helpers(progress: Progress, state: State, unfit: readonly Call[]): Iterable<Step> {
    const limit = this.#earliestReturn(progress);
    for (const [at, { operation, invokedAt }] of this.#open.entries()) {
      if (invokedAt > limit) break;
      if (progress.used.has(at) || !unfit.some((call) => mayHelp(operation, call))) continue;
      const { inside, capacity } = state;
      const outcome = decide(inside.size, capacity, isInside(state, operation), operation);
      if (!outcome.allowed) continue;
      yield {
        progress: { ...progress, used: withOne(progress.used, at) },
        state: after(state, operation, outcome),
      };
    }
  }

  /** The answered operations that nothing pending has to come before. */
  #candidates({ first, done }: Progress): number[] {
    const limit = this.#earliestReturn({ first, done });
    const candidates: number[] = [];
    for (let at = first; at < this.#answered.length; at++) {
      const call = this.#answered[at];
      if (!call || call.invokedAt > limit) break;
      if (!done.has(at)) candidates.push(at);
    }
    // Without hints those that were answered first are the likeliest.
    return candidates.sort(
      (a, b) => this.#hintOf(a) - this.#hintOf(b) || this.#returnOf(a) - this.#returnOf(b),
    );
  }

  #earliestReturn({ first, done }: Pick<Progress, 'first' | 'done'>): number {
    let limit = Infinity;
    for (let at = first; at < this.#answered.length; at++) {
      const call = this.#answered[at];
      if (!call || call.invokedAt > limit) break;
      if (!done.has(at)) limit = Math.min(limit, call.returnedAt);
    }
    return limit;
  }

  #hintOf(at: number | undefined): number {
    return (at === undefined ? undefined : this.#answered[at]?.hint) ?? Number.MAX_SAFE_INTEGER;
  }

  #returnOf(at: number): number {
    return this.#answered[at]?.returnedAt ?? Infinity;
  }

  #isNew({ first, done, used }: Progress, { inside, capacity }: State): boolean {
    const key = `${first}|${[...done].sort().join()}|${[...used].join()}|${[...inside].sort().join()}|${capacity}`;
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }

  #stuckAt(): Call[] {
    return this.#answered.slice(this.#furthest, this.#furthest + 5);
  }
}

interface Progress {
  /** All answered operations before this one are in order. */
  readonly first: number;
  /** And these after it. */
  readonly done: ReadonlySet<number>;
  /** Operations of unknown fate that were taken to have happened. */
  readonly used: ReadonlySet<number>;
}

interface Step {
  readonly progress: Progress;
  readonly state: State;
}

function advance({ first, done, used }: Progress, at: number): Progress {
  const next = new Set(done);
  next.add(at);
  let start = first;
  while (next.delete(start)) start++;
  return { first: start, done: next, used };
}

function withOne(used: ReadonlySet<number>, at: number): Set<number> {
  return new Set([...used, at].sort((a, b) => a - b));
}

function isInside({ inside }: State, operation: ParkOperation): boolean {
  return operation.kind !== 'capacity' && inside.has(operation.visitor);
}

function fits(state: State, operation: ParkOperation, told: ParkOutcome): boolean {
  const due = decide(state.inside.size, state.capacity, isInside(state, operation), operation);
  if (due.allowed || told.allowed) return due.allowed === told.allowed;
  return due.reason === told.reason;
}

function after(state: State, operation: ParkOperation, { allowed }: ParkOutcome): State {
  if (!allowed) return state;
  if (operation.kind === 'capacity') return { ...state, capacity: operation.capacity };
  const inside = new Set(state.inside);
  if (operation.kind === 'enter') inside.add(operation.visitor);
  else inside.delete(operation.visitor);
  return { ...state, inside };
}

/** Only the same visitor matters to an answer, or the number inside when the answer hangs on the capacity. */
function mayHelp(operation: ParkOperation, { operation: wanted }: Call): boolean {
  if (wanted.kind === 'leave')
    return operation.kind !== 'capacity' && operation.visitor === wanted.visitor;
  return true;
}
