import type { MulticastKind } from '../entry.ts';
import {
  multicastKey,
  type Multicast,
  type OrderMessage,
  type TotalPosition,
  type View,
} from './multicast.ts';

/** Delivered messages that a node keeps (rule T13). */
export const MAX_HISTORY = 10_000;

/** A message that was delivered here. */
export interface Delivered {
  readonly id: string;
  readonly multicast: Multicast;
  /** The view in which that was. */
  readonly view: View;
  readonly position: TotalPosition;
  /** Of an own one: how long it took from the call, ms. */
  readonly ms: number | null;
}

/** What a node can tell of its part in the group. */
export interface GroupReport {
  readonly kind: MulticastKind;
  readonly view: View | null;
  /** Own messages that are not delivered here yet. */
  readonly pending: number;
  /** Here and not delivered. */
  readonly held: readonly Multicast[];
  /** Delivered in this incarnation. */
  readonly delivered: number;
  /** Messages that this node has sent for the order since it started, by type: what multicasts cost. */
  readonly messages: Readonly<Partial<Record<OrderMessage['type'], number>>>;
}

/** What this node has delivered in its present incarnation, and what multicasting has cost it. */
export class History {
  #kept: Delivered[] = [];
  #count = 0;
  /** Where the last one stands. */
  #last: TotalPosition = { view: 0, number: 0 };
  readonly #listeners: ((delivered: Delivered) => void)[] = [];
  #messages: Partial<Record<OrderMessage['type'], number>> = {};

  /** Delivered in this incarnation, also what is not kept any more. */
  get count(): number {
    return this.#count;
  }

  /** The last of them, in the order of delivery. */
  get kept(): readonly Delivered[] {
    return this.#kept;
  }

  get messages(): Readonly<Partial<Record<OrderMessage['type'], number>>> {
    return this.#messages;
  }

  onDelivered(listener: (delivered: Delivered) => void): void {
    this.#listeners.push(listener);
  }

  /** This node is another member from now on: what comes next does not continue what was. */
  startOver(): void {
    this.#kept = [];
    this.#count = 0;
    this.#last = { view: 0, number: 0 };
  }

  /** Where the next message of this view stands: who is in a view delivers it from its first message on. */
  next({ number: view, start }: View): TotalPosition {
    return { view, number: (this.#last.view === view ? this.#last.number : start) + 1 };
  }

  add(multicast: Multicast, view: View, ms: number | null): void {
    const position = this.next(view);
    const delivered = { id: multicastKey(multicast), multicast, view, position, ms };
    this.#count += 1;
    this.#last = position;
    this.#kept.push(delivered);
    for (const listener of this.#listeners) listener(delivered);
    // Not with every message: to cut a long list costs as much as its length.
    if (this.#kept.length > MAX_HISTORY * 1.1) this.#kept = this.#kept.slice(-MAX_HISTORY);
  }

  counted(type: OrderMessage['type']): void {
    this.#messages = { ...this.#messages, [type]: (this.#messages[type] ?? 0) + 1 };
  }
}
