import { describe, expect, test } from 'vitest';
import type { MulticastMessage, MulticastPeer } from '../../runtime/gatehouse.ts';
import { pictureOf } from './order.ts';

function message(name: string): MulticastMessage {
  return { id: `anna.00000000.${name}`, from: 'anna', text: name };
}

/** A gate with the letters that it has delivered, and those that it holds back; null: no answer. */
function gate(delivered: string | null, held = ''): MulticastPeer {
  if (delivered === null) return { id: 'gone', told: null };
  const [recent, heldMessages] = [Array.from(delivered, message), Array.from(held, message)];
  return {
    id: delivered,
    told: {
      ...{ view: 1, pending: 0, sent: 0, delivered: recent.length, recent },
      ...{ heldBack: heldMessages.length, held: heldMessages },
    },
  };
}

/** One word a row: the message, and of each gate D, H or nothing. */
function words(...gates: MulticastPeer[]): string[] {
  const letters = { delivered: 'D', held: 'H', none: '.' } as const;
  return pictureOf(gates).rows.map(
    ({ message: { text }, places }) => text + places.map((place) => letters[place]).join(''),
  );
}

describe('the picture of all gates', () => {
  test('has a row for each message, in the order that all share', () => {
    expect(words(gate('abc'), gate('abc'))).toEqual(['aDD', 'bDD', 'cDD']);
  });

  test('keeps the order where one is ahead, came later, or tells only the last ones', () => {
    expect(words(gate('cd'), gate('abc'), gate('bcd'))).toEqual(['a.D.', 'b.DD', 'cDDD', 'dD.D']);
  });

  test('shows what is held back where it will be delivered', () => {
    expect(words(gate('a', 'c'), gate('a', 'bc'), gate('a', 'c'))).toEqual([
      'aDDD',
      'b.H.',
      'cHHH',
    ]);
    expect(words(gate('ab'), gate('a', 'b'))).toEqual(['aDD', 'bDH']);
  });

  test('a gate that does not answer has nothing', () => {
    expect(words(gate(null), gate('a'))).toEqual(['a.D']);
  });

  test('tells when two gates have delivered in different orders, and then shows every message once', () => {
    expect(pictureOf([gate('abc'), gate('bc'), gate('ac')]).agrees).toBe(true);
    const wrong = [gate('abc'), gate('acb')];
    expect(pictureOf(wrong).agrees).toBe(false);
    expect(words(...wrong)).toHaveLength(3);
    // What is held back is no order yet.
    expect(pictureOf([gate('', 'ab'), gate('', 'ba')]).agrees).toBe(true);
  });
});
