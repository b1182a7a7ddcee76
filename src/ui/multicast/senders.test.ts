import { expect, test } from 'vitest';
import { numberOf, sendersOf } from './senders.ts';

const NAMES: Readonly<Record<string, string>> = {
  h1: 'Gate Heron',
  h2: 'Gate Hare',
  f1: 'Gate Fox',
  p1: 'P1',
  p11: 'P11',
  t1: 'Twin (t1)',
  t2: 'Twin (t2)',
};

test('each sender has a label that no other has, as short as can be', () => {
  const senders = sendersOf(Object.keys(NAMES), (id) => NAMES[id] ?? id);
  const labels = new Map([...senders].map(([id, { label }]) => [id, label]));
  expect(labels.get('f1')).toBe('F');
  expect(labels.get('h1')).toBe('He');
  expect(labels.get('h2')).toBe('Ha');
  expect(labels.get('p1')).toBe('P1');
  expect(labels.get('p11')).toBe('P11');
  expect(new Set(labels.values()).size).toBe(labels.size);
});

test('up to nine senders have nine colours, whoever is listed first', () => {
  const ids = Array.from({ length: 9 }, (_, at) => `gate${at}`);
  const colours = sendersOf(ids, (id) => id);
  expect(new Set([...colours.values()].map(({ colour }) => colour)).size).toBe(9);
  expect(sendersOf([...ids].reverse(), (id) => id)).toEqual(colours);
  expect(sendersOf([...ids, 'one more'], (id) => id).size).toBe(10);
});

test('a message has the number that its sender gave it', () => {
  expect(numberOf('anna.k3k3k3k3.12')).toBe('12');
});
