import { afterEach, describe, expect, it } from 'vitest';
import { MAX_MESSAGE_BYTES } from './framing.ts';
import { TestNode } from './test-node.ts';
import { PageNetwork, until, WatchedConnection } from './test-webrtc.ts';
import { transportContract } from './transport.contract.ts';

/** What no transport sends, from the channel upwards. */
const GARBAGE: readonly (string | Uint8Array<ArrayBuffer>)[] = [
  'a text frame',
  new Uint8Array([]),
  new Uint8Array([9, 9, 9]),
  new Uint8Array([0, 0xff, 0xfe]),
  new Uint8Array([0, ...new TextEncoder().encode('no JSON')]),
  new Uint8Array([0, ...new TextEncoder().encode('{"kind":"data"}')]),
  new Uint8Array([1, 0, 0, 0, 1, 0, 5, 0, 9, 1]),
  new Uint8Array([2, ...new TextEncoder().encode('not deflated')]),
  new Uint8Array([3, 0, 0, 0, 1, 0, 5, 0, 9, 1]),
  new Uint8Array(20_000),
];

function sendGarbage(end: WatchedConnection): void {
  const channel = end.pc?.channel;
  for (const frame of GARBAGE) {
    // Two overloads, so one call for each.
    if (typeof frame === 'string') channel?.send(frame);
    else channel?.send(frame);
  }
}

transportContract('webrtc', () => {
  const network = new PageNetwork();
  return {
    create: (id) => network.create(id),
    forbid: (a, b) => network.forbid(a, b),
    allow: (a, b) => network.allow(a, b),
    breakLink: (a, b) => network.breakLink(a, b),
    openLinks: (a, b) => network.between(a, b).length,
    garbage: (from, to) => network.between(from, to).forEach(sendGarbage),
    setCoordinator: (up) => {
      network.coordinatorUp = up;
    },
    now: () => performance.now(),
    until,
    dispose: async () => network.dispose(),
  };
});

describe('webrtc', () => {
  let network: PageNetwork;
  let nodes: TestNode[] = [];

  afterEach(() => {
    for (const node of nodes) node.close();
    network.dispose();
  });

  async function two(): Promise<[TestNode, TestNode]> {
    network = new PageNetwork();
    const [a, b] = ['aaaa', 'bbbb'].map((id) => new TestNode(id, network.create(id))) as [
      TestNode,
      TestNode,
    ];
    nodes = [a, b];
    a.meet(b);
    b.meet(a);
    await until(() => a.state(b) === 'open' && b.state(a) === 'open', 'the link is open');
    return [a, b];
  }

  it('refuses every kind of garbage and counts each', async () => {
    const [a, b] = await two();
    network.between('aaaa', 'bbbb').forEach(sendGarbage);
    a.send(b, 'fine');
    await until(() => b.from(a).length === 1, 'the message after the garbage');
    expect(b.refused).toHaveLength(GARBAGE.length);
  });

  it('sees a page that goes away without a word as closed by the peer', async () => {
    const [a] = await two();
    const before = a.links.length;
    for (const end of network.between('bbbb', 'aaaa')) end.pc?.close();
    await until(() => a.links.length > before, 'the end is seen');
    expect(a.links[before]).toMatchObject({ peer: 'bbbb', closedByPeer: true });
  });

  it('drops a message that is too large, and says so', async () => {
    const [a, b] = await two();
    a.send(b, 'x'.repeat(MAX_MESSAGE_BYTES));
    a.send(b, 'small');
    await until(() => b.from(a).length === 1 && a.dropped.length === 1, 'the small one');
    expect(a.dropped[0]?.why).toBe('too-large');
  });

  it('never holds more than a little in the channel, whatever is sent', async () => {
    const [a, b] = await two();
    let most = 0;
    const channel = network.between('aaaa', 'bbbb')[0]!.pc!.channel!;
    for (let n = 0; n < 200; n++) {
      a.send(b, 'x'.repeat(16_000));
      most = Math.max(most, channel.bufferedAmount);
    }
    expect(most).toBeLessThanOrEqual(64 * 1024 + 16 * 1024);
    await until(() => b.from(a).length === 200, 'everything arrives');
  });

  it('drops a link that falls too far behind, and makes a new one', async () => {
    const [a, b] = await two();
    for (let n = 0; n < 4; n++) a.send(b, 'x'.repeat(3 * 1024 * 1024));
    await until(() => a.refused.includes('link: too far behind'), 'the link is dropped');
    await until(() => a.state(b) === 'open' && b.state(a) === 'open', 'there is a new one');
    a.send(b, 'again');
    await until(() => b.from(a).includes('again'), 'a message over the new link');
  });

  it.each<[string, unknown]>([
    ['nothing', null],
    ['an unknown type', { type: 'renegotiate', renegotiate: true }],
    ['a description of nothing', { type: 'answer', sdp: 'v=0\r\n' }],
    ['a candidate that is none', { type: 'candidate', candidate: 'candidate:nonsense' }],
    ['a second description', { type: 'offer', sdp: 'v=0\r\n' }],
    ['an extra field', { type: 'candidate', candidate: '', more: 1 }],
  ])('survives %s as a signal', async (_what, payload) => {
    const [a, b] = await two();
    network.between('aaaa', 'bbbb')[0]!.signal(payload);
    expect(a.refused).toHaveLength(1);
    a.send(b, 'alive');
    await until(() => b.from(a).length === 1, 'the link lives');
  });

  it('opens although the first signals are nonsense', async () => {
    network = new PageNetwork();
    nodes = [];
    const refused: string[] = [];
    const ends: WatchedConnection[] = [];
    const make = (index: number): WatchedConnection =>
      new WatchedConnection(
        `node${index}`,
        `node${1 - index}`,
        index === 0,
        {
          signal: (payload) => ends[1 - index]?.signal(payload),
          open: () => undefined,
          closed: () => undefined,
          received: () => undefined,
          refused: (reason) => refused.push(reason),
        },
        false,
      );
    ends.push(make(0), make(1));
    for (const end of ends) {
      end.signal({ type: 'candidate', candidate: 'nonsense' });
      end.signal({ type: 'offer' });
      end.signal('x'.repeat(100_000));
    }
    await until(() => ends.every((end) => end.open), 'the link is open');
    expect(refused).toHaveLength(6);
    for (const end of ends) end.close();
  });
});
