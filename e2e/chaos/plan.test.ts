import { describe, expect, test } from 'vitest';
import { Random } from '../../src/sim/random.ts';
import { FAULT_KINDS, FAULTS, type FaultKind } from './faults.ts';
import { planRound, type Fault, type Step } from './plan.ts';

const BROWSER_OF = [0, 0, 1, 1, 2];
const MINUTE = 60_000;
const SEEDS = Array.from({ length: 300 }, (_, seed) => seed);

function plan(seed: number, wipe = false): Step[] {
  const due: FaultKind[] = wipe ? ['wipe'] : [];
  const round = { spanMs: MINUTE, limitMs: 2 * MINUTE, due };
  return planRound(new Random(`plan ${seed}`), BROWSER_OF, round);
}

/** From when to when each fault lasts. */
function spans(steps: readonly Step[]): { fault: Fault; from: number; until: number }[] {
  return steps.flatMap(({ at, phase, fault }) => {
    if (phase === 'end' || FAULTS[fault.kind].lasts === null) return [];
    const end = steps.find((step) => step.phase === 'end' && step.fault === fault);
    return [{ fault, from: at, until: end?.at ?? Infinity }];
  });
}

function browserOf({ kind, target }: Fault): number | undefined {
  return FAULTS[kind].scope === 'gate' ? BROWSER_OF[target] : target;
}

/** Mended at their time, whatever else goes on. */
const WAIT_FOR_NOBODY: ReadonlySet<FaultKind> = new Set([
  'stop-browser',
  'kill-server',
  'stop-server',
]);

/** Whether the browser of a gate in trouble was killed later. */
function isGone(fault: Fault, from: number, all: ReturnType<typeof spans>): boolean {
  return all.some(
    (other) =>
      other.fault.kind === 'kill-browser' &&
      other.fault.target === browserOf(fault) &&
      other.from > from,
  );
}

describe('the plan of a round', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(plan(7)).toEqual(plan(7));
    expect(plan(7)).not.toEqual(plan(8));
  });

  test('hits with every kind of fault sooner or later', () => {
    const kinds = SEEDS.flatMap((seed) => plan(seed, seed % 3 === 0)).map(
      ({ fault }) => fault.kind,
    );
    expect(new Set(kinds)).toEqual(new Set(FAULT_KINDS));
  });

  test('asks nothing of a browser that is stopped', () => {
    for (const seed of SEEDS) {
      const steps = plan(seed);
      for (const { fault, from, until } of spans(steps)) {
        if (fault.kind !== 'stop-browser') continue;
        const meanwhile = steps.filter(({ at, fault: other }) => {
          if (FAULTS[other.kind].scope === 'server') return false;
          return at > from && at < until && browserOf(other) === fault.target;
        });
        expect(meanwhile, `seed ${seed}`).toEqual([]);
      }
    }
  });

  test('loads no page while the server is down', () => {
    for (const seed of SEEDS) {
      const steps = plan(seed);
      for (const { fault, from, until } of spans(steps)) {
        if (FAULTS[fault.kind].scope !== 'server') continue;
        const loads = steps.filter(({ at, phase, fault: other }) => {
          if (at <= from || at >= until) return false;
          return phase === 'end'
            ? FAULTS[other.kind].loads && FAULTS[other.kind].scope !== 'server'
            : other.kind === 'reload' || other.kind === 'duplicate';
        });
        expect(loads, `seed ${seed}`).toEqual([]);
      }
    }
  });

  test('clears the data of a minority only, first of all, and copies no tab in that round', () => {
    for (const seed of SEEDS) {
      const steps = plan(seed, true);
      const wipes = steps.filter(({ fault }) => fault.kind === 'wipe');
      expect(wipes).toEqual([steps[0]]);
      expect(steps.some(({ fault }) => fault.kind === 'duplicate')).toBe(false);
    }
    const round = { spanMs: MINUTE, limitMs: MINUTE, due: ['wipe'] } as const;
    const lonely = planRound(new Random('lonely'), [0, 0, 0, 1, 1], round);
    expect(lonely[0]?.fault).toMatchObject({ kind: 'wipe', target: 1 });
  });

  test('lets no gate leave before the wiped ones are known to be gone (M5, G4)', () => {
    for (const seed of SEEDS) {
      const early = plan(seed, true).filter(({ at }) => at < 10_000);
      const leaving = early.filter(({ fault: { kind } }) => kind === 'close' || kind === 'reload');
      expect(leaving, `seed ${seed}`).toEqual([]);
    }
  });

  test('cuts nothing short but what is gone with its browser', () => {
    for (const seed of SEEDS) {
      const all = spans(plan(seed, seed % 3 === 0));
      const short = all.filter(({ fault, from, until }) => {
        const shortest = FAULTS[fault.kind].lasts?.[0] ?? 0;
        return until === Infinity ? !isGone(fault, from, all) : until - from < shortest;
      });
      expect(short, `seed ${seed}`).toEqual([]);
    }
  });

  test('begins nothing that would outlast the run, but for what has to wait for another', () => {
    for (const seed of SEEDS) {
      const round = { spanMs: 20_000, limitMs: 20_000, due: [] };
      const late = spans(planRound(new Random(`short ${seed}`), BROWSER_OF, round)).filter(
        ({ fault: { kind }, until }) => WAIT_FOR_NOBODY.has(kind) && until > 20_000,
      );
      expect(late, `seed ${seed}`).toEqual([]);
    }
  });

  test('mends nothing that is gone with its browser', () => {
    for (const seed of SEEDS) {
      const steps = plan(seed);
      for (const [place, { at, phase, fault }] of steps.entries()) {
        if (phase === 'begin' || FAULTS[fault.kind].scope !== 'gate') continue;
        const begun = steps.findIndex((step) => step.fault === fault);
        const killed = steps
          .slice(begun, place)
          .some(
            (step) => step.fault.kind === 'kill-browser' && step.fault.target === browserOf(fault),
          );
        expect(killed, `seed ${seed} at ${at}`).toBe(false);
      }
    }
  });
});
