import type { ParkModel } from './park-model.ts';
import { Violation } from './violation.ts';

/** Compares the park that a node has with the one that the rules make of its log (rules S1 and S3). */
export function checkPark(snapshot: unknown, due: ParkModel, who: string): void {
  const park = field(snapshot, 'park');
  const inside = field(park, 'inside');
  const capacity = field(park, 'capacity');
  if (!Array.isArray(inside) || typeof capacity !== 'number')
    throw new Violation('S6', `${who} has no park but ${JSON.stringify(park)}`);
  if (inside.length > capacity)
    throw new Violation('S1', `${who} has ${inside.length} inside, and room for ${capacity}`);
  const wrong =
    capacity !== due.capacity ||
    inside.length !== due.inside.size ||
    inside.some((visitor: unknown) => typeof visitor !== 'string' || !due.inside.has(visitor));
  if (wrong)
    throw new Violation(
      'S3',
      `${who} has ${inside.join(' ')} inside of ${capacity}, due are ${[...due.inside].join(' ')} of ${due.capacity}`,
    );
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
