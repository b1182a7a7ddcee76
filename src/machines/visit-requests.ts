import { arrayOf, integer, object, oneOf, pattern, type Decoder } from '../core/decoder.ts';
import type { ParkOutcome } from './park.ts';

/** A wish of a visitor's own tab. It may come over several gates, late and twice, and is decided once. */
export interface VisitRequest {
  /** Made once by the tab, at random. */
  readonly tab: string;
  /** Counts the tab's wishes, from 1. It has one at a time. */
  readonly number: number;
}

/** The park remembers the last request of so many tabs, those that were decided last. */
export const MAX_TABS = 4096;

const tab = pattern(/^[a-z0-9]{16,32}$/);
const number = integer(1, Number.MAX_SAFE_INTEGER);
export const visitRequest: Decoder<VisitRequest> = object({ tab, number });

export type Wish = 'enter' | 'leave';
export const wish = oneOf('enter', 'leave');

/** The last request of a tab, what it wanted, and what was decided about it. */
export interface DecidedRequest extends VisitRequest {
  readonly wish: Wish;
  readonly outcome: ParkOutcome;
}

export function decidedRequests(outcome: Decoder<ParkOutcome>): Decoder<DecidedRequest[]> {
  return arrayOf(object<DecidedRequest>({ tab, number, wish, outcome }), MAX_TABS);
}

/**
 * What makes a visitor's wish happen once, whichever gates it is given to. A tab has one wish at a time, so its last
 * request is all there is to remember: the same again gets the same answer, and an older one is refused. So is another
 * wish under the same number: two pages have had one ticket, and neither may take the other's answer for its own. Beyond
 * `MAX_TABS` the tab that was decided longest ago is forgotten: a copy of its last request that is still on its way would be
 * decided anew, by the rules S1 and S3 as any other.
 */
export class VisitRequests {
  /** In the order in which they were decided. */
  #decided = new Map<string, DecidedRequest>();

  /** What was decided before; null for a request that is new. */
  recall({ tab, number }: VisitRequest, wish: Wish): ParkOutcome | null {
    const last = this.#decided.get(tab);
    if (!last || number > last.number) return null;
    if (number < last.number || wish !== last.wish)
      return { allowed: false, reason: 'old-request' };
    return { ...last.outcome, repeated: true };
  }

  remember({ tab, number }: VisitRequest, wish: Wish, outcome: ParkOutcome): void {
    this.#decided.delete(tab);
    this.#decided.set(tab, { tab, number, wish, outcome });
    const [oldest] = this.#decided.keys();
    if (oldest !== undefined && this.#decided.size > MAX_TABS) this.#decided.delete(oldest);
  }

  /** All that counts, in an order that is the same at every node. */
  list(): DecidedRequest[] {
    return [...this.#decided.values()];
  }

  restore(decided: readonly DecidedRequest[]): void {
    this.#decided = new Map(decided.map((request) => [request.tab, request]));
  }
}
