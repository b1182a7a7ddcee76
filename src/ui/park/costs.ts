/** What a step will cost, said before it is taken. */
import { MAX_CAPACITY } from '../../core/entry.ts';
import type { Status } from '../../runtime/gatehouse.ts';
import { count, listed } from '../words.ts';

export function capacityCost(
  { capacity, occupancy }: Pick<Status, 'capacity' | 'occupancy'>,
  text: string,
): { possible: boolean; text: string } {
  const wanted = text.trim();
  if (!/^\d+$/.test(wanted) || Number(wanted) > MAX_CAPACITY) {
    return { possible: false, text: `Type a whole number from 0 to ${MAX_CAPACITY}.` };
  }
  const next = Number(wanted);
  if (next === capacity) return { possible: false, text: `The capacity is ${capacity} now.` };
  const left = next - occupancy;
  if (left < 0) {
    return {
      possible: false,
      text: `${occupancy} are inside. Let ${-left} out first: a capacity below the number inside is refused.`,
    };
  }
  if (next < capacity) {
    const lost = count(capacity - next, 'place');
    return {
      possible: true,
      text: `Every gate loses ${lost} at once. ${occupancy} are inside, so ${left === 0 ? 'nobody' : `only ${left} more`} can be let in. Nobody is put out.`,
    };
  }
  return {
    possible: true,
    text: `${count(next - capacity, 'place')} more, at every gate at once: ${left} can still be let in.`,
  };
}

/** What going on without missing voters will cost, point by point. */
export function proceedCosts({
  missing,
  occupancy,
  unconfirmed,
}: Pick<Status, 'missing' | 'occupancy' | 'unconfirmed'>): string[] {
  const names = listed(missing.map(({ name }) => name));
  const from =
    unconfirmed === null
      ? `the ${occupancy} that this gate knows to be inside`
      : `what the gates in reach hold, by this gate's disk ${unconfirmed.occupancy} inside, though it knows only ${occupancy} to be confirmed`;
  const [they, them, are, know] =
    missing.length === 1 ? ['it', 'it', 'is', 'knows'] : ['they', 'them', 'are', 'know'];
  return [
    `If ${names} ${are} still running somewhere out of reach, both sides will let visitors in, and together they may exceed the capacity. So look first, and switch ${them} off.`,
    `Visitors that only ${they} ${know} of are not counted here: counting goes on from ${from}.`,
    `The park goes on as a new generation. When ${names} ${missing.length === 1 ? 'comes' : 'come'} back, what ${they} alone knew is shown to you; it is never merged by itself.`,
  ];
}
