import { MULTICASTS, type MulticastKind } from '../core/entry.ts';
import { messagesPerMulticast } from '../core/multicast/multicast.ts';
import type { Comparison, Pauses } from './row.ts';
import { VirtualGroup, type Failure } from './virtual-group.ts';

const SIZES: readonly number[] = [2, 3, 4, 5, 6, 7, 8, 9];
/** Multicasts that are averaged. */
const ALONE = 20;
/** Of each gate, at the same moment. */
const AT_ONCE = 10;
/** The median of so many is taken. */
const FAILURES = 3;

/** One row for each size and algorithm, from the smallest group on. */
export function* comparisons(): Generator<Comparison> {
  for (const size of SIZES) for (const kind of MULTICASTS) yield compare(kind, size);
}

export function compare(kind: MulticastKind, size: number): Comparison {
  return {
    kind,
    size,
    theory: messagesPerMulticast(kind, size),
    ...costs(kind, size),
    greatest: pauses(kind, size, size - 1),
    // Of two gates the other one is the greatest.
    another: size > 2 ? pauses(kind, size, 1) : { dies: null, hangs: null },
  };
}

function costs(
  kind: MulticastKind,
  size: number,
): Pick<Comparison, 'messages' | 'latencyMs' | 'everywhereMs' | 'atOnce'> {
  const group = new VirtualGroup(kind, size, 1);
  group.gather();
  const start = group.countMessages();
  // The least gate sends: it is not the sequencer.
  const times = Array.from({ length: ALONE }, () => group.sendOne(0));
  const alone = group.countMessages() - start;
  group.sendAllAtOnce(AT_ONCE);
  const atOnce = group.countMessages() - start - alone;
  return {
    messages: alone / ALONE,
    latencyMs: median(times.map(({ here }) => here)),
    everywhereMs: median(times.map(({ everywhere }) => everywhere)),
    atOnce: atOnce / (AT_ONCE * size),
  };
}

function pauses(kind: MulticastKind, size: number, place: number): Pauses {
  const pause = (failure: Failure): number | null => medianPause(kind, size, place, failure);
  return { dies: pause('dies'), hangs: pause('hangs') };
}

function medianPause(
  kind: MulticastKind,
  size: number,
  place: number,
  failure: Failure,
): number | null {
  const pauses = Array.from({ length: FAILURES }, (_, seed) => {
    const group = new VirtualGroup(kind, size, seed + 1);
    group.gather();
    return group.fail(place, failure);
  });
  const ended = pauses.filter((pause) => pause !== null);
  return ended.length < FAILURES ? null : median(ended);
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1] ?? NaN;
}
