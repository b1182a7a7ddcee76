import { lamportReceive, lamportTick } from '../clocks.ts';
import type { Context } from '../context.ts';
import type { NodeId } from '../identity.ts';
import {
  inOrder,
  MAX_UNDELIVERED,
  placeOf,
  placeOfSender,
  windowOf,
  type Multicast,
  type OrderEvents,
  type OrderMessage,
  type Placed,
  type TotalOrder,
  type View,
} from './multicast.ts';

/**
 * Total order by Lamport's clocks (1978; rule T11): a message carries its sender's clock and goes to all, and all
 * acknowledge it to all. The messages stand in a queue by (stamp, sender). The first is delivered when everybody has
 * acknowledged it: whatever a member sends afterwards has a greater stamp.
 */
export class LamportOrder implements TotalOrder {
  readonly #me: number;
  readonly #others: readonly { readonly id: NodeId; readonly place: number }[];
  readonly #window: number;
  #clock = 0;
  /** Taken and not delivered, in order. */
  readonly #queue: Placed[] = [];
  /** Came before an earlier one of the same sender: held back, and not acknowledged. */
  #early: Placed[] = [];
  /**
   * By the place of who says so: how many messages of each member it has, those of earlier views included. Its number
   * for itself is how many it had sent when it said that.
   */
  readonly #has: number[][];
  /** Own messages that are stamped and to be spread late, with the time, ms. */
  readonly #late = new Map<number, number>();
  #stopped = false;

  constructor(
    private readonly context: Context,
    private readonly view: View,
    private readonly events: OrderEvents,
  ) {
    const { members } = view;
    const before = members.map(({ delivered }) => delivered);
    this.#me = placeOf(view, context.self);
    this.#others = members
      .map(({ id }, place) => ({ id, place }))
      .filter(({ place }) => place !== this.#me);
    this.#window = windowOf(members.length);
    this.#has = members.map(() => [...before]);
  }

  send(multicast: Multicast, lateMs: number): void {
    if (this.#stopped) return;
    this.#clock = lamportTick(this.#clock);
    const stamped: Placed = { place: this.#clock, multicast };
    this.#enqueue(stamped);
    this.#count(this.#me, multicast.number);
    if (lateMs > 0) {
      this.#late.set(multicast.number, this.context.now + lateMs);
      this.#setLateTimer();
    } else {
      for (const { id } of this.#others) this.#spread(id, stamped);
    }
    this.#deliver();
    this.#watch();
  }

  received(from: NodeId, message: OrderMessage): void {
    const place = placeOf(this.view, from);
    if (this.#stopped || place < 0 || place === this.#me) return;
    if (message.type === 'STAMPED') {
      const { time, multicast } = message;
      if (placeOfSender(this.view, multicast) === place)
        this.#stamped(from, place, { place: time, multicast });
    } else if (message.type === 'ACKNOWLEDGED') {
      if (message.has.length !== this.#has.length) return;
      message.has.forEach((number, of) => {
        this.#count(place, number, of);
      });
      if (message.purpose === 'asks') this.#acknowledge(from, 'answers');
      if (message.purpose !== 'news') this.#spreadLacking(from, place);
    }
    this.#deliver();
    this.#watch();
  }

  held(): readonly Placed[] {
    return [...this.#queue, ...this.#early].sort(inOrder(this.view));
  }

  taken(): readonly Placed[] {
    return this.#queue;
  }

  stop(): void {
    this.#stopped = true;
    this.context.clearTimer('multicast-resend:lamport');
    this.context.clearTimer('multicast-late:lamport');
  }

  #stamped(from: NodeId, sender: number, stamped: Placed): void {
    const taken = this.#hasOf(this.#me, sender);
    const { number } = stamped.multicast;
    if (number <= taken) {
      // It came twice: perhaps the acknowledgement was lost.
      this.#acknowledge(from, 'news');
      return;
    }
    const known = this.#early.some(({ multicast }) => isSame(multicast, stamped.multicast));
    if (!known && number <= taken + this.#window) this.#early.push(stamped);
    if (this.#takeInTurn(sender)) {
      for (const { id } of this.#others) this.#acknowledge(id, 'news');
    }
  }

  /** Takes what follows of a sender without a gap: only that is acknowledged. False when nothing does. */
  #takeInTurn(sender: number): boolean {
    const before = this.#hasOf(this.#me, sender);
    for (;;) {
      const next = this.#early.find(
        ({ multicast }) =>
          placeOfSender(this.view, multicast) === sender &&
          multicast.number === this.#hasOf(this.#me, sender) + 1,
      );
      if (!next || this.#queue.length >= MAX_UNDELIVERED) break;
      this.#early = this.#early.filter((other) => other !== next);
      this.#clock = lamportReceive(this.#clock, next.place);
      this.#enqueue(next);
      this.#count(this.#me, next.multicast.number, sender);
      // Its sender has it too.
      this.#count(sender, next.multicast.number);
    }
    return this.#hasOf(this.#me, sender) > before;
  }

  #deliver(): void {
    for (let head = this.#queue[0]; head && this.#isAcknowledged(head); head = this.#queue[0]) {
      this.#queue.shift();
      this.events.deliver(head.multicast);
    }
  }

  #isAcknowledged(head: Placed): boolean {
    return this.#others.every(({ place }) => this.#isAcknowledgedBy(place, head));
  }

  /** It holds the message, and all is here that it had sent when it said so. */
  #isAcknowledgedBy(member: number, { multicast }: Placed): boolean {
    const sender = placeOf(this.view, multicast.from);
    return this.#hasOf(member, sender) >= multicast.number && this.#hasAllOf(member);
  }

  #hasAllOf(member: number): boolean {
    return this.#hasOf(this.#me, member) >= this.#hasOf(member, member);
  }

  #enqueue(stamped: Placed): void {
    this.#queue.push(stamped);
    this.#queue.sort(inOrder(this.view));
  }

  #hasOf(member: number, sender: number): number {
    return this.#has[member]?.[sender] ?? 0;
  }

  /** A member has so many messages of another; what overtook newer news takes nothing back. */
  #count(member: number, number: number, sender = member): void {
    const row = this.#has[member];
    if (row) row[sender] = Math.max(row[sender] ?? 0, number);
  }

  #acknowledge(to: NodeId, purpose: 'news' | 'asks' | 'answers'): void {
    const has = [...(this.#has[this.#me] ?? [])];
    this.events.send(to, { type: 'ACKNOWLEDGED', view: this.view.number, has, purpose });
  }

  #spread(to: NodeId, { place: time, multicast }: Placed): void {
    this.events.send(to, { type: 'STAMPED', view: this.view.number, time, multicast });
  }

  // --- Lost and late --------------------------------------------------------------------------------------------

  /** Rule T12: something is under way here that may get lost. */
  #watch(): void {
    const isIdle = this.#queue.length === 0 && this.#early.length === 0;
    if (isIdle) this.context.clearTimer('multicast-resend:lamport');
    else if (!this.context.isTimerSet('multicast-resend:lamport')) {
      this.context.setTimer('multicast-resend:lamport', this.context.timing.multicastResend);
    }
  }

  resend(): void {
    if (this.#stopped) return;
    const [head] = this.#queue;
    for (const { id, place } of this.#others) {
      const isWaitedFor = !this.#hasAllOf(place) || (head && !this.#isAcknowledgedBy(place, head));
      const lacks = this.#hasOf(place, this.#me) < this.#hasOf(this.#me, this.#me);
      if (isWaitedFor || lacks || this.#early.length > 0) this.#acknowledge(id, 'asks');
    }
    this.#watch();
  }

  /** Own messages that the other side has not got. */
  #spreadLacking(to: NodeId, place: number): void {
    for (const stamped of this.#queue) {
      const { from, number } = stamped.multicast;
      const isLacking = from === this.context.self && number > this.#hasOf(place, this.#me);
      if (isLacking && !this.#late.has(number)) this.#spread(to, stamped);
    }
  }

  lateIsDue(): void {
    if (this.#stopped) return;
    for (const [number, at] of this.#late) {
      // A timer may fire a little early.
      if (at > this.context.now + 1) continue;
      this.#late.delete(number);
      const own = this.#queue.find(
        ({ multicast }) => multicast.from === this.context.self && multicast.number === number,
      );
      if (own) for (const { id } of this.#others) this.#spread(id, own);
    }
    this.#setLateTimer();
  }

  #setLateTimer(): void {
    const next = Math.min(...this.#late.values());
    if (next < Infinity) this.context.setTimer('multicast-late:lamport', next - this.context.now);
  }
}

function isSame(a: Multicast, b: Multicast): boolean {
  return a.from === b.from && a.number === b.number;
}
