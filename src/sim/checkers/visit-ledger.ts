import { OLD_REQUEST, type Outcome } from './park-model.ts';

/** A request of a visitor's own tab, as the log holds it. */
export interface VisitRequest {
  readonly tab: string;
  readonly number: number;
}

/** Null for what no visitor's tab asked for. */
export function readVisit(body: unknown): VisitRequest | null {
  if (typeof body !== 'object' || body === null || !('kind' in body) || !('request' in body))
    return null;
  const { kind, request } = body;
  if (kind !== 'visit' || typeof request !== 'object' || request === null) return null;
  if (!('tab' in request) || !('number' in request)) return null;
  const { tab, number } = request;
  return typeof tab === 'string' && typeof number === 'number' ? { tab, number } : null;
}

/** A request's name, whichever gates it was given to. */
export function visitKey({ tab, number }: VisitRequest): string {
  return `${tab}.${number}`;
}

/** Rule V3: which request of each tab was decided last, and how. Written apart from the machine that it checks. */
export class VisitLedger {
  readonly #last = new Map<string, { readonly number: number; readonly outcome: Outcome }>();

  /** What is due of a request that is not new; null for one that is. */
  due({ tab, number }: VisitRequest): Outcome | null {
    const last = this.#last.get(tab);
    if (!last || number > last.number) return null;
    return number === last.number ? last.outcome : OLD_REQUEST;
  }

  decided({ tab, number }: VisitRequest, outcome: Outcome): void {
    this.#last.set(tab, { number, outcome });
  }
}
