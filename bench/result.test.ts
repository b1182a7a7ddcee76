import { describe, expect, it } from 'vitest';
import { toResult } from './result.ts';
import * as target from './target.ts';

const about = { name: 'link', params: { gates: 2 }, unit: 'ms' };

describe('toResult', () => {
  it('holds ours against the floor of the same run', () => {
    const samples = { ours: [12, 10, 14], floor: [10, 11, 9], peers: { other: [40], broken: [] } };
    const result = toResult({ ...about, samples, target: target.atMostTimesFloor(1.25) });
    expect(result).toMatchObject({
      ...about,
      ours: 12,
      floor: 10,
      limit: 10,
      peers: { other: 40 },
      ratioToLimit: 1.2,
      toReach: '<= 1.25 x floor',
      reached: true,
    });
    expect(result.peers).not.toHaveProperty('broken');
    expect(result.spread.ours).toMatchObject({ min: 10, max: 14, samples: 3 });
  });

  it('holds ours against the bound where there is no floor', () => {
    const bounded = { ...about, samples: { ours: [300] }, target: target.atMost(250) };
    expect(toResult(bounded)).toMatchObject({ floor: null, limit: 250, ratioToLimit: 1.2 });
    expect(toResult(bounded).reached).toBe(false);
    const free = toResult({ ...about, samples: { ours: [3] } });
    expect(free).toMatchObject({ limit: null, ratioToLimit: null, toReach: null, reached: null });
  });

  it('throws when nothing was measured', () => {
    expect(() => toResult({ ...about, samples: { ours: [] } })).toThrow(RangeError);
  });
});

describe('targets', () => {
  const medians = { ours: 100, floor: 80, peers: { slow: 90, fast: 110 } };
  it.each([
    [target.atMost(100), true],
    [target.atMost(99), false],
    [target.atLeast(100), true],
    [target.atLeast(101), false],
    [target.atMostTimesFloor(1.25), true],
    [target.atMostTimesFloor(1.2), false],
    [target.atLeastTimesFloor(1.25), true],
    [target.atLeastTimesFloor(1.3), false],
    [target.atMostOverFloor(20), true],
    [target.atMostOverFloor(19), false],
    [target.equalToFloor(), false],
    [target.moreThanPeer('slow'), true],
    [target.moreThanPeer('fast'), false],
    [target.moreThanPeer('absent'), false],
    [target.all(target.atMost(100), target.moreThanPeer('slow')), true],
    [target.all(target.atMost(100), target.moreThanPeer('fast')), false],
  ])('$text', ({ isReached }, expected) => {
    expect(isReached(medians)).toBe(expected);
  });

  it('that need a floor are not reached without one', () => {
    const bare = { ours: 1, floor: null, peers: {} };
    for (const needy of [target.atMostTimesFloor(9), target.atLeastTimesFloor(0)])
      expect(needy.isReached(bare)).toBe(false);
    expect(target.equalToFloor().isReached({ ...bare, floor: 1 })).toBe(true);
  });
});
