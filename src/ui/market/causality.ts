/**
 * Which of two acts happened before the other (Lamport 1978), by their vector clocks (Fidge 1988, Mattern 1989).
 */
import type { MarketAct } from '../../runtime/gatehouse.ts';

export type Act = Pick<MarketAct, 'index' | 'node' | 'clock'>;

export type Relation = 'same' | 'before' | 'after' | 'concurrent';

/**
 * How `a` stands to `b`. `a` happened before `b` when the clock of `b` counts `a`: that component alone decides, and it
 * does so too when one of the clocks no longer names a gate that has left (rule K4).
 */
export function relationOf(a: Act, b: Act): Relation {
  if (a.index === b.index) return 'same';
  if (counts(b, a)) return 'before';
  return counts(a, b) ? 'after' : 'concurrent';
}

/**
 * The acts that `act` follows directly: those before it that are not before another of them. What lies between two
 * acts is not asked of the log, but of the clocks.
 */
export function directCauses<A extends Act>(act: A, acts: readonly A[]): A[] {
  const before = acts.filter((other) => relationOf(other, act) === 'before');
  return before.filter((cause) => before.every((other) => relationOf(cause, other) !== 'before'));
}

/** One component of two clocks. */
export interface Component {
  readonly node: string;
  readonly a: number;
  readonly b: number;
}

export function components(a: Act, b: Act): Component[] {
  const nodes = new Set([...Object.keys(a.clock), ...Object.keys(b.clock)]);
  return [...nodes].sort().map((node) => ({ node, a: a.clock[node] ?? 0, b: b.clock[node] ?? 0 }));
}

/** Events are the same when they are the same entry of the log, however often it was read. */
export function isOneOf(acts: readonly Act[], act: Act): boolean {
  return acts.some(({ index }) => index === act.index);
}

/** The last so many acts; earlier ones when the first that is chosen would not be among them. */
export function windowOf<A extends Act>(
  acts: readonly A[],
  chosen: readonly Act[],
  most: number,
): A[] {
  const first = acts.findIndex((act) => isOneOf(chosen, act));
  const last = Math.max(0, acts.length - most);
  const start = first === -1 ? last : Math.min(last, Math.max(0, first - 2));
  return acts.slice(start, start + most);
}

function counts(later: Act, earlier: Act): boolean {
  const tick = earlier.clock[earlier.node] ?? 0;
  return tick > 0 && (later.clock[earlier.node] ?? 0) >= tick;
}
