import type { NodeId } from '../identity.ts';

type Edge = readonly [NodeId, NodeId];

/** A connected graph: a random tree, and so many more edges. */
export function connectedGraph(ids: readonly NodeId[], more: number, random: () => number): Edge[] {
  const pick = (below: number): NodeId => ids[Math.floor(random() * below)] ?? '';
  const edges = ids.slice(1).map((id, i): Edge => [id, pick(i + 1)]);
  const known = new Set(edges.map(([a, b]) => [a, b].sort().join()));
  for (let i = 0; i < more; i++) {
    const [a, b] = [pick(ids.length), pick(ids.length)];
    const key = [a, b].sort().join();
    if (a === b || known.has(key)) continue;
    known.add(key);
    edges.push([a, b]);
  }
  return edges;
}

/** Whether those that are left hang together when some are taken out. */
export function staysConnected(ids: readonly NodeId[], edges: readonly Edge[]): boolean {
  const left = new Set(ids);
  const [first] = ids;
  if (first === undefined) return true;
  const reached = new Set([first]);
  const open = [first];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const [a, b] of edges) {
      const other = a === id ? b : b === id ? a : null;
      if (other === null || !left.has(other) || reached.has(other)) continue;
      reached.add(other);
      open.push(other);
    }
  }
  return reached.size === left.size;
}
