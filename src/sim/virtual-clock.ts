import { assert } from '../core/assert.ts';
import type { Clock, TimerHandle } from '../runtime/clock.ts';

/**
 * Times are multiples of this fraction of a millisecond, which a double holds exactly: who waits for a moment and looks
 * at the clock then finds that it has come, whatever was added and subtracted on the way.
 */
const TICKS_PER_MS = 1024;

/** The next such moment. */
export function onTick(ms: number): number {
  return Math.ceil(ms * TICKS_PER_MS) / TICKS_PER_MS;
}

/** What is to come. */
export interface Pending {
  readonly at: number;
  /** Grows: of two at the same moment the one that was set first comes first. */
  readonly handle: TimerHandle;
  /** null when cancelled: it stays in the heap until its time. */
  callback: (() => void) | null;
}

/** The simulation's time: it moves from one event to the next, as fast as they can be handled. */
export class VirtualClock implements Clock {
  #now = 0;
  #nextHandle = 1;
  readonly #heap: Pending[] = [];
  readonly #pending = new Map<TimerHandle, Pending>();
  readonly #wallStart: number;

  constructor(wallStart = 1_790_000_000_000) {
    this.#wallStart = wallStart;
  }

  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.#wallStart + this.#now;
  }

  schedule(delayMs: number, callback: () => void): TimerHandle {
    const pending = this.plan(delayMs, callback);
    this.#pending.set(pending.handle, pending);
    return pending.handle;
  }

  /** As `schedule`, for who keeps what it returns: `drop` needs no look-up. */
  plan(delayMs: number, callback: () => void): Pending {
    const at = onTick(this.#now + Math.max(0, delayMs));
    const pending = { at, handle: this.#nextHandle++, callback };
    this.#push(pending);
    return pending;
  }

  drop(pending: Pending): void {
    pending.callback = null;
  }

  cancel(handle: TimerHandle): void {
    const pending = this.#pending.get(handle);
    if (!pending) return;
    pending.callback = null;
    this.#pending.delete(handle);
  }

  /** When the next event is due, or Infinity. */
  get nextAt(): number {
    let first = this.#heap[0];
    while (first?.callback === null) {
      this.#pop();
      first = this.#heap[0];
    }
    return first?.at ?? Infinity;
  }

  /** Handles the next event. Returns its handle, null when there is none. */
  step(): TimerHandle | null {
    if (this.nextAt === Infinity) return null;
    const next = this.#pop();
    assert(next.callback !== null, 'cancelled events are skipped');
    this.#pending.delete(next.handle);
    this.#now = next.at;
    const { callback } = next;
    next.callback = null;
    callback();
    return next.handle;
  }

  /** Waits until a moment before which nothing is due. */
  waitUntil(time: number): void {
    assert(time <= this.nextAt, 'nothing is passed over');
    this.#now = Math.max(this.#now, onTick(time));
  }

  #push(pending: Pending): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(pending);
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = heap[parentAt];
      if (parent === undefined || before(parent, pending)) break;
      heap[at] = parent;
      at = parentAt;
    }
    heap[at] = pending;
  }

  #pop(): Pending {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    assert(top !== undefined && last !== undefined, 'the heap is not empty');
    if (heap.length > 0) this.#sink(last);
    return top;
  }

  #sink(pending: Pending): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      if (left === undefined) break;
      const goesRight = right !== undefined && before(right, left);
      const child = goesRight ? right : left;
      if (before(pending, child)) break;
      heap[at] = child;
      at = 2 * at + (goesRight ? 2 : 1);
    }
    heap[at] = pending;
  }
}

function before(a: Pending, b: Pending): boolean {
  return a.at < b.at || (a.at === b.at && a.handle < b.handle);
}

/** `hang`: time goes on and what falls due waits. `sleep`: the monotonic clock stands still as well. */
export type Pause = 'hang' | 'sleep';

interface NodeTimer {
  /** By this clock's own time. */
  readonly due: number;
  readonly callback: () => void;
  /** Of the page: the browser may hold it back. Not so the end of a write. */
  readonly pageTimer: boolean;
  base: Pending | null;
}

/**
 * One life of one node sees its own time: with an offset, too fast or too slow, standing still while it sleeps, a wall
 * clock that jumps, timers that the browser lets fire now and then only.
 */
export class NodeClock implements Clock {
  readonly #base: VirtualClock;
  #offset: number;
  /** How much of its own time passes in one millisecond. The wall clock is set right all the time. */
  #rate = 1;
  #wallOffset: number;
  #pause: { readonly kind: Pause; readonly since: number } | null = null;
  /** Set while timers are throttled. */
  #wakeUp: TimerHandle | null = null;
  #held: TimerHandle[] = [];
  #stopped = false;
  readonly #timers = new Map<TimerHandle, NodeTimer>();
  #nextHandle = 1;

  constructor(base: VirtualClock, offset: number, wallOffset: number) {
    this.#base = base;
    this.#offset = onTick(offset);
    this.#wallOffset = wallOffset;
  }

  get wallOffset(): number {
    return this.#wallOffset;
  }

  now(): number {
    const stoodStill = this.#pause?.kind === 'sleep' ? this.#pause.since : null;
    return (stoodStill ?? this.#base.now()) * this.#rate + this.#offset;
  }

  wall(): number {
    return this.#base.wall() + this.#wallOffset;
  }

  schedule(delayMs: number, callback: () => void): TimerHandle {
    return this.#set(delayMs, callback, true);
  }

  /** For what comes from outside of the page: it is not a timer that the browser holds back. */
  deliver(delayMs: number, callback: () => void): void {
    this.#set(delayMs, callback, false);
  }

  cancel(handle: TimerHandle): void {
    const timer = this.#timers.get(handle);
    if (!timer) return;
    if (timer.base) this.#base.drop(timer.base);
    this.#timers.delete(handle);
  }

  jump(ms: number): void {
    this.#wallOffset += ms;
  }

  /** From now on it runs so much faster or slower; 1 is right. Timers that are set come when they were due before. */
  drift(rate: number): void {
    const now = this.now();
    this.#rate = rate;
    this.#offset += now - this.now();
  }

  /** Timers fire once in so many ms, all that are due together; null: when they are due. */
  throttle(everyMs: number | null): void {
    if (this.#wakeUp !== null) this.#base.cancel(this.#wakeUp);
    this.#wakeUp = null;
    if (everyMs !== null) this.#wakeIn(everyMs);
    else if (!this.#pause) this.#rearm();
  }

  pause(kind: Pause): void {
    assert(this.#pause === null, 'paused once');
    this.#pause = { kind, since: this.#base.now() };
  }

  /** What fell due meanwhile comes now, in order. */
  resume(): void {
    if (this.#pause?.kind === 'sleep')
      this.#offset -= (this.#base.now() - this.#pause.since) * this.#rate;
    this.#pause = null;
    this.#rearm();
  }

  /** The life is over. */
  stop(): void {
    this.#stopped = true;
    if (this.#wakeUp !== null) this.#base.cancel(this.#wakeUp);
    for (const { base } of this.#timers.values()) if (base) this.#base.drop(base);
    this.#timers.clear();
  }

  #set(delayMs: number, callback: () => void, pageTimer: boolean): TimerHandle {
    const handle = this.#nextHandle++;
    if (this.#stopped) return handle;
    const delay = Math.max(0, delayMs);
    const timer = { due: this.now() + delay, callback, pageTimer, base: null };
    this.#timers.set(handle, timer);
    this.#arm(handle, timer, delay);
    return handle;
  }

  #wakeIn(everyMs: number): void {
    this.#wakeUp = this.#base.schedule(everyMs, () => {
      this.#wakeIn(everyMs);
      if (this.#pause) return;
      // What is set by what fires now waits for the next time.
      for (const handle of this.#held.splice(0)) this.#due(handle);
    });
  }

  #rearm(): void {
    for (const handle of this.#held.splice(0)) {
      const timer = this.#timers.get(handle);
      if (timer) this.#arm(handle, timer, Math.max(0, timer.due - this.now()));
    }
  }

  #arm(handle: TimerHandle, timer: NodeTimer, delay: number): void {
    timer.base = this.#base.plan(delay / this.#rate, () => {
      if (this.#pause || (this.#wakeUp !== null && timer.pageTimer)) this.#held.push(handle);
      else this.#due(handle);
    });
  }

  #due(handle: TimerHandle): void {
    const timer = this.#timers.get(handle);
    if (!timer) return;
    const rest = timer.due - this.now();
    // It slept in between, or became slower: so much later by its own time.
    if (rest > 0) {
      // At the next moment at the soonest: a fraction that is lost in the sum would let it wait for ever.
      this.#arm(handle, timer, Math.max(rest, this.#rate / TICKS_PER_MS));
      return;
    }
    this.#timers.delete(handle);
    timer.callback();
  }
}
