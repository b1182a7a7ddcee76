import { expect, it } from 'vitest';
import { FilteredRows } from './filtered-rows.ts';

it('looks at every item once, until the question or the epoch changes', () => {
  const rows = new FilteredRows<number>();
  const seen: number[] = [];
  const even = (item: number): boolean => {
    seen.push(item);
    return item % 2 === 0;
  };
  const entries = [1, 2, 3, 4];
  expect(rows.update({ entries, epoch: 0 }, 'even', even)).toBe(0);
  expect(rows.rows).toEqual([1, 3]);

  entries.push(5, 6, 8);
  expect(rows.update({ entries, epoch: 0 }, 'even', even)).toBe(2);
  expect(rows.rows).toEqual([1, 3, 5, 6]);
  expect(seen).toEqual([1, 2, 3, 4, 5, 6, 8]);

  rows.update({ entries, epoch: 0 }, 'all', () => true);
  expect(rows.rows).toHaveLength(7);
  rows.update({ entries: [9], epoch: 1 }, 'all', () => true);
  expect(rows.rows).toEqual([0]);
});
