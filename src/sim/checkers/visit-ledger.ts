import { OLD_REQUEST, type Outcome } from './park-model.ts';

/** A request of a visitor's own tab, as the log holds it. */
export interface VisitRequest {
  readonly tab: string;
  readonly number: number;
  readonly wish: string;
}

/** Null for what no visitor's tab asked for. */
export function readVisit(body: unknown): VisitRequest | null {
  if (typeof body !== 'object' || body === null || !('kind' in body) || !('request' in body))
    return null;
  const { kind, request } = body;
  if (!('wish' in body) || typeof body.wish !== 'string') return null;
  if (kind !== 'visit' || typeof request !== 'object' || request === null) return null;
  if (!('tab' in request) || !('number' in request)) return null;
  const { tab, number } = request;
  return typeof tab === 'string' && typeof number === 'number'
    ? { tab, number, wish: body.wish }
    : null;
}

/** A request's name, whichever gates it was given to. */
export function visitKey({ tab, number }: Omit<VisitRequest, 'wish'>): string {
  return `${tab}.${number}`;
}

/** Rule V3: which request of each tab was decided last, and how. Written apart from the machine that it checks. */
export class VisitLedger {
  readonly #last = new Map<string, { readonly asked: VisitRequest; readonly outcome: Outcome }>();

  /** What is due of a request that is not new; null for one that is. */
  due({ tab, number, wish }: VisitRequest): Outcome | null {
    const last = this.#last.get(tab);
    if (!last || number > last.asked.number) return null;
    const isSame = number === last.asked.number && wish === last.asked.wish;
    return isSame ? last.outcome : OLD_REQUEST;
  }

  decided(asked: VisitRequest, outcome: Outcome): void {
    this.#last.set(asked.tab, { asked, outcome });
  }
}
