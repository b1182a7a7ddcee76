import { expect, it } from 'vitest';
import { ParkModel } from './park-model.ts';
import { checkPark } from './state-checker.ts';

function due(): ParkModel {
  const model = new ParkModel(2);
  model.apply({ kind: 'enter', visitor: 'ann' });
  return model;
}
const check = (snapshot: unknown) => () => checkPark(snapshot, due(), 'anna');

it('S1, S3: the park is as its log makes it', () => {
  expect(check({ park: { capacity: 2, inside: ['ann'] } })).not.toThrow();
});

it('S1: more are inside than there is room for', () => {
  expect(check({ park: { capacity: 1, inside: ['ann', 'bob'] } })).toThrow('S1');
});

it('S3: somebody else is inside, or nobody, or twice', () => {
  for (const inside of [['bob'], [], ['ann', 'ann'], [7]])
    expect(check({ park: { capacity: 2, inside } })).toThrow('S3');
  expect(check({ park: { capacity: 3, inside: ['ann'] } })).toThrow('S3');
});

it('S6: what is no park is no state', () => {
  for (const snapshot of [null, {}, { park: [] }, { park: { inside: ['ann'] } }])
    expect(check(snapshot)).toThrow('S6');
});
