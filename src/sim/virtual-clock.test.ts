import { describe, expect, it } from 'vitest';
import { Random } from './random.ts';
import { NodeClock, onTick, VirtualClock } from './virtual-clock.ts';

function drain(clock: VirtualClock): void {
  while (clock.step() !== null);
}

describe('the virtual clock', () => {
  it('goes through events by time, and by the order in which they were set', () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    const note = (name: string) => () => seen.push(`${name}@${clock.now()}`);
    clock.schedule(5, note('c'));
    clock.schedule(1, note('a'));
    clock.schedule(5, note('d'));
    clock.schedule(2, note('b'));
    const cancelled = clock.schedule(3, note('never'));
    clock.cancel(cancelled);
    drain(clock);
    expect(seen).toEqual(['a@1', 'b@2', 'c@5', 'd@5']);
  });

  it('has come to the moment that was waited for, whatever fractions were added', () => {
    const clock = new VirtualClock();
    for (let i = 0; i < 1000; i++) {
      const due = clock.now() + 0.1 * i + 1 / 3;
      let came = false;
      clock.schedule(due - clock.now(), () => {
        came = clock.now() >= due;
      });
      drain(clock);
      expect(came).toBe(true);
    }
  });

  it('orders many events', () => {
    const clock = new VirtualClock();
    const seen: number[] = [];
    for (let i = 0; i < 500; i++) clock.schedule((i * 7919) % 1000, () => seen.push(clock.now()));
    drain(clock);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen).toHaveLength(500);
  });
});

describe("a node's clock", () => {
  it('holds back what falls due while it hangs, and delivers it in order', () => {
    const base = new VirtualClock();
    const clock = new NodeClock(base, 100, 0);
    const seen: string[] = [];
    clock.schedule(10, () => seen.push('a'));
    clock.schedule(20, () => seen.push('b'));
    clock.pause('hang');
    base.schedule(500, () => {
      clock.resume();
    });
    drain(base);
    expect(seen).toEqual(['a', 'b']);
    expect(clock.now()).toBe(600);
  });

  it('stands still while it sleeps: timers are late by as much', () => {
    const base = new VirtualClock();
    const clock = new NodeClock(base, 0, 0);
    let fired = 0;
    clock.schedule(100, () => {
      fired = base.now();
    });
    base.schedule(10, () => {
      clock.pause('sleep');
    });
    base.schedule(50, () => {
      clock.resume();
    });
    drain(base);
    expect(fired).toBe(140);
    expect(clock.now()).toBe(100);
    expect(clock.wall() - base.wall()).toBe(0);
  });

  it('drifts: its timers come by its own time, and its wall clock is right', () => {
    const base = new VirtualClock();
    const clock = new NodeClock(base, 0, 0);
    base.schedule(1000, () => {
      clock.drift(0.5);
    });
    const fired: number[] = [];
    base.schedule(1000, () => {
      clock.schedule(100, () => fired.push(base.now()));
    });
    base.schedule(2000, () => {
      clock.drift(1);
      clock.schedule(100, () => fired.push(base.now()));
    });
    drain(base);
    expect(fired).toEqual([1200, 2100]);
    expect(clock.now()).toBe(1600);
    expect(clock.wall()).toBe(base.wall());
  });

  it('is throttled: timers come together and late, what comes from outside does not wait', () => {
    const base = new VirtualClock();
    const clock = new NodeClock(base, 0, 0);
    const seen: string[] = [];
    const note = (what: string) => () => seen.push(`${what} ${base.now()}`);
    clock.throttle(1000);
    clock.schedule(10, () => {
      note('a')();
      clock.schedule(5, note('b'));
    });
    clock.schedule(20, note('c'));
    clock.deliver(30, note('disk'));
    base.schedule(2500, () => {
      clock.schedule(10, note('d'));
    });
    base.schedule(2700, () => {
      clock.throttle(null);
    });
    drain(base);
    expect(seen).toEqual(['disk 30', 'a 1000', 'c 1000', 'b 2000', 'd 2700']);
  });

  it('comes to an end, whatever fraction a sleep leaves over (seed 60057)', () => {
    const random = new Random('fractions');
    for (let i = 0; i < 2000; i++) {
      const base = new VirtualClock();
      base.waitUntil(random.int(60_000, 90_000));
      const clock = new NodeClock(base, -random.int(0, 60_000), 0);
      clock.drift(0.9 + random.next() * 0.2);
      const fired: string[] = [];
      clock.schedule(0, () => fired.push('due'));
      clock.pause('sleep');
      const end = onTick(base.now() + random.next() * 30_000);
      while (base.nextAt <= end) base.step();
      base.waitUntil(end);
      clock.resume();
      for (let steps = 0; steps < 5; steps++) base.step();
      expect(fired).toEqual(['due']);
    }
  });

  it('fires nothing once the life is over', () => {
    const base = new VirtualClock();
    const clock = new NodeClock(base, 0, 0);
    let fired = false;
    const fire = (): void => {
      fired = true;
    };
    clock.schedule(10, fire);
    clock.throttle(1000);
    clock.stop();
    clock.schedule(10, fire);
    drain(base);
    expect(fired).toBe(false);
  });
});
