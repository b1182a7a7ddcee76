import { describe, expect, test } from 'vitest';
import type { Json } from '../core/json.ts';
import { Chat } from './chat.ts';

const SEALED = { kind: 'sealed', iv: 'i'.repeat(16), data: 'd'.repeat(40) };
const PLAIN = { kind: 'plain', text: 'hello' };
const LOCK = { salt: 's'.repeat(22), iterations: 600_000, check: SEALED };
const ADA = { node: 'anna', key: null, names: ['Ada'] };
const BOB = { node: 'bert', key: null, names: ['Bob'] };
const LOBBY = { name: 'Lobby', lock: null, order: 'log', members: ['anna'] };
const ATTIC = { name: 'Attic', lock: LOCK, order: 'log', members: ['bert'] };
const TOWER = { name: 'Tower', lock: null, order: 'lamport', members: ['anna'] };

interface Parts {
  users?: Json;
  rooms?: Json;
  histories?: Json;
  views?: Json;
}
const snapshot = (parts: Parts): Json => ({
  users: [ADA, BOB],
  rooms: [LOBBY, ATTIC, TOWER],
  histories: [],
  views: { sequencer: 0, lamport: 2 },
  ...parts,
});
const said = (place: string, ...rows: Json[]): Parts => ({ histories: [[place, rows]] });

describe('a snapshot of the chat', () => {
  test('R6: what a chat wrote is taken', () => {
    const whole = snapshot({
      histories: [
        ['#Lobby', [[3, 'anna', 1, PLAIN]]],
        ['@anna bert', [[4, 'bert', 2, SEALED]]],
        ['#Attic', [[5, 'bert', 0, SEALED]]],
        [
          '#Tower',
          [
            [9, 'anna', 3, PLAIN, 1, 4],
            [7, 'anna', 3, PLAIN, 1, 11],
            [8, 'anna', 3, PLAIN, 2, 1],
            [10, 'anna', 3, PLAIN, 2, 1],
          ],
        ],
      ],
    });
    const chat = new Chat();
    expect(chat.refuseSnapshot(whole)).toBeNull();
    chat.restore(whole);
    expect(chat.snapshot()).toEqual(whole);
  });

  test.each<[string, Parts]>([
    ['something twice in the chat', { users: [ADA, ADA] }],
    ['something twice in the chat', { users: [ADA, { ...BOB, names: ['Ada'] }] }],
    ['something twice in the chat', { users: [ADA, { ...BOB, names: ['Lobby'] }] }],
    ['something twice in the chat', { rooms: [{ ...LOBBY, members: ['anna', 'anna'] }] }],
    ['something twice in the chat', { rooms: [LOBBY, LOBBY] }],
    ['a user without a name', { users: [ADA, { ...BOB, names: [] }] }],
    ['a member unregistered', { rooms: [{ ...LOBBY, members: ['carl'] }] }],
    ['a history of nothing', said('#Lobby')],
    ['messages out of order', said('#Lobby', [3, 'anna', 1, PLAIN], [3, 'anna', 1, PLAIN])],
    [
      'messages out of order',
      said('#Tower', [4, 'anna', 1, PLAIN, 2, 1], [5, 'anna', 1, PLAIN, 1, 9]),
    ],
    [
      'messages out of order',
      said('#Tower', [5, 'anna', 1, PLAIN, 2, 1], [4, 'anna', 1, PLAIN, 2, 1]),
    ],
    [
      'something twice in the chat',
      said('#Tower', [4, 'anna', 1, PLAIN, 2, 1], [4, 'anna', 1, PLAIN, 2, 2]),
    ],
    ['a message unlike the order of its room', said('#Tower', [3, 'anna', 1, PLAIN])],
    ['a message unlike the order of its room', said('#Lobby', [3, 'anna', 1, PLAIN, 1, 1])],
    [
      'a message in a view that is not there yet',
      said('#Tower', [3, 'anna', 1, PLAIN, 2, 9], [4, 'anna', 1, PLAIN, 3, 1]),
    ],
    ['views: no field sequencer', { views: { lamport: 2 } }],
    ['views.lamport: not a number from 0', { views: { sequencer: 0, lamport: -1 } }],
    ['not a list of 4', said('#Tower', [3, 'anna', 1, PLAIN, 1])],
    ['a direct message in another order', said('@anna bert', [3, 'anna', 1, SEALED, 1, 1])],
    ['a message of who has not joined', said('#Lobby', [3, 'bert', 1, PLAIN])],
    ['a message unlike its room', said('#Lobby', [3, 'anna', 1, SEALED])],
    ['a message unlike its room', said('#Attic', [3, 'bert', 1, PLAIN])],
    ['messages of no place', said('#Cellar', [3, 'anna', 1, PLAIN])],
    ['messages of no place', said('@bert anna', [3, 'anna', 1, SEALED])],
    ['messages of no place', said('@anna carl', [3, 'anna', 1, SEALED])],
    ['messages of no place', said('@anna bert carl', [3, 'anna', 1, SEALED])],
    ['a message of a third', said('@anna anna', [3, 'bert', 1, SEALED])],
    ['a direct message in the clear', said('@anna bert', [3, 'anna', 1, PLAIN])],
    ['order: not one of log, sequencer, lamport', { rooms: [{ ...LOBBY, order: 'dice' }] }],
    ['unknown field', { rooms: [{ ...LOBBY, extra: 1 }] }],
    ['not a list', { histories: {} }],
  ])('R6: refused: %s', (reason, parts) => {
    expect(new Chat().refuseSnapshot(snapshot(parts))).toContain(reason);
  });

  test('C5: more than is kept is refused', () => {
    const rooms = Array.from({ length: 3 }, (_, i) => ({ ...LOBBY, name: `Room ${String(i)}` }));
    const text = { kind: 'plain', text: 'x'.repeat(2000) };
    const histories = rooms.map(({ name }, at) => [
      `#${name}`,
      Array.from({ length: 1000 }, (_, i) => [1 + 1000 * at + i, 'anna', 0, text]),
    ]);
    expect(new Chat().refuseSnapshot(snapshot({ rooms, histories }))).toContain(
      'more messages than are kept',
    );
  });
});
