import { logKey, type Call } from './history.ts';
import { brokenRule, ParkModel } from './park-model.ts';

/**
 * Whether the order of the hints explains a history: then it is linearizable, whoever suggested that order. Checking one
 * takes a moment, finding one may take minutes. Calls without a hint took place nowhere, and of those with the same key
 * only the last did.
 */
export function isWitness(calls: readonly Call[], capacity: number): boolean {
  const placed = new Map<string, Call & { readonly hint: number }>();
  for (const call of calls) {
    // What surely did not happen takes no place in any order.
    if (call.result === 'fail') continue;
    if (call.hint !== undefined) placed.set(logKey(call.key), { ...call, hint: call.hint });
    else if (call.result === 'ok') return false;
  }
  const answered = calls.filter(({ result }) => result === 'ok');
  if (answered.some((call) => placed.get(logKey(call.key))?.key !== call.key)) return false;
  const model = new ParkModel(capacity);
  let begun = -Infinity;
  for (const call of [...placed.values()].sort((a, b) => a.hint - b.hint)) {
    // Something before it in this order began only after it had ended.
    if (call.result === 'ok' && call.returnedAt < begun) return false;
    begun = Math.max(begun, call.invokedAt);
    const due = model.apply(call.operation);
    if (call.outcome && brokenRule(due, call.outcome, call.operation) !== null) return false;
  }
  return true;
}
