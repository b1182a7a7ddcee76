import { timeoutWaker } from './system-clock.ts';
import { TimerQueue, type Waker } from './timer-queue.ts';
import type { Clock, TimerHandle } from './clock.ts';

/**
 * What the worker runs: a delay in, a wake-up out. In a Blob, and not in a file of its own, so that it starts in a page
 * whose server is gone. The policy of the page must allow `worker-src blob:`.
 */
const WORKER = `
let timer;
onmessage = ({ data }) => {
  clearTimeout(timer);
  timer = setTimeout(() => postMessage(null), data);
};`;

/**
 * The clock of a tab. Its timers live in a worker, because a hidden tab's own run once a second or once a minute, and a
 * leader that can't send its heartbeats is no leader. Where workers fail, `setTimeout` must do.
 */
export class WorkerClock implements Clock {
  private readonly queue = new TimerQueue(() => this.now(), { set: (ms) => this.waker.set(ms) });
  private worker: Worker | null = startWorker();
  private waker: Waker;

  constructor() {
    const { worker } = this;
    const wake = () => this.queue.wake();
    const fallback = timeoutWaker(wake);
    if (worker === null) {
      this.waker = fallback;
      return;
    }
    this.waker = { set: (delayMs) => worker.postMessage(Math.ceil(delayMs)) };
    worker.onmessage = wake;
    worker.onerror = () => {
      this.worker = null;
      this.waker = fallback;
      this.queue.rearm();
    };
  }

  /** False when the timers are the page's own, and slow while it is hidden. */
  get steady(): boolean {
    return this.worker !== null;
  }

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

  /** Ends the worker. Timers that are set never call back. */
  close(): void {
    this.worker?.terminate();
    this.waker = { set: () => undefined };
  }
}

let workerUrl: string | undefined;

function startWorker(): Worker | null {
  try {
    // One for all clocks of the page, and never revoked: some browsers fetch it later than they should.
    workerUrl ??= URL.createObjectURL(new Blob([WORKER], { type: 'text/javascript' }));
    return new Worker(workerUrl, { name: 'gatehouse-clock' });
  } catch {
    return null;
  }
}
