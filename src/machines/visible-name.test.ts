import { expect, test } from 'vitest';
import { decode } from '../core/decode.ts';
import { visibleName } from './visible-name.ts';

const name = visibleName(40);
const IGNORABLE = /\p{Default_Ignorable_Code_Point}/u;
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Z}\p{Cs}\u2800\ufff0-\uffff]/u;

/** In hexadecimal, all code points of which this holds. */
function pointsWhere(holds: (character: string) => boolean): string[] {
  const found: string[] = [];
  for (let point = 0; point <= 0x10ffff; point++)
    if (holds(String.fromCodePoint(point))) found.push(point.toString(16));
  return found;
}

const isRefused = (character: string): boolean => !decode(name, `a${character}a`).ok;

test('C1: a name holds nothing that Unicode calls default ignorable, as far as this engine knows', () => {
  expect(pointsWhere((one) => IGNORABLE.test(one) && !isRefused(one))).toEqual([]);
});

test('C1: else it holds all but controls, spaces, halves of a pair, the blank pattern and specials', () => {
  expect(pointsWhere((one) => isRefused(one) && !UNSEEN.test(one))).toEqual([]);
});

test.each(['Zo\u00eb', '\u{1f426}', '\u05d0\u05d3\u05d4', '\u2801', '\u4e2d \u6587'])(
  'C1: %s is a name',
  (written) => {
    expect(decode(name, written)).toEqual({ ok: true, value: written });
  },
);
