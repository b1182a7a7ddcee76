/**
 * The park as the rules S1 and S3 tell it, from the operations as they stand in the log to what is due. Written apart
 * from the machine that it checks: a bug there must not be one here.
 */
export type Action =
  | { readonly kind: 'enter'; readonly visitor: string }
  | { readonly kind: 'leave'; readonly visitor: string }
  | { readonly kind: 'capacity'; readonly capacity: number };

/** `old-request`: of a visitor's ticket that has asked for something else since, or under the same number. */
export type Reason = 'full' | 'already-inside' | 'not-inside' | 'old-request';

export type Outcome =
  { readonly allowed: true } | { readonly allowed: false; readonly reason: Reason };

export const ALLOWED: Outcome = { allowed: true };
export const FULL: Outcome = { allowed: false, reason: 'full' };
export const ALREADY_INSIDE: Outcome = { allowed: false, reason: 'already-inside' };
export const NOT_INSIDE: Outcome = { allowed: false, reason: 'not-inside' };
export const OLD_REQUEST: Outcome = { allowed: false, reason: 'old-request' };

/** An operation's body as the log holds it; null for what is no operation of the park. */
export function readAction(body: unknown): Action | null {
  if (typeof body !== 'object' || body === null || !('machine' in body) || !('kind' in body))
    return null;
  if (body.machine !== 'park') return null;
  if (body.kind === 'capacity') {
    if (!('capacity' in body) || typeof body.capacity !== 'number') return null;
    return { kind: 'capacity', capacity: body.capacity };
  }
  const kind = body.kind === 'visit' && 'wish' in body ? body.wish : body.kind;
  if (kind !== 'enter' && kind !== 'leave') return null;
  if (!('visitor' in body) || typeof body.visitor !== 'string') return null;
  return { kind, visitor: body.visitor };
}

export function isSameAction(a: Action, b: Action): boolean {
  if (a.kind === 'capacity') return b.kind === 'capacity' && a.capacity === b.capacity;
  return b.kind === a.kind && a.visitor === b.visitor;
}

export class ParkModel {
  capacity: number;
  readonly inside = new Set<string>();

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  apply(action: Action): Outcome {
    const isInside = action.kind !== 'capacity' && this.inside.has(action.visitor);
    const outcome = decide(this.inside.size, this.capacity, isInside, action);
    if (!outcome.allowed) return outcome;
    if (action.kind === 'enter') this.inside.add(action.visitor);
    else if (action.kind === 'leave') this.inside.delete(action.visitor);
    else this.capacity = action.capacity;
    return outcome;
  }
}

/** What the rules allow in a state. */
function decide(occupancy: number, capacity: number, isInside: boolean, action: Action): Outcome {
  switch (action.kind) {
    case 'enter':
      if (isInside) return ALREADY_INSIDE;
      return occupancy < capacity ? ALLOWED : FULL;
    case 'leave':
      return isInside ? ALLOWED : NOT_INSIDE;
    case 'capacity':
      return action.capacity >= occupancy ? ALLOWED : FULL;
  }
}

/** Which rule an outcome broke that the rules do not allow; null when it is the right one. */
export function brokenRule(
  expected: Outcome,
  told: Outcome,
  action: Action,
): 'S1' | 'S3' | 'S8' | null {
  if (expected.allowed === told.allowed) {
    if (expected.allowed || told.allowed || expected.reason === told.reason) return null;
    return 'S8';
  }
  if (!told.allowed || expected.allowed) return 'S8';
  if (action.kind === 'capacity') return 'S1';
  return expected.reason === 'full' ? 'S1' : 'S3';
}
