import type { ParkOperation, ParkOutcome } from '../../machines/park.ts';

/** The park as the rules S1 and S3 tell it: written apart from the machine that it checks. */
export class ParkModel {
  capacity: number;
  readonly inside = new Set<string>();

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  apply(operation: ParkOperation): ParkOutcome {
    const outcome = decide(this.inside.size, this.capacity, this.#isInside(operation), operation);
    if (!outcome.allowed) return outcome;
    if (operation.kind === 'enter') this.inside.add(operation.visitor);
    else if (operation.kind === 'leave') this.inside.delete(operation.visitor);
    else this.capacity = operation.capacity;
    return outcome;
  }

  #isInside(operation: ParkOperation): boolean {
    return operation.kind !== 'capacity' && this.inside.has(operation.visitor);
  }
}

/** What the rules allow in a state. */
export function decide(
  occupancy: number,
  capacity: number,
  isInside: boolean,
  operation: ParkOperation,
): ParkOutcome {
  switch (operation.kind) {
    case 'enter':
      if (isInside) return { allowed: false, reason: 'already-inside' };
      return occupancy < capacity ? { allowed: true } : { allowed: false, reason: 'full' };
    case 'leave':
      return isInside ? { allowed: true } : { allowed: false, reason: 'not-inside' };
    case 'capacity':
      return operation.capacity >= occupancy
        ? { allowed: true }
        : { allowed: false, reason: 'full' };
  }
}

/** Which rule an outcome broke that the rules do not allow; null when it is the right one. */
export function brokenRule(
  expected: ParkOutcome,
  told: ParkOutcome,
  operation: ParkOperation,
): 'S1' | 'S3' | 'S8' | null {
  if (expected.allowed === told.allowed) {
    if (expected.allowed || told.allowed || expected.reason === told.reason) return null;
    return 'S8';
  }
  if (!told.allowed || expected.allowed) return 'S8';
  if (operation.kind === 'capacity') return 'S1';
  return expected.reason === 'full' ? 'S1' : 'S3';
}
