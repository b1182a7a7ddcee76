import { describe, expect, test } from 'vitest';
import { Random } from '../../src/sim/random.ts';
import { FAULT_KINDS, type FaultKind } from './faults.ts';
import { planRound, type Step } from './plan.ts';
import { HEALING, nextRound } from './rounds.ts';

const BROWSER_OF = [0, 0, 1, 1, 2];
const SECOND = 1000;

interface Dealt {
  readonly steps: readonly Step[];
  /** When it was healed and judged, ms since the run began. */
  readonly judgedAt: number;
}

/**
 * The rounds of a whole run in which every fault has its effect.
 * @param judging how long a round takes after its last fault, ms
 */
function run(seed: number, lengthMs: number, judging: (random: Random) => number): Dealt[] {
  const random = new Random(`run ${seed}`);
  const undone = new Set<FaultKind>(FAULT_KINDS);
  const rounds: Dealt[] = [];
  for (let at = 0; lengthMs - at > HEALING;) {
    const own = random.split(`round ${rounds.length}`);
    const round = nextRound(own, lengthMs - at, [...undone]);
    const steps = planRound(own, BROWSER_OF, round);
    for (const { fault } of steps) undone.delete(fault.kind);
    at += Math.max(round.spanMs, steps.at(-1)?.at ?? 0) + judging(own);
    rounds.push({ steps, judgedAt: at });
  }
  return rounds;
}

/** How long each stop of a browser lasts, ms. */
function stopsOf({ steps }: Dealt): number[] {
  const stops = steps.filter(({ fault }) => fault.kind === 'stop-browser');
  const ends = stops.filter(({ phase }) => phase === 'end');
  expect(ends).toHaveLength(stops.length / 2);
  return ends.map((end) => end.at - (stops.find(({ fault }) => fault === end.fault)?.at ?? NaN));
}

describe('the rounds of a run', () => {
  test('an hour has stops of 4 to 60 s, a good part of them above 30 s, and every kind of fault', () => {
    for (const seed of [1, 2, 3]) {
      const rounds = run(seed, 3600 * SECOND, () => 15 * SECOND);
      const stops = rounds.flatMap(stopsOf);
      expect(stops.length).toBeGreaterThan(50);
      expect(Math.min(...stops)).toBeGreaterThanOrEqual(4 * SECOND);
      expect(Math.max(...stops)).toBeLessThanOrEqual(60 * SECOND);
      const long = stops.filter((ms) => ms > 30 * SECOND);
      expect(long.length / stops.length).toBeGreaterThan(0.25);
      const kinds = rounds.flatMap(({ steps }) => steps.map(({ fault }) => fault.kind));
      for (const kind of FAULT_KINDS) {
        expect(kinds.filter((one) => one === kind).length, kind).toBeGreaterThan(5);
      }
    }
  });

  test('two minutes have every kind of fault, however long the rounds take to be judged', () => {
    for (let seed = 0; seed < 60; seed++) {
      const rounds = run(seed, 120 * SECOND, (random) => random.between(2, 30) * SECOND);
      const kinds = rounds.flatMap(({ steps }) => steps.map(({ fault }) => fault.kind));
      expect([...new Set(kinds)].sort(), `seed ${seed}`).toEqual([...FAULT_KINDS].sort());
    }
  });

  test('a run is over about when it is to be: with a stop at its end, and with a judge who takes his time', () => {
    for (let seed = 0; seed < 40; seed++) {
      const last = run(seed, 120 * SECOND, () => 12 * SECOND).at(-1);
      expect(last?.judgedAt, `seed ${seed}`).toBeGreaterThan(112 * SECOND);
      expect(last?.judgedAt, `seed ${seed}`).toBeLessThan(135 * SECOND);
    }
  });
});
