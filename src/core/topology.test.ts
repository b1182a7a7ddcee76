import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Identity, NodeId } from './identity.ts';
import { staysConnected } from './testing/graphs.ts';
import { graphOf, type Graph, type SparseKind } from './topology.ts';

const KINDS: readonly SparseKind[] = ['sample', 'ring', 'grid', 'random'];
const MOST = { sample: 4, ring: 2, grid: 4, random: 4 } as const;

/** Ids that are in no order, priorities that repeat. */
function members(count: number, salt = 0): Identity[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `n${((i * 7919 + salt * 104729) % 1_000_003).toString(36)}x${i.toString(36)}`,
    priority: (i * 31) % 7,
  }));
}

function edges(graph: Graph): [NodeId, NodeId][] {
  return [...graph].flatMap(([a, others]) =>
    [...others].flatMap((b): [NodeId, NodeId][] => (a < b ? [[a, b]] : [])),
  );
}

/** Links to be made and to be given up. */
function changes(before: Graph, after: Graph): number {
  const old = new Set(edges(before).map(String));
  const young = new Set(edges(after).map(String));
  return (
    [...young].filter((edge) => !old.has(edge)).length +
    [...old].filter((edge) => !young.has(edge)).length
  );
}

function longestPath(graph: Graph): number {
  const lengths = [...graph.keys()].map((start) => {
    const far = new Map([[start, 0]]);
    for (const [id, length] of far)
      for (const other of graph.get(id) ?? []) if (!far.has(other)) far.set(other, length + 1);
    return Math.max(...far.values());
  });
  return Math.max(...lengths);
}

describe.each(KINDS)('the topology %s', (kind) => {
  const sizes = fc.integer({ min: 1, max: 80 });

  it('N1 every link has two ends, nobody is linked to itself, and degrees are bounded', () => {
    fc.assert(
      fc.property(sizes, fc.nat(99), (count, salt) => {
        const graph = graphOf(kind, members(count, salt), `seed ${salt}`);
        expect(graph.size).toBe(count);
        for (const [id, others] of graph) {
          expect(others.has(id)).toBe(false);
          expect(others.size).toBeLessThanOrEqual(MOST[kind]);
          if (count > 2) expect(others.size).toBeGreaterThanOrEqual(2);
          for (const other of others) expect(graph.get(other)?.has(id)).toBe(true);
        }
      }),
    );
  });

  it('N1 it is connected, and stays so when any one node is gone', () => {
    fc.assert(
      fc.property(sizes, fc.nat(99), (count, salt) => {
        const graph = graphOf(kind, members(count, salt), `seed ${salt}`);
        const ids = [...graph.keys()];
        expect(staysConnected(ids, edges(graph))).toBe(true);
        for (const gone of ids) {
          const left = ids.filter((id) => id !== gone);
          expect(staysConnected(left, edges(graph))).toBe(true);
        }
      }),
    );
  });

  it('N1 all who know the members in their order come to the same graph', () => {
    const list = members(20);
    expect(edges(graphOf(kind, list, 'park'))).toEqual(edges(graphOf(kind, [...list], 'park')));
  });

  it('N2 few links change when a node joins, or one leaves whose slot the last one takes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 60 }), fc.nat(59), (count, which) => {
        const list = members(count);
        const before = graphOf(kind, list, 'park');
        const grown = graphOf(kind, [...list, { id: 'late', priority: 3 }], 'park');
        expect(changes(before, grown)).toBeLessThanOrEqual(6);
        const slot = which % count;
        const last = list.at(-1)!;
        const rest = list.map((member, i) => (i === slot ? last : member)).slice(0, -1);
        expect(changes(before, graphOf(kind, rest, 'park'))).toBeLessThanOrEqual(18);
      }),
    );
  });
});

describe('the sample network', () => {
  it('N1 of ten gates is the one in the picture', () => {
    const list = Array.from({ length: 10 }, (_, i) => ({ id: String(i), priority: i }));
    const graph = graphOf('sample', list, '');
    const drawn = ['01', '02', '13', '14', '23', '25', '26', '37', '38', '45', '49', '67', '89'];
    expect(
      edges(graph)
        .map((edge) => edge.join(''))
        .sort(),
    ).toEqual(drawn);
    expect(longestPath(graph)).toBe(4);
  });

  it('N1 has short paths at sixty gates too', () => {
    expect(longestPath(graphOf('sample', members(60), ''))).toBeLessThan(2 * Math.log2(60));
  });
});

describe('the other topologies', () => {
  it('N1 a grid of nine is three by three', () => {
    const list = Array.from({ length: 9 }, (_, i) => ({ id: String(i), priority: 0 }));
    const graph = graphOf('grid', list, '');
    expect([...(graph.get('3') ?? [])].sort()).toEqual(['1', '2', '5', '7']);
    expect([...graph.values()].map((others) => others.size).sort()).toEqual([
      2, 2, 2, 2, 3, 3, 3, 3, 4,
    ]);
  });

  it('N1 a ring is the one that the ring election goes round', () => {
    const list = ['a', 'b', 'c', 'd', 'e'].map((id, i) => ({ id, priority: (i * 2) % 5 }));
    // By priority: a, d, b, e, c.
    expect([...(graphOf('ring', list, '').get('b') ?? [])].sort()).toEqual(['d', 'e']);
  });

  it('N1 another park has another random graph', () => {
    const list = members(20);
    expect(edges(graphOf('random', list, 'one'))).not.toEqual(
      edges(graphOf('random', list, 'two')),
    );
    expect(longestPath(graphOf('random', list, 'one'))).toBeLessThanOrEqual(5);
  });
});
