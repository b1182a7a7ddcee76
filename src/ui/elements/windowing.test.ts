import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inSight, scrollTo } from './windowing.ts';

const list = fc.record({
  count: fc.nat(100_000),
  rowHeight: fc.integer({ min: 1, max: 80 }),
  top: fc.integer({ min: -100, max: 8_000_000 }),
  height: fc.nat(2000),
});

describe('windowing', () => {
  it('draws every row that is in sight, and few others', () => {
    fc.assert(
      fc.property(list, (given) => {
        const { first, end } = inSight(given);
        expect(first).toBeGreaterThanOrEqual(0);
        expect(end).toBeLessThanOrEqual(given.count);
        const top = Math.max(0, given.top);
        const topRow = Math.floor(top / given.rowHeight);
        const bottomRow = Math.ceil((top + given.height) / given.rowHeight);
        expect(first).toBeLessThanOrEqual(Math.min(topRow, given.count));
        expect(end).toBeGreaterThanOrEqual(Math.min(bottomRow, given.count));
        expect(end - first).toBeLessThanOrEqual(given.height / given.rowHeight + 14);
      }),
    );
  });

  it('scrolls as little as will do', () => {
    const view = { rowHeight: 10, top: 100, height: 50 };
    expect(scrollTo({ ...view, row: 12 })).toBe(100);
    expect(scrollTo({ ...view, row: 3 })).toBe(30);
    expect(scrollTo({ ...view, row: 20 })).toBe(160);
  });
});
