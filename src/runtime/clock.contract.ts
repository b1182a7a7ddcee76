import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from './clock.ts';

/** A clock, and how its time passes. */
export interface ClockHarness {
  readonly clock: Clock;
  /** Resolves with the promise. A virtual clock lets its time pass meanwhile, a real one only waits. */
  run(until: Promise<void>): Promise<void>;
  close(): void;
}

/** What every clock must do. */
export function clockContract(name: string, make: () => ClockHarness): void {
  describe(`clock: ${name}`, () => {
    let harness: ClockHarness;
    let clock: Clock;
    beforeEach(() => {
      harness = make();
      clock = harness.clock;
    });
    afterEach(() => harness.close());

    /** Lets `ms` pass on this clock. */
    const pass = (ms: number) =>
      harness.run(new Promise<void>((resolve) => clock.schedule(ms, resolve)));

    it('calls back once, no sooner than it was told', async () => {
      const calls: number[] = [];
      const started = clock.now();
      clock.schedule(30, () => calls.push(clock.now() - started));
      await pass(31);
      await pass(40);
      expect(calls).toHaveLength(1);
      expect(calls[0]).toBeGreaterThanOrEqual(30);
    });

    it('never calls back within schedule, not even without delay', async () => {
      let inside = true;
      const calls: boolean[] = [];
      clock.schedule(0, () => calls.push(inside));
      clock.schedule(-5, () => calls.push(inside));
      inside = false;
      await pass(5);
      expect(calls).toEqual([false, false]);
    });

    it('calls back in the order of the times due', async () => {
      // A real clock moves on while timers are set: each is due between two times.
      const calls: { earliest: number; latest: number }[] = [];
      for (const delay of [17, 3, 9, 25, 1, 12, 3, 21, 6, 14, 0]) {
        const earliest = clock.now() + delay;
        clock.schedule(delay, () => calls.push({ earliest, latest }));
        const latest = clock.now() + delay;
      }
      await pass(40);
      expect(calls).toHaveLength(11);
      let passed = -Infinity;
      for (const { earliest, latest } of calls) {
        expect(latest).toBeGreaterThanOrEqual(passed);
        passed = Math.max(passed, earliest);
      }
    });

    it('an earlier timer is not held up by a later one that was set before', async () => {
      let late = false;
      clock.schedule(60_000, () => (late = true));
      await pass(5);
      expect(late).toBe(false);
    });

    it('a cancelled timer never calls back, the others do', async () => {
      const calls: string[] = [];
      const first = clock.schedule(5, () => calls.push('first'));
      clock.schedule(6, () => calls.push('second'));
      const third = clock.schedule(7, () => calls.push('third'));
      clock.cancel(first);
      clock.cancel(third);
      clock.cancel(third);
      await pass(15);
      expect(calls).toEqual(['second']);
    });

    it('a timer can be cancelled by one that is due at the same time', async () => {
      const calls: string[] = [];
      const handles: number[] = [];
      for (const own of [0, 1]) {
        const cancelOther = () => {
          calls.push('called');
          clock.cancel(handles[1 - own] ?? -1);
        };
        handles.push(clock.schedule(5, cancelOther));
      }
      await pass(15);
      expect(calls).toEqual(['called']);
    });

    it('ignores handles that it does not know, or that have called back', async () => {
      let calls = 0;
      clock.cancel(123_456);
      const handle = clock.schedule(1, () => calls++);
      await pass(5);
      clock.cancel(handle);
      clock.schedule(1, () => calls++);
      await pass(5);
      expect(calls).toBe(2);
    });

    it('a timer that is reset again and again calls back after the last reset only', async () => {
      const calls: number[] = [];
      let handle = clock.schedule(10, () => calls.push(0));
      for (let reset = 1; reset <= 1000; reset++) {
        clock.cancel(handle);
        handle = clock.schedule(10, () => calls.push(reset));
      }
      await pass(40);
      expect(calls).toEqual([1000]);
    });

    it('a callback may set timers, without delay too', async () => {
      let calls = 0;
      await harness.run(
        new Promise<void>((resolve) => {
          const again = () => {
            if (++calls === 20) resolve();
            else clock.schedule(calls % 2, again);
          };
          clock.schedule(0, again);
        }),
      );
      expect(calls).toBe(20);
    });

    it('never goes back, and its wall clock passes with it', async () => {
      const [now, wall] = [clock.now(), clock.wall()];
      await pass(20);
      expect(clock.now() - now).toBeGreaterThanOrEqual(20);
      expect(clock.wall() - wall).toBeGreaterThanOrEqual(15);
    });
  });
}
