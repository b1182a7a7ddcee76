import { describe, expect, it } from 'vitest';
import type { Entry } from '../../runtime/gatehouse.ts';
import { entryMatcher, entryWords, filterOf, termNumber } from './log-words.ts';

const nameOf = (id: string): string => (id === 'fox1' ? 'Gate Fox' : `gate ${id}`);
const base: Entry = { index: 7, term: '000000000012.fox1', node: 'fox1', kind: 'enter', at: 0 };

const DONE = { success: true, clock: {} };
const REFUSED = { success: false, reason: 'no-money', clock: {} } as const;
const SALE = { buyer: 'fox1', seller: 'owl2', trader: 'owl2', paid: 18, commission: 2 };

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
    [{ kind: 'chat say', allowed: true }, 'all', 'Gate Fox wrote in a room of the chat'],
    [
      { kind: 'chat register', allowed: false },
      'refused',
      'Gate Fox was refused something in the chat',
    ],
    [{ kind: 'duplicate' }, 'all', 'Gate Fox asked again for what had been decided'],
    [{ kind: 'founding', capacity: 50 }, 'gates', 'The park was founded, capacity 50'],
    [{ kind: 'opening' }, 'gates', 'Gate Fox began to lead'],
    [{ kind: 'membership', change: 'join', subject: 'fox1' }, 'gates', 'Gate Fox joined'],
    [
      { kind: 'membership', change: 'evict', subject: 'owl2' },
      'gates',
      'gate owl2 was removed: it did not answer',
    ],
    [
      {
        kind: 'market',
        market: { kind: 'deposit', product: 'salt', quantity: 5, price: 9, ...DONE },
      },
      'all',
      'Gate Fox left 5 salt at the market for 9 each',
    ],
    [
      {
        kind: 'market',
        market: { kind: 'buy', product: 'fish', quantity: 2, ...DONE, sale: SALE },
      },
      'all',
      'Gate Fox bought 2 fish for 18',
    ],
    [
      { kind: 'market', market: { kind: 'buy', product: 'fish', quantity: 2, ...REFUSED } },
      'all',
      'Gate Fox wanted 2 fish: refused, no-money',
    ],
    [
      { kind: 'market', market: { kind: 'commission', percent: 5, ...DONE } },
      'all',
      "Gate Fox set the market's commission to 5 %",
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
