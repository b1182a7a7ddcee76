import { describe, expect, it } from 'vitest';
import type { Identity, NodeId } from '../core/identity.ts';
import { LinkSessions } from './link-sessions.ts';
import type { ConnectionEvents, CoordinatorEvents } from './links.ts';
import { RoutedTransport } from './routed-transport.ts';
import { TestClock } from './test-clock.ts';
import { TestNode } from './test-node.ts';

const MINUTE = 60_000;

function peer(id: NodeId): Identity {
  return { id, priority: 1 };
}

/** The transport of `mmmm` over the real link layer. Its peers never answer, unless the test does it for them. */
function bench() {
  const clock = new TestClock();
  const attempts: { peer: NodeId; events: ConnectionEvents }[] = [];
  const links = new LinkSessions({
    clock,
    random: () => 0.5,
    refusePayload: () => null,
    connect: (_self, id, _initiator, events) => {
      attempts.push({ peer: id, events });
      return { signal: () => undefined, send: () => 'sent', close: () => undefined };
    },
  });
  let told: CoordinatorEvents | undefined;
  const coordinator = {
    start: (_self: Identity, events: CoordinatorEvents) => (told = events),
    signal: () => true,
    list: () => undefined,
    close: () => undefined,
  };
  const transport = new RoutedTransport({ links, coordinator, clock, random: () => 0.5 });
  const node = new TestNode('mmmm', transport);
  if (told === undefined) throw new Error('the coordinator was not started');
  const server: CoordinatorEvents = told;
  const meet = (...ids: NodeId[]) => node.meet(...ids.map((id) => ({ peer: peer(id) })));
  return {
    ...{ clock, attempts, node, server, meet },
    connect: (...ids: NodeId[]) => {
      server.state('connected');
      server.members(ids.map(peer));
    },
    /** Moves on and counts the attempts to this peer meanwhile. */
    triesIn: (ms: number, id: NodeId): number => {
      const before = attempts.length;
      clock.advance(ms);
      return attempts.slice(before).filter((attempt) => attempt.peer === id).length;
    },
    state: (id: NodeId) => node.links.findLast((link) => link.peer === id)?.state,
  };
}

/** The peer `gone` was met, and is listed no more: it has been given up. */
function givenUp() {
  const made = bench();
  made.connect();
  made.meet('gone');
  made.clock.advance(2 * MINUTE);
  expect(made.triesIn(MINUTE, 'gone')).toBe(0);
  expect(made.state('gone')).toBe('closed');
  return made;
}

describe('peers that vanish without a goodbye', () => {
  it('keep no newcomer out, however many, and are tried no more', () => {
    const made = bench();
    made.connect();
    for (let n = 0; n < 70; n++) {
      const id = `gate${n}`;
      made.server.joined(peer(id));
      made.meet(id);
      made.server.gone(id);
      made.clock.advance(2_000);
    }
    made.server.joined(peer('anna'));
    made.meet('anna');
    made.clock.advance(1);
    expect(made.attempts.at(-1)?.peer).toBe('anna');
    made.attempts.at(-1)?.events.open();
    made.clock.advance(2 * MINUTE);
    expect(made.state('anna')).toBe('open');
    const before = made.attempts.length;
    made.clock.advance(MINUTE);
    expect(made.attempts.length).toBe(before);
    expect(made.node.refused).toEqual([]);
  });

  it('are tried for a minute, and given up by the word of a coordinator that does not list them', () => {
    const made = bench();
    made.connect('here');
    made.meet('gone', 'here');
    expect(made.triesIn(MINUTE, 'gone')).toBeGreaterThan(3);
    expect(made.state('gone')).toBe('connecting');
    made.clock.advance(MINUTE);
    expect(made.state('gone')).toBe('closed');
    expect(made.triesIn(10 * MINUTE, 'gone')).toBe(0);
    expect(made.state('here')).toBe('connecting');
    expect(made.triesIn(10 * MINUTE, 'here'), 'listed, so it may live').toBeGreaterThan(20);
    made.meet('gone', 'here');
    expect(made.triesIn(MINUTE, 'gone'), 'the log names it still').toBe(0);
  });

  it('are given up though the list comes again and again', () => {
    const made = bench();
    made.connect();
    made.meet('gone');
    for (let n = 0; n < 8; n++) {
      made.clock.advance(10_000);
      made.server.members([]);
    }
    expect(made.state('gone')).toBe('closed');
  });

  it.each([
    ['is listed', ({ server }: ReturnType<typeof bench>) => server.members([peer('gone')])],
    ['joins', ({ server }: ReturnType<typeof bench>) => server.joined(peer('gone'))],
    [
      'comes back to a coordinator that has just started',
      ({ server }: ReturnType<typeof bench>) => server.arrived([peer('gone')]),
    ],
    [
      'signals',
      ({ server }: ReturnType<typeof bench>) =>
        server.signal('gone', { type: 'ask', session: 0, incarnation: 7 }),
    ],
  ])('are tried again when one %s', (_how, happens) => {
    const made = givenUp();
    happens(made);
    made.clock.advance(1);
    expect(made.attempts.at(-1)?.peer).toBe('gone');
    expect(made.state('gone')).toBe('connecting');
    expect(made.triesIn(MINUTE, 'gone')).toBeGreaterThan(2);
  });

  it('are not tried again for a signal that is refused', () => {
    const made = givenUp();
    made.server.signal('gone', { type: 'ask', session: -1, incarnation: 7 });
    expect(made.node.refused).toEqual(['signal: not one between links']);
    expect(made.state('gone')).toBe('closed');
    expect(made.triesIn(MINUTE, 'gone')).toBe(0);
  });

  it('are tried again when they are in reach of peers', () => {
    const made = givenUp();
    made.meet('here');
    made.clock.advance(1);
    const { events } = made.attempts.at(-1)!;
    events.open();
    const adverts = [
      { origin: 'here', sequence: 1, neighbours: ['gone', 'mmmm'] },
      { origin: 'gone', sequence: 1, neighbours: ['here'] },
    ];
    events.received({ kind: 'neighbours', adverts });
    expect(made.state('gone')).toBe('relayed');
    expect(made.attempts.at(-1)?.peer).toBe('gone');
  });

  it('are not given up for want of a coordinator, but tried ever more rarely', () => {
    const made = bench();
    made.meet('gone');
    expect(made.triesIn(MINUTE, 'gone')).toBeGreaterThan(3);
    made.clock.advance(30 * MINUTE);
    const rare = made.triesIn(60 * MINUTE, 'gone');
    expect(rare).toBeGreaterThan(5);
    expect(rare).toBeLessThan(20);
    expect(made.state('gone')).toBe('connecting');
  });

  it('are not given up by the list of a coordinator that came back just now', () => {
    const made = bench();
    made.meet('gone');
    made.clock.advance(10 * MINUTE);
    made.server.state('connected');
    made.clock.advance(10 * MINUTE);
    expect(made.state('gone'), 'it has told no list').toBe('connecting');
    made.server.members([]);
    made.clock.advance(MINUTE - 10_000);
    expect(made.state('gone')).toBe('connecting');
    made.clock.advance(20_000);
    expect(made.state('gone')).toBe('closed');
  });

  it('are tried again, rarely, when the coordinator whose word it was is gone', () => {
    const made = givenUp();
    made.server.state('disconnected');
    made.clock.advance(10_000);
    expect(made.attempts.at(-1)?.peer).toBe('gone');
    expect(made.state('gone')).toBe('connecting');
    made.clock.advance(30 * MINUTE);
    expect(made.triesIn(60 * MINUTE, 'gone')).toBeLessThan(20);
  });

  it('are the business of the node where it chooses its links itself (N7)', () => {
    const made = bench();
    made.connect();
    made.node.keepLinks({ id: 'gone' });
    made.clock.advance(10 * MINUTE);
    expect(made.triesIn(10 * MINUTE, 'gone')).toBeGreaterThan(20);
    expect(made.state('gone')).toBe('connecting');
  });

  it('fill no memory, however many are given up: the first are met anew', () => {
    const made = bench();
    made.connect();
    const ids = Array.from({ length: 300 }, (_, n) => `gate${n}`);
    for (const id of ids) made.meet(id);
    made.clock.advance(3 * MINUTE);
    const before = made.attempts.length;
    made.meet('gate299');
    made.clock.advance(1);
    expect(made.attempts.length).toBe(before);
    made.meet('gate0');
    made.clock.advance(1);
    expect(made.attempts.length).toBeGreaterThan(before);
  });
});
