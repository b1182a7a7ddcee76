import { expect, test } from 'vitest';
import { changeWords, ViewBook } from './view-book.ts';

const nameOf = (id: string): string => id.toUpperCase();

function view(number: number, members: string[], sequencer: string | null = null) {
  return { kind: 'sequencer' as const, view: number, members, sequencer };
}

test('the newest views are kept, each once and one more than is told, and none is noted while there is none', () => {
  const book = new ViewBook();
  book.note(view(0, []));
  for (let number = 1; number <= 7; number++) {
    book.note(view(number, ['a']));
    book.note(view(number, ['a']));
    book.note(view(0, []));
  }
  expect(book.seen.map((seen) => seen.view)).toEqual([7, 6, 5, 4, 3, 2]);
});

test('a change of view tells who went, who came, and who numbers from then on', () => {
  const before = view(1, ['a', 'b', 'c'], 'c');
  expect(changeWords(before, undefined, nameOf)).toBe('View 1: A, B and C.');
  expect(changeWords(view(2, ['a', 'b'], 'b'), before, nameOf)).toBe(
    'View 2: without C. B numbers from here on.',
  );
  expect(changeWords(view(2, ['a', 'c', 'd'], 'd'), before, nameOf)).toBe(
    'View 2: without B, with D. D numbers from here on.',
  );
  expect(changeWords(view(2, ['a', 'b', 'c'], 'c'), before, nameOf)).toBe(
    'View 2: the same gates.',
  );
});
