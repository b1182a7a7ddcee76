import { describe, expect, it } from 'vitest';
import type { NodeId } from '../core/identity.ts';
import { LinkSessions } from './link-sessions.ts';
import { MAX_LINKS } from './link-slots.ts';
import type { ConnectionEvents } from './links.ts';
import { seeded, TestClock } from './test-clock.ts';

/** The link layer of `mmmm`, whose peers never answer unless the test does it for them. */
function bench() {
  const clock = new TestClock();
  const attempts: { peer: NodeId; at: number; events: ConnectionEvents }[] = [];
  const asks: { to: NodeId; at: number; signal: unknown }[] = [];
  const refused: string[] = [];
  const links = new LinkSessions({
    clock,
    random: seeded(1),
    refusePayload: () => null,
    connect: (_self, peer, _initiator, events) => {
      attempts.push({ peer, at: clock.now(), events });
      return { signal: () => undefined, send: () => 'sent', close: () => undefined };
    },
  });
  links.start('mmmm', {
    up: () => undefined,
    down: () => undefined,
    received: () => undefined,
    signal: (to, signal) => {
      asks.push({ to, at: clock.now(), signal });
      return true;
    },
    refused: (reason) => refused.push(reason),
  });
  return {
    ...{ clock, attempts, asks, refused, links },
    tried: () => new Set([...attempts.map(({ peer }) => peer), ...asks.map(({ to }) => to)]),
    open: (peer: NodeId) => attempts.findLast((each) => each.peer === peer)?.events.open(),
    ask: (from: NodeId) => {
      links.signal(from, { type: 'ask', session: 0, incarnation: 7 }, 'coordinator');
    },
  };
}

/** Lesser ids than ours, so it makes the offers. */
function ids(count: number, name = 'a'): NodeId[] {
  return Array.from({ length: count }, (_, n) => `${name}${String(n).padStart(4, '0')}`);
}

/** All slots are taken by peers that never answer; each has failed a few times. */
function fullOfDead() {
  const made = bench();
  for (const id of ids(MAX_LINKS)) made.links.connect(id);
  made.clock.advance(120_000);
  return made;
}

describe('a bounded number of links', () => {
  it('has room for a newcomer that asks, though all slots are of peers that vanished', () => {
    const made = fullOfDead();
    made.ask('comer');
    expect(made.attempts.at(-1)?.peer).toBe('comer');
    expect(made.refused).toEqual([]);
  });

  it('has room for one that is wanted, too', () => {
    const made = fullOfDead();
    made.links.connect('aaaa');
    expect(made.attempts.at(-1)?.peer).toBe('aaaa');
    made.links.connect('zzzz');
    expect(made.asks.at(-1)?.to).toBe('zzzz');
    expect(made.refused).toEqual([]);
  });

  it('keeps attempts that are answered', () => {
    const made = fullOfDead();
    // By now all have failed often enough to give way. Those that are in an attempt are answered.
    for (let n = 0; n < MAX_LINKS; n++) {
      const { peer, events } = made.attempts[made.attempts.length - MAX_LINKS + n]!;
      events.signal('offer');
      const { to, signal } = made.asks.at(-1) ?? {};
      if (to !== peer) continue;
      made.links.signal(peer, { ...(signal as object), type: 'more', payload: 'answer' }, 'peers');
    }
    const answered = new Set(made.asks.map(({ to }) => to));
    for (const id of ids(MAX_LINKS, 'b')) made.ask(id);
    expect(answered.size).toBeGreaterThan(10);
    expect(made.refused).toHaveLength(answered.size);
  });

  it('keeps open links', () => {
    const made = bench();
    const [first = '', ...others] = ids(MAX_LINKS);
    for (const id of [first, ...others]) made.links.connect(id);
    for (const id of others) made.open(id);
    made.clock.advance(120_000);
    const tries = made.attempts.length;
    made.ask('comer');
    expect(made.attempts[tries]?.peer).toBe('comer');
    made.open('comer');
    made.ask('extra');
    expect(made.refused).toEqual(['link: too many peers']);
    for (const id of others) expect(made.links.send(id, { kind: 'bye' })).toBe('sent');
  });

  it('gives way to one that is there before the others had a chance, if they may not be', () => {
    const made = bench();
    for (const id of ids(MAX_LINKS)) made.links.connect(id);
    made.links.connect('late1');
    expect(made.refused).toEqual(['link: too many peers']);
    made.links.connect('listed', true);
    expect(made.attempts.at(-1)?.peer).toBe('listed');
    made.links.nudge('late1');
    expect(made.attempts.at(-1)?.peer).toBe('late1');
    // Now these two are known to be there.
    for (const id of ids(MAX_LINKS, 'b')) made.ask(id);
    expect(made.refused).toHaveLength(3);
  });

  it('tries who found no room as soon as there is some', () => {
    const made = bench();
    const all = ids(MAX_LINKS);
    for (const id of all) made.links.connect(id);
    for (const id of all) made.open(id);
    made.links.connect('wait1');
    made.links.connect('wait2');
    made.links.connect('wait3');
    made.links.release('wait2');
    const tries = made.tried();
    expect(tries.has('wait1')).toBe(false);
    made.links.disconnect(all[0]!);
    expect(made.asks.at(-1)?.to).toBe('wait1');
    made.links.release(all[1]!);
    made.attempts.find(({ peer }) => peer === all[1])?.events.closed(false);
    expect(made.asks.at(-1)?.to).toBe('wait3');
    made.clock.advance(60_000);
    expect(made.tried().has('wait2')).toBe(false);
  });

  it('has all that are wanted take turns, however many', () => {
    const made = bench();
    const wanted = [...ids(100), ...ids(100, 'z')];
    for (const id of wanted) made.links.connect(id);
    made.clock.advance(600_000);
    expect(made.tried()).toEqual(new Set(wanted));
    const before = made.clock.now();
    made.clock.advance(600_000);
    const later = [...made.attempts.map(({ peer, at }) => ({ to: peer, at })), ...made.asks];
    const again = later.filter(({ at }) => at > before).map(({ to }) => to);
    expect(new Set(again)).toEqual(new Set(wanted));
    made.links.close();
    expect(made.clock.pending).toBe(0);
  });

  it('goes on with one that waited and heard something late, which begins no attempt', () => {
    const made = bench();
    for (const id of ids(MAX_LINKS)) made.links.connect(id);
    made.links.connect('late1');
    const late = { type: 'more', session: 3, incarnation: 7, payload: 'late' };
    made.links.signal('late1', late, 'peers');
    expect(made.attempts.at(-1)?.peer).toBe('late1');
  });
});

it('tries a peer ever more rarely when told so, until it shows up', () => {
  const made = bench();
  made.links.connect('aaaa');
  made.clock.advance(120_000);
  const usual = made.attempts.length;
  made.clock.advance(3_600_000);
  expect(made.attempts.length - usual).toBeGreaterThan(150);
  made.links.relax('aaaa');
  made.clock.advance(3_600_000);
  const rare = made.attempts.length;
  made.clock.advance(3_600_000);
  expect(made.attempts.length - rare).toBeLessThan(20);
  expect(made.attempts.length - rare).toBeGreaterThan(5);
  made.links.nudge('aaaa');
  const nudged = made.attempts.length;
  made.clock.advance(60_000);
  expect(made.attempts.length - nudged).toBeGreaterThan(3);
});
