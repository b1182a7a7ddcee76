import { describe, expect, test } from 'vitest';
import type { Flushed } from '../messages.ts';
import { cutOf } from './cut.ts';
import { MAX_HELD, type Placed, type View } from './multicast.ts';

const LIFE = 'aaaabbbb';
const VIEW: View = {
  number: 4,
  start: 30,
  members: ['anna', 'bert', 'carl'].map((id) => ({ id, incarnation: LIFE, delivered: 10 })),
};

function at(place: number, from: string, number: number): Placed {
  return { place, multicast: { from, incarnation: LIFE, number, text: `${from} ${number}` } };
}

function answer(delivered: number[], held: Placed[], more: Partial<Flushed> = {}): Flushed {
  const order = 'lamport';
  const head = { type: 'FLUSHED', term: '', view: 5, incarnation: LIFE, installed: 4 } as const;
  return { ...head, order, delivered, held, ...more };
}

function textsOf(answers: Record<string, Flushed>): string[] {
  return cutOf(VIEW, new Map(Object.entries(answers))).messages.map(({ text }) => text);
}

describe('T7: the cut', () => {
  test('is what anybody holds beyond what somebody has delivered, in order', () => {
    const cut = cutOf(
      VIEW,
      new Map([
        ['anna', answer([11, 10, 10], [at(2, 'bert', 11), at(3, 'carl', 11)])],
        ['bert', answer([10, 10, 10], [at(1, 'anna', 11), at(2, 'bert', 11)])],
      ]),
    );
    expect(cut.base).toBe(1);
    expect(cut.messages.map(({ text }) => text)).toEqual(['bert 11', 'carl 11']);
    expect(cut.delivered).toEqual([11, 11, 11]);
  });

  test('of equal stamps the lesser member comes first', () => {
    const held = [at(7, 'carl', 11), at(7, 'anna', 11), at(6, 'bert', 11)];
    const texts = textsOf({ anna: answer([10, 10, 10], held) });
    expect(texts).toEqual(['bert 11', 'anna 11', 'carl 11']);
  });

  test('skips what comes after a message that nobody holds of the same sender', () => {
    const held = [at(3, 'anna', 12), at(4, 'bert', 11), at(5, 'anna', 13)];
    expect(textsOf({ bert: answer([10, 10, 10], held) })).toEqual(['bert 11']);
  });

  test('counts nobody who is in another life, in another view, or was never in it', () => {
    const held = [at(1, 'anna', 11)];
    const delivered = [10, 10, 10];
    expect(textsOf({ anna: answer(delivered, held, { incarnation: 'ccccdddd' }) })).toEqual([]);
    expect(textsOf({ anna: answer(delivered, held, { installed: 3 }) })).toEqual([]);
    expect(textsOf({ dora: answer(delivered, held) })).toEqual([]);
    expect(textsOf({ anna: answer([10, 10], held) })).toEqual([]);
    expect(textsOf({ anna: answer(delivered, held) })).toEqual(['anna 11']);
  });

  test('T9: is empty when nobody answers who was there', () => {
    expect(cutOf(VIEW, new Map())).toEqual({ base: 0, messages: [], delivered: [10, 10, 10] });
  });

  test('T13: fits into an entry: what may have been delivered comes first', () => {
    const many = (from: string, every: number): Placed[] =>
      Array.from({ length: MAX_HELD }, (_, i) => at(every * (i + 1), from, 11 + i));
    const texts = textsOf({
      anna: answer([10, 10, 10], many('anna', 1)),
      bert: answer([10, 10, 10], many('bert', 1000)),
    });
    expect(texts).toEqual(many('anna', 1).map(({ multicast }) => multicast.text));
  });
});
