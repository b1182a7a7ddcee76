import { expect, it } from 'vitest';
import { Tally } from './tally.ts';

it('bounds what one key holds, and what all hold', () => {
  const tally = new Tally({ total: 3, perKey: 2 });
  expect(['a', 'a', 'a', 'b', 'c'].map((key) => tally.take(key))).toEqual([
    'taken',
    'taken',
    'per-key',
    'taken',
    'total',
  ]);
  expect(tally.total).toBe(3);
});

it('has room again for what was given back', () => {
  const tally = new Tally({ total: 2, perKey: 1 });
  tally.take('a');
  tally.take('b');
  tally.release('a');
  expect(tally.take('b')).toBe('per-key');
  expect(tally.take('c')).toBe('taken');
  expect(tally.take('a')).toBe('total');
});

it('takes nothing back that nobody had', () => {
  const tally = new Tally({ total: 2, perKey: 2 });
  tally.take('a');
  tally.release('a');
  expect(() => tally.release('a')).toThrow();
});
