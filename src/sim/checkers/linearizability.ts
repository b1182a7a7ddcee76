import type { Call } from './history.ts';
import { problemOf } from './problem.ts';
import { Search } from './search.ts';

export type Verdict =
  | { readonly result: 'linearizable' }
  /** No order explains what the clients were told. `stuckAt`: the operations that no order got past. */
  | { readonly result: 'violation'; readonly stuckAt: readonly Call[] }
  /** The budget ran out, which proves nothing: whoever asked takes it for a failure. */
  | { readonly result: 'unknown' };

/** Places that the search looks at. A history of the simulator takes about one for each operation. */
const BUDGET = 200_000;

/**
 * Is there an order of the operations that fits both what the clients were told and the times of calls and answers
 * (rule S8)? It looks at the clients' history only, never at the log; "no" is the end of a search through all orders.
 *
 * Linearizability is local (Herlihy and Wing, 1990), but the visitors of a park share its capacity. So each visitor
 * alone, in a park without bounds, must have an order; that is quickly refuted. Where the capacity never binds it is
 * all there is to show; else the search over everything decides.
 */
export function checkLinearizable(
  calls: readonly Call[],
  capacity: number,
  budget = BUDGET,
): Verdict {
  for (const alone of byVisitor(calls)) {
    const verdict = decide(alone, Infinity, budget);
    if (verdict.result !== 'linearizable') return verdict;
  }
  if (capacityNeverBinds(calls, capacity)) return { result: 'linearizable' };
  return decide(calls, capacity, budget);
}

function decide(calls: readonly Call[], capacity: number, budget: number): Verdict {
  const search = new Search(problemOf(calls, capacity), budget);
  switch (search.run()) {
    case 'found':
      return { result: 'linearizable' };
    case 'none':
      return { result: 'violation', stuckAt: search.stuckAt };
    case 'budget':
      return { result: 'unknown' };
  }
}

/** What each visitor alone tells: of an entry that was refused for want of room, that the visitor was not inside. */
function byVisitor(calls: readonly Call[]): Call[][] {
  const alone = new Map<string, Call[]>();
  for (const call of calls) {
    const { operation, outcome } = call;
    if (operation.kind === 'capacity') continue;
    const known = alone.get(operation.visitor) ?? [];
    alone.set(operation.visitor, known);
    const full = outcome?.allowed === false && outcome.reason === 'full';
    if (!full) known.push(call);
    else
      known.push({
        ...call,
        operation: { kind: 'leave', visitor: operation.visitor },
        outcome: { allowed: false, reason: 'not-inside' },
      });
  }
  return [...alone.values()];
}

/** Whatever happened, there was room for every visitor; and nobody was told otherwise. */
function capacityNeverBinds(calls: readonly Call[], capacity: number): boolean {
  const visitors = new Set<string>();
  let least = capacity;
  for (const { operation, outcome } of calls) {
    const refused = outcome?.allowed === false;
    if (refused && (outcome.reason === 'full' || operation.kind === 'capacity')) return false;
    if (operation.kind === 'capacity') least = Math.min(least, operation.capacity);
    else visitors.add(operation.visitor);
  }
  return visitors.size <= least;
}
