/** The rules that every log keeps, judged outside the pages. Each function returns what is wrong, in words. */
import type { Entry } from '../src/runtime/gatehouse.ts';
import type { Asked } from './tab.ts';

/** S1, S3, S7 and the order of a log: replays it from its first entry. */
export function brokenRules(log: readonly Entry[]): string[] {
  const problems: string[] = [];
  const inside = new Set<string>();
  const operations = new Set<string>();
  let capacity = 0;
  let term = '';
  for (const [place, entry] of log.entries()) {
    const wrong = (what: string): number => problems.push(`entry ${entry.index}: ${what}`);
    if (entry.index !== place + 1) wrong(`is at place ${place + 1}`);
    if (entry.term < term) wrong(`term ${entry.term} after ${term}`);
    term = entry.term;
    if (entry.kind === 'founding') capacity = entry.capacity ?? 0;
    if (entry.operation === undefined || entry.kind === 'duplicate') continue;
    if (operations.has(entry.operation)) wrong(`operation ${entry.operation} applied again`);
    operations.add(entry.operation);
    if (entry.allowed !== true) continue;
    const visitor = entry.visitor ?? '';
    if (entry.kind === 'capacity') capacity = entry.capacity ?? 0;
    if (entry.kind === 'enter') {
      if (inside.has(visitor)) wrong(`${visitor} was inside already`);
      inside.add(visitor);
    }
    if (entry.kind === 'leave' && !inside.delete(visitor)) wrong(`${visitor} was not inside`);
    if (inside.size > capacity) wrong(`${inside.size} inside of ${capacity}`);
  }
  return problems;
}

/**
 * S2: what was told at gates is in the log, exactly once and as it was told; what was told not to happen is not. What
 * visitors' own tabs asked for is none of it.
 */
export function brokenPromises(log: readonly Entry[], asked: readonly Asked[]): string[] {
  const problems: string[] = [];
  const entries = log.filter(
    ({ kind, operation, ownTab }) => operation && kind !== 'duplicate' && ownTab !== true,
  );
  const byOperation = groupBy(entries, ({ operation }) => operation);
  const byWish = groupBy(entries, ({ kind, visitor = '' }) => `${kind} ${visitor}`);
  for (const { gate, kind, visitor, answer } of asked) {
    if (!answer?.ok) continue;
    const { operation, index, allowed, reason } = answer.outcome;
    const told = JSON.stringify({ kind, visitor, index, allowed, reason });
    const found = (byOperation.get(operation) ?? []).map((entry) =>
      JSON.stringify({
        kind: entry.kind,
        visitor: entry.visitor ?? '',
        index: entry.index,
        allowed: entry.allowed,
        reason: entry.reason,
      }),
    );
    if (found.length !== 1 || found[0] !== told) {
      problems.push(
        `${gate} was told ${told} of ${operation}; in the log: ${found.join() || 'nothing'}`,
      );
    }
  }
  for (const [wish, wishes] of groupBy(asked, ({ kind, visitor }) => `${kind} ${visitor}`)) {
    const possible = wishes.filter(({ answer }) => answer?.ok !== false || !answer.definite).length;
    const happened = byWish.get(wish)?.length ?? 0;
    if (happened > possible) {
      problems.push(`${wish}: ${happened} times in the log, and ${possible} may have happened`);
    }
  }
  return problems;
}

/** Who is inside at the end of a log. */
export function insideOf(log: readonly Entry[]): string[] {
  const inside = new Set<string>();
  for (const { kind, visitor = '', allowed } of log) {
    if (allowed !== true) continue;
    if (kind === 'enter') inside.add(visitor);
    if (kind === 'leave') inside.delete(visitor);
  }
  return [...inside];
}

function groupBy<T, K>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
