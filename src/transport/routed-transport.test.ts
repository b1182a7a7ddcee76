import { describe, expect, it } from 'vitest';
import type { Identity, NodeId } from '../core/identity.ts';
import { FLOOD_TIMING } from './flooding.ts';
import type { Coordinator, CoordinatorEvents, LinkEvents, LinkLayer, SignalPath } from './links.ts';
import { RoutedTransport } from './routed-transport.ts';
import { seeded, TestClock } from './test-clock.ts';
import { TestNode } from './test-node.ts';
import { MAX_ADVERT_SIZE, MAX_HOPS, type WireMessage } from './wire.ts';

class FakeLinks implements LinkLayer {
  events!: LinkEvents;
  readonly sent: { to: NodeId; message: WireMessage }[] = [];
  readonly calls: string[] = [];
  readonly signals: string[] = [];
  result: 'sent' | 'closed' | 'too-large' = 'sent';

  start(_self: NodeId, events: LinkEvents): void {
    this.events = events;
  }

  connect(peer: NodeId): void {
    this.calls.push(`connect ${peer}`);
  }

  nudge(peer: NodeId): void {
    this.calls.push(`nudge ${peer}`);
  }

  relax(peer: NodeId): void {
    this.calls.push(`relax ${peer}`);
  }

  release(peer: NodeId): void {
    this.calls.push(`release ${peer}`);
  }

  disconnect(peer: NodeId): void {
    this.calls.push(`disconnect ${peer}`);
  }

  send(to: NodeId, message: WireMessage): typeof this.result {
    this.sent.push({ to, message });
    return this.result;
  }

  signal(from: NodeId, signal: unknown, path: SignalPath): boolean {
    this.signals.push(`${from} ${String(signal)} by ${path}`);
    return true;
  }

  close(): void {
    this.calls.push('close');
  }
}

class FakeCoordinator implements Coordinator {
  events!: CoordinatorEvents;
  readonly sent: string[] = [];
  works = true;

  start(_self: Identity, events: CoordinatorEvents): void {
    this.events = events;
  }

  signal(to: NodeId, signal: unknown): boolean {
    if (this.works) this.sent.push(`${to} ${String(signal)}`);
    return this.works;
  }

  list(): void {
    this.sent.push('list');
  }

  close(): void {
    this.sent.push('close');
  }
}

function peer(id: NodeId): Identity {
  return { id, priority: 1 };
}

/** The node `self` with everything below it faked. */
function bench() {
  const clock = new TestClock();
  const links = new FakeLinks();
  const coordinator = new FakeCoordinator();
  const transport = new RoutedTransport({ links, coordinator, clock, random: seeded(9) });
  const node = new TestNode('self', transport);
  let sequence = 1;
  return {
    clock,
    links,
    coordinator,
    node,
    transport,
    /** A link of ours opens. */
    up: (...ids: NodeId[]) => ids.forEach((id) => links.events.up(id)),
    hear: (from: NodeId, message: unknown) => links.events.received(from, message),
    /** A neighbour passes on what a node advertises. */
    advert: (from: NodeId, origin: NodeId, ...neighbours: NodeId[]) =>
      links.events.received(from, {
        kind: 'neighbours',
        adverts: [{ origin, sequence: sequence++, neighbours }],
      }),
    /** What was sent of these kinds, and to whom; forgets all that was sent. */
    took: (...kinds: WireMessage['kind'][]) => {
      const taken = links.sent.filter(({ message }) => kinds.includes(message.kind));
      links.sent.length = 0;
      return taken;
    },
  };
}

/** All that is to be said has been said, where there are ten neighbours at the most. */
const SETTLED_MS = 10 * FLOOD_TIMING.addedMs;

type Bench = ReturnType<typeof bench>;

const data = { kind: 'data', source: 'far1', target: 'self', hops: 1, body: 'x' } as const;

/** With a link to `near` over which `far1` and `far2` can be reached. */
function relayed() {
  const made = bench();
  made.up('near', 'more');
  made.advert('near', 'near', 'far1', 'far2', 'self');
  made.advert('near', 'far1', 'near');
  made.advert('near', 'far2', 'near');
  made.clock.advance(SETTLED_MS);
  made.links.sent.length = 0;
  made.links.calls.length = 0;
  return made;
}

/** As above, and `more` can be reached over `near` too. */
function wayRound() {
  const made = relayed();
  made.advert('near', 'far1', 'more', 'near');
  made.advert('near', 'more', 'far1', 'self');
  made.links.sent.length = 0;
  return made;
}

describe('relaying', () => {
  it('passes a message on and counts its hops', () => {
    const made = relayed();
    made.hear('more', { ...data, source: 'more', target: 'far1', hops: 2 });
    expect(made.links.sent).toEqual([
      { to: 'near', message: { ...data, source: 'more', target: 'far1', hops: 3 } },
    ]);
    expect(made.node.messages).toEqual([]);
  });

  it('passes nothing on that has taken as many links as there are other nodes', () => {
    const made = relayed();
    made.hear('more', { ...data, source: 'more', target: 'far1', hops: 3 });
    made.hear('more', { ...data, source: 'more', target: 'far1', hops: MAX_HOPS });
    expect(made.links.sent).toEqual([]);
  });

  it('passes on nothing that is too deep to be encoded again: the next link would die of it', () => {
    const made = relayed();
    const body: unknown = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000));
    made.hear('more', { ...data, source: 'more', target: 'far1', body });
    expect(made.links.sent).toEqual([]);
    expect(made.node.refused).toEqual(['wire: too deep']);
  });

  it('never turns a message back to where it came from', () => {
    const made = relayed();
    made.hear('near', { ...data, source: 'far2', target: 'far1' });
    expect(made.links.sent).toEqual([]);
  });

  it('takes no message that it sent itself', () => {
    const made = relayed();
    made.hear('near', { ...data, source: 'self', target: 'self' });
    made.hear('near', { ...data, source: 'self', target: 'more' });
    expect(made.links.sent).toEqual([]);
    expect(made.node.messages).toEqual([]);
  });

  it('loses what has no way on', () => {
    const made = relayed();
    made.hear('near', { ...data, target: 'unknown' });
    expect(made.links.sent).toEqual([]);
    expect(made.node.refused).toEqual([]);
  });

  it('passes signals on, and hands ours to the link layer', () => {
    const made = relayed();
    const signal = { kind: 'signal', source: 'far1', target: 'self', hops: 1, signal: 'offer' };
    made.hear('near', signal);
    made.hear('near', { ...signal, target: 'more' });
    expect(made.links.signals).toEqual(['far1 offer by peers']);
    expect(made.took('signal')).toEqual([
      { to: 'more', message: { ...signal, target: 'more', hops: 2 } },
    ]);
  });
});

describe('a cut', () => {
  it('shuts out what the peer itself sends, whomever it is from', () => {
    const made = relayed();
    made.node.faults({ to: ['near'], cut: true });
    made.hear('near', { ...data, source: 'near' });
    made.hear('near', data);
    made.hear('near', { ...data, target: 'more' });
    made.advert('near', 'far1', 'more');
    made.clock.advance(1);
    expect(made.took('data')).toEqual([]);
    expect(made.node.messages).toEqual([]);
    expect(made.node.dropped.map(({ peer: from, why }) => [from, why])).toEqual([
      ['near', 'cut-incoming'],
      ['far1', 'cut-incoming'],
      ['far1', 'cut-incoming'],
    ]);
  });

  it('shuts out what others relay from and for the peer', () => {
    const made = relayed();
    made.node.faults({ to: ['far1'], cut: true });
    made.hear('near', data);
    made.hear('near', { ...data, target: 'more' });
    made.hear('more', { ...data, source: 'more', target: 'far1' });
    made.hear('near', { ...data, kind: 'signal', signal: 1, body: undefined });
    expect(made.took('data')).toEqual([]);
    expect(made.node.messages).toEqual([]);
    expect(made.links.signals).toEqual([]);
  });

  it('is told to the peer in time, so that nobody sends over a deaf node; then silence', () => {
    const made = relayed();
    made.node.faults({ to: ['near'], cut: true });
    const first = made.took('neighbours');
    expect(first).toHaveLength(1);
    expect(first[0]).toMatchObject({
      to: 'near',
      message: { adverts: [{ origin: 'self', neighbours: ['more'] }] },
    });
    made.clock.advance(60_000);
    expect(new Set(made.took('neighbours').map(({ to }) => to))).toEqual(new Set(['more']));
  });

  it('keeps what a delay rule still holds for the peer', () => {
    const made = relayed();
    made.node.faults({ delayMs: [50, 50] });
    made.transport.send('near', 'late');
    made.node.faults({ to: ['near'], cut: true });
    made.clock.advance(100);
    expect(made.took('data')).toEqual([]);
    expect(made.node.dropped).toEqual([{ peer: 'near', message: 'late', why: 'cut' }]);
  });

  it('stops signals over peers, and no farewell goes out', () => {
    const made = relayed();
    made.node.faults({ cut: true });
    made.coordinator.works = false;
    expect(made.links.events.signal('far1', 'offer', 'peers')).toBe(false);
    made.links.sent.length = 0;
    made.node.close();
    expect(made.links.sent).toEqual([]);
  });

  it('is over when it is healed: the peer gets to know everything again', () => {
    const made = relayed();
    made.node.faults({ to: ['more'], cut: true });
    made.clock.advance(SETTLED_MS);
    made.links.sent.length = 0;
    made.node.faults();
    made.clock.advance(SETTLED_MS);
    const [toMore] = made.took('neighbours').filter(({ to }) => to === 'more');
    const { adverts } = toMore!.message as Extract<WireMessage, { kind: 'neighbours' }>;
    expect(adverts.map(({ origin }) => origin)).toEqual(['self', 'near', 'far1', 'far2']);
  });
});

describe('adverts', () => {
  it('tell a new neighbour everything and the others what changed', () => {
    const made = relayed();
    made.up('new1');
    made.clock.advance(SETTLED_MS);
    const sent = made.took('neighbours').map(({ to, message }) => {
      const { adverts } = message as Extract<WireMessage, { kind: 'neighbours' }>;
      return [to, adverts.map(({ origin }) => origin)];
    });
    expect(sent).toEqual([
      ['more', ['self']],
      ['near', ['self']],
      ['new1', ['self', 'near', 'far1', 'far2']],
    ]);
  });

  it('of a lost link go out sooner than those of a new one', () => {
    const made = relayed();
    made.up('new1', 'new2', 'new3');
    made.clock.advance(FLOOD_TIMING.gatherMs);
    made.up('new4');
    made.clock.advance(FLOOD_TIMING.lostMs);
    expect(made.took('neighbours'), 'without new4').toHaveLength(5);
    made.links.events.down('new1', false);
    made.clock.advance(FLOOD_TIMING.gatherMs);
    const told = made.took('neighbours').map(({ to }) => to);
    expect(told).toEqual(['more', 'near', 'new2', 'new3', 'new4']);
    made.clock.advance(SETTLED_MS);
    expect(made.took('neighbours'), 'nothing is left to say').toEqual([]);
  });

  it('of others are passed on together, and not to who knows them', () => {
    const made = bench();
    made.up('near', 'more', 'third');
    made.clock.advance(SETTLED_MS);
    made.links.sent.length = 0;
    made.advert('near', 'far1', 'near');
    made.advert('near', 'far2', 'near');
    // The same, from another side.
    const known = made.transport.held().adverts.filter(({ origin }) => origin === 'far2');
    made.hear('third', { kind: 'neighbours', adverts: known });
    made.clock.advance(SETTLED_MS);
    const sent = made.took('neighbours').map(({ to, message }) => {
      const { adverts } = message as Extract<WireMessage, { kind: 'neighbours' }>;
      return [to, adverts.map(({ origin }) => origin)];
    });
    expect(sent).toEqual([
      ['more', ['far1', 'far2']],
      ['third', ['far1']],
    ]);
  });

  it('of others that lost a link are passed on sooner', () => {
    const made = bench();
    made.up('near', 'more', 'new1', 'new2', 'new3', 'new4');
    made.advert('near', 'far1', 'far2', 'near');
    made.clock.advance(FLOOD_TIMING.gatherMs);
    made.links.sent.length = 0;
    made.advert('near', 'far1', 'near');
    made.clock.advance(FLOOD_TIMING.lostMs);
    expect(made.took('neighbours')).toHaveLength(5);
  });

  it('that are stale are answered with the newest, once', () => {
    const made = relayed();
    made.hear('more', {
      kind: 'neighbours',
      adverts: [{ origin: 'far1', sequence: 0, neighbours: ['more'] }],
    });
    expect(made.took('neighbours')).toMatchObject([
      { to: 'more', message: { adverts: [{ origin: 'far1', neighbours: ['near'] }] } },
    ]);
  });

  it('of an earlier life of ours are outdone at once', () => {
    const made = relayed();
    const sequence = made.clock.wall() + 1_000_000;
    made.hear('more', {
      kind: 'neighbours',
      adverts: [{ origin: 'self', sequence, neighbours: ['gone'] }],
    });
    made.clock.advance(FLOOD_TIMING.lostMs);
    const sent = made.took('neighbours');
    expect(sent.map(({ to }) => to)).toEqual(['more', 'near']);
    expect(sent[0]!.message).toMatchObject({ adverts: [{ sequence: sequence + 1 }] });
  });

  it('are sent again after a while, with a greater sequence', () => {
    const made = relayed();
    const seen: number[] = [];
    for (let n = 0; n < 3; n++) {
      made.clock.advance(FLOOD_TIMING.refreshMs * 1.25);
      for (const { to, message } of made.took('neighbours')) {
        if (to !== 'near' || message.kind !== 'neighbours') continue;
        seen.push(message.adverts[0]!.sequence);
      }
    }
    expect(seen.length).toBeGreaterThanOrEqual(3);
    expect(new Set(seen).size).toBe(seen.length);
  });
});

describe('the state of a peer', () => {
  it('follows the links and the routes', () => {
    const made = bench();
    const { node, links } = made;
    node.meet({ peer: peer('far1') });
    made.clock.advance(1);
    made.up('near');
    made.advert('near', 'near', 'far1', 'self');
    made.advert('near', 'far1', 'near');
    made.up('far1');
    links.events.down('far1', false);
    made.advert('near', 'near', 'self');
    made.transport.keepLinks([], []);
    made.clock.advance(1);
    const states = node.links.filter((link) => link.peer === 'far1').map(({ state }) => state);
    expect(states).toEqual(['connecting', 'relayed', 'open', 'relayed', 'connecting', 'closed']);
  });

  it('is closed by a goodbye although others have not noticed yet, until the peer is seen again', () => {
    const made = bench();
    const { node } = made;
    node.meet({ peer: peer('near') });
    made.clock.advance(1);
    made.up('near', 'more');
    made.advert('near', 'near', 'more', 'self');
    made.advert('more', 'more', 'near', 'self');
    made.hear('near', { kind: 'bye' });
    expect(node.links.at(-1)).toEqual({ peer: 'near', state: 'closed', closedByPeer: true });
    expect(made.links.calls.at(-1)).toBe('disconnect near');
    made.coordinator.events.joined(peer('near'));
    expect(made.links.calls.slice(-2)).toEqual(['connect near', 'nudge near']);
    expect(node.links.at(-1)).toEqual({ peer: 'near', state: 'connecting', closedByPeer: false });
  });

  it('is tried at once when peers can reach it again', () => {
    const made = bench();
    made.node.meet({ peer: peer('far1') });
    made.up('near');
    made.advert('near', 'near', 'far1', 'self');
    made.advert('near', 'far1', 'near');
    expect(made.links.calls).toContain('nudge far1');
  });
});

describe('links that are kept on purpose', () => {
  it('take nothing for others to a neighbour to avoid, and the neighbour itself gets everything', () => {
    const made = relayed();
    made.advert('more', 'more', 'far2', 'self');
    made.advert('more', 'far2', 'more', 'near');
    made.links.sent.length = 0;
    made.transport.keepLinks(['near', 'more'], ['near']);
    made.clock.advance(FLOOD_TIMING.lostMs);
    expect(made.took('neighbours')).toMatchObject([
      { to: 'more', message: { adverts: [{ origin: 'self', neighbours: ['more'] }] } },
    ]);
    made.transport.send('far2', 'round it');
    made.transport.send('near', 'still there?');
    expect(made.took('data').map(({ to }) => to)).toEqual(['more', 'near']);
    made.transport.keepLinks(['near', 'more'], []);
    made.clock.advance(SETTLED_MS);
    const everything = made.took('neighbours').find(({ to }) => to === 'near');
    expect(everything?.message).toMatchObject({
      adverts: [{ neighbours: ['more', 'near'] }, {}, {}, {}, {}],
    });
  });

  it('are told to the other end when it may close them, and when they are needed again', () => {
    const made = wayRound();
    made.transport.keepLinks(['near'], []);
    made.transport.keepLinks(['near', 'more'], []);
    made.transport.keepLinks(['near', 'more'], []);
    const said = made.took('need').map(({ to, message }) => ({ to, ...message }));
    expect(said).toEqual([
      { to: 'more', kind: 'need', needed: false },
      { to: 'more', kind: 'need', needed: true },
    ]);
  });

  it('are told again and again, for what was said may have been lost', () => {
    const made = wayRound();
    made.transport.keepLinks(['near'], []);
    made.took('need');
    made.clock.advance(FLOOD_TIMING.refreshMs * 1.25);
    expect(made.took('need').map(({ to, message }) => ({ to, ...message }))).toEqual([
      { to: 'near', kind: 'need', needed: true },
      { to: 'more', kind: 'need', needed: false },
    ]);
  });

  it('are needed by who knows no way round them yet, though the other end may know one', () => {
    const made = relayed();
    made.transport.keepLinks(['near'], []);
    made.hear('more', { kind: 'need', needed: false });
    expect(made.took('need', 'part'), 'its farewell would be taken for a failure').toEqual([]);
    made.advert('near', 'far1', 'more', 'near');
    made.advert('near', 'more', 'far1', 'self');
    expect(made.took('need', 'part').map(({ message }) => message)).toEqual([
      { kind: 'need', needed: false },
      { kind: 'part' },
    ]);
  });

  it.each([
    ['a link of the way round breaks', (made: Bench) => made.links.events.down('near', false)],
    ['the way round says goodbye', (made: Bench) => made.hear('near', { kind: 'bye' })],
    ['the way round parts from us', (made: Bench) => made.hear('near', { kind: 'part' })],
    ['the way round is cut', (made: Bench) => made.node.faults({ cut: true, to: ['near'] })],
  ])('are needed again when %s', (_what, happens) => {
    const made = wayRound();
    made.transport.keepLinks(['near'], []);
    made.links.sent.length = 0;
    happens(made);
    expect(made.took('need')).toEqual([{ to: 'more', message: { kind: 'need', needed: true } }]);
  });

  it('are needed again when they were the way round one that was closed', () => {
    const made = bench();
    made.up('near', 'more');
    made.advert('near', 'near', 'more', 'self');
    made.advert('more', 'more', 'near', 'self');
    made.transport.keepLinks([], []);
    made.hear('near', { kind: 'need', needed: false });
    const said = made.took('need', 'part').map(({ to, message }) => ({ to, ...message }));
    expect(said.slice(-2)).toEqual([
      { to: 'near', kind: 'part' },
      { to: 'more', kind: 'need', needed: true },
    ]);
  });

  it('are made again when the other end closed one that is needed by now', () => {
    const made = relayed();
    made.transport.keepLinks(['near', 'more'], []);
    made.hear('more', { kind: 'part' });
    expect(made.links.calls.slice(-2)).toEqual(['disconnect more', 'connect more']);
    made.clock.advance(1);
    expect(made.node.links.at(-1)).toEqual({
      peer: 'more',
      state: 'connecting',
      closedByPeer: false,
    });
  });

  it('are closed by who hears that the other end does without too, with a word before', () => {
    const made = wayRound();
    made.transport.keepLinks(['near'], []);
    made.hear('more', { kind: 'need', needed: false });
    expect(made.took('part').map(({ to }) => to)).toEqual(['more']);
    expect(made.links.calls.at(-1)).toBe('disconnect more');
    made.clock.advance(1);
    expect(made.node.links.at(-1)).toEqual({ peer: 'more', state: 'relayed', closedByPeer: false });
  });
});

describe('signals', () => {
  it('take the path they ask for, and the other one when it fails', () => {
    const made = relayed();
    const { coordinator, links } = made;
    coordinator.events.state('connected');
    expect(links.events.signal('far1', 'a', 'coordinator')).toBe(true);
    expect(links.events.signal('far1', 'b', 'peers')).toBe(true);
    expect(links.events.signal('unknown', 'c', 'peers')).toBe(true);
    coordinator.works = false;
    expect(links.events.signal('far1', 'd', 'coordinator')).toBe(true);
    expect(links.events.signal('unknown', 'e', 'coordinator')).toBe(false);
    expect(coordinator.sent).toEqual(['far1 a', 'unknown c']);
    expect(made.took('signal').map(({ to, message }) => [to, message])).toMatchObject([
      ['near', { target: 'far1', signal: 'b' }],
      ['near', { target: 'far1', signal: 'd' }],
    ]);
    coordinator.events.signal('far1', 'back');
    expect(links.signals).toEqual(['far1 back by coordinator']);
  });
});

describe('the coordinator', () => {
  it('is asked and reported', () => {
    const { coordinator, node, transport, links } = bench();
    node.meet({ peer: peer('met1') });
    links.calls.length = 0;
    coordinator.events.state('connected');
    coordinator.events.members([peer('self'), peer('met1')]);
    expect(node.members.map(({ id }) => id)).toEqual(['met1']);
    expect(links.calls).toEqual(['connect met1', 'nudge met1']);
    coordinator.events.members([peer('met1')]);
    expect(links.calls, 'no news').toHaveLength(2);
    coordinator.events.joined(peer('new1'));
    expect(node.members.map(({ id }) => id)).toEqual(['met1', 'new1']);
    expect(links.calls, 'not met').toHaveLength(2);
    coordinator.events.gone('new1');
    expect(node.hints).toEqual(['new1']);
    coordinator.events.state('disconnected');
    expect(node.coordinator).toBe('disconnected');
    coordinator.events.members([peer('met1')]);
    expect(links.calls, 'news again').toHaveLength(4);
    transport.requestMembers();
    expect(coordinator.sent).toEqual(['list']);
  });
});

describe('a coordinator that has just started', () => {
  it('has whom it knows linked, and the owner told with its settled list only (J1)', () => {
    const { coordinator, node, links } = bench();
    coordinator.events.state('connected');
    coordinator.events.arrived([peer('self'), peer('new1')]);
    coordinator.events.arrived([peer('new2')]);
    expect(links.calls.filter((call) => call.startsWith('connect'))).toEqual([
      'connect new1',
      'connect new2',
    ]);
    expect(node.members).toEqual([]);
    coordinator.events.members([peer('new1'), peer('new2')]);
    expect(node.members.map(({ id }) => id)).toEqual(['new1', 'new2']);
  });

  it('brings those back that were met, and no others where the owner chooses its links (N3)', () => {
    const { coordinator, node, links, transport } = bench();
    transport.keepLinks(['met1'], []);
    links.calls.length = 0;
    coordinator.events.state('connected');
    coordinator.events.arrived([peer('met1'), peer('new1')]);
    expect(links.calls).toEqual(['connect met1', 'nudge met1']);
    expect(node.members).toEqual([]);
  });
});

describe('losses', () => {
  it.each([
    ['closed', 'unreachable'],
    ['too-large', 'too-large'],
  ] as const)('of a link that says %s are told as %s', (result, why) => {
    const made = relayed();
    made.links.result = result;
    made.node.send({ id: 'near' }, 'x');
    made.clock.advance(1);
    expect(made.node.dropped).toEqual([{ peer: 'near', message: 'x', why }]);
  });
});

describe('after the end', () => {
  it('nothing is sent, called back or left waiting', () => {
    const made = relayed();
    made.node.faults({ delayMs: [50, 50] });
    made.transport.send('near', 'held');
    made.node.close();
    expect(made.took('bye').map(({ to }) => to)).toEqual(['near', 'more']);
    expect(made.links.calls).toEqual(['close']);
    expect(made.coordinator.sent).toEqual(['close']);
    expect(made.clock.pending).toBe(0);
    const links = made.node.links.length;
    made.transport.send('near', 'x');
    made.transport.meet([peer('near')]);
    made.transport.requestMembers();
    made.transport.close();
    made.links.events.down('near', true);
    made.hear('near', data);
    made.clock.advance(60_000);
    expect(made.links.sent).toEqual([]);
    expect(made.node.links).toHaveLength(links);
    expect(made.node.messages).toEqual([]);
    expect(made.links.calls).toEqual(['close']);
  });
});

it('a coordinator that tells of ever more members fills no memory', () => {
  const made = bench();
  for (let i = 0; i < 300; i++) made.coordinator.events.joined(peer(`stranger${i}`));
  expect(made.node.members).toHaveLength(256);
  expect(made.node.refused).toHaveLength(44);
  expect(made.node.refused[0]).toBe('more members than a park can have');
  for (let i = 300; i < 400; i++) made.coordinator.events.arrived([peer(`stranger${i}`)]);
  expect(made.node.refused).toHaveLength(144);
});

it('a coordinator that starts again and again, with others each time, fills no memory', () => {
  const { coordinator, links, node, transport } = bench();
  for (let start = 0; start < 20; start++) {
    coordinator.events.state('disconnected');
    coordinator.events.state('connected');
    coordinator.events.arrived(Array.from({ length: 20 }, (_, i) => peer(`tab${start * 20 + i}`)));
  }
  expect(transport.held().met).toHaveLength(256);
  expect(links.calls.filter((call) => call.startsWith('connect'))).toHaveLength(256);
  expect(node.refused).toHaveLength(144);
  // Its whole list is the owner's business.
  transport.meet([peer('tab399')]);
  expect(links.calls.at(-1)).toBe('connect tab399');
});

it('a neighbour that tells of ever more nodes fills no memory', () => {
  const made = bench();
  made.up('near');
  const far = Array.from({ length: MAX_ADVERT_SIZE - 2 }, (_, i) => `remote${i + 10}`);
  made.advert('near', 'near', ...far, 'self');
  for (const origin of far) made.advert('near', origin, 'near');
  expect(made.node.refused).toEqual([]);
  made.advert('near', 'another', 'near');
  expect(made.node.refused).toEqual(['routing: too many nodes']);
});
