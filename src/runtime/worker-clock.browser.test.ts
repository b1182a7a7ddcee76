import { afterEach, describe, expect, it, vi } from 'vitest';
import { clockContract } from './clock.contract.ts';
import { WorkerClock } from './worker-clock.ts';

function harness() {
  const clock = new WorkerClock();
  return { clock, run: (until: Promise<void>) => until, close: () => clock.close() };
}

const after = (clock: WorkerClock, ms: number) =>
  new Promise<void>((resolve) => clock.schedule(ms, resolve));

/** A worker whose script is refused after it was made, as a policy of the page does it. */
class RefusedWorker {
  onmessage: (() => void) | null = null;
  onerror: (() => void) | null = null;
  constructor() {
    setTimeout(() => this.onerror?.(), 5);
  }
  postMessage(): void {}
  terminate(): void {}
}

/** A worker that takes everything and says nothing, until the test wakes it up: it has ended, hangs or is frozen. */
class SilentWorker {
  static last: SilentWorker | null = null;
  onmessage: (() => void) | null = null;
  onerror: (() => void) | null = null;
  readonly told: number[] = [];
  constructor() {
    SilentWorker.last = this;
  }
  postMessage(delayMs: number): void {
    this.told.push(delayMs);
  }
  terminate(): void {}
}

/** A browser without workers. */
function MissingWorker(): never {
  throw new DOMException('no workers here', 'SecurityError');
}

clockContract('worker', harness);
clockContract('worker, of which there is none', () => {
  vi.stubGlobal('Worker', MissingWorker);
  const made = harness();
  vi.unstubAllGlobals();
  return made;
});

describe('worker clock', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('is driven by its worker, not by the timers of the page', async () => {
    const clock = new WorkerClock();
    // Timers of the page never run.
    vi.stubGlobal('setTimeout', () => 0);
    await after(clock, 10);
    expect(clock.steady).toBe(true);
    clock.close();
  });

  it('goes on with the timers of the page when its worker fails', async () => {
    vi.stubGlobal('Worker', RefusedWorker);
    const clock = new WorkerClock();
    await after(clock, 20);
    expect(clock.steady).toBe(false);
    await after(clock, 1);
    clock.close();
  });

  describe('whose worker falls silent', () => {
    function silent(): { clock: WorkerClock; worker: SilentWorker } {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
      vi.stubGlobal('Worker', SilentWorker);
      const clock = new WorkerClock();
      return { clock, worker: SilentWorker.last! };
    }
    afterEach(() => vi.useRealTimers());

    it('goes on with the timers of the page, although nothing else happens', () => {
      const { clock } = silent();
      const calls: string[] = [];
      clock.schedule(50, () => {
        calls.push('first');
        clock.schedule(10, () => calls.push('second'));
      });
      vi.advanceTimersByTime(2000);
      expect(calls).toEqual([]);
      expect(clock.steady).toBe(true);
      vi.advanceTimersByTime(100);
      expect(calls).toEqual(['first', 'second']);
      expect(clock.steady).toBe(false);
      clock.close();
    });

    it('notices when something is scheduled: a hidden page has its own timers once a minute', () => {
      const { clock } = silent();
      const timers: (() => void)[] = [];
      let calls = 0;
      vi.stubGlobal('setTimeout', (callback: () => void) => timers.push(callback));
      clock.schedule(50, () => (calls += 1));
      vi.advanceTimersByTime(1900);
      clock.schedule(10, () => (calls += 1));
      expect(clock.steady).toBe(true);
      vi.advanceTimersByTime(200);
      clock.schedule(0, () => (calls += 1));
      expect(clock.steady).toBe(false);
      timers.at(-1)?.();
      expect(calls).toBe(3);
      clock.close();
    });

    it('goes back to the worker when it was only frozen with the page, and speaks again', () => {
      const { clock, worker } = silent();
      let calls = 0;
      clock.schedule(50, () => (calls += 1));
      vi.advanceTimersByTime(2100);
      expect(calls).toBe(1);
      const told = worker.told.length;
      clock.schedule(500, () => (calls += 1));
      expect(worker.told).toHaveLength(told);
      worker.onmessage?.();
      expect(clock.steady).toBe(true);
      expect(worker.told).toHaveLength(told + 1);
      vi.advanceTimersByTime(600);
      worker.onmessage?.();
      expect(calls).toBe(2);
      clock.close();
    });

    it('calls nobody back once closed', () => {
      const { clock } = silent();
      let calls = 0;
      clock.schedule(50, () => (calls += 1));
      clock.close();
      vi.advanceTimersByTime(3000);
      clock.schedule(0, () => (calls += 1));
      vi.advanceTimersByTime(3000);
      expect(calls).toBe(0);
    });
  });

  it('calls back no more once closed', async () => {
    const clock = new WorkerClock();
    let called = false;
    clock.schedule(1, () => (called = true));
    clock.close();
    clock.schedule(1, () => (called = true));
    const other = new WorkerClock();
    await after(other, 30);
    other.close();
    expect(called).toBe(false);
  });
});
