import { expect, test } from 'vitest';
import { components, directCauses, relationOf, windowOf, type Act } from './causality.ts';

const act = (index: number, node: string, clock: Record<string, number>): Act => ({
  index,
  node,
  clock,
});

const anna = act(1, 'anna', { anna: 1 });
const bert = act(2, 'bert', { anna: 1, bert: 1 });
const carl = act(3, 'carl', { anna: 1, carl: 1 });
const anew = act(4, 'anna', { anna: 2, bert: 1, carl: 1 });

test('an act that another knew of happened before it', () => {
  expect(relationOf(anna, bert)).toBe('before');
  expect(relationOf(bert, anna)).toBe('after');
  expect(relationOf(anna, anew)).toBe('before');
  expect(relationOf(anna, anna)).toBe('same');
});

test('two acts of which neither knew are concurrent, whatever their places in the log', () => {
  expect(relationOf(bert, carl)).toBe('concurrent');
  expect(relationOf(carl, bert)).toBe('concurrent');
});

test('K4: a clock that no longer names who has left decides as well', () => {
  const withoutBert = act(5, 'anna', { anna: 3, carl: 1 });
  expect(relationOf(anew, withoutBert)).toBe('before');
  expect(relationOf(withoutBert, anew)).toBe('after');
});

test('an act follows directly what is before it, and not before another such one', () => {
  const acts = [anna, bert, carl, anew];
  expect(directCauses(anew, acts)).toEqual([bert, carl]);
  expect(directCauses(anna, acts)).toEqual([]);
});

test('the components of two clocks, 0 for who is not named', () => {
  expect(components(bert, carl)).toEqual([
    { node: 'anna', a: 1, b: 1 },
    { node: 'bert', a: 1, b: 0 },
    { node: 'carl', a: 0, b: 1 },
  ]);
});

test('the window shows the last acts, or those from the first chosen one on', () => {
  const acts = Array.from({ length: 10 }, (_, at) => act(at, 'anna', { anna: at }));
  const indexes = (chosen: readonly Act[]): number[] =>
    windowOf(acts, chosen, 4).map(({ index }) => index);
  expect(indexes([])).toEqual([6, 7, 8, 9]);
  expect(indexes([act(8, 'anna', {})])).toEqual([6, 7, 8, 9]);
  expect(indexes([act(8, 'anna', {}), act(5, 'anna', {})])).toEqual([3, 4, 5, 6]);
  expect(indexes([act(0, 'anna', {})])).toEqual([0, 1, 2, 3]);
});
