import { assert } from './assert.ts';
import type { Effect, Reply, ReplyValue } from './effects.ts';
import type { Identity, NodeId } from './identity.ts';
import type { Message } from './messages.ts';
import type { StorageWrite } from './stored.ts';
import type { Timer, Timing } from './timers.ts';

/**
 * What the parts of a node share while one event is handled: the time, the seeded generator, and the list of
 * effects that the step will return.
 */
export class Context {
  /** Monotonic, ms. */
  now = 0;
  /** Wall clock, ms since 1970. */
  wall = 0;
  /** Stamped on every message. */
  generation = '';
  /** A mesh: whoever is met is linked to (rule N1). */
  linksToAll = true;

  #effects: Effect[] = [];
  #nextTicket = 1;
  readonly #whenDurable = new Map<number, () => void>();
  readonly #due = new Map<Timer, number>();
  /** No timer is due before. Asked at every step, so that the timers are gone through only when one may be overdue. */
  #noneDueBefore = Infinity;

  constructor(
    readonly self: NodeId,
    readonly timing: Timing,
    /** Uniform in [0, 1), seeded from outside. */
    readonly random: () => number,
  ) {}

  takeEffects(): Effect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  emit(effect: Effect): void {
    this.#effects.push(effect);
  }

  /** A send as plain data, for the releases of a persist. */
  sending(to: NodeId, message: Message, generation = this.generation): Effect {
    assert(to !== this.self, 'a node sends nothing to itself');
    return { type: 'send', to, envelope: { generation, message } };
  }

  send(to: NodeId, message: Message): void {
    this.emit(this.sending(to, message));
  }

  /** GAVE_WAY speaks of a generation that this node does not hold any more. */
  gaveWay(to: NodeId, generation: string): Effect {
    return this.sending(to, { type: 'GAVE_WAY' }, generation);
  }

  /** Persist before you speak: `releases` happen and `whenDurable` runs only once the writes are durable. */
  persist(
    writes: readonly StorageWrite[],
    releases: readonly Effect[] = [],
    whenDurable?: () => void,
  ): void {
    const ticket = this.#nextTicket++;
    if (whenDurable) this.#whenDurable.set(ticket, whenDurable);
    this.emit({ type: 'persist', ticket, writes, releases });
  }

  /** The driver reports a ticket. Tickets come in the order in which they were given. */
  durable(ticket: number): void {
    const whenDurable = this.#whenDurable.get(ticket);
    this.#whenDurable.delete(ticket);
    whenDurable?.();
  }

  setTimer(timer: Timer, delayMs: number): void {
    const due = this.now + delayMs;
    this.#due.set(timer, due);
    this.#noneDueBefore = Math.min(this.#noneDueBefore, due);
    this.emit({ type: 'set-timer', timer, delayMs });
  }

  clearTimer(timer: Timer): void {
    if (this.#due.delete(timer)) this.emit({ type: 'clear-timer', timer });
  }

  /** Leaves it as it is when it is set already. */
  setTimerOnce(timer: Timer, delayMs: number): void {
    if (!this.isTimerSet(timer)) this.setTimer(timer, delayMs);
  }

  isTimerSet(timer: Timer): boolean {
    return this.#due.has(timer);
  }

  /** A timer fired. False when it was cleared or replaced in the meantime. */
  timerFired(timer: Timer): boolean {
    const due = this.#due.get(timer);
    if (due === undefined || due > this.now + 1) return false;
    this.#due.delete(timer);
    return true;
  }

  /** How long the most overdue timer has been due, ms; at most 0 when none is. */
  overdue(): number {
    if (this.now <= this.#noneDueBefore) return 0;
    let earliest = Infinity;
    for (const due of this.#due.values()) earliest = Math.min(earliest, due);
    this.#noneDueBefore = earliest;
    return Math.max(0, this.now - earliest);
  }

  /** What is overdue is due now: one sleep is noticed once, though its timers may come much later still. */
  excuseOverdue(): void {
    for (const [timer, due] of this.#due) if (due < this.now) this.#due.set(timer, this.now);
  }

  /** Uniform between the two, ms. */
  between([low, high]: readonly [number, number]): number {
    return low + this.random() * (high - low);
  }

  replyDone(request: number, value: ReplyValue = { type: 'done' }): void {
    this.emit({ type: 'reply', request, reply: { ok: true, value } });
  }

  replyError(
    request: number,
    code: Extract<Reply, { ok: false }>['code'],
    definite: boolean,
    message: string,
  ): void {
    this.emit({ type: 'reply', request, reply: { ok: false, code, definite, message } });
  }

  meet(peers: readonly Identity[]): void {
    if (!this.linksToAll) return;
    const others = peers.filter((peer) => peer.id !== this.self);
    if (others.length > 0) this.emit({ type: 'meet', peers: others });
  }

  refuse(from: NodeId, reason: string): void {
    this.emit({ type: 'refused', from, reason });
  }

  note(what: string, detail: string): void {
    this.emit({ type: 'note', what, detail });
  }
}
