import type { MulticastKind } from '../entry.ts';
import type { NodeId } from '../identity.ts';
import type { Message } from '../messages.ts';

/** UTF-16 units of a text at most (rule T13). */
export const MAX_TEXT = 1000;
/** Messages that one member has under way at most. */
const MAX_WINDOW = 16;
/** Messages that a node takes from others and has not delivered: a FLUSHED and a cut of so many fit into a message. */
export const MAX_UNDELIVERED = 256;
/** With its own. */
export const MAX_HELD = MAX_UNDELIVERED + MAX_WINDOW;

/** A message to the whole group. Who sent it, in which of its lives, and the how-manieth of that life it is name it. */
export interface Multicast {
  readonly from: NodeId;
  readonly incarnation: string;
  /** Counts from 1 in each incarnation, without a gap. */
  readonly number: number;
  readonly text: string;
}

/** A node in one of its lives: who restarts is another member (rule T4). */
export interface GroupMember {
  readonly id: NodeId;
  readonly incarnation: string;
  /** So many of its messages were delivered in the views before this one. */
  readonly delivered: number;
}

/** Who multicasts to whom for a while, agreed on by the log (rule T4). */
export interface View {
  readonly number: number;
  /** So many messages of the group were delivered in the views before it, by all senders: the numbers go on from there. */
  readonly start: number;
  /** In ascending order of identity: the last one is the sequencer. */
  readonly members: readonly GroupMember[];
}

/** The newest view of each group; null before its first. */
export type Views = Readonly<Record<MulticastKind, View | null>>;

export const NO_VIEWS: Views = { sequencer: null, lamport: null };

/** A message with its place in the order of a view: its number, or its stamp. Of equal stamps the sender decides. */
export interface Placed {
  readonly place: number;
  readonly multicast: Multicast;
}

/**
 * Where a message was delivered: in which view, and the how-manieth of the group it is, the same at all that deliver it
 * (rule T1). The order of all messages is by the view, then by the number, which begins anew in no view (rule T7). (A type and no interface: only so TypeScript takes it for JSON.)
 */
export type TotalPosition = { readonly view: number; readonly number: number };

/** What the members of a view say to each other. */
export type OrderMessage = Extract<
  Message,
  { readonly type: 'ORDER' | 'NUMBERED' | 'HELD' | 'DELIVER' | 'STAMPED' | 'ACKNOWLEDGED' }
>;

/** What an algorithm does in its view. */
export interface OrderEvents {
  send(to: NodeId, message: OrderMessage): void;
  /** The next message of the view, the same at all members. */
  deliver(multicast: Multicast): void;
}

/** The common type of the algorithms: the order of one view, as one of its members finds it out. */
export interface TotalOrder {
  /** This member's own next message, to be spread so many ms late (rule T15). */
  send(multicast: Multicast, lateMs: number): void;
  /** Messages that are not of this algorithm are ignored. */
  received(from: NodeId, message: OrderMessage): void;
  /** Timer `multicast-resend` (rule T12). */
  resend(): void;
  /** Timer `multicast-late` (rule T15). */
  lateIsDue(): void;
  /** What is here and not delivered, in the order as far as it is known here. */
  held(): readonly Placed[];
  /** Of that, what this member has acknowledged, so that others may have delivered it: `MAX_HELD` at most (T7). */
  taken(): readonly Placed[];
  /** Nothing is sent, acknowledged or delivered any more (rule T6). */
  stop(): void;
}

/** The string form of a message's name, as the console shows it. */
export function multicastKey({ from, incarnation, number }: Multicast): string {
  return `${from}.${incarnation}.${String(number)}`;
}

/** How many messages each of so many members may have under way (rule T13). */
export function windowOf(members: number): number {
  return Math.max(1, Math.min(MAX_WINDOW, Math.floor(MAX_UNDELIVERED / members)));
}

/** The place of a node in a view; -1 for none. */
export function placeOf({ members }: View, id: NodeId): number {
  return members.findIndex((member) => member.id === id);
}

/** The place of a message's sender, in the life in which it sent it; -1 for none. */
export function placeOfSender({ members }: View, { from, incarnation }: Multicast): number {
  return members.findIndex((one) => one.id === from && one.incarnation === incarnation);
}

/** The order of a view: by place, and of equal ones by the sender's place in the view. */
export function inOrder(view: View): (a: Placed, b: Placed) => number {
  return (a, b) =>
    a.place - b.place || placeOf(view, a.multicast.from) - placeOf(view, b.multicast.from);
}

/** Messages between nodes that one multicast takes among so many, when nothing is lost and nothing else is under way. */
export function messagesPerMulticast(
  kind: 'sequencer' | 'lamport',
  members: number,
  bySequencer = false,
): number {
  if (members === 1) return 0;
  if (kind === 'lamport') return members * (members - 1);
  return 3 * (members - 1) + (bySequencer ? 0 : 1);
}
