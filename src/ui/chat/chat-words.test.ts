import { describe, expect, it } from 'vitest';
import { tooLongWords } from './chat-words.ts';

describe('a text that is too long', () => {
  it.each([
    ['x'.repeat(2000), ''],
    [` ${'x'.repeat(2000)}\n`, ''],
    ['', ''],
    ['x'.repeat(2001), '2001 characters: a message has at most 2000. Make it shorter by 1.'],
    ['x'.repeat(2500), '2500 characters: a message has at most 2000. Make it shorter by 500.'],
  ])('is said to be that (%#)', (text, words) => {
    expect(tooLongWords(text)).toBe(words);
  });
});
