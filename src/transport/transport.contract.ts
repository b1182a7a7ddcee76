/**
 * What every transport keeps, whatever it is made of. Run against the virtual network (memory.test.ts) and against
 * real WebRTC (webrtc.browser.test.ts).
 */
import { afterEach, describe, expect, it } from 'vitest';
import type { NodeId } from '../core/identity.ts';
import { TestNode as Node } from './test-node.ts';
import type { LinkState, Transport } from './transport.ts';

/** A network in which links can be broken from outside, below the transport. */
export interface NetworkUnderTest {
  /** A transport that has not started yet. A second one for an id is a new life of that node. */
  create(id: NodeId): Transport;
  /** No direct link between the two from now on; an open one breaks at both ends. */
  forbid(a: NodeId, b: NodeId): void;
  allow(a: NodeId, b: NodeId): void;
  /** The link breaks at both ends, as a lost connection does; it may be made again. */
  breakLink(a: NodeId, b: NodeId): void;
  /** How many links between the two are open, seen from `a`. */
  openLinks(a: NodeId, b: NodeId): number;
  /** Puts something on the open link that no transport sends. */
  garbage(from: NodeId, to: NodeId): void;
  setCoordinator(up: boolean): void;
  /** Milliseconds since some start. */
  now(): number;
  /** Runs the network until the condition holds; fails when it never does. */
  until(condition: () => boolean, what: string): Promise<void>;
  dispose(): Promise<void>;
}

export function transportContract(name: string, makeNetwork: () => NetworkUnderTest): void {
  describe(`${name}: the transport contract`, () => {
    let network: NetworkUnderTest;
    let nodes: Node[] = [];

    afterEach(async () => {
      for (const node of nodes) node.close();
      const inside = nodes.filter((node) => node.calledInside).map((node) => node.id);
      nodes = [];
      await network.dispose();
      expect(inside, 'nodes that were called back from inside a call').toEqual([]);
    });

    /** Nodes with these ids, started and registered. */
    async function start(...ids: NodeId[]): Promise<Node[]> {
      network = makeNetwork();
      nodes = ids.map((id) => new Node(id, network.create(id)));
      await network.until(
        () => nodes.every((node) => node.members.length === ids.length - 1),
        'everybody is registered',
      );
      return nodes;
    }

    async function two(): Promise<[Node, Node]> {
      const [a, b] = (await start('aaaa', 'bbbb')) as [Node, Node];
      a.meet(b);
      b.meet(a);
      await open(a, b);
      return [a, b];
    }

    /** Three nodes; a direct link between the first two is forbidden when `broken`. */
    async function three(broken = false): Promise<[Node, Node, Node]> {
      const [a, b, c] = (await start('aaaa', 'bbbb', 'cccc')) as [Node, Node, Node];
      if (broken) network.forbid(a.id, b.id);
      a.meet(b, c);
      b.meet(a, c);
      c.meet(a, b);
      await open(a, c);
      await open(b, c);
      if (!broken) await open(a, b);
      else await states(a, b, 'relayed');
      return [a, b, c];
    }

    async function states(a: Node, b: Node, state: LinkState): Promise<void> {
      await network.until(
        () => a.state(b) === state && b.state(a) === state,
        `${a.id} and ${b.id} are ${state}, not ${a.state(b)} and ${b.state(a)}`,
      );
    }

    async function open(a: Node, b: Node): Promise<void> {
      await states(a, b, 'open');
    }

    async function received(from: Node, to: Node, count: number): Promise<unknown[]> {
      await network.until(
        () => to.from(from).length >= count,
        `${to.id} has ${count} messages from ${from.id}`,
      );
      return to.from(from);
    }

    describe('links', () => {
      it('open between two nodes that meet, and messages pass both ways', async () => {
        const [a, b] = await two();
        a.send(b, { hello: 'b' });
        b.send(a, { hello: 'a' });
        expect(await received(a, b, 1)).toEqual([{ hello: 'b' }]);
        expect(await received(b, a, 1)).toEqual([{ hello: 'a' }]);
      });

      it.each([
        ['lesser', 0],
        ['greater', 1],
      ])('open when only the node with the %s id wants it', async (_which, index) => {
        const pair = await start('aaaa', 'bbbb');
        pair[index]!.meet(pair[1 - index]!);
        await open(pair[0]!, pair[1]!);
      });

      it('are made once when both nodes meet at the same time', async () => {
        const [a, b] = await two();
        a.send(b, 1);
        await received(a, b, 1);
        expect(network.openLinks(a.id, b.id)).toBe(1);
        expect(network.openLinks(b.id, a.id)).toBe(1);
        expect(a.links.filter((link) => link.state === 'open')).toHaveLength(1);
        expect(b.links.filter((link) => link.state === 'open')).toHaveLength(1);
      });

      it('are made again after they broke, and nobody is said to have closed them', async () => {
        const [a, b] = await two();
        const before = a.links.length;
        network.breakLink(a.id, b.id);
        await network.until(
          () => a.links.length >= before + 2 && a.state(b) === 'open' && b.state(a) === 'open',
          'the link is back',
        );
        expect([...a.links, ...b.links].filter((link) => link.closedByPeer)).toEqual([]);
        a.send(b, 'again');
        expect(await received(a, b, 1)).toEqual(['again']);
      });

      it('that neither end needs are closed, which nobody takes for a failure', async () => {
        const [a, b, c] = await three();
        b.keepLinks(c);
        a.keepLinks(c);
        await states(a, b, 'relayed');
        expect(network.openLinks(a.id, b.id)).toBe(0);
        expect([...a.links, ...b.links].filter((link) => link.closedByPeer)).toEqual([]);
        expect([...a.links, ...b.links].map(({ state }) => state)).not.toContain('closed');
        a.send(b, 'over c');
        expect(await received(a, b, 1)).toEqual(['over c']);
      });

      it('that one end needs stay, until neither does', async () => {
        const [a, b, c] = await three();
        a.keepLinks(c);
        b.keepLinks(a, c);
        a.send(b, 'asked');
        await received(a, b, 1);
        b.send(a, 'answered');
        await received(b, a, 1);
        expect(network.openLinks(a.id, b.id)).toBe(1);
        b.keepLinks(c);
        await states(a, b, 'relayed');
      });

      it('that were given up are made again when one end needs them', async () => {
        const [a, b, c] = await three();
        b.keepLinks(c);
        a.keepLinks(c);
        await states(a, b, 'relayed');
        a.keepLinks(b, c);
        await open(a, b);
        a.send(b, 1);
        await received(a, b, 1);
        expect(network.openLinks(a.id, b.id)).toBe(1);
      });

      it('that neither end needs stay while there is no other way', async () => {
        const [a, b] = await two();
        a.keepLinks();
        b.keepLinks();
        a.send(b, 'asked');
        await received(a, b, 1);
        b.send(a, 'answered');
        await received(b, a, 1);
        expect(network.openLinks(a.id, b.id)).toBe(1);
        expect(a.state(b)).toBe('open');
      });
    });

    describe('messages', () => {
      it('arrive whole, in order', async () => {
        const [a, b] = await two();
        const sent = Array.from({ length: 200 }, (_, n) => ({ n, text: 'é🐦'.repeat(n) }));
        for (const message of sent) a.send(b, message);
        expect(await received(a, b, sent.length)).toEqual(sent);
      });

      it('of 1 MiB arrive whole', async () => {
        const [a, b] = await two();
        const text = Array.from({ length: 65_536 }, (_, n) => (n + 1e15).toString()).join('');
        a.send(b, { text });
        a.send(b, 'after');
        const [large, after] = await received(a, b, 2);
        expect((large as { text: string }).text === text).toBe(true);
        expect(after).toBe('after');
      });

      it('all arrive when far more is sent than a channel buffers', async () => {
        const [a, b] = await two();
        const filler = 'x'.repeat(20_000);
        for (let n = 0; n < 300; n++) a.send(b, { n, filler });
        const got = (await received(a, b, 300)) as { n: number }[];
        expect(got.map(({ n }) => n)).toEqual(Array.from({ length: 300 }, (_, n) => n));
        expect(network.openLinks(a.id, b.id)).toBe(1);
      });

      it('to an unknown peer are dropped, and the trace hears of it', async () => {
        const [a, b] = await two();
        a.transport.send('zzzz', 'lost');
        a.send(b, 'kept');
        expect(await received(a, b, 1)).toEqual(['kept']);
        await network.until(() => a.dropped.length > 0, 'the loss is told');
        expect(a.dropped).toEqual([{ peer: 'zzzz', message: 'lost', why: 'unreachable' }]);
        expect(a.refused).toEqual([]);
      });
    });

    describe('a missing link', () => {
      it('is relayed through a peer that has it', async () => {
        const [a, b, c] = await three(true);
        a.send(b, { over: 'c' });
        b.send(a, { back: 'c' });
        expect(await received(a, b, 1)).toEqual([{ over: 'c' }]);
        expect(await received(b, a, 1)).toEqual([{ back: 'c' }]);
        expect(c.messages).toEqual([]);
      });

      it('is relayed once it has broken, and direct again once it can be', async () => {
        const [a, b] = await three();
        network.forbid(a.id, b.id);
        await states(a, b, 'relayed');
        a.send(b, 1);
        await received(a, b, 1);
        network.allow(a.id, b.id);
        await open(a, b);
        a.send(b, 2);
        expect(await received(a, b, 2)).toEqual([1, 2]);
      });

      it('is mended by signaling through a peer while the coordinator is away', async () => {
        const [a, b, c] = await three();
        network.setCoordinator(false);
        await network.until(
          () => [a, b, c].every((node) => node.coordinator === 'disconnected'),
          'nobody has a coordinator',
        );
        const before = a.links.length;
        network.breakLink(a.id, b.id);
        await network.until(
          () => a.links.length > before && a.state(b) === 'open' && b.state(a) === 'open',
          'the link is back',
        );
        expect(network.openLinks(a.id, b.id)).toBe(1);
        network.setCoordinator(true);
        await network.until(
          () => [a, b, c].every((node) => node.coordinator === 'connected'),
          'everybody is registered again',
        );
      });
    });

    describe('the coordinator', () => {
      it('lists the others by id and priority, and learns no names', async () => {
        const [a, b] = (await start('aaaa', 'bbbb')) as [Node, Node];
        expect(a.members).toEqual([{ id: 'bbbb', priority: 1 }]);
        expect(b.members).toEqual([{ id: 'aaaa', priority: 1 }]);
      });
    });

    describe('the end', () => {
      it('is seen by the others, who are told that the peer closed', async () => {
        const [a, b, c] = await three();
        c.close();
        await network.until(
          () => a.state(c) === 'closed' && b.state(c) === 'closed',
          'the end is seen',
        );
        for (const node of [a, b]) {
          const [first] = node.links.filter(
            ({ peer, state }) => peer === 'cccc' && state === 'closed',
          );
          expect(first).toEqual({ peer: 'cccc', state: 'closed', closedByPeer: true });
        }
      });

      it('comes after a message that was sent right before it', async () => {
        const [a, b] = await two();
        a.send(b, 'farewell');
        a.close();
        expect(await received(a, b, 1)).toEqual(['farewell']);
        await network.until(() => b.links.at(-1)?.closedByPeer === true, 'the end is seen');
      });

      it('of a node is no end for its next life', async () => {
        const [a, b] = await two();
        b.close();
        await network.until(() => a.state(b) === 'closed', 'the end is seen');
        const reborn = new Node('bbbb', network.create('bbbb'));
        nodes.push(reborn);
        await network.until(() => reborn.members.length === 1, 'it is registered');
        reborn.meet(a);
        await network.until(
          () => a.state(reborn) === 'open' && reborn.state(a) === 'open',
          'it is linked',
        );
        a.send(reborn, 'welcome back');
        expect(await received(a, reborn, 1)).toEqual(['welcome back']);
      });

      it('is a hint from the coordinator', async () => {
        const [a, b] = await two();
        b.close();
        await network.until(() => a.hints.includes('bbbb'), 'the hint comes');
      });
    });

    describe('faults', () => {
      it('drop what they say, and the trace hears of it', async () => {
        const [a, b] = await two();
        a.faults({ to: ['bbbb'], drop: 1 });
        a.send(b, 'lost');
        a.faults({ to: ['zzzz'], drop: 1 });
        a.send(b, 'kept');
        expect(await received(a, b, 1)).toEqual(['kept']);
        expect(a.dropped).toEqual([{ peer: 'bbbb', message: 'lost', why: 'fault' }]);
      });

      it('delay and keep the order', async () => {
        const [a, b] = await two();
        a.faults({ delayMs: [100, 140] });
        const start = network.now();
        const sent = Array.from({ length: 50 }, (_, n) => n);
        for (const n of sent) a.send(b, n);
        a.faults();
        a.send(b, 50);
        expect(await received(a, b, 51)).toEqual([...sent, 50]);
        expect(network.now() - start).toBeGreaterThanOrEqual(100);
      });

      it('cut off a peer in both directions, relays included, until they are healed', async () => {
        const [a, b, c] = await three(true);
        a.faults({ to: ['bbbb'], cut: true });
        a.send(b, 'out');
        b.send(a, 'in');
        c.send(a, 'passes');
        await received(c, a, 1);
        await network.until(() => a.dropped.length === 2, 'both are lost');
        expect(a.dropped).toContainEqual({ peer: 'bbbb', message: 'out', why: 'cut' });
        expect(a.dropped).toContainEqual({ peer: 'bbbb', message: 'in', why: 'cut-incoming' });
        a.faults();
        a.send(b, 'healed');
        expect(await received(a, b, 1)).toEqual(['healed']);
      });

      it('that cut without a list isolate the node, as a relay too', async () => {
        const [a, b, c] = await three(true);
        c.faults({ cut: true });
        await network.until(() => a.state(b) === 'connecting', 'the relayed way is gone');
        a.send(b, 'lost');
        a.send(c, 'lost');
        c.send(a, 'lost');
        await network.until(() => c.dropped.length === 2, 'both are lost');
        await network.until(() => a.dropped.length === 1, 'so is what it relayed');
        c.faults();
        await states(a, b, 'relayed');
        a.send(b, 'relayed');
        a.send(c, 'direct');
        expect(await received(a, b, 1)).toEqual(['relayed']);
        expect(await received(a, c, 1)).toEqual(['direct']);
        expect(a.messages).toEqual([]);
      });
    });

    it('refuses garbage, counts it, and goes on', async () => {
      const [a, b] = await two();
      network.garbage(a.id, b.id);
      await network.until(() => b.refused.length > 0, 'it is refused');
      a.send(b, 'fine');
      expect(await received(a, b, 1)).toEqual(['fine']);
      expect(network.openLinks(a.id, b.id)).toBe(1);
    });
  });
}
