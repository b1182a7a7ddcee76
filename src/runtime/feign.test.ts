import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../sim/virtual-clock.ts';
import { Feign } from './feign.ts';

/** What happened when, in ms. */
function setUp(random = () => 0.25) {
  const clock = new VirtualClock();
  const happened: [number, string][] = [];
  const feign = new Feign(clock, random, {
    fail: (mode) => happened.push([clock.now(), mode]),
    recover: () => happened.push([clock.now(), 'recover']),
  });
  const run = (ms: number): void => {
    const end = clock.now() + ms;
    while (clock.nextAt <= end) clock.step();
    clock.waitUntil(end);
  };
  return { feign, happened, run };
}

describe('feigned failure', () => {
  test('fails after a random time, stays failed for another, again and again', () => {
    const { feign, happened, run } = setUp();
    feign.start({});
    expect(feign.on).toBe(true);
    run(9000);
    // 0 to 10 s, then 1 to 4 s: a quarter of the way each time.
    expect(happened).toEqual([
      [2500, 'stop'],
      [4250, 'recover'],
      [6750, 'stop'],
      [8500, 'recover'],
    ]);
  });

  test('either way of failing', () => {
    const { feign, happened, run } = setUp(() => 0.75);
    feign.start({ failAfterMs: [100, 100], failForMs: [50, 50] });
    run(120);
    expect(happened).toEqual([[100, 'hang']]);
  });

  test('once: now, and it comes back; not while it fails by itself anyway', () => {
    const { feign, happened, run } = setUp();
    feign.once();
    feign.once();
    run(10_000);
    expect(happened).toEqual([
      [0, 'stop'],
      [1750, 'recover'],
    ]);
    expect(feign.on).toBe(false);
    feign.start({ failAfterMs: [100, 100] });
    feign.once();
    expect(happened).toHaveLength(2);
  });

  test('for a given time: now, and whatever else goes on', () => {
    const { feign, happened, run } = setUp();
    feign.failFor('hang', 3000);
    run(1000);
    feign.failFor('hang', 3000);
    run(10_000);
    expect(happened).toEqual([
      [0, 'hang'],
      [1000, 'hang'],
      [4000, 'recover'],
    ]);
  });

  test('switched off nothing more happens, and it can be switched on again', () => {
    const { feign, happened, run } = setUp();
    feign.start({ failAfterMs: [100, 100], failForMs: [50, 50] });
    feign.start({ failAfterMs: [200, 200], failForMs: [50, 50] });
    run(210);
    expect(happened).toEqual([[200, 'stop']]);
    feign.stop();
    expect(feign.on).toBe(false);
    run(10_000);
    expect(happened).toHaveLength(1);
  });
});
