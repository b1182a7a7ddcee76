import { TimerQueue, type Waker } from './timer-queue.ts';
import type { Clock, TimerHandle } from './clock.ts';

/** The clock of the machine with plain timers: for tests, for Node, and for pages that may have no worker. */
export class SystemClock implements Clock {
  private readonly queue = new TimerQueue(
    () => this.now(),
    timeoutWaker(() => this.queue.wake()),
  );

  now(): number {
    return performance.now();
  }

  wall(): number {
    return Date.now();
  }

  schedule(delayMs: number, callback: () => void): TimerHandle {
    return this.queue.schedule(delayMs, callback);
  }

  cancel(handle: TimerHandle): void {
    this.queue.cancel(handle);
  }
}

/** Wakes by `setTimeout`, which a hidden tab runs once a second or less. */
export function timeoutWaker(onWake: () => void): Waker {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    set(delayMs) {
      clearTimeout(timer);
      // A fraction of a millisecond is cut off, and the wake-up would be too early.
      timer = setTimeout(onWake, Math.ceil(delayMs));
    },
  };
}
