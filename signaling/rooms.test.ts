import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLOSE, LIMITS, type ServerMessage } from './protocol.ts';
import { Rooms, type RoomEffect } from './rooms.ts';

type Socket = string;

const MOST = {
  parks: 3,
  membersPerPark: LIMITS.members,
  visitorsPerPark: 2,
  formerMembers: 10_000,
  formerMembersPerPark: 1000,
};

/** What time it is, ms. */
const clock = { now: 0 };
const now = (): number => clock.now;

function howdy(id: string, more: { park?: string; secret?: string; priority?: number } = {}) {
  const { park = 'main', secret = `secret-of-${id}`, priority = 1 } = more;
  return { type: 'howdy', park, id, priority, secret } as const;
}

function sent(effects: RoomEffect<Socket>[], to: Socket): ServerMessage[] {
  return effects.flatMap((effect) =>
    effect.type === 'send' && effect.to === to ? [effect.message] : [],
  );
}

function errorOf(effects: RoomEffect<Socket>[], to: Socket): string | undefined {
  const [message] = sent(effects, to);
  return message?.type === 'error' ? message.code : undefined;
}

function member(id: string, priority = 1) {
  return { id, priority };
}

/** A room with these ids, each on a socket of the same name. */
function roomOf(...ids: string[]): Rooms<Socket> {
  const rooms = new Rooms<Socket>(MOST, now);
  for (const id of ids) rooms.register(id, howdy(id));
  return rooms;
}

/** Whether whoever asks for this id with a secret of its own gets it. */
function isGiven(rooms: Rooms<Socket>, id: string): boolean {
  const socket = `thief of ${id}`;
  const effects = rooms.register(socket, howdy(id, { secret: 'secret-guess' }));
  return errorOf(effects, socket) !== 'id-taken';
}

describe('register', () => {
  it('welcomes with the other members, and tells them', () => {
    const rooms = roomOf('a', 'b');
    const effects = rooms.register('c', howdy('c'));
    const members = [member('a'), member('b')];
    expect(sent(effects, 'c')).toEqual([{ type: 'welcome', members, you: 'c' }]);
    expect(sent(effects, 'a')).toEqual([{ type: 'joined', member: member('c') }]);
    expect(sent(effects, 'b')).toEqual([{ type: 'joined', member: member('c') }]);
    expect(effects).toHaveLength(3);
  });

  it('never tells anybody a secret', () => {
    const rooms = roomOf('a');
    expect(JSON.stringify(rooms.register('b', howdy('b')))).not.toContain('secret');
    expect(JSON.stringify(rooms.list('a'))).not.toContain('secret');
  });

  it('keeps parks apart, and answers alike for an absent and an emptied one', () => {
    const rooms = roomOf('a');
    const absent = rooms.register('x', howdy('x', { park: 'other' }));
    rooms.leave('x');
    const emptied = rooms.register('x', howdy('x', { park: 'other' }));
    expect(absent).toEqual([
      { type: 'send', to: 'x', message: { type: 'welcome', members: [], you: 'x' } },
    ]);
    expect(emptied).toEqual(absent);
  });

  it('lets a socket change its priority', () => {
    const rooms = roomOf('a', 'b');
    const effects = rooms.register('b', howdy('b', { priority: 7 }));
    expect(sent(effects, 'a')).toEqual([{ type: 'joined', member: member('b', 7) }]);
    expect(effects.some((effect) => effect.type === 'close')).toBe(false);
    expect(rooms.isRegistered('b')).toBe(true);
    expect(sent(rooms.list('a'), 'a')).toEqual([{ type: 'members', members: [member('b', 7)] }]);
  });

  it.each([
    ['another park', howdy('a', { park: 'other' })],
    ['another id', howdy('z')],
  ])('refuses %s on a socket that is registered', (_name, second) => {
    const rooms = roomOf('a', 'b');
    const effects = rooms.register('a', second);
    expect(errorOf(effects, 'a')).toBe('bad-message');
    expect(effects).toHaveLength(1);
    expect(sent(rooms.list('b'), 'b')).toEqual([{ type: 'members', members: [member('a')] }]);
  });

  it('gives an id to a new socket with its secret, and closes the old one without a hint', () => {
    const rooms = roomOf('a', 'b');
    const effects = rooms.register('a2', howdy('a'));
    expect(effects.filter((effect) => effect.type === 'close')).toMatchObject([
      { socket: 'a', code: CLOSE.replaced },
    ]);
    expect(sent(effects, 'a2')).toMatchObject([{ type: 'welcome', members: [member('b')] }]);
    expect(rooms.leave('a')).toEqual([]);
    expect(sent(rooms.relay('b', { to: 'a', signal: 1 }), 'a2')).toHaveLength(1);
  });

  it('refuses an id with a wrong secret, and leaves its holder alone', () => {
    const rooms = roomOf('a', 'b');
    const effects = rooms.register('thief', howdy('a', { secret: 'secret-guess' }));
    expect(errorOf(effects, 'thief')).toBe('id-taken');
    expect(effects).toHaveLength(1);
    expect(rooms.isRegistered('thief')).toBe(false);
    expect(sent(rooms.relay('b', { to: 'a', signal: 1 }), 'a')).toHaveLength(1);
  });

  it('keeps the id of one who lost its connection for its secret, while anybody is in the park', () => {
    const rooms = roomOf('a', 'b');
    rooms.leave('a');
    const thief = rooms.register('thief', howdy('a', { secret: 'secret-guess' }));
    expect(errorOf(thief, 'thief')).toBe('id-taken');
    expect(thief).toHaveLength(1);
    expect(sent(rooms.register('a2', howdy('a')), 'a2')).toMatchObject([{ type: 'welcome' }]);
  });

  it('forgets whom an id belonged to when the park is empty, which then tells nothing', () => {
    const rooms = roomOf('a', 'b');
    rooms.leave('a');
    rooms.leave('b');
    const effects = rooms.register('z', howdy('a', { secret: 'another secret' }));
    expect(sent(effects, 'z')).toEqual([{ type: 'welcome', members: [], you: 'a' }]);
  });

  it('remembers a bounded number of those who left, the latest ones', () => {
    const rooms = new Rooms<Socket>({ ...MOST, formerMembersPerPark: 2 }, now);
    rooms.register('stays', howdy('stays'));
    for (const id of ['a', 'b', 'c']) {
      rooms.register(id, howdy(id));
      rooms.leave(id);
    }
    expect(rooms.formerMembers).toBe(2);
    expect(isGiven(rooms, 'b')).toBe(false);
    expect(isGiven(rooms, 'c')).toBe(false);
    expect(isGiven(rooms, 'a')).toBe(true);
  });

  it('lets nobody push out the id of another by made-up ones, and its owner has it back', () => {
    const rooms = new Rooms<Socket>({ ...MOST, formerMembersPerPark: 64 }, now);
    rooms.register('stays', howdy('stays'));
    rooms.register('a', howdy('a'));
    clock.now += 9_000;
    rooms.leave('a');
    // Lost again right after it came back: it was there for long altogether.
    rooms.register('a2', howdy('a'));
    clock.now += 500;
    rooms.register('a3', howdy('a'));
    clock.now += 500;
    rooms.leave('a3');
    for (let n = 0; n < 300; n++) {
      rooms.register(`x${n}`, howdy(`x${n}`));
      clock.now += 10;
      rooms.leave(`x${n}`);
    }
    expect(isGiven(rooms, 'a')).toBe(false);
    expect(sent(rooms.register('a4', howdy('a')), 'a4')).toMatchObject([{ type: 'welcome' }]);
    expect(rooms.formerMembers).toBe(63);
  });

  it('opens no more parks than its bound, and still lets people into those that are open', () => {
    const rooms = roomOf('a');
    rooms.register('b', howdy('b', { park: 'two' }));
    rooms.register('c', howdy('c', { park: 'three' }));
    expect(errorOf(rooms.register('d', howdy('d', { park: 'four' })), 'd')).toBe('server-full');
    expect(rooms.parks).toBe(3);
    expect(sent(rooms.register('d', howdy('d')), 'd')).toMatchObject([{ type: 'welcome' }]);
    rooms.leave('c');
    expect(sent(rooms.register('e', howdy('e', { park: 'four' })), 'e')).toMatchObject([
      { type: 'welcome' },
    ]);
  });

  it('fills a park to its bound, where only a reclaim still gets in', () => {
    const ids = Array.from({ length: LIMITS.members }, (_, index) => `n${index}`);
    const rooms = roomOf(...ids);
    expect(errorOf(rooms.register('late', howdy('late')), 'late')).toBe('park-full');
    expect(sent(rooms.register('again', howdy('n0')), 'again')).toMatchObject([
      { type: 'welcome' },
    ]);
    rooms.leave('n1');
    expect(sent(rooms.register('late', howdy('late')), 'late')).toMatchObject([
      { type: 'welcome' },
    ]);
  });
});

describe('relay', () => {
  it('passes a signal to its addressee alone, stamped with its sender', () => {
    const rooms = roomOf('a', 'b', 'c');
    const message = { type: 'signal', from: 'a', signal: { sdp: 'x' } };
    expect(rooms.relay('a', { to: 'b', signal: { sdp: 'x' } })).toEqual([
      { type: 'send', to: 'b', message },
    ]);
  });

  it('refuses a peer that is absent or in another park', () => {
    const rooms = roomOf('a');
    rooms.register('x', howdy('x', { park: 'other' }));
    expect(errorOf(rooms.relay('a', { to: 'x', signal: 1 }), 'a')).toBe('unknown-peer');
    expect(errorOf(rooms.relay('a', { to: 'nobody', signal: 1 }), 'a')).toBe('unknown-peer');
  });

  it('serves nobody who is not registered', () => {
    const rooms = roomOf('a');
    expect(errorOf(rooms.relay('x', { to: 'a', signal: 1 }), 'x')).toBe('not-registered');
    expect(errorOf(rooms.list('x'), 'x')).toBe('not-registered');
  });
});

describe('leave', () => {
  it('gives the rest of the park a hint, once', () => {
    const rooms = roomOf('a', 'b', 'c');
    const gone = { type: 'gone', id: 'b' };
    expect(rooms.leave('b')).toEqual([
      { type: 'send', to: 'a', message: gone },
      { type: 'send', to: 'c', message: gone },
    ]);
    expect(rooms.leave('b')).toEqual([]);
    expect(sent(rooms.list('a'), 'a')).toEqual([{ type: 'members', members: [member('c')] }]);
  });
});

it('keeps nothing of a park that everybody left', () => {
  const rooms = roomOf('a', 'b');
  rooms.leave('a');
  expect(rooms.parks).toBe(1);
  expect(rooms.formerMembers).toBe(1);
  rooms.leave('b');
  expect(rooms.parks).toBe(0);
  expect(rooms.formerMembers).toBe(0);
});

describe('any sequence of calls', () => {
  const ids = ['a', 'b', 'c', '__proto__'];
  const sockets = ['s1', 's2', 's3', 's4', 's5'];
  const call = fc.record({
    what: fc.constantFrom('register', 'leave', 'relay'),
    socket: fc.constantFrom(...sockets),
    id: fc.constantFrom(...ids),
    park: fc.constantFrom('p', 'q'),
    secret: fc.constantFrom('secret-1', 'secret-2'),
  });

  it('leaves every member that told of itself with the same view of its park', () => {
    fc.assert(
      fc.property(fc.array(call, { maxLength: 60 }), (calls) => {
        const rooms = new Rooms<Socket>({ ...MOST, membersPerPark: 3 }, now);
        const views = new Map<Socket, Map<string, unknown>>();
        for (const { what, socket, id, park, secret } of calls) {
          if (what === 'leave') views.delete(socket);
          for (const effect of effectsOf(rooms, { what, socket, id, park, secret })) {
            apply(views, effect);
          }
        }
        for (const [socket, view] of views) {
          const [answer] = sent(rooms.list(socket), socket);
          if (answer?.type !== 'members') throw new Error(`${socket} has a view but no seat`);
          expect(answer.members.length).toBeLessThan(3);
          expect(new Map(answer.members.map((entry) => [entry.id, entry]))).toEqual(view);
        }
      }),
    );
  });

  function effectsOf(
    rooms: Rooms<Socket>,
    step: { what: string; socket: Socket; id: string; park: string; secret: string },
  ): RoomEffect<Socket>[] {
    if (step.what === 'leave') return rooms.leave(step.socket);
    if (step.what === 'relay') return rooms.relay(step.socket, { to: step.id, signal: 0 });
    return rooms.register(step.socket, howdy(step.id, { park: step.park, secret: step.secret }));
  }

  /** What a client makes of what it is told. */
  function apply(views: Map<Socket, Map<string, unknown>>, effect: RoomEffect<Socket>): void {
    if (effect.type === 'close') {
      views.delete(effect.socket);
      return;
    }
    const { to, message } = effect;
    if (message.type === 'welcome') {
      views.set(to, new Map(message.members.map((entry) => [entry.id, entry])));
    } else if (message.type === 'joined') views.get(to)?.set(message.member.id, message.member);
    else if (message.type === 'gone') views.get(to)?.delete(message.id);
  }
});

describe('a visitor', () => {
  function visitor(id: string, more: Parameters<typeof howdy>[1] = {}) {
    return { ...howdy(id, more), role: 'visitor' } as const;
  }

  it('is told of the members, and nobody is told of it', () => {
    const rooms = roomOf('a', 'b');
    const effects = rooms.register('v', visitor('v'));
    const members = [member('a'), member('b')];
    expect(effects).toEqual([
      { type: 'send', to: 'v', message: { type: 'welcome', members, you: 'v' } },
    ]);
    expect(sent(rooms.list('a'), 'a')).toEqual([{ type: 'members', members: [member('b')] }]);
    expect(sent(rooms.register('c', howdy('c')), 'c')).toMatchObject([{ members }]);
    expect(rooms.leave('v')).toEqual([]);
  });

  it('hears of gates that come and go', () => {
    const rooms = roomOf('a');
    rooms.register('v', visitor('v'));
    expect(sent(rooms.register('b', howdy('b')), 'v')).toEqual([
      { type: 'joined', member: member('b') },
    ]);
    expect(sent(rooms.leave('a'), 'v')).toEqual([{ type: 'gone', id: 'a' }]);
  });

  it('exchanges signals with members, who are told what it is, and with no other visitor', () => {
    const rooms = roomOf('a');
    rooms.register('v', visitor('v'));
    rooms.register('w', visitor('w'));
    expect(sent(rooms.relay('v', { to: 'a', signal: 1 }), 'a')).toEqual([
      { type: 'signal', from: 'v', signal: 1, role: 'visitor' },
    ]);
    expect(sent(rooms.relay('a', { to: 'v', signal: 2 }), 'v')).toEqual([
      { type: 'signal', from: 'a', signal: 2 },
    ]);
    expect(errorOf(rooms.relay('v', { to: 'w', signal: 3 }), 'v')).toBe('unknown-peer');
  });

  it('takes no place of a member, and the other way round', () => {
    const rooms = new Rooms<Socket>({ ...MOST, membersPerPark: 1, visitorsPerPark: 1 }, now);
    rooms.register('v', visitor('v'));
    expect(sent(rooms.register('a', howdy('a')), 'a')).toMatchObject([{ type: 'welcome' }]);
    expect(errorOf(rooms.register('w', visitor('w')), 'w')).toBe('park-full');
    expect(errorOf(rooms.register('b', howdy('b')), 'b')).toBe('park-full');
  });

  it('is no member too, whatever its secret; and nobody else has its id', () => {
    const rooms = roomOf('a');
    rooms.register('v', visitor('v'));
    expect(errorOf(rooms.register('v', howdy('v')), 'v')).toBe('bad-message');
    expect(errorOf(rooms.register('x', visitor('v', { secret: 'another one' })), 'x')).toBe(
      'id-taken',
    );
    expect(errorOf(rooms.register('y', visitor('a')), 'y')).toBe('bad-message');
  });
});
