import { timeoutWaker } from './system-clock.ts';
import { TimerQueue } from './timer-queue.ts';
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

/** A wake-up that the worker owes for longer than this, ms, is not waited for any more. */
const SILENCE_MS = 2000;

/**
 * The clock of a tab. Its timers live in a worker, because a hidden tab's own run once a second or once a minute, and a
 * leader that can't send its heartbeats is no leader. Where workers fail, `setTimeout` must do.
 *
 * A worker may also end, or never start, without a word. So whatever it is told is watched by a timer of the page, and by
 * whoever schedules, since that timer is slow in a hidden page. When the page and its worker were frozen together, or the
 * page was busy, the worker only looks silent: its message is about to come. Leaning on the timers of the page until then
 * does no harm, and whatever message comes ends it, so the clock of a page that was frozen is as steady as before.
 */
export class WorkerClock implements Clock {
  private readonly queue = new TimerQueue(() => this.now(), { set: (ms) => this.set(ms) });
  private readonly page = timeoutWaker(() => this.wake());
  private readonly watch = timeoutWaker(() => {
    if (this.queue.overdueMs > 0) this.lean();
  });
  /** Null once it has failed. */
  private worker: Worker | null = startWorker();
  private driver: 'worker' | 'page' | 'closed' = 'page';

  constructor() {
    const { worker } = this;
    if (worker === null) return;
    this.driver = 'worker';
    worker.onmessage = () => {
      if (this.driver === 'page' && this.worker !== null) this.driver = 'worker';
      this.wake();
    };
    worker.onerror = () => {
      this.worker = null;
      this.lean();
    };
  }

  /** False when the timers are the page's own, and slow while it is hidden. */
  get steady(): boolean {
    return this.driver === 'worker';
  }

  now(): number {
    return performance.now();
  }

  wall(): number {
    return Date.now();
  }

  schedule(delayMs: number, callback: () => void): TimerHandle {
    if (this.queue.overdueMs > SILENCE_MS) this.lean();
    return this.queue.schedule(delayMs, callback);
  }

  cancel(handle: TimerHandle): void {
    this.queue.cancel(handle);
  }

  /** Ends the worker. Timers that are set never call back. */
  close(): void {
    this.worker?.terminate();
    this.driver = 'closed';
  }

  private set(delayMs: number): void {
    switch (this.driver) {
      case 'worker':
        this.worker?.postMessage(Math.ceil(delayMs));
        this.watch.set(delayMs + SILENCE_MS);
        return;
      case 'page':
        this.page.set(delayMs);
        return;
      case 'closed':
        return;
    }
  }

  private wake(): void {
    if (this.driver !== 'closed') this.queue.wake();
  }

  /** On the timers of the page, as long as the worker says nothing. */
  private lean(): void {
    if (this.driver !== 'worker') return;
    this.driver = 'page';
    this.queue.rearm();
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
