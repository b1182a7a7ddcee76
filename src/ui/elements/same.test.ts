import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSame } from './same.ts';

describe('isSame', () => {
  it('finds any plain data the same as its copy, and no other', () => {
    fc.assert(
      fc.property(fc.json(), fc.json(), (one, other) => {
        const value: unknown = JSON.parse(one);
        expect(isSame(value, JSON.parse(one))).toBe(true);
        const isEqual = canonical(value) === canonical(JSON.parse(other));
        expect(isSame(value, JSON.parse(other))).toBe(isEqual);
      }),
    );
  });

  it.each([
    [{ a: undefined }, { b: undefined }],
    [[], {}],
    [null, {}],
    [{ a: 1 }, { a: 1, b: 2 }],
    [
      [1, 2],
      [2, 1],
    ],
    [0, -0],
  ])('tells %j from %j', (one, other) => {
    expect(isSame(one, other)).toBe(false);
    expect(isSame(other, one)).toBe(false);
  });

  it('finds nothing wrong with NaN', () => {
    expect(isSame({ a: [NaN] }, { a: [NaN] })).toBe(true);
  });
});

/** Keys in order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
