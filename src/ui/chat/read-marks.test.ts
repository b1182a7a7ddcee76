import { expect, it } from 'vitest';
import { ReadMarks } from './read-marks.ts';

function storage(): Pick<Storage, 'getItem' | 'setItem'> {
  const kept = new Map<string, string>();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
}

it('remembers how far each place was read, for each node, over a reload', () => {
  const disk = storage();
  const marks = new ReadMarks(disk, 'anna');
  expect(marks.of('Lobby')).toBe(0);
  expect(marks.read('Lobby', 7)).toBe(true);
  expect(marks.read('Lobby', 5)).toBe(false);
  const again = new ReadMarks(disk, 'anna');
  expect([again.of('Lobby'), again.of('Attic')]).toEqual([7, 0]);
  expect(new ReadMarks(disk, 'bert').of('Lobby')).toBe(0);
});

it('takes damaged storage for an empty one, and does without any', () => {
  for (const damaged of ['{', '{"Lobby":7}', '[["Lobby","7"],[7],null]']) {
    const disk = { getItem: () => damaged, setItem: () => undefined };
    expect(new ReadMarks(disk, 'anna').of('Lobby')).toBe(0);
  }
  const full = {
    getItem: () => null,
    setItem: () => {
      throw new Error('full');
    },
  };
  for (const marks of [new ReadMarks(null, 'anna'), new ReadMarks(full, 'anna')]) {
    expect(marks.read('Lobby', 3)).toBe(true);
    expect(marks.of('Lobby')).toBe(3);
  }
});
