import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogEntry, MulticastKind } from '../core/entry.ts';
import type { Json } from '../core/json.ts';
import { founding } from '../core/testing/fixtures.ts';
import { MAX_MESSAGES, MAX_UNITS, roomPlace, talkPlace } from './chat-histories.ts';
import { decodeChatOperation, MAX_TEXT } from './chat-operations.ts';
import { MAX_NAMES, MAX_ROOMS, MAX_USERS } from './chat-snapshot.ts';
import { Chat } from './chat.ts';

const KEY = 'k'.repeat(87);
const SEALED = { kind: 'sealed', iv: 'i'.repeat(16), data: 'd'.repeat(40) };
const LOCK = { salt: 's'.repeat(22), iterations: 600_000, check: SEALED };
const ALLOWED = { allowed: true };
const refused = (reason: string): Json => ({ allowed: false, reason });

type Asked = readonly [node: string, body: { readonly [key: string]: Json }];

const register = (node: string, name: string, key: string | null = KEY): Asked => [
  node,
  { kind: 'register', name, key },
];
const join = (node: string, room: string, lock: Json = null): Asked => [
  node,
  { kind: 'join', room, lock },
];
const say = (node: string, room: string, text: string): Asked => [
  node,
  { kind: 'say', room, text: { kind: 'plain', text } },
];
const saySealed = (node: string, room: string): Asked => [
  node,
  { kind: 'say', room, text: SEALED },
];
const joinOrdered = (node: string, room: string, order: string, lock: Json = null): Asked => [
  node,
  { kind: 'join-ordered', room, lock, order },
];
const sayAt = (node: string, room: string, view: number, number: number): Asked => [
  node,
  {
    kind: 'say-ordered',
    room,
    text: { kind: 'plain', text: `${String(view)}.${String(number)}` },
    position: { view, number },
  },
];
const tell = (node: string, to: string): Asked => [node, { kind: 'tell', to, text: SEALED }];

/** A chat at the end of a log of its own. */
class Room {
  readonly chat = new Chat();
  #index = 1;

  ask([node, body]: Asked): Json {
    return this.chat.apply(this.entry([node, body]));
  }

  entry([node, body]: Asked): LogEntry {
    const index = ++this.#index;
    const id = { node, sequence: index };
    const operation = { id, settledBelow: 1, under: null, body: { machine: 'chat', ...body } };
    const token = { term: '', number: index };
    return { index, term: '', at: 1000 + index, command: { kind: 'operation', operation, token } };
  }

  /** A view of a multicast group. */
  view(order: MulticastKind, number: number): void {
    const view = { number, start: 0, members: [] };
    const command = { kind: 'view', order, view, base: 0, cut: [] } as const;
    expect(this.chat.apply({ index: ++this.#index, term: '', at: 0, command })).toBeNull();
  }

  texts(room: string): string[] {
    return this.chat
      .history(roomPlace(room))
      .map(({ text }) => (text.kind === 'plain' ? text.text : 'sealed'));
  }
}

function chat(...asked: Asked[]): Room {
  const room = new Room();
  for (const one of asked) expect(room.ask(one)).toEqual(ALLOWED);
  return room;
}

describe('the directory', () => {
  test('C1: a name belongs to the first node that registered it', () => {
    const made = chat(register('anna', 'Ada'));
    expect(made.ask(register('bert', 'Ada'))).toEqual(refused('taken'));
    expect(made.ask(register('anna', 'Ada'))).toEqual(ALLOWED);
    expect(made.chat.called('Ada')).toMatchObject({ node: 'anna', names: ['Ada'] });
    expect(made.chat.user('bert')).toBeUndefined();
  });

  test('C1: a user goes by the last name, and the old ones stay its own', () => {
    const made = chat(register('anna', 'Ada'), register('anna', 'Bea'));
    expect(made.ask(register('bert', 'Ada'))).toEqual(refused('taken'));
    expect(made.chat.called('Ada')?.names).toEqual(['Ada', 'Bea']);
    made.ask(register('anna', 'Ada'));
    expect(made.chat.users()).toEqual([{ node: 'anna', key: KEY, names: ['Bea', 'Ada'] }]);
  });

  test('C1: users and rooms share one set of names', () => {
    const made = chat(register('anna', 'Ada'), join('anna', 'Lobby'));
    expect(made.ask(register('bert', 'Lobby'))).toEqual(refused('taken'));
    expect(made.ask(join('anna', 'Ada'))).toEqual(refused('taken'));
  });

  test('C1: a user has so many names, and a chat so many users', () => {
    const made = new Room();
    for (let i = 0; i < MAX_NAMES; i++) made.ask(register('anna', `Ada ${String(i)}`));
    expect(made.ask(register('anna', 'one more'))).toEqual(refused('too-many'));
    expect(made.ask(register('anna', 'Ada 0'))).toEqual(ALLOWED);
    for (let i = 1; i < MAX_USERS; i++) made.ask(register(`node${String(i)}`, String(i)));
    expect(made.chat.users()).toHaveLength(MAX_USERS);
    expect(made.ask(register('latecomer', 'Zoe'))).toEqual(refused('too-many'));
  });

  test('C2: the first to join makes the room, and all who join show its lock', () => {
    const made = chat(register('anna', 'Ada'), register('bert', 'Bob'));
    expect(made.ask(join('anna', 'Attic', LOCK))).toEqual(ALLOWED);
    expect(made.ask(join('bert', 'Attic'))).toEqual(refused('other-lock'));
    const other = { ...LOCK, salt: 'o'.repeat(22) };
    expect(made.ask(join('bert', 'Attic', other))).toEqual(refused('other-lock'));
    expect([...(made.chat.room('Attic')?.members ?? [])]).toEqual(['anna']);
    expect(made.ask(join('bert', 'Attic', LOCK))).toEqual(ALLOWED);
    made.ask(join('anna', 'Lobby'));
    expect(made.ask(join('bert', 'Lobby', LOCK))).toEqual(refused('other-lock'));
    expect(made.chat.rooms().map(({ name, order }) => [name, order])).toEqual([
      ['Attic', 'log'],
      ['Lobby', 'log'],
    ]);
  });

  test('C2: so many rooms, and none for who has no name', () => {
    const made = chat(register('anna', 'Ada'));
    expect(made.ask(join('bert', 'Lobby'))).toEqual(refused('unregistered'));
    for (let i = 0; i < MAX_ROOMS; i++) made.ask(join('anna', `Room ${String(i)}`));
    expect(made.ask(join('anna', 'Lobby'))).toEqual(refused('too-many'));
  });
});

describe('what is said', () => {
  test('C3: only who has joined says something in a room', () => {
    const made = chat(register('anna', 'Ada'), register('bert', 'Bob'), join('anna', 'Lobby'));
    expect(made.ask(say('bert', 'Lobby', 'hello'))).toEqual(refused('not-joined'));
    expect(made.ask(say('bert', 'Attic', 'hello'))).toEqual(refused('no-room'));
    expect(made.ask(say('anna', 'Lobby', 'hello'))).toEqual(ALLOWED);
    expect(made.chat.history(roomPlace('Lobby'))).toEqual([
      { index: 7, position: null, at: 1007, from: 'anna', text: { kind: 'plain', text: 'hello' } },
    ]);
  });

  test('C3: a locked room takes sealed texts only, an open one plain ones', () => {
    const made = chat(register('anna', 'Ada'), join('anna', 'Lobby'), join('anna', 'Attic', LOCK));
    expect(made.ask(say('anna', 'Attic', 'hello'))).toEqual(refused('wrong-form'));
    expect(made.ask(saySealed('anna', 'Lobby'))).toEqual(refused('wrong-form'));
    expect(made.ask(saySealed('anna', 'Attic'))).toEqual(ALLOWED);
  });

  test('C3: users tell users, and one conversation has both sides', () => {
    const made = chat(register('anna', 'Ada'), register('bert', 'Bob'));
    expect(made.ask(tell('carl', 'anna'))).toEqual(refused('unregistered'));
    expect(made.ask(tell('anna', 'carl'))).toEqual(refused('no-user'));
    expect(made.ask(tell('anna', 'bert'))).toEqual(ALLOWED);
    expect(made.ask(tell('bert', 'anna'))).toEqual(ALLOWED);
    expect(made.ask(tell('anna', 'anna'))).toEqual(ALLOWED);
    const between = made.chat.history(talkPlace('bert', 'anna'));
    expect(between.map(({ from }) => from)).toEqual(['anna', 'bert']);
    expect(made.chat.history(talkPlace('anna', 'anna'))).toHaveLength(1);
  });

  test('C5: a room keeps its last messages', () => {
    const made = chat(register('anna', 'Ada'), join('anna', 'Lobby'));
    for (let i = 0; i < MAX_MESSAGES + 5; i++) made.ask(say('anna', 'Lobby', String(i)));
    expect(made.texts('Lobby')).toHaveLength(MAX_MESSAGES);
    expect(made.texts('Lobby')[0]).toBe('5');
  });

  test('C5: all together have their bound, and the largest gives way', () => {
    const made = chat(register('anna', 'Ada'), join('anna', 'quiet'));
    made.ask(say('anna', 'quiet', 'first of all'));
    const text = 'x'.repeat(MAX_TEXT);
    const rooms = Array.from({ length: 4 }, (_, i) => `loud ${String(i)}`);
    for (const room of rooms) made.ask(join('anna', room));
    for (let i = 0; i < 700; i++) for (const room of rooms) made.ask(say('anna', room, text));
    expect(made.texts('quiet')).toEqual(['first of all']);
    const held = rooms.map((room) => made.texts(room).length);
    expect(Math.max(...held) - Math.min(...held)).toBeLessThanOrEqual(1);
    const total = held.reduce((sum, count) => sum + count, 0) * (MAX_TEXT + 64);
    expect(total).toBeLessThanOrEqual(MAX_UNITS);
    expect(total).toBeGreaterThan(MAX_UNITS - 2 * (MAX_TEXT + 64));
    expect(made.chat.refuseSnapshot(made.chat.snapshot())).toBeNull();
  });
});

describe('C9: a room in the order of the multicast', () => {
  const tower = (): Room => {
    const users = [register('anna', 'Ada'), register('bert', 'Bob')];
    const made = chat(...users, joinOrdered('anna', 'Tower', 'sequencer'), join('bert', 'Tower'));
    made.view('sequencer', 3);
    return made;
  };

  test('who makes a room chooses, and who asks for another order is refused', () => {
    const made = tower();
    expect(made.chat.room('Tower')?.order).toBe('sequencer');
    expect([...(made.chat.room('Tower')?.members ?? [])]).toEqual(['anna', 'bert']);
    expect(made.ask(joinOrdered('bert', 'Tower', 'sequencer'))).toEqual(ALLOWED);
    for (const order of ['lamport', 'log'])
      expect(made.ask(joinOrdered('bert', 'Tower', order))).toEqual(refused('other-order'));
    expect(made.ask(joinOrdered('bert', 'Tower', 'lamport', LOCK))).toEqual(refused('other-lock'));
    expect(made.ask(joinOrdered('bert', 'Lobby', 'log'))).toEqual(ALLOWED);
    expect(made.ask(joinOrdered('anna', 'Lobby', 'sequencer'))).toEqual(refused('other-order'));
  });

  test('its messages stand by the view, then by the number, whenever they came to the log', () => {
    const made = tower();
    for (const [view, number] of [
      [2, 1],
      [1, 7],
      [1, 12],
      [2, 2],
      [1, 2],
    ] as const)
      expect(made.ask(sayAt('anna', 'Tower', view, number))).toEqual(ALLOWED);
    expect(made.texts('Tower')).toEqual(['1.2', '1.7', '1.12', '2.1', '2.2']);
    expect(made.chat.history(roomPlace('Tower')).map(({ index }) => index)).toEqual([
      11, 8, 9, 7, 10,
    ]);
  });

  test('of equal positions, which only a faulty gate makes, the log decides', () => {
    const made = tower();
    for (const node of ['bert', 'anna', 'bert']) made.ask(sayAt(node, 'Tower', 1, 1));
    const from = made.chat.history(roomPlace('Tower')).map((message) => message.from);
    expect(from).toEqual(['bert', 'anna', 'bert']);
  });

  test('what has no position has no place in it, and what has one none in a room of the log', () => {
    const made = tower();
    made.ask(join('anna', 'Lobby'));
    expect(made.ask(say('anna', 'Tower', 'hello'))).toEqual(refused('wrong-order'));
    expect(made.ask(sayAt('anna', 'Lobby', 1, 1))).toEqual(refused('wrong-order'));
    expect(made.ask(sayAt('carl', 'Tower', 1, 1))).toEqual(refused('not-joined'));
    expect(made.chat.history(roomPlace('Tower'))).toEqual([]);
    expect(made.chat.history(roomPlace('Lobby'))).toEqual([]);
  });

  test('a position in a view that is not in the log yet is refused: so nobody stands behind all that is to come', () => {
    const made = tower();
    made.view('lamport', 9);
    for (const view of [4, Number.MAX_SAFE_INTEGER])
      expect(made.ask(sayAt('bert', 'Tower', view, 1))).toEqual(refused('no-view'));
    expect(made.texts('Tower')).toEqual([]);
    const { version } = made.chat;
    made.view('sequencer', 4);
    expect(made.chat.version).toBeGreaterThan(version);
    expect(made.ask(sayAt('bert', 'Tower', 4, 1))).toEqual(ALLOWED);
    // Of an old view: its tag was delivered before the new one began.
    expect(made.ask(sayAt('anna', 'Tower', 2, 5))).toEqual(ALLOWED);
    expect(made.texts('Tower')).toEqual(['2.5', '4.1']);
  });

  test('R6: the newest views are in the snapshot', () => {
    const made = tower();
    const other = new Room();
    other.chat.restore(made.chat.snapshot());
    expect(other.ask(sayAt('anna', 'Tower', 4, 1))).toEqual(refused('no-view'));
    expect(other.ask(sayAt('anna', 'Tower', 3, 1))).toEqual(ALLOWED);
    other.chat.reset();
    expect(other.chat.snapshot()).toMatchObject({ views: { sequencer: 0, lamport: 0 } });
  });

  test('C5: a full room forgets the oldest in the log, wherever that stands', () => {
    const made = tower();
    made.ask(sayAt('anna', 'Tower', 2, 7));
    for (let i = 1; i < MAX_MESSAGES; i++) made.ask(sayAt('anna', 'Tower', 3, i));
    // Late in the log, and first in the order: it is seen.
    expect(made.ask(sayAt('bert', 'Tower', 1, 1))).toEqual(ALLOWED);
    expect(made.texts('Tower').slice(0, 2)).toEqual(['1.1', '3.1']);
    made.ask(sayAt('bert', 'Tower', 3, 5000));
    expect(made.texts('Tower')).toHaveLength(MAX_MESSAGES);
    expect(made.texts('Tower').slice(0, 2)).toEqual(['1.1', '3.2']);
    expect(made.chat.refuseSnapshot(made.chat.snapshot())).toBeNull();
  });

  test('C5: who claims the last places of the newest view pushes out nothing that is said later', () => {
    const made = tower();
    for (let i = 0; i < MAX_MESSAGES; i++)
      made.ask(sayAt('bert', 'Tower', 3, Number.MAX_SAFE_INTEGER - i));
    for (let i = 1; i <= 3; i++) made.ask(sayAt('anna', 'Tower', 3, i));
    expect(made.texts('Tower').slice(0, 3)).toEqual(['3.1', '3.2', '3.3']);
  });
});

describe('the machine', () => {
  const names = fc.constantFrom('Ada', 'Bob', 'Lobby', 'Attic');
  const nodes = fc.constantFrom('anna', 'bert', 'carl');
  const asked: fc.Arbitrary<Asked> = fc.oneof(
    fc.tuple(nodes, names).map(([node, name]) => register(node, name)),
    fc
      .tuple(nodes, names, fc.boolean())
      .map(([node, room, locked]) => join(node, room, locked ? LOCK : null)),
    fc
      .tuple(nodes, names, fc.string({ minLength: 1 }))
      .map(([node, room, text]) => say(node, room, text)),
    fc.tuple(nodes, names).map(([node, room]) => saySealed(node, room)),
    fc
      .tuple(nodes, names, fc.constantFrom('log', 'sequencer'))
      .map(([node, room, order]) => joinOrdered(node, room, order)),
    fc
      .tuple(nodes, names, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 20 }))
      .map(([node, room, view, number]) => sayAt(node, room, view, number)),
    fc.tuple(nodes, nodes).map(([node, to]) => tell(node, to)),
  );

  test('C1 to C4, C9, S6: whatever is asked; and a snapshot goes on where it was taken', () => {
    fc.assert(
      fc.property(fc.array(asked, { maxLength: 60 }), fc.nat(), (all, cut) => {
        const first = new Room();
        const second = new Chat();
        const at = all.length === 0 ? 0 : cut % all.length;
        const owners = new Map<string, string>();
        let said = 0;
        all.forEach((one, i) => {
          if (i === 0) first.view('sequencer', 2);
          if (i === at) second.restore(JSON.parse(JSON.stringify(first.chat.snapshot())) as Json);
          const entry = first.entry(one);
          const outcome = first.chat.apply(entry);
          if (i >= at) expect(second.apply(entry)).toEqual(outcome);
          const isMessage = ['say', 'say-ordered', 'tell'].some((kind) => kind === one[1]['kind']);
          if (isMessage && JSON.stringify(outcome) === JSON.stringify(ALLOWED)) said += 1;
          for (const { node, names: own } of first.chat.users())
            for (const name of own) {
              expect(owners.get(name) ?? node).toBe(node);
              owners.set(name, node);
            }
        });
        const snapshot = first.chat.snapshot();
        expect(first.chat.refuseSnapshot(snapshot)).toBeNull();
        const { histories } = snapshot as unknown as { histories: [string, unknown[]][] };
        expect(histories.reduce((sum, [, rows]) => sum + rows.length, 0)).toBe(said);
        if (all.length > 0)
          expect(JSON.stringify(second.snapshot())).toBe(JSON.stringify(snapshot));
      }),
    );
  });

  test('it can start over, and entries that are not its own change nothing', () => {
    const made = chat(register('anna', 'Ada'), join('anna', 'Lobby'), say('anna', 'Lobby', 'x'));
    const before = JSON.stringify(made.chat.snapshot());
    const { version } = made.chat;
    expect(made.chat.apply({ index: 1, term: '', at: 0, command: founding([]) })).toBeNull();
    expect(made.ask(['anna', { kind: 'shout' }])).toBeNull();
    expect(JSON.stringify(made.chat.snapshot())).toBe(before);
    expect(made.chat.version).toBe(version);
    made.chat.reset();
    expect(made.chat.snapshot()).toEqual({
      ...{ users: [], rooms: [], histories: [] },
      views: { sequencer: 0, lamport: 0 },
    });
    expect(made.chat.version).toBeGreaterThan(version);
  });
});

describe('what a node may ask', () => {
  const ok = (body: Json): void => {
    expect(new Chat().refuse(body)).toBeNull();
  };

  test('the shapes of the operations', () => {
    for (const [, body] of [
      register('anna', 'Ada Lovelace'),
      register('anna', 'Zoë 🐦', null),
      join('anna', 'Lobby'),
      join('anna', 'Attic', LOCK),
      say('anna', 'Lobby', 'x'.repeat(MAX_TEXT)),
      saySealed('anna', 'Attic'),
      joinOrdered('anna', 'Tower', 'lamport'),
      joinOrdered('anna', 'Tower', 'log', LOCK),
      sayAt('anna', 'Tower', 1, 1),
      tell('anna', 'bert'),
    ])
      ok({ machine: 'chat', ...body });
  });

  test.each([
    [register('anna', ''), 'name: empty'],
    [register('anna', 'x'.repeat(41)), 'longer than 40'],
    [register('anna', ' Ada'), 'a space at its end'],
    [register('anna', 'Ada '), 'a space at its end'],
    [register('anna', 'A\u0000da'), 'a character that cannot be seen'],
    [register('anna', 'Ada\u200b'), 'a character that cannot be seen'],
    [register('anna', '\u202eadA'), 'a character that cannot be seen'],
    [register('anna', 'Ada\ud800'), 'a character that cannot be seen'],
    [register('anna', 'Ada\u{e0041}'), 'a character that cannot be seen'],
    [register('anna', 'Ada', 'short'), 'key: does not match'],
    [join('anna', 'Attic', { ...LOCK, iterations: 599_999 }), 'not a number from 600000'],
    [join('anna', 'Attic', { ...LOCK, iterations: 1e9 }), 'not a number from 600000'],
    [join('anna', 'Attic', { ...LOCK, salt: '' }), 'salt: does not match'],
    [say('anna', 'Lobby', ''), 'text.text: empty'],
    [say('anna', 'Lobby', 'x'.repeat(MAX_TEXT + 1)), 'longer than 2000'],
    [joinOrdered('anna', 'Tower', 'dice'), 'order: not one of log, sequencer, lamport'],
    [sayAt('anna', 'Tower', 0, 1), 'position.view: not a number from 1'],
    [sayAt('anna', 'Tower', 1, 0.5), 'position.number: not an integer'],
    [tell('anna', 'b'), 'to: does not match'],
    [['anna', { kind: 'tell', to: 'bert', text: { kind: 'plain', text: 'x' } }] as Asked, 'text'],
    [['anna', { kind: 'shout' }] as Asked, 'unknown kind'],
  ])('%j is refused', ([, body], reason) => {
    expect(new Chat().refuse({ machine: 'chat', ...body })).toContain(reason);
  });

  test('for another machine it is nothing', () => {
    expect(decodeChatOperation({ machine: 'park', kind: 'join', room: 'x', lock: null }).ok).toBe(
      false,
    );
  });
});
