import { assert } from './assert.ts';
import type { NodeId } from './identity.ts';

/**
 * A term of office: `counter.id`, the counter padded so that terms compare as plain strings in the order in which
 * they were held. The id of the candidate is in it, so no two nodes can ever hold the same term (rule S4).
 */
export type Term = string;

const COUNTER_DIGITS = 12;
const MAX_COUNTER = 10 ** COUNTER_DIGITS - 1;

/** Smaller than every real term: nothing promised yet, or the position before the first entry. */
export const NO_TERM: Term = '';

export const TERM_PATTERN = /^(?:|[0-9]{12}\.[a-z0-9]{4,32})$/;

/** The counter of a term; 0 for `NO_TERM`. */
export function termCounter(term: Term): number {
  return term === NO_TERM ? 0 : Number(term.slice(0, COUNTER_DIGITS));
}

/** Whose term it is; '' for `NO_TERM`. */
export function termHolder(term: Term): NodeId {
  return term.slice(COUNTER_DIGITS + 1);
}

/** A term of `candidate` greater than `seen`, which is the greatest that it has seen. */
export function nextTerm(seen: Term, candidate: NodeId): Term {
  const counter = termCounter(seen) + 1;
  assert(counter <= MAX_COUNTER, `a term follows ${seen}`);
  return `${String(counter).padStart(COUNTER_DIGITS, '0')}.${candidate}`;
}

/** The greater of two terms. */
export function maxTerm(a: Term, b: Term): Term {
  return a < b ? b : a;
}
