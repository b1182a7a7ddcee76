import { describe, expect, it } from 'vitest';
import { growth, quantile, rounded, summarize } from './statistics.ts';

describe('quantile', () => {
  it('is the middle one of an odd number, and between the two middle ones of an even number', () => {
    expect(quantile([30, 10, 20], 0.5)).toBe(20);
    expect(quantile([40, 10, 20, 30], 0.5)).toBe(25);
  });

  it('goes from the least to the greatest, in proportion between two', () => {
    const samples = [50, 10, 20, 30, 40];
    expect([0, 0.25, 0.99, 1].map((at) => quantile(samples, at))).toEqual([10, 20, 49.6, 50]);
    expect(quantile([7], 0.99)).toBe(7);
  });

  it('sorts by value, not by text, and leaves what it was given', () => {
    const samples = [100, 9, 20];
    expect(quantile(samples, 0.5)).toBe(20);
    expect(samples).toEqual([100, 9, 20]);
  });

  it('refuses no samples, and shares that are none', () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError);
    for (const at of [-0.1, 1.1, NaN]) expect(() => quantile([1], at)).toThrow(RangeError);
  });
});

describe('growth', () => {
  it('is by the line through all figures, not by the first and the last alone', () => {
    expect(growth([10, 11, 12])).toBeCloseTo(1.2);
    expect(growth([4, 4, 4, 4])).toBe(1);
    expect(growth([5, 9, 1, 5])).toBeLessThan(1);
  });

  it('takes two figures', () => {
    expect(() => growth([1])).toThrow(RangeError);
  });
});

describe('summarize', () => {
  it('tells the median and the spread', () => {
    const summary = { median: 3, min: 1, q1: 2, q3: 4, max: 5, samples: 5 };
    expect(summarize([5, 3, 1, 4, 2])).toEqual(summary);
  });
});

describe('rounded', () => {
  it('keeps three digits, and all before the point', () => {
    expect([0.0012345, 1.2345, 99.96, 12_345.6].map(rounded)).toEqual([0.00123, 1.23, 100, 12_346]);
  });
});
