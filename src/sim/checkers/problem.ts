import type { Call } from './history.ts';
import type { Action, Reason } from './park-model.ts';

/** An operation as the search handles it: visitors are numbers. */
export interface Move {
  readonly kind: Action['kind'];
  /** -1 for a capacity. */
  readonly visitor: number;
  /** -1 for a visitor. */
  readonly capacity: number;
}

/** An operation that was answered. */
export interface Answered extends Move {
  readonly call: Call;
  /** What the client was told. */
  readonly told: 'allowed' | Reason;
  readonly invokedAt: number;
  readonly returnedAt: number;
  readonly hint: number;
}

/** Operations that ask for the same and whose fate nobody was told: it does not matter which of them happened. */
export interface Unanswered extends Move {
  /** When they were asked, ascending. */
  readonly invokedAt: readonly number[];
  /** Where they may have happened, ascending; Infinity for nobody knows. */
  readonly hints: readonly number[];
}

export interface Problem {
  /** At the beginning. */
  readonly capacity: number;
  readonly visitors: number;
  /** In the order in which they were asked. */
  readonly answered: readonly Answered[];
  readonly unanswered: readonly Unanswered[];
}

/** What surely did not happen is no part of it. */
export function problemOf(calls: readonly Call[], capacity: number): Problem {
  const visitors = new Map<string, number>();
  const moves = [...calls]
    .sort((a, b) => a.invokedAt - b.invokedAt)
    .map((call) => ({ call, move: moveOf(call.operation, visitors) }));
  return {
    capacity,
    visitors: visitors.size,
    answered: moves.flatMap(({ call, move }) => answeredOf(call, move)),
    unanswered: unansweredOf(moves),
  };
}

function moveOf(operation: Action, visitors: Map<string, number>): Move {
  if (operation.kind === 'capacity')
    return { kind: 'capacity', visitor: -1, capacity: operation.capacity };
  const visitor = visitors.get(operation.visitor) ?? visitors.size;
  visitors.set(operation.visitor, visitor);
  return { kind: operation.kind, visitor, capacity: -1 };
}

function answeredOf(call: Call, move: Move): Answered[] {
  const { outcome, result, invokedAt, returnedAt, hint = Infinity } = call;
  if (result !== 'ok' || !outcome) return [];
  const told = outcome.allowed ? 'allowed' : outcome.reason;
  return [{ ...move, call, told, invokedAt, returnedAt, hint }];
}

function unansweredOf(moves: readonly { call: Call; move: Move }[]): Unanswered[] {
  const alike = new Map<string, { move: Move; calls: Call[] }>();
  for (const { call, move } of moves) {
    if (call.result !== 'info' && call.result !== 'open') continue;
    const key = `${move.kind} ${move.visitor} ${move.capacity}`;
    const group = alike.get(key) ?? { move, calls: [] };
    group.calls.push(call);
    alike.set(key, group);
  }
  return [...alike.values()].map(({ move, calls }) => ({
    ...move,
    invokedAt: calls.map(({ invokedAt }) => invokedAt),
    hints: calls.map(({ hint = Infinity }) => hint).sort((a, b) => a - b),
  }));
}
