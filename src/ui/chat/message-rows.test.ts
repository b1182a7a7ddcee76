import { expect, it } from 'vitest';
import { FakeGatehouse } from '../dev/fake-gatehouse.ts';
import { messageRows } from './message-rows.ts';
import { placeRows } from './places.ts';
import { ReadMarks } from './read-marks.ts';

const DAY = 86_400_000;
const NOON = new Date(2026, 10, 21, 12).getTime();

async function talk(): Promise<FakeGatehouse> {
  const fake = new FakeGatehouse();
  await fake.chat.register('Ada');
  fake.chat.meet('Cleo', false);
  fake.chat.meet('Bob');
  fake.chat.made('Attic', 'secret');
  await fake.chat.join('Lobby');
  const say = (from: string, at: number): void => fake.chat.speak(from, 'Lobby', { text: 'x', at });
  say('Bob', NOON - DAY);
  say('Bob', NOON);
  say('Bob', NOON + 1000);
  say('Ada', NOON + 2000);
  say('Bob', NOON + 3000);
  return fake;
}

it('says who and when once for what follows at once, and begins each day anew', async () => {
  const rows = messageRows(await talk(), 'Lobby', 0);
  expect(rows.map(({ newDay, goesOn, own, firstNew }) => [newDay, goesOn, own, firstNew])).toEqual([
    [true, false, false, false],
    [true, false, false, false],
    [false, true, false, false],
    [false, false, true, false],
    [false, false, false, false],
  ]);
});

it('marks the first message of others that was not read', async () => {
  const rows = messageRows(await talk(), 'Lobby', 3);
  expect(rows.map(({ firstNew }) => firstNew)).toEqual([false, false, false, false, true]);
});

it('lists rooms, then who is here, then who is not, and counts what is unread', async () => {
  const fake = await talk();
  fake.chat.speak('Cleo', 'Cleo', { text: 'x' });
  fake.chat.speak('Bob', 'Attic', { text: 'x' });
  const marks = new ReadMarks(null, 'here');
  marks.read('Lobby', 2);
  const rows = placeRows(fake.chat, fake.status().id, marks);
  expect(rows.map(({ name, unread, online }) => [name, unread, online])).toEqual([
    // Not joined: nobody is called there.
    ['Attic', 0, null],
    ['Lobby', 2, null],
    ['Bob', 0, true],
    ['Cleo', 1, false],
  ]);
});

it('C9: counts and marks what was inserted before others that were read', async () => {
  const fake = await talk();
  const { chat } = fake;
  chat.made('Tower', undefined, 'lamport');
  await chat.join('Tower');
  const say = (view: number, number: number): void =>
    chat.speak('Bob', 'Tower', { text: `${view}.${number}`, position: { view, number } });
  say(1, 2);
  say(2, 2);
  const marks = new ReadMarks(null, 'here');
  const before = messageRows(fake, 'Tower', 0).at(-1)?.newest ?? 0;
  marks.read('Tower', before);
  const unread = (): number | undefined =>
    placeRows(chat, fake.status().id, marks).find(({ name }) => name === 'Tower')?.unread;
  expect(unread()).toBe(0);
  say(1, 10);
  say(2, 1);
  say(3, 1);
  expect(unread()).toBe(3);
  const rows = messageRows(fake, 'Tower', before);
  expect(rows.map(({ text, firstNew }) => [text, firstNew])).toEqual([
    ['1.2', false],
    ['1.10', true],
    ['2.1', false],
    ['2.2', false],
    ['3.1', true],
  ]);
  marks.read('Tower', rows.at(-1)?.newest ?? 0);
  expect(unread()).toBe(0);
});
