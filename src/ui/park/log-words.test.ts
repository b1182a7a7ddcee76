import { describe, expect, it } from 'vitest';
import type { Entry } from '../../runtime/gatehouse.ts';
import { entryMatcher, entryWords, filterOf, termNumber } from './log-words.ts';

const nameOf = (id: string): string => (id === 'fox1' ? 'Gate Fox' : `gate ${id}`);
const base: Entry = { index: 7, term: '000000000012.fox1', node: 'fox1', kind: 'enter', at: 0 };

describe("the log's words", () => {
  it.each([
    [{ kind: 'enter', visitor: 'Ann', allowed: true }, 'in', 'Ann in'],
    [{ kind: 'leave', visitor: 'Ann', allowed: true }, 'out', 'Ann out'],
    [
      { visitor: 'Ann', allowed: false, reason: 'full' },
      'refused',
      'Ann not let in: the park is full',
    ],
    [
      { visitor: 'Ann', allowed: false, reason: 'already-inside' },
      'refused',
      'Ann not let in: already inside',
    ],
    [
      { kind: 'leave', visitor: 'Ann', allowed: false, reason: 'not-inside' },
      'refused',
      'Ann not let out: not inside',
    ],
    [{ kind: 'capacity', capacity: 40, allowed: true }, 'capacity', 'Capacity 40'],
    [
      { kind: 'capacity', capacity: 4, allowed: false, reason: 'full' },
      'refused',
      'Capacity not 4: more are inside',
    ],
    [{ kind: 'founding', capacity: 50 }, 'gates', 'The park was founded, capacity 50'],
    [{ kind: 'opening' }, 'gates', 'Gate Fox began to lead'],
    [{ kind: 'membership', change: 'join', subject: 'fox1' }, 'gates', 'Gate Fox joined'],
    [
      { kind: 'membership', change: 'evict', subject: 'owl2' },
      'gates',
      'gate owl2 was removed: it did not answer',
    ],
    [{ kind: 'message' }, 'all', 'message'],
  ] as const)('%o', (changes, filter, words) => {
    const entry: Entry = { ...base, ...changes };
    expect(entryWords(entry, nameOf)).toBe(words);
    expect(filterOf(entry)).toBe(filter);
  });

  it('finds by kind, number, visitor and gate', () => {
    const entry: Entry = { ...base, visitor: 'Ann', allowed: true };
    const finds = (filter: 'all' | 'in' | 'out', text: string): boolean =>
      entryMatcher(filter, text, nameOf)(entry);
    expect(finds('in', ' ann ')).toBe(true);
    expect(finds('all', 'gate fox')).toBe(true);
    expect(finds('all', '7')).toBe(true);
    expect(finds('out', 'ann')).toBe(false);
    expect(finds('in', 'bob')).toBe(false);
  });

  it('says a term as its number', () => {
    expect(termNumber('000000000012.fox1')).toBe('12');
    expect(termNumber('')).toBe('none');
  });
});
