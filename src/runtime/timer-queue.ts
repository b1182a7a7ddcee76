import type { TimerHandle } from './clock.ts';

/** What wakes a queue: one timer. `set` replaces the time set before; `onWake` is called once for it, or too often. */
export interface Waker {
  set(delayMs: number): void;
}

interface Timer {
  readonly due: number;
  readonly handle: TimerHandle;
  readonly callback: () => void;
}

/** Browsers take longer delays for none at all. */
const MAX_DELAY_MS = 2 ** 31 - 1;
/** Cancelled timers that may lie about before the heap is swept. */
const SWEEP_ABOVE = 64;

/**
 * Many timers over one. The waker is only told of a time earlier than the one it has: heartbeats set and cancel
 * timers all the time, and telling it is a message to another thread. When it wakes too early it is told again.
 */
export class TimerQueue {
  private readonly timers = new Map<TimerHandle, Timer>();
  /** By time due, then by handle. Cancelled timers stay in it until they come up or are swept. */
  private heap: Timer[] = [];
  private lastHandle = 0;
  /** When the waker will wake us; Infinity when it is not set. */
  private armed = Infinity;

  constructor(
    private readonly now: () => number,
    private readonly waker: Waker,
  ) {}

  schedule(delayMs: number, callback: () => void): TimerHandle {
    const handle = ++this.lastHandle;
    const timer = { due: this.now() + Math.max(0, delayMs), handle, callback };
    this.timers.set(handle, timer);
    this.push(timer);
    this.arm();
    return handle;
  }

  cancel(handle: TimerHandle): void {
    this.timers.delete(handle);
    if (this.heap.length <= 2 * this.timers.size + SWEEP_ABOVE) return;
    // A sorted list is a heap.
    this.heap = [...this.timers.values()].sort((a, b) => (before(a, b) ? -1 : 1));
  }

  /** The waker's call: runs what is due, in the order of the times due. */
  wake(): void {
    this.armed = Infinity;
    const now = this.now();
    const due: Timer[] = [];
    for (let next = this.heap[0]; next !== undefined && next.due <= now; next = this.heap[0]) {
      this.pop();
      due.push(next);
    }
    // Gathered before they run: one that schedules another without delay must not keep us here for ever.
    for (const { handle, callback } of due) {
      if (!this.timers.delete(handle)) continue;
      try {
        callback();
      } catch (error) {
        // The others are not to blame; the error goes where uncaught ones go.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
    this.arm();
  }

  /** For how long the waker has owed a wake-up, ms; below 0 as long as it owes none. */
  get overdueMs(): number {
    return this.now() - this.armed;
  }

  /** The waker was replaced and must be told again. */
  rearm(): void {
    this.armed = Infinity;
    this.arm();
  }

  private arm(): void {
    let next = this.heap[0];
    while (next !== undefined && !this.timers.has(next.handle)) {
      this.pop();
      next = this.heap[0];
    }
    if (next === undefined || next.due >= this.armed) return;
    this.armed = next.due;
    this.waker.set(Math.min(MAX_DELAY_MS, Math.max(0, next.due - this.now())));
  }

  private push(timer: Timer): void {
    let at = this.heap.push(timer) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      if (!this.swapIfBefore(at, up)) return;
      at = up;
    }
  }

  private pop(): void {
    const last = this.heap.pop();
    if (last === undefined || this.heap.length === 0) return;
    this.heap[0] = last;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const first = this.isBefore(left + 1, left) ? left + 1 : left;
      if (!this.swapIfBefore(first, at)) return;
      at = first;
    }
  }

  private isBefore(a: number, b: number): boolean {
    const [one, other] = [this.heap[a], this.heap[b]];
    return one !== undefined && other !== undefined && before(one, other);
  }

  private swapIfBefore(a: number, b: number): boolean {
    const [one, other] = [this.heap[a], this.heap[b]];
    if (one === undefined || other === undefined || !before(one, other)) return false;
    this.heap[a] = other;
    this.heap[b] = one;
    return true;
  }
}

function before(a: Timer, b: Timer): boolean {
  return a.due === b.due ? a.handle < b.handle : a.due < b.due;
}
