import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isQuorum, majority, quorumIndex, voterIds } from './quorum.ts';
import { member } from './testing/fixtures.ts';

/** All subsets of the voters that hold a majority. */
function majorities(ids: readonly string[]): Set<string>[] {
  const members = ids.map((id) => member(id, 0));
  const subsets = Array.from({ length: 2 ** ids.length }, (_, bits) => {
    return new Set(ids.filter((_id, i) => (bits >> i) & 1));
  });
  return subsets.filter((subset) => isQuorum(members, (id) => subset.has(id)));
}

function disjoint(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return ![...a].some((id) => b.has(id));
}

const ids = fc.uniqueArray(fc.constantFrom('anna', 'bert', 'carl', 'dora', 'emil', 'fred'), {
  minLength: 1,
});

describe('quorums', () => {
  test('B4: a majority is more than half', () => {
    expect([1, 2, 3, 4, 5, 9].map(majority)).toEqual([1, 2, 2, 3, 3, 5]);
  });

  test('B4: any two majorities share a voter', () => {
    fc.assert(
      fc.property(ids, (voters) => {
        const all = majorities(voters);
        for (const a of all) for (const b of all) expect(disjoint(a, b)).toBe(false);
      }),
    );
  });

  test('M2: majorities of neighbouring memberships share a voter', () => {
    fc.assert(
      fc.property(ids, fc.nat(), (voters, which) => {
        const without = voters.filter((_, i) => i !== which % voters.length);
        for (const a of majorities(voters)) {
          for (const b of majorities(without)) expect(disjoint(a, b)).toBe(false);
        }
      }),
    );
  });

  test('M2: two changes at once would break that', () => {
    const [one, two] = [
      majorities(['anna', 'bert', 'carl']),
      majorities(['carl', 'dora', 'emil', 'anna', 'bert']),
    ];
    expect(one.some((a) => two.some((b) => disjoint(a, b)))).toBe(true);
  });

  test('M3: learners never count', () => {
    const members = [member('anna', 1), member('bert', 2, false), member('carl', 3, false)];
    expect(voterIds(members)).toEqual(['anna']);
    expect(isQuorum(members, (id) => id !== 'anna')).toBe(false);
    expect(isQuorum(members, (id) => id === 'anna')).toBe(true);
    expect(isQuorum([], () => true)).toBe(false);
  });

  test('R4: the quorum index is the greatest that a majority holds', () => {
    expect(quorumIndex([])).toBe(0);
    expect(quorumIndex([7])).toBe(7);
    expect(quorumIndex([7, 3])).toBe(3);
    expect(quorumIndex([7, 3, 5])).toBe(5);
    fc.assert(
      fc.property(fc.array(fc.nat(20), { minLength: 1, maxLength: 9 }), (held) => {
        const index = quorumIndex(held);
        const count = (at: number): number => held.filter((one) => one >= at).length;
        expect(count(index)).toBeGreaterThanOrEqual(majority(held.length));
        expect(count(index + 1)).toBeLessThan(majority(held.length));
      }),
    );
  });
});
