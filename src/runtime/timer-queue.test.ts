import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { TimerQueue } from './timer-queue.ts';

/** A queue in virtual time, and what its waker was told. */
function virtual() {
  const state = { now: 0, wakeAt: Infinity, told: [] as number[] };
  const queue: TimerQueue = new TimerQueue(() => state.now, {
    set: (delayMs) => {
      state.told.push(delayMs);
      state.wakeAt = state.now + delayMs;
    },
  });
  const advance = (to: number) => {
    while (state.wakeAt <= to) {
      state.now = Math.max(state.now, state.wakeAt);
      state.wakeAt = Infinity;
      queue.wake();
    }
    state.now = to;
  };
  return { state, queue, advance };
}

describe('timer queue', () => {
  it('calls back exactly the timers that are not cancelled, each at its time, in order', () => {
    const action = fc.oneof(
      fc.record({ set: fc.integer({ min: 0, max: 50 }) }),
      fc.record({ cancel: fc.nat({ max: 200 }) }),
      fc.record({ pass: fc.integer({ min: 0, max: 20 }) }),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 300 }), (actions) => {
        const { state, queue, advance } = virtual();
        const called: string[] = [];
        const wanted = new Map<number, string>();
        for (const act of actions) {
          if ('set' in act) {
            const due = state.now + act.set;
            const handle: number = queue.schedule(act.set, () =>
              called.push(`${handle}@${state.now}`),
            );
            wanted.set(handle, `${handle}@${due}`);
          } else if ('cancel' in act) {
            if (!called.some((call) => call.startsWith(`${act.cancel}@`)))
              wanted.delete(act.cancel);
            queue.cancel(act.cancel);
          } else advance(state.now + act.pass);
        }
        advance(state.now + 100);
        expect([...called].sort()).toEqual([...wanted.values()].sort());
        const times = called.map((call) => Number(call.split('@')[1]));
        expect(times).toEqual([...times].sort((a, b) => a - b));
      }),
    );
  });

  it('resets tell the waker nothing, and leave nothing behind', () => {
    const { state, queue, advance } = virtual();
    let calls = 0;
    queue.schedule(900, () => {});
    let handle = queue.schedule(1000, () => calls++);
    for (let reset = 0; reset < 10_000; reset++) {
      advance(state.now + 0.05);
      queue.cancel(handle);
      handle = queue.schedule(1000, () => calls++);
    }
    expect(state.told).toEqual([900]);
    expect((queue as unknown as { heap: unknown[] }).heap.length).toBeLessThan(100);
    advance(state.now + 1000);
    expect(calls).toBe(1);
    expect(state.told.length).toBeLessThan(4);
  });

  it('a callback that throws does not keep the others from theirs', () => {
    const later: (() => void)[] = [];
    vi.stubGlobal('queueMicrotask', (callback: () => void) => later.push(callback));
    const { queue, advance } = virtual();
    const error = new Error('a bug');
    let calls = 0;
    queue.schedule(1, () => {
      throw error;
    });
    queue.schedule(1, () => calls++);
    queue.schedule(2, () => calls++);
    advance(2);
    vi.unstubAllGlobals();
    expect(calls).toBe(2);
    expect(later).toHaveLength(1);
    expect(later[0]).toThrow(error);
  });

  it('waits for longer than a browser timer can', () => {
    const { state, queue, advance } = virtual();
    let calls = 0;
    queue.schedule(2 ** 32, () => calls++);
    expect(state.told).toEqual([2 ** 31 - 1]);
    advance(2 ** 32 - 1);
    expect(calls).toBe(0);
    advance(2 ** 32);
    expect(calls).toBe(1);
  });
});
