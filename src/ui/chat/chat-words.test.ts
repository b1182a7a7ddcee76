import { afterEach, describe, expect, it, vi } from 'vitest';
import { dayWords, tooLongWords } from './chat-words.ts';

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

describe('the day of a message', () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each([
    ['2026-11-23T00:10', '2026-11-23T23:50', 'Today'],
    ['2026-11-22T23:50', '2026-11-23T00:10', 'Yesterday'],
    ['2026-11-21T23:50', '2026-11-23T00:10', 'Saturday 21 November'],
    // The 29th of March has 23 hours there, the 25th of October 25.
    ['2026-03-29T12:00', '2026-03-30T00:30', 'Yesterday'],
    ['2026-10-24T12:00', '2026-10-25T23:30', 'Yesterday'],
  ])('%s, seen at %s, is %s', (at, now, words) => {
    vi.stubEnv('TZ', 'Europe/Berlin');
    expect(dayWords(new Date(at).getTime(), new Date(now).getTime())).toBe(words);
  });
});
