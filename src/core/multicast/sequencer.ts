import type { Context } from '../context.ts';
import type { NodeId } from '../identity.ts';
import {
  inOrder,
  MAX_UNDELIVERED,
  placeOf,
  placeOfSender,
  type Multicast,
  type OrderEvents,
  type OrderMessage,
  type Placed,
  type TotalOrder,
  type View,
} from './multicast.ts';

/** Messages sent again to one member at once: more follow when it has answered. */
const RESEND_BATCH = 32;

/**
 * Total order by a fixed sequencer (rule T10; "unicast-broadcast" in Defago, Schiper and Urban, 2004): who wants to
 * send asks the sequencer, which gives the message the next number and spreads it. Everybody holds back what comes
 * before its turn, and tells the sequencer up to where it holds all; once everybody does, it may be delivered.
 */
export class SequencerOrder implements TotalOrder {
  readonly #sequencer: NodeId;
  readonly #others: readonly NodeId[];
  /** Messages here that are not delivered, by their numbers. */
  readonly #held = new Map<number, Multicast>();
  /** Everything up to this number is here, or was. */
  #upTo: number;
  /** Everybody holds everything up to this number, as far as is known here. */
  #stable: number;
  #delivered: number;
  /** Own messages whose numbers are not known here, in order. */
  #unnumbered: { readonly multicast: Multicast; readonly lateMs: number }[] = [];
  #stopped = false;

  // The sequencer alone:
  #lastNumber: number;
  /** By a member's place: so many of its messages have a number, those of earlier views included. */
  readonly #numbered: number[];
  /** Up to where each other member holds all. */
  readonly #heldBy: Map<NodeId, number>;
  /** Numbers that were given and are to be spread late, with the time, ms. */
  readonly #late = new Map<number, number>();

  constructor(
    private readonly context: Context,
    private readonly view: View,
    private readonly events: OrderEvents,
  ) {
    const { members, start } = view;
    this.#upTo = start;
    this.#stable = start;
    this.#delivered = start;
    this.#lastNumber = start;
    this.#sequencer = members[members.length - 1]?.id ?? context.self;
    this.#others = members.map(({ id }) => id).filter((id) => id !== context.self);
    this.#numbered = members.map(({ delivered }) => delivered);
    this.#heldBy = new Map(this.#others.map((id) => [id, start]));
  }

  get #isSequencer(): boolean {
    return this.#sequencer === this.context.self;
  }

  send(multicast: Multicast, lateMs: number): void {
    if (this.#stopped) return;
    this.#unnumbered.push({ multicast, lateMs });
    if (this.#isSequencer) this.#number(multicast, lateMs);
    else this.#order(multicast, lateMs);
    this.#watch();
  }

  received(from: NodeId, message: OrderMessage): void {
    if (this.#stopped || placeOf(this.view, from) < 0) return;
    if (this.#isSequencer) {
      if (message.type === 'ORDER') this.#number(message.multicast, message.lateMs);
      if (message.type === 'HELD') this.#holds(from, message.upTo, message.asks);
    } else if (from === this.#sequencer) {
      if (message.type === 'NUMBERED') this.#take(message.number, message.multicast);
      if (message.type === 'NUMBERED' || message.type === 'DELIVER') this.#deliver(message.upTo);
    }
    this.#watch();
  }

  held(): readonly Placed[] {
    const placed = [...this.#held].map(([place, multicast]) => ({ place, multicast }));
    return placed.sort(inOrder(this.view));
  }

  /** Nothing is numbered that would not find room: it is few enough. */
  taken(): readonly Placed[] {
    return this.held();
  }

  stop(): void {
    this.#stopped = true;
    this.context.clearTimer('multicast-resend:sequencer');
    this.context.clearTimer('multicast-late:sequencer');
  }

  // --- Every member ---------------------------------------------------------------------------------------------

  #order(multicast: Multicast, lateMs: number): void {
    const { number: view } = this.view;
    this.events.send(this.#sequencer, { type: 'ORDER', view, multicast, lateMs });
  }

  #take(number: number, multicast: Multicast): void {
    if (number > this.#delivered + MAX_UNDELIVERED) return;
    const before = this.#upTo;
    if (number > before) this.#hold(number, multicast);
    // What came early waits for what is lacking; what came twice may mean that the last word was lost.
    if (this.#upTo > before || number <= before) this.#tellSequencer(false);
  }

  #hold(number: number, multicast: Multicast): void {
    this.#held.set(number, multicast);
    while (this.#held.has(this.#upTo + 1)) this.#upTo += 1;
    if (multicast.from === this.context.self) {
      this.#unnumbered = this.#unnumbered.filter(
        (own) => own.multicast.number !== multicast.number,
      );
    }
  }

  #tellSequencer(asks: boolean): void {
    const { number: view } = this.view;
    this.events.send(this.#sequencer, { type: 'HELD', view, upTo: this.#upTo, asks });
  }

  /** Everybody holds everything up to this number. */
  #deliver(stable: number): void {
    this.#stable = Math.max(this.#stable, stable);
    while (this.#delivered < Math.min(this.#stable, this.#upTo)) {
      const multicast = this.#held.get(this.#delivered + 1);
      if (!multicast) return;
      this.#delivered += 1;
      this.#held.delete(this.#delivered);
      this.events.deliver(multicast);
    }
  }

  // --- The sequencer --------------------------------------------------------------------------------------------

  /** The next number, if it is the sender's next message: what came twice or out of turn is asked for again. */
  #number(multicast: Multicast, lateMs: number): void {
    const sender = placeOfSender(this.view, multicast);
    const expected = (this.#numbered[sender] ?? Infinity) + 1;
    if (multicast.number !== expected || this.#lastNumber - this.#delivered >= MAX_UNDELIVERED)
      return;
    this.#numbered[sender] = multicast.number;
    this.#lastNumber += 1;
    this.#hold(this.#lastNumber, multicast);
    if (lateMs > 0) {
      this.#late.set(this.#lastNumber, this.context.now + lateMs);
      this.#setLateTimer();
    } else {
      for (const id of this.#others) this.#spread(id, this.#lastNumber);
    }
    this.#checkStable();
  }

  #spread(to: NodeId, number: number): void {
    const multicast = this.#held.get(number);
    if (!multicast || this.#late.has(number)) return;
    const upTo = this.#stable;
    this.events.send(to, { type: 'NUMBERED', view: this.view.number, number, upTo, multicast });
  }

  #holds(member: NodeId, upTo: number, asks: boolean): void {
    const before = this.#heldBy.get(member) ?? this.view.start;
    this.#heldBy.set(member, Math.max(before, Math.min(upTo, this.#lastNumber)));
    this.#checkStable();
    if (!asks) return;
    this.#spreadFrom(member, upTo + 1);
    this.#letDeliver(member);
  }

  #spreadFrom(to: NodeId, first: number): void {
    const last = Math.min(this.#lastNumber, first + RESEND_BATCH - 1);
    for (let number = first; number <= last; number++) this.#spread(to, number);
  }

  #checkStable(): void {
    const stable = Math.min(this.#lastNumber, ...this.#heldBy.values());
    if (stable <= this.#stable) return;
    this.#deliver(stable);
    for (const id of this.#others) this.#letDeliver(id);
  }

  #letDeliver(to: NodeId): void {
    this.events.send(to, { type: 'DELIVER', view: this.view.number, upTo: this.#stable });
  }

  // --- Lost and late --------------------------------------------------------------------------------------------

  /** Rule T12: something is under way here that may get lost. */
  #watch(): void {
    const isIdle = this.#held.size === 0 && this.#unnumbered.length === 0;
    if (isIdle) this.context.clearTimer('multicast-resend:sequencer');
    else if (!this.context.isTimerSet('multicast-resend:sequencer')) {
      this.context.setTimer('multicast-resend:sequencer', this.context.timing.multicastResend);
    }
  }

  resend(): void {
    if (this.#stopped) return;
    if (this.#isSequencer) {
      for (const { multicast, lateMs } of this.#unnumbered) this.#number(multicast, lateMs);
      for (const [member, upTo] of this.#heldBy) this.#spreadFrom(member, upTo + 1);
    } else {
      for (const { multicast, lateMs } of this.#unnumbered) this.#order(multicast, lateMs);
      this.#tellSequencer(true);
    }
    this.#watch();
  }

  lateIsDue(): void {
    if (this.#stopped) return;
    for (const [number, at] of this.#late) {
      // A timer may fire a little early.
      if (at > this.context.now + 1) continue;
      this.#late.delete(number);
      for (const id of this.#others) this.#spread(id, number);
    }
    this.#setLateTimer();
  }

  #setLateTimer(): void {
    const next = Math.min(...this.#late.values());
    if (next < Infinity) this.context.setTimer('multicast-late:sequencer', next - this.context.now);
  }
}
