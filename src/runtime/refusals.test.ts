import { describe, expect, test } from 'vitest';
import { MOST_REASONS, Refusals } from './refusals.ts';

describe('the count of refused input', () => {
  test('tells how often, why, when last and from whom', () => {
    const refusals = new Refusals();
    refusals.add({ source: 'peer', reason: 'frame: no JSON', from: 'anna' }, 100);
    refusals.add({ source: 'signaling', reason: 'frame: no JSON', from: null }, 150);
    refusals.add({ source: 'peer', reason: 'frame: no JSON', from: 'bert' }, 200);
    expect(refusals.list()).toEqual([
      { source: 'peer', reason: 'frame: no JSON', count: 2, last: 200, from: 'bert' },
      { source: 'signaling', reason: 'frame: no JSON', count: 1, last: 150, from: null },
    ]);
  });

  test('the place in a list makes no reason of its own', () => {
    const refusals = new Refusals();
    for (let i = 0; i < 10; i++) {
      const reason = `message.entries[${i}].command.members[${i}].id: does not match`;
      refusals.add({ source: 'peer', reason, from: 'anna' }, i);
    }
    expect(refusals.list()).toMatchObject([
      { reason: 'message.entries[].command.members[].id: does not match', count: 10 },
    ]);
  });

  test('a million reasons take no more room than a few, and each is counted', () => {
    const refusals = new Refusals();
    for (let i = 0; i < 10_000; i++) {
      const reason = `${i} ${'x'.repeat(1000)}`;
      refusals.add({ source: i % 2 === 0 ? 'peer' : 'storage', reason, from: null }, i);
    }
    const list = refusals.list();
    expect(list.length).toBeLessThanOrEqual(MOST_REASONS + 2);
    expect(list.reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
    expect(Math.max(...list.map(({ reason }) => reason.length))).toBeLessThan(200);
    expect(list[0]).toMatchObject({ reason: 'other reasons' });
  });
});
