import type { Context } from '../context.ts';
import type { GroupTimer } from '../timers.ts';
import {
  MAX_TEXT,
  multicastKey,
  windowOf,
  type Multicast,
  type TotalOrder,
  type TotalPosition,
  type View,
} from './multicast.ts';

/** More messages than this do not wait here (rule T13). */
const MAX_WAITING = 256;

interface Own {
  readonly text: string;
  /** When its request gives up, ms. */
  readonly deadline: number;
  readonly lateMs: number;
  /** When it was asked for, ms. */
  readonly askedAt: number;
  /** The request to answer; null when it has been answered. */
  request: number | null;
}

/** This node's own multicasts until they are delivered here (rules T13 and T14). */
export class Sends {
  /** Not handed to an algorithm yet: they have no number. */
  #waiting: Own[] = [];
  /** Handed over and not delivered, by their numbers. */
  #underWay = new Map<number, Own>();
  /** The number of the last message that was handed over in this incarnation. */
  #last = 0;
  /** How late the next one is to be (rule T15). */
  #nextLateMs = 0;

  constructor(
    private readonly context: Context,
    /** Fires when the oldest open request gives up. */
    private readonly timer: GroupTimer,
  ) {}

  get size(): number {
    return this.#waiting.length + this.#underWay.size;
  }

  /** Nothing is asked of it, not even that the next message be late. */
  get isIdle(): boolean {
    return this.size === 0 && this.#nextLateMs === 0;
  }

  delayNext(ms: number): void {
    this.#nextLateMs = ms;
  }

  /** False when it is refused, and the request answered. */
  add(request: number, text: string): boolean {
    const { now, timing } = this.context;
    if (text.length === 0 || text.length > MAX_TEXT) {
      const bounds = `a message has 1 to ${String(MAX_TEXT)} characters`;
      this.context.replyError(request, 'invalid', true, bounds);
      return false;
    }
    if (this.#waiting.length >= MAX_WAITING) {
      const full = `more than ${String(MAX_WAITING)} messages wait here`;
      this.context.replyError(request, 'invalid', true, full);
      return false;
    }
    const lateMs = this.#nextLateMs;
    this.#nextLateMs = 0;
    const deadline = now + timing.request + lateMs;
    this.#waiting.push({ text, request, deadline, lateMs, askedAt: now });
    this.#setDeadline();
    return true;
  }

  /** What waits there waits here from now on, after what waits here already. */
  takeOver(other: Sends): void {
    this.#waiting.push(...other.#waiting);
    other.#waiting = [];
    if (other.#nextLateMs > 0) this.#nextLateMs = other.#nextLateMs;
    other.#nextLateMs = 0;
    this.#setDeadline();
    other.#setDeadline();
  }

  /** Hands over what may be under way. */
  pump(order: TotalOrder, view: View, incarnation: string): void {
    while (this.#underWay.size < windowOf(view.members.length)) {
      const own = this.#waiting.shift();
      if (!own) return;
      this.#last += 1;
      this.#underWay.set(this.#last, own);
      const from = this.context.self;
      order.send({ from, incarnation, number: this.#last, text: own.text }, own.lateMs);
    }
  }

  /** A new view, of which this node still is a member: what was not delivered in the old one is sent again. */
  again(order: TotalOrder, incarnation: string): void {
    const from = this.context.self;
    for (const [number, { text }] of this.#underWay)
      order.send({ from, incarnation, number, text }, 0);
  }

  /** An own message is delivered here. Returns how long that took, ms. */
  delivered(multicast: Multicast, position: TotalPosition): number {
    const own = this.#underWay.get(multicast.number);
    this.#underWay.delete(multicast.number);
    if (!own) return 0;
    if (own.request !== null) {
      const id = multicastKey(multicast);
      this.context.replyDone(own.request, { type: 'multicast', id, position });
    }
    this.#setDeadline();
    return this.context.now - own.askedAt;
  }

  /** A new incarnation: what is under way was not delivered, and is sent anew (rule T8). */
  renumber(): void {
    this.#waiting = [...this.#underWay.values(), ...this.#waiting];
    this.#underWay = new Map();
    this.#last = 0;
  }

  /** A new incarnation, and nobody here knows what became of what is under way (rule T8). */
  forget(): void {
    for (const own of this.#underWay.values()) this.#answerIndefinite(own);
    this.#underWay = new Map();
    this.#last = 0;
    this.#setDeadline();
  }

  /** This node starts over in another log: nothing of it goes there. */
  abandon(): void {
    this.forget();
    this.#withdraw(this.#waiting, 'this gate gave way to another generation of the park');
    this.#waiting = [];
    this.#setDeadline();
  }

  /** The timer has fired. */
  deadlinePassed(): void {
    // A timer may fire a little early.
    const isOver = ({ deadline }: Own): boolean => deadline <= this.context.now + 1;
    this.#withdraw(this.#waiting.filter(isOver), 'the group had no view in time; nothing was sent');
    this.#waiting = this.#waiting.filter((own) => !isOver(own));
    for (const own of this.#underWay.values()) if (isOver(own)) this.#answerIndefinite(own);
    this.#setDeadline();
  }

  #withdraw(withdrawn: readonly Own[], message: string): void {
    for (const own of withdrawn) {
      if (own.request !== null) {
        this.context.replyError(own.request, 'no-quorum', true, message);
      }
    }
  }

  #answerIndefinite(own: Own): void {
    if (own.request === null) return;
    const message = 'not delivered in time; it may be delivered yet';
    this.context.replyError(own.request, 'timeout', false, message);
    own.request = null;
  }

  #setDeadline(): void {
    let earliest = Infinity;
    for (const { request, deadline } of [...this.#waiting, ...this.#underWay.values()]) {
      if (request !== null) earliest = Math.min(earliest, deadline);
    }
    if (earliest === Infinity) this.context.clearTimer(this.timer);
    else this.context.setTimer(this.timer, Math.max(0, earliest - this.context.now));
  }
}
