import type { Call } from '../history.ts';

/**
 * Whether a history is linearizable, by trying every order: the definition and nothing else, for short histories. The
 * fast search is held against it.
 */
export function fitsInSomeOrder(calls: readonly Call[], capacity: number): boolean {
  const possible = calls.filter(({ result }) => result !== 'fail');
  return explains(possible, new Set(), capacity);
}

function explains(rest: readonly Call[], inside: ReadonlySet<string>, capacity: number): boolean {
  const answered = rest.filter(({ result }) => result === 'ok');
  if (answered.length === 0) return true;
  const firstReturn = Math.min(...answered.map(({ returnedAt }) => returnedAt));
  return rest.some((next) => {
    if (next.invokedAt > firstReturn) return false;
    const { answer, after, room } = happens(next, inside, capacity);
    if (next.result === 'ok' && answer !== told(next)) return false;
    return explains(
      rest.filter((call) => call !== next),
      after,
      room,
    );
  });
}

function told({ outcome }: Call): string {
  if (!outcome) return 'nothing';
  return outcome.allowed ? 'allowed' : outcome.reason;
}

/** The park in its own words, for one operation. */
function happens(
  { operation }: Call,
  inside: ReadonlySet<string>,
  capacity: number,
): { answer: string; after: ReadonlySet<string>; room: number } {
  const refused = (answer: string) => ({ answer, after: inside, room: capacity });
  if (operation.kind === 'capacity') {
    if (inside.size > operation.capacity) return refused('full');
    return { answer: 'allowed', after: inside, room: operation.capacity };
  }
  const after = new Set(inside);
  if (operation.kind === 'leave') {
    if (!after.delete(operation.visitor)) return refused('not-inside');
    return { answer: 'allowed', after, room: capacity };
  }
  if (inside.has(operation.visitor)) return refused('already-inside');
  if (inside.size >= capacity) return refused('full');
  return { answer: 'allowed', after: after.add(operation.visitor), room: capacity };
}
