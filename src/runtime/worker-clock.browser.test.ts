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
    vi.stubGlobal('setTimeout', () => {
      throw new Error('a timer of the page');
    });
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
