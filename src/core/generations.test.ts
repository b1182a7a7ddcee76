import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { meet, type LogSummary } from './generations.ts';
import type { Generation } from './stored.ts';
import { term } from './testing/fixtures.ts';

const first: Generation = { id: 'first', at: { index: 1, term: term(1, 'anna') } };
const second: Generation = { id: 'second', at: { index: 9, term: term(4, 'bert') } };
const other: Generation = { id: 'other', at: { index: 1, term: term(1, 'carl') } };

function log(generations: readonly Generation[], more: Partial<LogSummary> = {}): LogSummary {
  const last = { index: 20, term: term(5, 'anna') };
  return { generations, last, holdsOperations: false, settled: true, hasQuorum: false, ...more };
}

const visitors = { holdsOperations: true };
const quorum = { hasQuorum: true };

describe('two nodes that meet', () => {
  test('J3: a blank one joins, and nobody joins a blank one', () => {
    expect(meet(log([]), log([first]))).toBe('join');
    expect(meet(log([first]), log([]))).toBe('none');
    expect(meet(log([]), log([]))).toBe('none');
  });

  test('G1: of the same generation they have nothing to settle', () => {
    expect(meet(log([first], visitors), log([first], visitors))).toBe('none');
    expect(meet(log([first, second]), log([first, second]))).toBe('none');
  });

  test('G2: of two foundings the one without visitors gives way', () => {
    expect(meet(log([first]), log([other], visitors))).toBe('give-way');
    expect(meet(log([other], visitors), log([first]))).toBe('none');
  });

  test('G2: if neither has any, both sides agree who gives way', () => {
    expect(meet(log([first]), log([other]))).toBe('give-way');
    expect(meet(log([other]), log([first]))).toBe('none');
  });

  test('G2: if both have visitors a person chooses', () => {
    expect(meet(log([first], visitors), log([other], visitors))).toBe('conflict');
    expect(meet(log([other], visitors), log([first], visitors))).toBe('conflict');
  });

  test('G4: the older generation gives way to one that grew out of it', () => {
    expect(meet(log([first], visitors), log([first, second], visitors))).toBe('give-way');
    expect(meet(log([first, second], visitors), log([first], visitors))).toBe('none');
  });

  test('G4: unless it has a quorum: then a person chooses, on both sides', () => {
    expect(meet(log([first], quorum), log([first, second]))).toBe('conflict');
    expect(meet(log([first, second]), log([first], quorum))).toBe('conflict');
  });

  test('G4: nobody gives way to what is not committed, and nobody can choose it yet', () => {
    const begun = { settled: false };
    expect(meet(log([first], visitors), log([first, second], begun))).toBe('none');
    expect(meet(log([first], quorum), log([first, second], begun))).toBe('none');
    expect(meet(log([first, second], begun), log([first], quorum))).toBe('conflict');
    expect(meet(log([first]), log([other], { ...visitors, ...begun }))).toBe('none');
  });

  test('G4: a name alone makes no ancestor: the entry must be the same', () => {
    const imposter = { id: 'first', at: { index: 1, term: term(1, 'emil') } };
    expect(meet(log([imposter], visitors), log([first, second], visitors))).toBe('conflict');
  });

  test('G2: never do both give way to each other', () => {
    const generations = fc.constantFrom([first], [other], [first, second], []);
    const summary = fc.record({
      generations,
      holdsOperations: fc.boolean(),
      settled: fc.boolean(),
      hasQuorum: fc.boolean(),
    });
    fc.assert(
      fc.property(summary, summary, (a, b) => {
        const [ours, theirs] = [log(a.generations, a), log(b.generations, b)];
        const answers = [meet(ours, theirs), meet(theirs, ours)];
        expect(answers).not.toEqual(['give-way', 'give-way']);
        if (a.settled && b.settled) {
          expect(answers.includes('conflict')).toBe(answers.every((one) => one === 'conflict'));
        }
      }),
    );
  });
});
