import { expect, it } from 'vitest';
import type { OwnGate, Told, Wish } from '../tab-wishes.ts';
import { spreadStress } from './spread-stress.ts';

function own(id: string, runs = true): OwnGate {
  return { gate: { id, priority: 1 }, runs, trades: false, evaluates: false };
}

/** Gates that let everybody in but for one that is full and one whose tab is gone, and what they were asked. */
function browser(gates: readonly OwnGate[]) {
  const asked: [gate: string, visitors: number][] = [];
  return {
    asked,
    rollCall: async () => gates,
    ask: async (gate: string, wish: Wish): Promise<Told> => {
      const visitors = wish.kind === 'stress' ? wish.visitors : 0;
      asked.push([gate, visitors]);
      if (gate === 'gone') return { kind: 'not-done', message: 'its tab does not answer' };
      const full = gate === 'full';
      return {
        kind: 'stressed',
        allowed: full ? 0 : visitors,
        refused: full ? visitors : 0,
        failed: 0,
      };
    },
  };
}

/** Takes the gates in turn. */
function inTurn(gates: number): () => number {
  let at = 0;
  return () => ((at++ % gates) + 0.5) / gates;
}

it('each visitor comes to a gate at random, of those that run, and all are counted', async () => {
  const tabs = browser([own('open'), own('down', false), own('full'), own('gone')]);
  let time = 0;
  const result = await spreadStress(tabs, 20, inTurn(3), () => (time += 50));
  expect(result).toEqual({ allowed: 7, refused: 7, failed: 6, gates: 3, ms: 50 });
  expect(tabs.asked).toEqual([
    ['open', 7],
    ['full', 7],
    ['gone', 6],
  ]);
});

it('a gate is asked for no more at once than it answers in time', async () => {
  const tabs = browser([own('open')]);
  const result = await spreadStress(tabs, 600, Math.random, () => 0);
  expect(result).toMatchObject({ allowed: 600, failed: 0, gates: 1 });
  expect(tabs.asked.map(([, visitors]) => visitors)).toEqual([256, 256, 88]);
});

it('says so when no gate runs', async () => {
  const tabs = browser([own('down', false)]);
  await expect(spreadStress(tabs, 1, Math.random, () => 0)).rejects.toThrow('no gate runs');
});
