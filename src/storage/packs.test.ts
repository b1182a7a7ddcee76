import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Operation } from '../core/entry.ts';
import { operation } from './examples.contract.ts';
import { PACK, PackPlan, type Packs } from './packs.ts';

const NONE: Packs = new Map();

function stepsOf(packs: Packs, change: (plan: PackPlan) => void): [string, number, number][] {
  const plan = new PackPlan(packs);
  change(plan);
  return plan
    .steps()
    .map((step) => [step.type, step.key, step.type === 'put' ? step.operations.length : 0]);
}

function numbers(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + i);
}

describe('the outbox in packs', () => {
  test('a crowd is a few values, and leaves with as many', () => {
    const crowd = numbers(5, 256);
    const plan = new PackPlan(NONE);
    plan.put(crowd.map(operation));
    expect(plan.steps()).toHaveLength(256 / PACK);
    expect(stepsOf(plan.result(), (next) => next.delete(crowd))).toEqual(
      numbers(0, 256 / PACK).map((pack) => ['delete', 5 + pack * PACK, 0]),
    );
  });

  test('of what came and went before it was written nothing is written', () => {
    const steps = stepsOf(NONE, (plan) => {
      plan.put([operation(1), operation(2)]);
      plan.delete([2, 1]);
    });
    expect(steps).toEqual([]);
  });

  test('what is left of a pack is written again, under its key', () => {
    const plan = new PackPlan(NONE);
    plan.put([1, 2, 3].map(operation));
    expect(stepsOf(plan.result(), (next) => next.delete([1]))).toEqual([['put', 1, 2]]);
  });

  test('whatever comes and goes, the store holds what was put and not deleted, in no pack twice', () => {
    const act = fc.record({
      put: fc.boolean(),
      sequences: fc.uniqueArray(fc.integer({ min: 1, max: 200 }), { maxLength: 80 }),
    });
    fc.assert(
      fc.property(fc.array(fc.array(act, { maxLength: 4 }), { maxLength: 8 }), (transactions) => {
        const stored = new Map<number, readonly Operation[]>();
        const wanted = new Set<number>();
        let packs: Packs = NONE;
        for (const acts of transactions) {
          const plan = new PackPlan(packs);
          for (const { put, sequences } of acts) {
            if (put) plan.put(sequences.map(operation));
            else plan.delete(sequences);
            for (const sequence of sequences) {
              if (put) wanted.add(sequence);
              else wanted.delete(sequence);
            }
          }
          for (const step of plan.steps()) {
            if (step.type === 'put') stored.set(step.key, step.operations);
            else stored.delete(step.key);
          }
          packs = plan.result();
          expect(stored).toEqual(packs);
        }
        const held = [...stored.values()].flat().map(({ id }) => id.sequence);
        expect(held.sort((a, b) => a - b)).toEqual([...wanted].sort((a, b) => a - b));
      }),
    );
  });
});
