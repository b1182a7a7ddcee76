import { describe, expect, it } from 'vitest';
import type { NodeId } from '../core/identity.ts';
import { MemoryConnection } from './memory-link.ts';
import { MemoryNetwork, MemoryNode, type Delivery, type MemoryNetworkOptions } from './memory.ts';
import { seeded, TestClock } from './test-clock.ts';
import { TestNode } from './test-node.ts';
import { transportContract, type NetworkUnderTest } from './transport.contract.ts';

function contractNetwork(options: Partial<MemoryNetworkOptions>): NetworkUnderTest {
  const clock = new TestClock();
  const network = new MemoryNetwork({ clock, random: seeded(7), ...options });
  return {
    create: (id) => network.transport(id),
    forbid: (a, b) => {
      network.block(a, b);
      network.block(b, a);
      network.breakLink(a, b);
    },
    allow: (a, b) => {
      network.heal(a, b);
      network.heal(b, a);
    },
    breakLink: (a, b) => network.breakLink(a, b),
    openLinks: (a, b) => network.openLinks(a, b),
    garbage: (from, to) => network.inject(from, to, { kind: 'data', source: 7 }),
    setCoordinator: (up) => {
      network.coordinatorUp = up;
    },
    now: () => clock.now(),
    until: async (condition, what) => {
      const end = clock.now() + 120_000;
      while (!condition()) {
        if (clock.now() > end || !clock.step()) throw new Error(`never: ${what}`);
      }
    },
    dispose: async () => {
      clock.advance(60_000);
      expect(clock.pending, 'timers left after everything is closed').toBe(0);
    },
  };
}

transportContract('memory', () => contractNetwork({}));
transportContract('memory, encoded, slow and uneven', () => {
  const random = seeded(3);
  return contractNetwork({ copy: 'json', policy: () => ({ delayMs: 40 * random() }) });
});

it('of two pages that answer one offer the first is linked, and the other is not heard', () => {
  const clock = new TestClock();
  const network = new MemoryNetwork({ clock, random: seeded(5) });
  const heard: string[] = [];
  const signals: unknown[] = [];
  const page = (id: string, peer: string, initiator: boolean): MemoryConnection =>
    new MemoryConnection(network, new MemoryNode(id), peer, initiator, {
      signal: (payload) => signals.push(payload),
      open: () => undefined,
      closed: () => undefined,
      received: (data) => heard.push(`${id} ${String(data)}`),
      refused: () => heard.push(`${id} refuses`),
    });
  const offerer = page('bert', 'anna', true);
  const pages = [page('anna', 'bert', false), page('anna', 'bert', false)];
  clock.advance(1);
  for (const answerer of pages) answerer.signal(signals[0]);
  for (const answer of signals.slice(1)) offerer.signal(answer);
  clock.advance(100);
  expect(pages.map(({ open }) => open)).toEqual([true, false]);
  network.inject('bert', 'anna', 'to anna');
  network.inject('anna', 'bert', 'to bert');
  clock.advance(100);
  expect(heard).toEqual(['bert refuses', 'anna to anna', 'bert to bert']);
});

/** A mesh of nodes on a virtual network, linked. */
function mesh(
  ids: readonly NodeId[],
  options: Partial<MemoryNetworkOptions> = {},
): { clock: TestClock; network: MemoryNetwork; nodes: TestNode[] } {
  const clock = new TestClock();
  const network = new MemoryNetwork({ clock, random: seeded(11), ...options });
  const nodes = ids.map((id) => new TestNode(id, network.transport(id)));
  for (const node of nodes) node.meet(...nodes);
  clock.advance(2_000);
  for (const node of nodes) {
    for (const other of nodes) if (other !== node) expect(node.state(other)).toBe('open');
  }
  return { clock, network, nodes };
}

function pairOf(options: Partial<MemoryNetworkOptions> = {}): {
  clock: TestClock;
  network: MemoryNetwork;
  a: TestNode;
  b: TestNode;
} {
  const { clock, network, nodes } = mesh(['aaaa', 'bbbb'], options);
  return { clock, network, a: nodes[0]!, b: nodes[1]! };
}

describe('the virtual coordinator', () => {
  it('keeps those apart that use another one, until they come to the same', () => {
    const clock = new TestClock();
    const network = new MemoryNetwork({ clock, random: seeded(5) });
    network.visit('cccc', 'elsewhere');
    const [a, b, c] = ['aaaa', 'bbbb', 'cccc'].map((id) => new TestNode(id, network.transport(id)));
    const listed = () => [a, b, c].map((node) => node!.members.map(({ id }) => id).sort());
    const ask = () => {
      for (const node of [a, b, c]) node!.transport.requestMembers();
      clock.advance(100);
    };
    clock.advance(1000);
    ask();
    expect(listed()).toEqual([['bbbb'], ['aaaa'], []]);
    network.visit('cccc', '');
    ask();
    expect(listed()).toEqual([
      ['bbbb', 'cccc'],
      ['aaaa', 'cccc'],
      ['aaaa', 'bbbb'],
    ]);
  });

  it('gives an id to the page that claimed it last, and the one before comes again later', () => {
    const clock = new TestClock();
    const network = new MemoryNetwork({ clock, random: seeded(5) });
    const first = new TestNode('aaaa', network.transport('aaaa'));
    clock.advance(1000);
    const second = new TestNode('aaaa', network.transport('aaaa'));
    clock.advance(1000);
    expect([first.coordinator, second.coordinator]).toEqual(['disconnected', 'connected']);
    clock.advance(5000);
    expect([first.coordinator, second.coordinator]).toEqual(['connected', 'disconnected']);
  });
});

describe('the virtual network', () => {
  it('stalls under a short block: what was sent arrives once, in order, after it', () => {
    const { clock, network, a, b } = pairOf();
    network.block('aaaa', 'bbbb');
    a.send(b, 1);
    a.send(b, 2);
    clock.advance(5_000);
    expect(b.messages).toEqual([]);
    network.heal('aaaa', 'bbbb');
    a.send(b, 3);
    clock.advance(10);
    expect(b.from(a)).toEqual([1, 2, 3]);
    expect(a.state(b)).toBe('open');
  });

  it('breaks links under a long block in one direction, and mends them after it', () => {
    const { clock, network, a, b } = pairOf();
    network.block('aaaa', 'bbbb');
    a.send(b, 'lost');
    clock.advance(20_000);
    expect([a.state(b), b.state(a)]).toEqual(['connecting', 'connecting']);
    network.healAll();
    clock.advance(30_000);
    expect([a.state(b), b.state(a)]).toEqual(['open', 'open']);
    expect(b.messages).toEqual([]);
  });

  it('holds back what is sent to a frozen node', () => {
    const { clock, network, a, b } = pairOf();
    network.freeze('bbbb');
    a.send(b, 1);
    clock.advance(40_000);
    a.send(b, 2);
    clock.advance(1_000);
    expect(b.messages).toEqual([]);
    expect(a.state(b)).toBe('open');
    network.thaw('bbbb');
    clock.advance(10);
    expect(b.from(a)).toEqual([1, 2]);
  });

  it.each([1, 2, 3, 4])('leaves no link with one end only (seed %i)', (seed) => {
    const clock = new TestClock();
    const network = new MemoryNetwork({ clock, random: seeded(seed) });
    const [a, b] = ['aaaa', 'bbbb'].map((id) => new TestNode(id, network.transport(id)));
    a!.meet(b!);
    clock.advance(1_000);
    const ends = () => [network.openLinks('aaaa', 'bbbb'), network.openLinks('bbbb', 'aaaa')];
    expect(ends()).toEqual([1, 1]);
    network.block('aaaa', 'bbbb');
    while (ends()[0] === ends()[1]) clock.step();
    // One end has given up, and now the way is free. Only `aaaa` would make a new link.
    network.healAll();
    clock.advance(60_000);
    expect(ends()).toEqual([1, 1]);
    a!.send(b!, 'hello');
    clock.advance(10);
    expect(b!.from(a!)).toEqual(['hello']);
  });

  it('keeps the order of what is sent, whatever the delays', () => {
    const { clock, network, a, b } = pairOf();
    const delays = [50, 10, 30];
    network.policy = () => ({ delayMs: delays.shift() ?? 1 });
    for (const n of [1, 2, 3, 4]) a.send(b, n);
    clock.advance(49);
    expect(b.messages).toEqual([]);
    clock.advance(1);
    expect(b.from(a)).toEqual([1, 2, 3, 4]);
  });

  it('lets the others notice a killed node when it is told to, and links its next life', () => {
    const { clock, network, a, b } = pairOf();
    b.send(a, 'last');
    network.kill('bbbb', { noticeMs: 7_000 });
    b.close();
    clock.advance(6_900);
    expect(a.from(b)).toEqual(['last']);
    expect(a.hints).toEqual(['bbbb']);
    expect(a.state(b)).toBe('open');
    clock.advance(200);
    expect(a.links.at(-1)).toEqual({ peer: 'bbbb', state: 'connecting', closedByPeer: false });
    const reborn = new TestNode('bbbb', network.transport('bbbb'));
    clock.advance(1_000);
    expect(a.state(reborn)).toBe('open');
    expect(reborn.state(a)).toBe('open');
  });

  it.each(['aaaa', 'zzzz'])('links %s anew while its old link still seems open', (id) => {
    const { clock, network, nodes } = mesh([id, 'mmmm']);
    const [a, m] = nodes as [TestNode, TestNode];
    network.kill(id, { noticeMs: 60_000 });
    a.close();
    const reborn = new TestNode(id, network.transport(id));
    reborn.meet(m);
    clock.advance(500);
    m.send(reborn, 'hello');
    clock.advance(10);
    expect(reborn.from(m)).toEqual(['hello']);
    expect(m.links.slice(2)).toEqual([
      { peer: id, state: 'connecting', closedByPeer: true },
      { peer: id, state: 'open', closedByPeer: false },
    ]);
    clock.advance(120_000);
    expect(network.openLinks('mmmm', id)).toBe(1);
  });

  it.each(['aaaa', 'zzzz'])('links %s anew when its wall clock went back', (id) => {
    const { clock, network, nodes } = mesh([id, 'mmmm']);
    const [a, m] = nodes as [TestNode, TestNode];
    network.kill(id, { noticeMs: 100 });
    a.close();
    clock.advance(1_000);
    clock.wallOffset -= 86_400_000;
    const reborn = new TestNode(id, network.transport(id));
    reborn.meet(m);
    clock.advance(2_000);
    m.send(reborn, 'hello');
    clock.advance(10);
    expect(reborn.from(m)).toEqual(['hello']);
  });

  /** What is sent next has these fates, one after the other. */
  function fated(...deliveries: Delivery[]) {
    const pair = pairOf();
    pair.network.policy = () => deliveries.shift() ?? { delayMs: 1 };
    return pair;
  }

  it('loses, doubles and reorders as its policy says', () => {
    const came: [string, boolean][] = [];
    const { clock, a, b } = fated(
      { delayMs: 1, drop: true },
      { delayMs: 5, copyAfterMs: 0, came: (early) => came.push(['copy', early]) },
      { delayMs: 1, reorder: true, came: (early) => came.push(['third', early]) },
    );
    for (const n of [1, 2, 3]) a.send(b, n);
    clock.advance(10);
    expect(b.from(a)).toEqual([3, 2, 2]);
    expect(came).toEqual([
      ['third', true],
      ['copy', true],
    ]);
  });

  it('does not take for out of order what nothing else was under way with', () => {
    const came: boolean[] = [];
    const { clock, a, b } = fated({ delayMs: 5, reorder: true, came: (early) => came.push(early) });
    a.send(b, 1);
    clock.advance(10);
    a.send(b, 2);
    clock.advance(10);
    expect(b.from(a)).toEqual([1, 2]);
    expect(came).toEqual([false]);
  });

  it('brings a copy that is late after what was sent meanwhile, and none over a link that has ended', () => {
    const { clock, network, a, b } = fated({ delayMs: 1, copyAfterMs: 1000 });
    a.send(b, 1);
    clock.advance(500);
    a.send(b, 2);
    clock.advance(1000);
    expect(b.from(a)).toEqual([1, 2, 1]);
    network.policy = () => ({ delayMs: 1, copyAfterMs: 1000 });
    a.send(b, 3);
    clock.advance(500);
    network.breakLink('aaaa', 'bbbb');
    clock.advance(1000);
    expect(b.from(a)).toEqual([1, 2, 1, 3]);
  });

  it('keeps what is due out of order while its receiver stands still', () => {
    const { clock, network, a, b } = fated({ delayMs: 5, reorder: true });
    a.send(b, 1);
    network.freeze('bbbb');
    clock.advance(100);
    expect(b.from(a)).toEqual([]);
    network.thaw('bbbb');
    clock.advance(10);
    expect(b.from(a)).toEqual([1]);
  });

  it('keeps sender and receiver apart', () => {
    const frozen = pairOf();
    const message = { list: [1] };
    frozen.a.send(frozen.b, message);
    expect(() => message.list.push(2)).toThrow(TypeError);
    const encoded = pairOf({ copy: 'json' });
    const other = { list: [1] };
    encoded.a.send(encoded.b, other);
    other.list.push(2);
    encoded.clock.advance(10);
    expect(encoded.b.from(encoded.a)).toEqual([{ list: [1] }]);
  });

  it('does the same for the same seed', () => {
    const run = (): unknown[] => {
      const random = seeded(5);
      const policy = () => ({ delayMs: 20 * random(), drop: random() < 0.2 });
      const { clock, network, nodes } = mesh(['aaaa', 'bbbb', 'cccc', 'dddd']);
      network.policy = policy;
      network.block('aaaa', 'cccc');
      for (let n = 0; n < 50; n++) {
        for (const node of nodes) for (const other of nodes) node.send(other, n);
        clock.advance(1_000);
      }
      return nodes.map((node) => [node.messages, node.links, node.dropped]);
    };
    expect(run()).toEqual(run());
  });

  it('sets up a mesh of 32 with few routing messages', () => {
    let count = 0;
    const ids = Array.from({ length: 32 }, (_, n) => `node${n}`);
    const policy = () => {
      count++;
      return { delayMs: 1 };
    };
    mesh(ids, { policy });
    // 496 links, 992 ends. A naive flood would take nearly a million.
    expect(count).toBeLessThan(5_000);
  });
});
