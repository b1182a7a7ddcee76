import { expect, it } from 'vitest';
import { NameBook } from './name-book.ts';

it('tells gates of one name apart, those that have left too', () => {
  const book = new NameBook([{ id: 'lark1x9y8z7', name: 'Gate Lark' }]);
  expect(book.nameOf('lark1x9y8z7')).toBe('Gate Lark');
  book.learn([{ id: 'lark2x9y8z7', name: 'Gate Lark' }]);
  expect(['lark1x9y8z7', 'lark2x9y8z7'].map((id) => book.nameOf(id))).toEqual([
    'Gate Lark (lark1x)',
    'Gate Lark (lark2x)',
  ]);
  book.learn([{ id: 'lark2x9y8z7', name: 'Gate East' }]);
  expect(book.nameOf('lark1x9y8z7')).toBe('Gate Lark');
  expect(book.nameOf('stranger12')).toBe('gate strang');
});

it('calls a gate that was not met yet by its short id, and forgets no name for it', () => {
  const book = new NameBook();
  book.learn([
    { id: 'lark1x9y8z7', name: '' },
    { id: 'lark2x9y8z7', name: '' },
  ]);
  expect(['lark1x9y8z7', 'lark2x9y8z7'].map((id) => book.nameOf(id))).toEqual([
    'gate lark1x',
    'gate lark2x',
  ]);
  book.learn([{ id: 'lark1x9y8z7', name: 'Gate Lark' }]);
  book.learn([{ id: 'lark1x9y8z7', name: '' }]);
  expect(book.nameOf('lark1x9y8z7')).toBe('Gate Lark');
});
