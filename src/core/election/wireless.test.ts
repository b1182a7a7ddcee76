import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NodeId, Peer } from '../identity.ts';
import { ElectionNet } from '../testing/election-net.ts';
import { connectedGraph, staysConnected } from '../testing/graphs.ts';
import { seeded } from '../testing/random.ts';
import { WirelessElection } from './wireless.ts';

const RUNS = Number(process.env['RUNS'] ?? 200);

function name(number: number): NodeId {
  return `node${String(number).padStart(2, '0')}`;
}

function peers(count: number): Peer[] {
  return Array.from({ length: count }, (_, i) => ({
    id: name(i + 1),
    priority: i + 1,
    name: `Gate ${String(i + 1)}`,
  }));
}

type Links = readonly (readonly [NodeId, NodeId])[];

function network(count: number, links: Links | null, seed = 1): ElectionNet {
  return new ElectionNet(peers(count), links, seed, (...parts) => new WirelessElection(...parts));
}

/** Each is linked to the next only. */
function chain(count: number): Links {
  return Array.from({ length: count - 1 }, (_, i) => [name(i + 1), name(i + 2)] as const);
}

describe('one wave', () => {
  test('E10, E11: alone, a node has won at once', () => {
    const net = network(1, null);
    net.start(name(1));
    net.runUntil(() => net.settledOn === name(1), 100);
    expect(net.sent).toEqual([]);
  });

  test('E10, E11: over every link go two messages, whatever the network is like: 2E', () => {
    const random = seeded(5);
    for (let n = 2; n <= 12; n++) {
      const ids = peers(n).map(({ id }) => id);
      const links = connectedGraph(ids, n, random);
      const net = network(n, links, n);
      net.start(name(1 + Math.floor(random() * n)));
      net.runUntil(() => net.settledOn !== null, 2000);
      expect(net.settledOn).toBe(name(n));
      expect(net.count('ELECTION_STARTED') + net.count('ELECTION_VOTE')).toBe(2 * links.length);
    }
  });

  test('E10: that of a greater source outlasts the heartbeats of the leader that it challenges', () => {
    const net = network(40, chain(40));
    net.lead(name(39));
    // Forty links there and back take longer than from one heartbeat to the next.
    net.runUntil(() => net.settledOn === name(40), 10_000);
  });

  test('E12: the result goes over the tree of a chain once', () => {
    const net = network(5, chain(5));
    net.start(name(2));
    net.runUntil(() => net.settledOn === name(5), 1000);
    expect(net.count('ELECTION_FINISHED')).toBe(4);
  });
});

describe('several waves', () => {
  test('E10: if all start at once the wave of the greatest source swallows the others', () => {
    const net = network(10, chain(10));
    for (const id of net.alive) net.start(id);
    net.runUntil(() => net.settledOn === name(10), 1000);
    const finished = net.sent.flatMap(({ message }) =>
      message.type === 'ELECTION_FINISHED' ? [message.wave.source.id] : [],
    );
    expect(new Set(finished)).toEqual(new Set([name(10)]));
  });

  test('E10: what comes twice or late of a wave that is over starts nothing', () => {
    const net = network(3, chain(3));
    net.start(name(1));
    net.runUntil(() => net.settledOn === name(3), 1000);
    const count = net.sent.length;
    const first = net.sent.find(({ message }) => message.type === 'ELECTION_STARTED');
    if (first) net.deliver(first);
    net.run(5000);
    expect(net.sent).toHaveLength(count);
    expect(net.settledOn).toBe(name(3));
  });
});

describe('nodes that die half-way', () => {
  test('E11: a wave that comes to a child twice does not cancel what that has voted', () => {
    const net = network(4, chain(4));
    net.start('node02');
    const isStarted = ({ message }: (typeof net.sent)[number]): boolean =>
      message.type === 'ELECTION_STARTED';
    const toChild = (): (typeof net.sent)[number] | undefined =>
      net.sent.find((sent) => isStarted(sent) && sent.from === 'node02' && sent.to === 'node03');
    const voted = (): boolean =>
      net.sent.some(({ from, message }) => from === 'node03' && message.type === 'ELECTION_VOTE');
    net.runUntil(voted, 1000);
    const again = toChild();
    if (again) net.deliver(again);
    const votes = net.sent.flatMap(({ from, message }) =>
      from === 'node03' && message.type === 'ELECTION_VOTE' ? [message.best?.id] : [],
    );
    expect(votes).toEqual(['node04', 'node04']);
  });

  test('E13: a child that dies has no vote', () => {
    // 1 - 2, 1 - 3: node 3 has the wave and dies.
    const net = network(3, [
      [name(1), name(2)],
      [name(1), name(3)],
    ]);
    net.start(name(1));
    net.crash(name(3));
    net.runUntil(() => net.settledOn === name(2), 5000);
  });

  test('E13: the source dies: its children start anew', () => {
    const net = network(4, [[name(1), name(3)], ...chain(4)]);
    net.start(name(1));
    net.runUntil(() => net.count('ELECTION_STARTED') >= 3, 1000);
    net.crash(name(1));
    net.runUntil(() => net.settledOn === name(4), 8000);
  });

  test('E13: the winner dies before it shows', () => {
    const net = network(4, null);
    net.start(name(1));
    net.runUntil(() => net.count('ELECTION_FINISHED') > 0, 1000);
    net.crash(name(4));
    net.runUntil(() => net.settledOn === name(3), 8000);
  });

  test('E13: who lives and never votes has no vote in the end', () => {
    const net = network(4, null);
    net.passes = (from) => from !== name(2);
    net.start(name(1));
    net.runUntil(() => net.settledOn === name(4), 5000);
  });

  test('E12, L1: the result counts also for who has voted and lost patience meanwhile', () => {
    // 6 - 7 - 5 - 4 - 3 - 2 - 1: the greatest source can't win itself, and waits for long, since node 1 never answers.
    const net = network(7, [[name(6), name(7)], [name(7), name(5)], ...chain(5)]);
    net.votersTo = () => peers(6);
    net.passes = (from) => from !== name(1);
    for (const id of net.alive) net.start(id);
    net.runUntil(() => net.settledOn === name(6), 60_000);
  });

  test('E13: a vote that was lost is asked for by a new wave', () => {
    const net = network(3, chain(3));
    net.passes = (from) => from !== name(2);
    net.start(name(1));
    net.run(300);
    net.passes = () => true;
    net.runUntil(() => net.settledOn === name(3), 10_000);
  });
});

test('E9: in any connected network, whoever starts it and whoever dies in between, it ends with the greatest that lives', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 20 }),
      fc.integer(),
      fc.nat(20),
      fc.array(fc.tuple(fc.nat(19), fc.nat(1500)), { maxLength: 3 }),
      fc.array(fc.tuple(fc.nat(19), fc.nat(1500)), { minLength: 1, maxLength: 5 }),
      (count, seed, more, crashes, starts) => {
        const ids = peers(count).map(({ id }) => id);
        const links = connectedGraph(ids, more, seeded(seed));
        const net = network(count, links, seed);
        const events = [
          ...starts.map(([who, at]) => ({ at, crash: false, id: name((who % count) + 1) })),
          ...crashes.map(([who, at]) => ({ at, crash: true, id: name((who % count) + 1) })),
        ].sort((a, b) => a.at - b.at);
        for (const { at, crash, id } of events) {
          net.run(Math.max(0, at - net.now));
          const rest = net.alive.filter((other) => other !== id);
          if (!crash) net.start(id);
          else if (rest.length > 0 && staysConnected(rest, links)) net.crash(id);
        }
        for (const id of net.alive) net.start(id);
        net.runUntil(() => net.settledOn === net.greatestAlive, 20_000);
      },
    ),
    { numRuns: RUNS },
  );
});
