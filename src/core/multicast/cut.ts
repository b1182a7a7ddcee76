import type { NodeId } from '../identity.ts';
import type { Flushed } from '../messages.ts';
import {
  inOrder,
  MAX_HELD,
  multicastKey,
  placeOfSender,
  type Multicast,
  type Placed,
  type View,
} from './multicast.ts';

/** How a view ends (rule T7). */
export interface Cut {
  /** So many of its messages were delivered somewhere, and are not in the cut. */
  readonly base: number;
  readonly messages: readonly Multicast[];
  /** By the place in the view: how many messages of each member are delivered then, those of earlier views included. */
  readonly delivered: readonly number[];
}

/**
 * What is still to be delivered in a view: everything that somebody who answered holds, in the order of the view, of each
 * sender without a gap. What may have been delivered anywhere comes first, and all who answered hold it (rule T5), so
 * it fits in.
 */
export function cutOf(view: View, answers: ReadonlyMap<NodeId, Flushed>): Cut {
  const before = view.members.map(({ delivered }) => delivered);
  const said = view.members.flatMap(({ id, incarnation }) => {
    const answer = answers.get(id);
    return answer?.incarnation === incarnation && isOf(view, answer) ? answer : [];
  });
  const counts = [before, ...said.map(({ delivered }) => delivered)];
  // What members have delivered are prefixes of one order: the longest holds all others.
  const furthest = counts.reduce((a, b) => (sum(b) > sum(a) ? b : a));
  const delivered = [...furthest];
  const messages: Multicast[] = [];
  for (const { multicast } of inOneOrder(view, said)) {
    const sender = placeOfSender(view, multicast);
    if (multicast.number !== (delivered[sender] ?? Infinity) + 1) continue;
    if (messages.length === MAX_HELD) break;
    delivered[sender] = multicast.number;
    messages.push(multicast);
  }
  return { base: sum(furthest) - sum(before), messages, delivered };
}

/** Who is behind in the log has not been in this view yet: it has delivered nothing there, nor let anybody deliver. */
function isOf({ number, members }: View, { installed, delivered }: Flushed): boolean {
  return installed === number && delivered.length === members.length;
}

function inOneOrder(view: View, said: readonly Flushed[]): Placed[] {
  const all = new Map<string, Placed>();
  for (const { held } of said)
    for (const placed of held) all.set(multicastKey(placed.multicast), placed);
  return [...all.values()].sort(inOrder(view));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
