import { describe, expect, it, vi } from 'vitest';
import { interleave, pick, type Measure } from './interleave.ts';

describe('interleave', () => {
  it('measures every contender of every case once before any of them again', async () => {
    const order: string[] = [];
    const measure =
      (name: string): Measure<number> =>
      async () =>
        order.push(name);
    const cases = ['a', 'b'].map((name) => ({
      ours: measure(`${name} ours`),
      floor: measure(`${name} floor`),
      peers: { peer: measure(`${name} peer`) },
    }));
    const rounds = await interleave(2, cases);
    expect(order).toEqual([
      ...['a floor', 'a ours', 'a peer', 'b floor', 'b ours', 'b peer'],
      ...['a ours', 'a peer', 'a floor', 'b ours', 'b peer', 'b floor'],
    ]);
    expect(rounds[1]).toEqual({ floor: [4, 12], ours: [5, 10], peers: { peer: [6, 11] } });
  });

  it('tells a try that failed, and goes on without it', async () => {
    let tries = 0;
    const told: string[] = [];
    const ours: Measure<number> = async () => {
      tries += 1;
      if (tries === 2) throw new Error('no leader\nand more');
      return tries;
    };
    const rounds = await interleave(3, [{ ours }], (failure) => told.push(failure));
    expect(rounds).toEqual([{ ours: [1, 3], peers: {} }]);
    expect(told).toEqual(['A try of ours failed and is left out: no leader']);
  });
});

describe('a try that never ends', () => {
  it('is left out after five minutes', async () => {
    vi.useFakeTimers();
    try {
      const told: string[] = [];
      const ours = (): Promise<number> => new Promise(() => undefined);
      const measured = interleave(1, [{ ours, floor: async () => 7 }], (why) => told.push(why));
      await vi.advanceTimersByTimeAsync(300_000);
      expect(await measured).toEqual([{ ours: [], floor: [7], peers: {} }]);
      expect(told).toEqual(['A try of ours failed and is left out: it takes longer than 300 s']);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('pick', () => {
  it('takes one figure of each try', () => {
    const rounds = { ours: [{ ms: 1 }], floor: [{ ms: 2 }], peers: { peer: [{ ms: 3 }] } };
    const picked = { ours: [1], floor: [2], peers: { peer: [3] } };
    expect(pick(rounds, ({ ms }) => ms)).toEqual(picked);
  });
});
