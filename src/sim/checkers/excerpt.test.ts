import { expect, it } from 'vitest';
import { whereTheyDiffer } from './excerpt.ts';

it('short texts are shown as they are', () => {
  expect(whereTheyDiffer('[1,2]', '[1,3]')).toEqual(['[1,2]', '[1,3]']);
});

it('of long texts the place is shown where they differ', () => {
  const text = (middle: string): string => 'a'.repeat(5000) + middle + 'z'.repeat(5000);
  const [one, other] = whereTheyDiffer(text('one'), text('two'));
  expect(one).toMatch(/^…a{80}onez+… \(10003 characters\)$/);
  expect(other).toMatch(/^…a{80}twoz+… \(10003 characters\)$/);
  expect(one.length).toBeLessThan(300);
});

it('a text that ends where the other goes on is shown to its end', () => {
  const long = 'a'.repeat(1000);
  const [short, more] = whereTheyDiffer(long, `${long}b`);
  expect(short).toBe(`…${'a'.repeat(80)}`);
  expect(more).toBe(`…${'a'.repeat(80)}b`);
});
