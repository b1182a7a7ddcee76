import { expect, test } from 'vitest';
import { apart } from './labels.ts';

test.each([
  ['what is far enough apart stays', [100, 20, 60], [100, 20, 60]],
  ['what is too near goes down', [50, 45], [55, 45]],
  ['and pushes what is below it', [45, 50, 52], [45, 55, 65]],
  ['two lines that end in one point', [50, 50], [50, 60]],
  ['none stands below the lowest place', [95, 100], [90, 100]],
  ['nor any that were pushed there', [85, 95, 98], [80, 90, 100]],
  ['no label', [], []],
])('%s', (_, ends, places) => {
  expect(apart(ends, 10, 100)).toEqual(places);
});
