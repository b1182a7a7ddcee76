import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NodeId } from '../core/identity.ts';
import { MAX_ORIGINS, Router } from './router.ts';
import { MAX_SEQUENCE, type Advert } from './wire.ts';

const IDS: readonly NodeId[] = Array.from({ length: 8 }, (_, n) => `node${n}`);

function advert(origin: NodeId, sequence: number, ...neighbours: NodeId[]): Advert {
  return { origin, sequence, neighbours };
}

/** The router of each node of a graph, all of which know everything. */
function routersOf(edges: ReadonlySet<string>): Map<NodeId, Router> {
  const linked = (a: NodeId, b: NodeId) => edges.has(a < b ? `${a} ${b}` : `${b} ${a}`);
  const routers = new Map(IDS.map((id) => [id, new Router(id, 100)]));
  for (const [id, router] of routers) {
    router.setNeighbours(IDS.filter((other) => other !== id && linked(id, other)));
  }
  const adverts = [...routers.values()].map((router) => router.own);
  for (const router of routers.values()) for (const each of adverts) router.accept(each);
  return routers;
}

/** The number of hops that messages really make; undefined when they get stuck. */
function walk(routers: Map<NodeId, Router>, from: NodeId, to: NodeId): number | undefined {
  let at = from;
  for (let hops = 0; hops <= IDS.length; hops++) {
    if (at === to) return hops;
    const next = routers.get(at)?.nextHop(to);
    if (next === undefined) return undefined;
    at = next;
  }
  throw new Error(`a loop between ${from} and ${to}`);
}

/** The shortest distances by Floyd and Warshall. */
function distances(edges: ReadonlySet<string>): Map<string, number> {
  const result = new Map<string, number>();
  const get = (a: NodeId, b: NodeId) => (a === b ? 0 : (result.get(`${a} ${b}`) ?? Infinity));
  for (const edge of edges) {
    result.set(edge, 1);
    result.set(edge.split(' ').reverse().join(' '), 1);
  }
  for (const k of IDS) {
    for (const i of IDS) {
      for (const j of IDS) {
        const over = get(i, k) + get(k, j);
        if (over < get(i, j)) result.set(`${i} ${j}`, over);
      }
    }
  }
  return result;
}

const graph = fc
  .uniqueArray(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 14, selector: String })
  .map(
    (pairs) => new Set(pairs.filter(([a, b]) => a < b).map(([a, b]) => `${IDS[a]!} ${IDS[b]!}`)),
  );

describe('the router', () => {
  it('finds a shortest path wherever there is one, hop by hop, on any graph', () => {
    fc.assert(
      fc.property(graph, (edges) => {
        const routers = routersOf(edges);
        const shortest = distances(edges);
        for (const from of IDS) {
          const reachable = routers.get(from)!.reachable();
          for (const to of IDS) {
            if (from === to) continue;
            expect(walk(routers, from, to)).toBe(shortest.get(`${from} ${to}`));
            expect(reachable.includes(to)).toBe(shortest.has(`${from} ${to}`));
          }
        }
      }),
    );
  });

  it('counts a link only when both ends advertise it', () => {
    const router = new Router('node0', 1);
    router.setNeighbours(['node1']);
    router.accept(advert('node1', 1, 'node0', 'node2'));
    expect(router.nextHop('node2')).toBeUndefined();
    router.accept(advert('node2', 1, 'node1'));
    expect(router.nextHop('node2')).toBe('node1');
    router.accept(advert('node1', 2, 'node2'));
    expect(router.nextHop('node2'), 'node1 no longer hears us').toBeUndefined();
    expect(router.nextHop('node1'), 'but we can still tell it').toBe('node1');
  });

  it('lets the greater sequence win, whatever order adverts come in', () => {
    const router = new Router('node0', 1);
    expect(router.accept(advert('node1', 5, 'node2')).kind).toBe('new');
    expect(router.accept(advert('node1', 5, 'node2')).kind).toBe('known');
    const stale = router.accept(advert('node1', 4, 'node3'));
    expect(stale).toEqual({ kind: 'stale', newest: advert('node1', 5, 'node2') });
    expect(router.accept(advert('node1', 6)).kind).toBe('new');
  });

  it('outdoes what an earlier life of its own has said', () => {
    const router = new Router('node0', 10);
    router.setNeighbours(['node1']);
    expect(router.accept(advert('node0', 500, 'node3')).kind).toBe('ours');
    expect(router.own).toEqual(advert('node0', 501, 'node1'));
    expect(router.accept(advert('node0', 9)).kind).toBe('stale');
    expect(router.accept(router.own).kind).toBe('known');
  });

  it('keeps its sequence within bounds', () => {
    const router = new Router('node0', Number.MAX_SAFE_INTEGER);
    router.setNeighbours(['node1']);
    router.setNeighbours([]);
    expect(router.own.sequence).toBe(MAX_SEQUENCE);
  });

  it('forgets a node that leaves', () => {
    const router = new Router('node0', 1);
    router.setNeighbours(['node1']);
    router.accept(advert('node1', 1, 'node0', 'node2'));
    router.accept(advert('node2', 1, 'node1'));
    expect(router.reachable()).toEqual(['node1', 'node2']);
    router.forget('node2');
    expect(router.reachable()).toEqual(['node1']);
  });

  it('passes an advert on to those whom its origin does not reach itself', () => {
    const router = new Router('node0', 1);
    router.setNeighbours(['node1', 'node2', 'node3', 'node4']);
    expect(router.passOn(advert('node2', 1, 'node0', 'node3'), 'node1')).toEqual(['node4']);
  });

  it('holds a bounded number of nodes and throws out those out of reach', () => {
    const router = new Router('self', 1);
    router.setNeighbours(['near']);
    router.accept(advert('near', 1, 'self'));
    for (let n = 1; n < MAX_ORIGINS; n++) {
      expect(router.accept(advert(`far${n}`, 1)).kind).toBe('new');
    }
    expect(router.accept(advert('more', 1)).kind).toBe('new');
    expect(router.adverts()).toHaveLength(MAX_ORIGINS + 1);
    expect(router.reachable()).toEqual(['near']);
  });

  it('refuses one more node when all are in reach', () => {
    const router = new Router('self', 1);
    const all = Array.from({ length: MAX_ORIGINS }, (_, n) => `near${n}`);
    router.setNeighbours(all);
    for (const id of all) router.accept(advert(id, 1, 'self'));
    expect(router.accept(advert('more', 1)).kind).toBe('refused');
  });
});

it('tells whether a neighbour can be reached without the link to it, as the graph without that link does', () => {
  fc.assert(
    fc.property(graph, (edges) => {
      const routers = routersOf(edges);
      for (const edge of edges) {
        const [a = '', b = ''] = edge.split(' ');
        const rest = distances(new Set([...edges].filter((other) => other !== edge)));
        expect(routers.get(a)?.hasDetour(b)).toBe(rest.has(`${a} ${b}`));
      }
    }),
  );
});
