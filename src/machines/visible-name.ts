/** Names that people read: what two of them show must differ when they do. */
import { DecodeError, string, type Decoder } from '../core/decoder.ts';

/**
 * Controls, spaces that are no plain space, what Unicode calls default ignorable (version 17), the Braille pattern without
 * dots, and halves of a pair. Fixed ranges, and not the properties that the engine knows: those differ from browser to
 * browser, and all replicas must decide alike. For the same reason the list is a part of the protocol (rule C1): replicas of
 * one park have the same.
 */
const UNSEEN: readonly (readonly [first: number, last: number])[] = [
  ...([0xad, 0x34f, 0x61c, 0x1680, 0x2800, 0x3000, 0x3164, 0xfeff, 0xffa0] as const).map(
    (point) => [point, point] as const,
  ),
  [0x00, 0x1f],
  [0x7f, 0xa0],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x2000, 0x200f],
  [0x2028, 0x202f],
  [0x205f, 0x206f],
  [0xd800, 0xdfff],
  [0xfe00, 0xfe0f],
  [0xfff0, 0xffff],
  [0x1bca0, 0x1bca3],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe0fff],
];

/** Nothing that can't be seen, and no space at the ends. Letters that look alike, or differ in case, are letters of their own. */
export function visibleName(most: number): Decoder<string> {
  const bounded = string(most);
  return (value) => {
    const name = bounded(value);
    if (name === '') throw new DecodeError('empty');
    if (name.startsWith(' ') || name.endsWith(' ')) throw new DecodeError('a space at its end');
    for (const character of name) {
      if (isUnseen(character.codePointAt(0) ?? 0))
        throw new DecodeError('a character that cannot be seen');
    }
    return name;
  };
}

function isUnseen(point: number): boolean {
  return UNSEEN.some(([first, last]) => point >= first && point <= last);
}
