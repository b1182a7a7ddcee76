import { arrayOf, DecodeError, integer, pattern, tuple, type Decoder } from './decoder.ts';
import { NODE_ID_PATTERN, type NodeId } from './identity.ts';

/**
 * Logical clocks: which of two events happened before the other, without a clock on the wall. Pure values: whoever
 * ticks or merges one gets a new one.
 */

// --- Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System", 1978 ------------------------------

/** Counts events. What happened before has the smaller time; a smaller time alone says nothing. */
export type LamportTime = number;

/** The time of the next event of its own that a node has: to do something, or to send. */
export function lamportTick(time: LamportTime): LamportTime {
  return time + 1;
}

/** The time of an event that is to receive what was sent at another time. */
export function lamportReceive(time: LamportTime, sent: LamportTime): LamportTime {
  return Math.max(time, sent) + 1;
}

// --- Vector clocks: Fidge 1988, Mattern 1989 -------------------------------------------------------------

/** How many events of each node are known of; a node that is not named has had none. */
export type VectorClock = ReadonlyMap<NodeId, number>;

/** Before the first event. */
export const NO_EVENTS: VectorClock = new Map();

export type ClockOrder = 'before' | 'after' | 'equal' | 'concurrent';

/** How many events of a node a clock knows of. */
export function eventsOf(clock: VectorClock, node: NodeId): number {
  return clock.get(node) ?? 0;
}

/** The clock of a node's next event. */
export function tick(clock: VectorClock, node: NodeId): VectorClock {
  return new Map(clock).set(node, eventsOf(clock, node) + 1);
}

/** What two clocks know together: the least clock that neither is after. */
export function merge(a: VectorClock, b: VectorClock): VectorClock {
  const merged = new Map(a);
  for (const [node, events] of b) merged.set(node, Math.max(events, eventsOf(a, node)));
  return merged;
}

/** How the event of clock `a` stands to that of clock `b`. */
export function compareClocks(a: VectorClock, b: VectorClock): ClockOrder {
  const isWithin = knows(b, a);
  const holds = knows(a, b);
  if (isWithin && holds) return 'equal';
  if (isWithin) return 'before';
  return holds ? 'after' : 'concurrent';
}

export function happenedBefore(a: VectorClock, b: VectorClock): boolean {
  return compareClocks(a, b) === 'before';
}

/** Neither could have been a cause of the other. */
export function areConcurrent(a: VectorClock, b: VectorClock): boolean {
  return compareClocks(a, b) === 'concurrent';
}

/** Whether `a` knows of everything that `b` knows of. */
function knows(a: VectorClock, b: VectorClock): boolean {
  for (const [node, events] of b) if (eventsOf(a, node) < events) return false;
  return true;
}

// --- As data --------------------------------------------------------------------------------------------------------

/** A vector clock as it stands in a message or in the log: sorted, so that equal clocks are equal bytes. */
export type ClockRows = readonly (readonly [NodeId, number])[];

export function rowsOf(clock: VectorClock): ClockRows {
  return [...clock].sort(([a], [b]) => (a < b ? -1 : 1));
}

export function clockOf(rows: ClockRows): VectorClock {
  return new Map(rows);
}

/** @param most nodes that the clock may name */
export function clockRows(most: number): Decoder<ClockRows> {
  const rows = arrayOf(
    tuple<readonly [NodeId, number]>(pattern(NODE_ID_PATTERN), integer(1, Number.MAX_SAFE_INTEGER)),
    most,
  );
  return (value) => {
    const decoded = rows(value);
    decoded.forEach(([node], i) => {
      const before = decoded[i - 1];
      if (before && before[0] >= node) throw new DecodeError('a clock out of order');
    });
    return decoded;
  };
}
