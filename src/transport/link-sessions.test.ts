import { describe, expect, it } from 'vitest';
import type { NodeId } from '../core/identity.ts';
import type { LinkSignal } from './link-signal.ts';
import { LINK_TIMING, LinkSessions } from './link-sessions.ts';
import { MAX_LINKS } from './link-slots.ts';
import type { Connection, ConnectionEvents, SignalPath } from './links.ts';
import { seeded, TestClock } from './test-clock.ts';

/** A connection of which the test is the other side. */
interface Fake extends Connection {
  readonly initiator: boolean;
  readonly events: ConnectionEvents;
  readonly fed: unknown[];
  closed: boolean;
}

interface Sent {
  readonly to: NodeId;
  readonly signal: LinkSignal;
  readonly path: SignalPath;
}

/** The link layer of the node `mmmm` with everything around it faked. */
function bench() {
  const clock = new TestClock();
  const fakes: Fake[] = [];
  const sent: Sent[] = [];
  const log: string[] = [];
  const way = { open: true };
  const links = new LinkSessions({
    clock,
    random: seeded(1),
    refusePayload: (payload) => (payload === 'bad' ? 'signal: bad' : null),
    connect: (_self, _peer, initiator, events) => {
      const fake: Fake = {
        initiator,
        events,
        fed: [],
        closed: false,
        signal: (payload) => fake.fed.push(payload),
        send: () => 'sent',
        close: () => {
          fake.closed = true;
        },
      };
      fakes.push(fake);
      return fake;
    },
  });
  links.start('mmmm', {
    up: (peer) => log.push(`up ${peer}`),
    down: (peer, closedByPeer) => log.push(`down ${peer} ${closedByPeer ? 'by peer' : 'by us'}`),
    received: (peer, data) => log.push(`received ${peer} ${String(data)}`),
    signal: (to, signal, path) => {
      if (way.open) sent.push({ to, signal: signal as LinkSignal, path });
      return way.open;
    },
    refused: (reason) => log.push(`refused ${reason}`),
  });
  return { clock, fakes, sent, log, way, links };
}

type Bench = ReturnType<typeof bench>;

/** A signal from the peer, of its incarnation 7 unless told otherwise. */
function hear({ links }: Bench, from: NodeId, signal: Partial<LinkSignal>): void {
  links.signal(from, { incarnation: 7, ...signal }, 'coordinator');
}

/** The bench with a link that it initiated to `aaaa`, open. Returns its session. */
function initiated(): Bench & { session: number } {
  const made = bench();
  made.links.connect('aaaa');
  made.fakes[0]!.events.signal('offer');
  const { session } = made.sent[0]!.signal;
  hear(made, 'aaaa', { type: 'more', session, payload: 'answer' });
  made.fakes[0]!.events.open();
  return { ...made, session };
}

/** The bench with a link that `zzzz` initiated with session 100, open. */
function followed(): Bench {
  const made = bench();
  made.links.connect('zzzz');
  hear(made, 'zzzz', { type: 'offer', session: 100, payload: 'offer' });
  made.fakes[0]!.events.open();
  return made;
}

describe('the initiator, the greater id', () => {
  it('offers, and feeds what comes back for that session', () => {
    const { fakes, sent, log } = initiated();
    expect(fakes).toHaveLength(1);
    expect(fakes[0]!.initiator).toBe(true);
    expect(fakes[0]!.fed).toEqual(['answer']);
    expect(sent.map(({ to, signal }) => [to, signal.type])).toEqual([['aaaa', 'offer']]);
    expect(log).toEqual(['up aaaa']);
  });

  it('keeps a link that is released, and does not make it again', () => {
    const { clock, fakes, links, log } = initiated();
    links.release('aaaa');
    expect(fakes[0]!.closed).toBe(false);
    fakes[0]!.events.closed(false);
    expect(log.at(-1)).toBe('down aaaa by us');
    clock.advance(60_000);
    expect(fakes).toHaveLength(1);
    links.connect('aaaa');
    expect(fakes).toHaveLength(2);
  });

  it('makes no attempt to a peer that is released while it waits for the next one', () => {
    const { clock, fakes, links } = initiated();
    fakes[0]!.events.closed(false);
    links.release('aaaa');
    clock.advance(60_000);
    expect(fakes).toHaveLength(1);
  });

  it('ignores what belongs to another session', () => {
    const made = initiated();
    hear(made, 'aaaa', { type: 'more', session: made.session - 1, payload: 'late' });
    hear(made, 'aaaa', { type: 'more', session: made.session + 1, payload: 'invented' });
    expect(made.fakes[0]!.fed).toEqual(['answer']);
  });

  it('gives up an attempt that is stuck and tries again, by the other path, later each time', () => {
    const made = bench();
    made.links.connect('aaaa');
    const starts: number[] = [];
    for (let n = 0; n < 6; n++) {
      made.fakes[n]!.events.signal('offer');
      starts.push(made.clock.now());
      while (made.fakes.length === n + 1) made.clock.step();
      expect(made.fakes[n]!.closed).toBe(true);
    }
    const gaps = starts.slice(1).map((at, n) => at - starts[n]! - LINK_TIMING.connectTimeoutMs);
    gaps.forEach((gap, n) => {
      const pause = Math.min(LINK_TIMING.retryMs * 2 ** n, LINK_TIMING.retryMostMs);
      expect(gap).toBeGreaterThanOrEqual(pause * 0.5);
      expect(gap).toBeLessThan(pause * 1.5);
    });
    expect(made.sent.map(({ path }) => path)).toEqual([
      'coordinator',
      'peers',
      'coordinator',
      'peers',
      'coordinator',
      'peers',
    ]);
    const sessions = made.sent.map(({ signal }) => signal.session);
    expect(sessions).toEqual([...sessions].sort((a, b) => a - b));
    expect(new Set(sessions).size).toBe(6);
  });

  it('is as quick as ever once a link has opened', () => {
    const made = bench();
    made.links.connect('aaaa');
    for (let n = 0; n < 5; n++) while (made.fakes.length === n + 1) made.clock.step();
    made.fakes.at(-1)!.events.open();
    made.fakes.at(-1)!.events.closed(false);
    made.clock.advance(LINK_TIMING.reopenMs);
    expect(made.fakes).toHaveLength(7);
    made.fakes.at(-1)!.events.closed(false);
    made.clock.advance(LINK_TIMING.retryMs * 1.5);
    expect(made.fakes).toHaveLength(8);
  });

  it('does not wait for an answer to what could not be sent, and starts anew when nudged', () => {
    const made = bench();
    made.way.open = false;
    made.links.connect('aaaa');
    made.fakes[0]!.events.signal('offer');
    expect(made.fakes[0]!.closed).toBe(true);
    made.way.open = true;
    made.links.nudge('aaaa');
    expect(made.fakes).toHaveLength(2);
    made.links.nudge('aaaa');
    expect(made.fakes).toHaveLength(2);
  });

  it('tells its offer again when nudged, if nobody has answered for a while', () => {
    const made = bench();
    made.links.connect('aaaa');
    made.fakes[0]!.events.signal('offer');
    made.fakes[0]!.events.signal('candidate');
    const told = made.sent.splice(0);
    made.clock.advance(LINK_TIMING.freshMs - 1);
    made.links.nudge('aaaa');
    expect(made.sent).toEqual([]);
    made.clock.advance(1);
    made.links.nudge('aaaa');
    made.links.nudge('aaaa');
    expect(made.sent).toEqual(told);
    // Who has answered is there.
    const { session } = told[0]!.signal;
    hear(made, 'aaaa', { type: 'more', session, payload: 'answer' });
    made.clock.advance(LINK_TIMING.freshMs);
    made.links.nudge('aaaa');
    expect(made.sent).toEqual(told);
    expect(made.fakes).toHaveLength(1);
  });

  it('gives an offer that was told again as long as a new one', () => {
    const made = bench();
    made.links.connect('aaaa');
    made.fakes[0]!.events.signal('offer');
    made.clock.advance(LINK_TIMING.connectTimeoutMs - 1);
    made.links.nudge('aaaa');
    made.clock.advance(LINK_TIMING.connectTimeoutMs - 1);
    expect(made.fakes[0]!.closed).toBe(false);
    made.clock.advance(1);
    expect(made.fakes[0]!.closed).toBe(true);
  });

  it('gives up in its time an attempt that comes to no offer, whoever asks', () => {
    const made = bench();
    made.links.connect('aaaa');
    for (let asked = 0; asked < LINK_TIMING.connectTimeoutMs; asked += 1000) {
      hear(made, 'aaaa', { type: 'ask', session: 0 });
      made.links.nudge('aaaa');
      made.clock.advance(1000);
    }
    expect(made.fakes[0]!.closed).toBe(true);
  });

  it('gives up an offer that it can not tell again, for now', () => {
    const made = bench();
    made.links.connect('aaaa');
    made.fakes[0]!.events.signal('offer');
    made.clock.advance(LINK_TIMING.freshMs);
    made.way.open = false;
    made.links.nudge('aaaa');
    expect(made.fakes[0]!.closed).toBe(true);
    made.way.open = true;
    made.clock.advance(LINK_TIMING.retryMs * 1.5);
    expect(made.fakes).toHaveLength(2);
  });

  it('starts when it is asked by a peer that it never heard of', () => {
    const made = bench();
    hear(made, 'aaaa', { type: 'ask', session: 0 });
    expect(made.fakes).toHaveLength(1);
  });

  it('ignores an ask that crosses its fresh offer, and tells it again to one that comes later', () => {
    const made = bench();
    made.links.connect('aaaa');
    made.fakes[0]!.events.signal('offer');
    const told = made.sent.splice(0);
    hear(made, 'aaaa', { type: 'ask', session: 0 });
    expect(made.sent).toEqual([]);
    made.clock.advance(LINK_TIMING.freshMs);
    hear(made, 'aaaa', { type: 'ask', session: 0 });
    expect(made.sent).toEqual(told);
    expect(made.fakes).toHaveLength(1);
  });

  it('ignores an ask from before its offer once that is answered', () => {
    const made = bench();
    made.links.connect('aaaa');
    made.fakes[0]!.events.signal('offer');
    const [told] = made.sent.splice(0);
    hear(made, 'aaaa', { type: 'more', session: told!.signal.session, payload: 'answer' });
    made.clock.advance(LINK_TIMING.freshMs);
    hear(made, 'aaaa', { type: 'ask', session: 0 });
    expect(made.sent).toEqual([]);
    expect(made.fakes).toHaveLength(1);
  });

  it('ignores a late ask once the link is open, and heeds one about this very link', () => {
    const made = initiated();
    hear(made, 'aaaa', { type: 'ask', session: 0 });
    expect(made.log).toEqual(['up aaaa']);
    hear(made, 'aaaa', { type: 'ask', session: made.session });
    expect(made.log).toEqual(['up aaaa', 'down aaaa by us']);
    expect(made.fakes).toHaveLength(2);
  });

  it('takes an ask from a newer page as the end of the old one, and ignores an older page', () => {
    const made = initiated();
    hear(made, 'aaaa', { type: 'ask', session: made.session, incarnation: 6 });
    expect(made.log).toEqual(['up aaaa']);
    hear(made, 'aaaa', { type: 'ask', session: 0, incarnation: 8 });
    expect(made.log).toEqual(['up aaaa', 'down aaaa by peer']);
  });

  it('goes on above what the other side has seen when its own clock went back', () => {
    const made = bench();
    made.links.connect('aaaa');
    const ahead = made.clock.wall() + 1_000_000;
    hear(made, 'aaaa', { type: 'stale', session: ahead });
    made.fakes[1]!.events.signal('offer');
    expect(made.sent[0]!.signal.session).toBe(ahead + 1);
    hear(made, 'aaaa', { type: 'stale', session: ahead });
    expect(made.fakes).toHaveLength(2);
  });

  it('refuses an offer: two initiators would both die', () => {
    const made = initiated();
    hear(made, 'aaaa', { type: 'offer', session: made.session + 1, payload: 'offer' });
    const why = 'refused signal: an offer from the side that only answers';
    expect(made.log.at(-1)).toBe(why);
    expect(made.fakes).toHaveLength(1);
  });
});

describe('the other side, the lesser id', () => {
  it('asks, and follows the offer that comes', () => {
    const made = followed();
    expect(made.sent.map(({ signal }) => [signal.type, signal.session])).toEqual([['ask', 0]]);
    expect(made.fakes).toHaveLength(1);
    expect(made.fakes[0]!.initiator).toBe(false);
    expect(made.fakes[0]!.fed).toEqual(['offer']);
    expect(made.log).toEqual(['up zzzz']);
  });

  it('accepts an offer that it did not ask for, and does not try to keep that link', () => {
    const made = bench();
    hear(made, 'zzzz', { type: 'offer', session: 100, payload: 'offer' });
    made.fakes[0]!.events.open();
    made.fakes[0]!.events.closed(true);
    made.clock.advance(60_000);
    expect(made.log).toEqual(['up zzzz', 'down zzzz by peer']);
    expect(made.sent).toEqual([]);
  });

  it('answers by the way that the offer came', () => {
    const made = bench();
    made.links.signal(
      'zzzz',
      { type: 'offer', session: 100, incarnation: 7, payload: 'offer' },
      'peers',
    );
    made.fakes[0]!.events.signal('answer');
    expect(made.sent[0]).toMatchObject({ to: 'zzzz', path: 'peers', signal: { type: 'more' } });
  });

  it('takes an offer once, and tells an older one that it is stale', () => {
    const made = followed();
    hear(made, 'zzzz', { type: 'offer', session: 100, payload: 'again' });
    hear(made, 'zzzz', { type: 'offer', session: 99, payload: 'late' });
    hear(made, 'zzzz', { type: 'more', session: 99, payload: 'late' });
    expect(made.fakes).toHaveLength(1);
    expect(made.fakes[0]!.fed).toEqual(['offer']);
    expect(made.sent.at(-1)!.signal).toMatchObject({ type: 'stale', session: 100 });
  });

  it('replaces the link when the initiator begins anew', () => {
    const made = followed();
    hear(made, 'zzzz', { type: 'offer', session: 101, payload: 'new' });
    expect(made.log).toEqual(['up zzzz', 'down zzzz by us']);
    expect(made.fakes[0]!.closed).toBe(true);
    made.fakes[0]!.events.open();
    made.fakes[0]!.events.received('from the old one');
    made.fakes[0]!.events.closed(true);
    made.fakes[1]!.events.open();
    made.fakes[1]!.events.received('x');
    expect(made.log.slice(2)).toEqual(['up zzzz', 'received zzzz x']);
  });

  it('takes a new page of the initiator as the end of the old one', () => {
    const made = followed();
    hear(made, 'zzzz', { type: 'offer', session: 101, incarnation: 8, payload: 'new' });
    expect(made.log).toEqual(['up zzzz', 'down zzzz by peer']);
  });

  it('asks again at once, with the number, when an open link is lost, then less and less often', () => {
    const made = followed();
    made.fakes[0]!.events.closed(false);
    made.clock.advance(LINK_TIMING.reopenMs);
    expect(made.sent.slice(1).map(({ signal }) => [signal.type, signal.session])).toEqual([
      ['ask', 100],
    ]);
    made.clock.advance(60_000);
    expect(made.sent.length).toBeGreaterThan(5);
    expect(made.sent.length).toBeLessThan(20);
  });

  it('does not treat asks and stales as its own business', () => {
    const made = followed();
    hear(made, 'zzzz', { type: 'ask', session: 100 });
    hear(made, 'zzzz', { type: 'stale', session: 100 });
    expect(made.log.filter((line) => line.startsWith('refused'))).toHaveLength(2);
  });
});

describe('either side', () => {
  it('stops for good after disconnect, but accepts the peer later', () => {
    const made = followed();
    made.links.disconnect('zzzz');
    made.clock.advance(60_000);
    expect(made.log).toEqual(['up zzzz']);
    expect(made.fakes[0]!.closed).toBe(true);
    expect(made.sent).toHaveLength(1);
    hear(made, 'zzzz', { type: 'more', session: 100, payload: 'late' });
    expect(made.fakes).toHaveLength(1);
    hear(made, 'zzzz', { type: 'offer', session: 101, payload: 'new' });
    expect(made.fakes).toHaveLength(2);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['an unknown type', { type: 'hello', session: 1, incarnation: 1 }],
    ['no session', { type: 'ask', incarnation: 1 }],
    ['a broken session', { type: 'ask', session: 1.5, incarnation: 1 }],
    ['a session out of bounds', { type: 'ask', session: 2 ** 53, incarnation: 1 }],
    ['an offer of nothing', { type: 'offer', session: 1, incarnation: 1 }],
    ['an extra field', { type: 'ask', session: 1, incarnation: 1, more: 1 }],
  ])('refuses %s as a signal', (_what, signal) => {
    const { links, log, fakes } = bench();
    links.signal('zzzz', signal, 'coordinator');
    links.signal('aaaa', signal, 'coordinator');
    expect(log).toHaveLength(2);
    expect(new Set(log)).toEqual(new Set(['refused signal: not one between links']));
    expect(fakes).toEqual([]);
  });

  it.each<[string, NodeId, Partial<LinkSignal>]>([
    [
      'an offer that no connection can use',
      'zzzz',
      { type: 'offer', session: 101, payload: 'bad' },
    ],
    ['more that no connection can use', 'zzzz', { type: 'more', session: 100, payload: 'bad' }],
    ['an offer from who only answers', 'aaaa', { type: 'offer', session: 1, payload: 'offer' }],
    ['an ask from who makes the offers', 'zzzz', { type: 'ask', session: 100 }],
    ['a stale from who makes the offers', 'zzzz', { type: 'stale', session: 100 }],
    ['nonsense', 'zzzz', { type: 'ask' }],
  ])('is as it was after %s: the link is open, and nobody has a slot by it', (_what, from, bad) => {
    const made = followed();
    const before = JSON.stringify([made.links.held(), made.fakes]);
    expect(made.links.signal(from, { incarnation: 7, ...bad }, 'coordinator')).toBe(false);
    expect(JSON.stringify([made.links.held(), made.fakes])).toBe(before);
    expect(made.log).toEqual(['up zzzz', expect.stringMatching(/^refused signal: /)]);
  });

  it('refuses signals from what is no node, and from itself', () => {
    const { links, log } = bench();
    for (const from of ['', 'No Id', 'mmmm']) {
      links.signal(from, { type: 'ask', session: 0, incarnation: 1 }, 'coordinator');
    }
    expect(log).toHaveLength(3);
  });

  it('links to a bounded number of peers, and forgets those it does not need first', () => {
    const made = bench();
    for (let n = 0; n < MAX_LINKS; n++) made.links.connect(`node${n}`);
    made.links.connect('more1');
    expect(made.log).toEqual(['refused link: too many peers']);
    made.links.disconnect('node5');
    made.links.connect('more1');
    expect(made.log).toHaveLength(1);
  });

  it('leaves nothing behind when it is closed', () => {
    const made = followed();
    made.links.connect('aaaa');
    made.links.close();
    expect(made.clock.pending).toBe(0);
    expect(made.fakes.every((fake) => fake.closed)).toBe(true);
    made.links.connect('bbbb');
    made.fakes[0]!.events.closed(true);
    expect(made.log).toEqual(['up zzzz']);
    expect(made.fakes).toHaveLength(2);
  });
});
