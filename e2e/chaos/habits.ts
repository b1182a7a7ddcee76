import type { Random } from '../../src/sim/random.ts';
import type { Wish } from '../load.ts';
import type { Tab } from '../tab.ts';
import type { Grant } from './judge.ts';

/** Of so many visitors one comes after somebody has held the mutex by hand. */
const LOCK_RATE = 1 / 60;
/** The capacities that the park gets by turns: fewer than want in. */
const CAPACITIES = [10, 11, 12, 13, 14] as const;

/**
 * What happens at a gate between two visitors: a pause, and now and then somebody takes the mutex by hand and sets
 * the capacity under it. Tells of every grant.
 */
export function habitsOf(
  random: Random,
  pauseMs: number,
  granted: (grant: Grant) => void,
): (tab: Tab) => Promise<void> {
  return async (tab) => {
    await new Promise((resolve) => setTimeout(resolve, random.exponential(pauseMs)));
    if (!random.chance(LOCK_RATE)) return;
    const capacity = random.pick(CAPACITIES) ?? CAPACITIES[0];
    try {
      const token = await tab.lock();
      const answer = await tab.trySetCapacity(capacity);
      granted({ gate: tab.label, token, operation: answer.ok ? answer.outcome.operation : null });
      await tab.release();
    } catch {
      // The gate or its page failed meanwhile: whoever holds the mutex then loses it.
    }
  };
}

/** Of so many operations one is about somebody whom all gates know. */
const SHARED_RATE = 1 / 4;
/** So few that gates are asked about one at the same time. */
const SHARED = ['Ada', 'Bob', 'Cleo'] as const;

/** Visitors who come to one door and then to another, or to two at once: no gate has them for itself. */
export function sharedVisitors(random: Random): () => Wish | null {
  return () => {
    if (!random.chance(SHARED_RATE)) return null;
    const visitor = random.pick(SHARED) ?? SHARED[0];
    return { kind: random.chance(0.5) ? 'enter' : 'leave', visitor };
  };
}

/** Whether gates compete for whom it is about. */
export function isShared(visitor: string): boolean {
  return SHARED.some((name) => name === visitor);
}
