import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareToken } from './entry.ts';
import { compareIdentity, greatest, type Identity } from './identity.ts';
import { maxTerm, nextTerm, NO_TERM, termCounter, TERM_PATTERN } from './term.ts';

const id = fc.stringMatching(/^[a-z0-9]{4,32}$/);
const identity = fc.record({ id, priority: fc.double({ noNaN: true, noDefaultInfinity: true }) });

describe('identities', () => {
  test('E1: priority first, then id: a total order', () => {
    expect(compareIdentity({ id: 'zzzz', priority: 1 }, { id: 'aaaa', priority: 2 })).toBeLessThan(
      0,
    );
    expect(
      compareIdentity({ id: 'zzzz', priority: 1 }, { id: 'aaaa', priority: 1 }),
    ).toBeGreaterThan(0);
    fc.assert(
      fc.property(identity, identity, identity, (a, b, c) => {
        expect(compareIdentity(a, b) + compareIdentity(b, a)).toBe(0);
        if (compareIdentity(a, b) <= 0 && compareIdentity(b, c) <= 0) {
          expect(compareIdentity(a, c)).toBeLessThanOrEqual(0);
        }
      }),
    );
  });

  test('L2: the greatest is the one that no other beats', () => {
    const nobody: Identity[] = [];
    expect(greatest(nobody)).toBeUndefined();
    fc.assert(
      fc.property(fc.array(identity, { minLength: 1 }), (all) => {
        const best = greatest(all);
        expect(all.every((one) => best !== undefined && compareIdentity(one, best) <= 0)).toBe(
          true,
        );
      }),
    );
  });
});

describe('terms', () => {
  test('B1: the next term is greater than any that was seen, whoever takes it', () => {
    fc.assert(
      fc.property(id, id, fc.nat(1e9), (a, b, counter) => {
        const seen = `${String(counter).padStart(12, '0')}.${a}`;
        const next = nextTerm(seen, b);
        expect(next > seen).toBe(true);
        expect(next).toMatch(TERM_PATTERN);
        expect(termCounter(next)).toBe(counter + 1);
        expect(maxTerm(seen, next)).toBe(next);
      }),
    );
  });

  test('S4: two candidates never take the same term', () => {
    fc.assert(
      fc.property(id, id, fc.nat(1e6), (a, b, counter) => {
        fc.pre(a !== b);
        const seen = `${String(counter).padStart(12, '0')}.${a}`;
        expect(nextTerm(seen, a)).not.toBe(nextTerm(seen, b));
      }),
    );
  });

  test('B1: terms compare as strings in the order of their counters', () => {
    expect(nextTerm(NO_TERM, 'zzzz') < nextTerm(nextTerm(NO_TERM, 'aaaa'), 'aaaa')).toBe(true);
    expect(NO_TERM < nextTerm(NO_TERM, '0000')).toBe(true);
    expect(() => nextTerm(`${'9'.repeat(12)}.anna`, 'anna')).toThrow('a term follows');
  });

  test('S5: tokens compare by term, then by number', () => {
    const token = (counter: number, number: number) => ({
      term: `00000000000${String(counter)}.anna`,
      number,
    });
    expect(compareToken(token(1, 9), token(2, 1))).toBeLessThan(0);
    expect(compareToken(token(1, 9), token(1, 10))).toBeLessThan(0);
    expect(compareToken(token(1, 9), token(1, 9))).toBe(0);
  });
});
