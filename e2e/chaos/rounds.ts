import type { Random } from '../../src/sim/random.ts';
import type { FaultKind } from './faults.ts';

/** What a round is dealt. */
export interface Round {
  /** How long faults begin, ms. */
  readonly spanMs: number;
  /** By when they have ended, but for what has to wait for another, ms. None is begun that would last longer. */
  readonly limitMs: number;
  /** Kinds that come before all others. With `wipe` it begins with clearing the data of one browser. */
  readonly due: readonly FaultKind[];
}

/** How long faults begin in a round before everything heals and is judged, ms. */
const SPAN = [10_000, 65_000] as const;
/** Of so many rounds one begins with clearing the data of a browser. */
const WIPE_RATE = 1 / 3;
/** The first rounds are short, until each kind of fault was done: so also a run of two minutes has all of them. */
const FIRST_SPAN = 28_000;
const FIRST_LIMIT = 36_000;

/**
 * About how long a round takes to heal and to be judged, ms: also the last one is to be over with the run. With less
 * than this left none begins, but the first.
 */
export const HEALING = 8000;

/**
 * @param leftMs until the run is over
 * @param undone kinds that had no effect in this run yet
 */
export function nextRound(random: Random, leftMs: number, undone: readonly FaultKind[]): Round {
  const mostMs = Math.max(leftMs - HEALING, HEALING);
  if (undone.length > 0) {
    const limitMs = Math.min(FIRST_LIMIT, mostMs);
    return { spanMs: Math.min(FIRST_SPAN, limitMs), limitMs, due: undone };
  }
  const spanMs = Math.min(random.logBetween(...SPAN), mostMs);
  return { spanMs, limitMs: mostMs, due: random.chance(WIPE_RATE) ? ['wipe'] : [] };
}
