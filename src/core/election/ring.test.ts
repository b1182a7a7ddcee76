import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Peer } from '../identity.ts';
import { ElectionNet } from '../testing/election-net.ts';
import { RingElection } from './ring.ts';

const RUNS = Number(process.env['RUNS'] ?? 200);

function peers(count: number): Peer[] {
  return Array.from({ length: count }, (_, i) => {
    const id = `node${String(i + 1).padStart(2, '0')}`;
    return { id, priority: i + 1, name: `Gate ${id}` };
  });
}

function ring(count: number, seed = 1): ElectionNet {
  return new ElectionNet(peers(count), null, seed, (...parts) => new RingElection(...parts));
}

describe('the ring', () => {
  test('E7: one that starts it alone: the greatest wins after at most 2N-1 tokens', () => {
    for (let n = 1; n <= 12; n++) {
      for (let p = 1; p <= n; p++) {
        const net = ring(n);
        net.start(`node${String(p).padStart(2, '0')}`);
        net.runUntil(() => net.settledOn !== null, 1000);
        expect(net.settledOn).toBe(net.greatestAlive);
        // From P up to the greatest, and then once round.
        expect(net.count('TOKEN')).toBe(n === 1 ? 0 : n - p + n);
      }
    }
  });

  test('E7: if all start at once the lesser tokens are swallowed: 2N-1 tokens', () => {
    const net = ring(9);
    for (const id of net.alive) net.start(id);
    net.runUntil(() => net.settledOn !== null, 1000);
    expect(net.settledOn).toBe('node09');
    expect(net.count('TOKEN')).toBe(2 * 9 - 1);
  });

  test('E8: two dead neighbours in a row are skipped, though nobody has noticed that they are dead', () => {
    const net = ring(6);
    net.start('node01');
    net.crash('node03');
    net.crash('node04');
    net.runUntil(() => net.settledOn === 'node06', 5000);
  });

  test('E8: the greatest dies while its token goes round: the next one wins', () => {
    const net = ring(5);
    net.start('node01');
    net.runUntil(() => net.count('TOKEN') === 6, 1000);
    net.crash('node05');
    net.runUntil(() => net.settledOn === 'node04', 5000);
  });

  test('E8: a token that was lost is followed by another', () => {
    const net = ring(4);
    net.passes = (from) => from !== 'node02';
    net.start('node01');
    net.run(300);
    net.passes = () => true;
    net.runUntil(() => net.settledOn === 'node04', 10_000);
  });

  test('E8: a token whose candidate is failed is void here, and goes on for those who hear it', () => {
    const net = ring(3);
    net.crash('node03');
    net.run(1000);
    net.passes = () => false;
    const candidate = peers(3)[2] ?? { id: '', priority: 0, name: '' };
    const message = { type: 'TOKEN', candidate, hops: 1 } as const;
    // What it hears of others proves nothing about the candidate.
    net.deliver({ from: 'node02', to: 'node01', message });
    const sent = net.sent.map(({ message }) => message);
    expect(sent).toMatchObject([
      { type: 'TOKEN', candidate: { id: 'node03' }, hops: 2 },
      { type: 'TOKEN', candidate: { id: 'node01' }, hops: 0 },
    ]);
  });

  test.each([
    ['not yet a voter to one', ['node01']],
    ['no voter to anybody else any more', ['node01', 'node02', 'node03']],
  ])('E8: a candidate that is %s has its place in the ring all the same', (_what, who) => {
    const net = ring(4);
    net.votersTo = (id) => (who.includes(id) ? peers(3) : peers(4));
    for (const id of net.alive) net.start(id);
    net.runUntil(() => net.settledOn === 'node04', 1000);
  });

  test('E8: a token that goes round beside its candidate is handed to it in the end', () => {
    const net = ring(4);
    // Each of these two takes the other for the next greater one.
    const renamed = peers(4).map((peer) =>
      peer.id === 'node02' ? { ...peer, priority: 3.5 } : peer,
    );
    net.votersTo = (id) => (id === 'node03' ? renamed : peers(4));
    net.start('node04');
    net.runUntil(() => net.settledOn === 'node04', 1000);
  });

  test('E4: a token of its own that comes late starts nothing; one that nobody has passed on asks the node to run', () => {
    const net = ring(3);
    const candidate = peers(3)[1] ?? { id: '', priority: 0, name: '' };
    net.deliver({ from: 'node01', to: 'node02', message: { type: 'TOKEN', candidate, hops: 2 } });
    expect(net.sent).toEqual([]);
    net.deliver({ from: 'node01', to: 'node02', message: { type: 'TOKEN', candidate, hops: 0 } });
    expect(net.count('TOKEN')).toBe(1);
  });

  test('E9: whoever starts it and whoever dies in between, it ends with the greatest that lives', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 20 }),
        fc.integer(),
        fc.array(fc.tuple(fc.nat(19), fc.nat(1500)), { maxLength: 3 }),
        fc.array(fc.tuple(fc.nat(19), fc.nat(1500)), { minLength: 1, maxLength: 5 }),
        (count, seed, crashes, starts) => {
          const net = ring(count, seed);
          const events = [
            ...starts.map(([who, at]) => ({ at, act: (id: string) => net.start(id), who })),
            ...crashes.map(([who, at]) => ({ at, act: (id: string) => net.crash(id), who })),
          ].sort((a, b) => a.at - b.at);
          for (const { at, act, who } of events) {
            net.run(Math.max(0, at - net.now));
            if (net.alive.length > 1) act(`node${String((who % count) + 1).padStart(2, '0')}`);
          }
          for (const id of net.alive) net.start(id);
          net.runUntil(() => net.settledOn === net.greatestAlive, 20_000);
        },
      ),
      { numRuns: RUNS },
    );
  });

  test('E9: it ends with the greatest, however the memberships differ that the nodes hold', () => {
    const other = fc.record({ isVoter: fc.boolean(), priority: fc.nat(9) });
    const views = fc.array(fc.array(other, { minLength: 9, maxLength: 9 }), {
      minLength: 9,
      maxLength: 9,
    });
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 9 }), fc.integer(), views, (count, seed, seen) => {
        const net = ring(count, seed);
        const all = peers(count);
        net.votersTo = (id) => {
          const of = all.findIndex((peer) => peer.id === id);
          return all.flatMap((peer, i) => {
            const it = seen[of]?.[i];
            if (i === of || !it) return peer;
            return it.isVoter ? { ...peer, priority: it.priority } : [];
          });
        };
        for (const id of net.alive) net.start(id);
        net.runUntil(() => net.settledOn === net.greatestAlive, 20_000);
      }),
      { numRuns: RUNS },
    );
  });
});
