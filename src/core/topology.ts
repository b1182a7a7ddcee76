import { assert, unreachable } from './assert.ts';
import type { TopologyKind } from './entry.ts';
import { compareIdentity, type Identity, type NodeId } from './identity.ts';

/** Those in which a node has links to some others only. In a mesh it has one to everybody it knows. */
export type SparseKind = Exclude<TopologyKind, 'mesh'>;

/** Each node's neighbours. A link has two ends: each stands in the other's list. */
export type Graph = ReadonlyMap<NodeId, ReadonlySet<NodeId>>;

type Links = Map<NodeId, Set<NodeId>>;

/**
 * Who keeps links to whom (rule N1). It follows from the members in their order, which is the same in every log, so
 * all nodes come to the same graph. Each kind is connected at every size, stays so when any one node goes, and changes
 * in few links when one comes or goes (rule N2).
 */
export function graphOf(kind: SparseKind, members: readonly Identity[], seed: string): Graph {
  const links: Links = new Map(members.map(({ id }) => [id, new Set<NodeId>()]));
  const ids = members.map(({ id }) => id);
  switch (kind) {
    case 'ring':
      closeRing(links, identities(members));
      return links;
    case 'grid':
      ids.forEach((id, slot) => {
        for (const other of earlierInGrid(slot, ids.length)) connect(links, id, ids[other]);
      });
      return links;
    case 'sample':
      ids.forEach((id, slot) => {
        for (const other of earlierInSample(slot, ids.length)) connect(links, id, ids[other]);
      });
      return links;
    case 'random':
      // The union of two random Hamiltonian cycles: degree 4, and in all likelihood an expander (Law and Siu, 2003).
      for (const cycle of ['a', 'b']) closeRing(links, shuffled(ids, `${seed} ${cycle}`));
      return links;
    default:
      return unreachable(kind);
  }
}

/** In the order of the ring election (rule E7), so that its token passes one link at a time. */
function identities(members: readonly Identity[]): NodeId[] {
  return [...members].sort(compareIdentity).map(({ id }) => id);
}

function closeRing(links: Links, ids: readonly NodeId[]): void {
  ids.forEach((id, i) => {
    connect(links, id, ids[(i + 1) % ids.length]);
  });
}

/**
 * Squares that grow by a column and a row in turn, so that no slot ever moves:
 *
 *     0  1  4  9
 *     2  3  5 10
 *     6  7  8 11
 *    12 ...
 *
 * The first one of a column or row has a single neighbour. Until the next one comes it has a diagonal link too.
 */
function earlierInGrid(slot: number, count: number): number[] {
  if (slot === 0) return [];
  const side = Math.floor(Math.sqrt(slot));
  const place = slot - side * side;
  const [row, column] = place < side ? [place, side] : [side, place - side];
  const earlier: number[] = [];
  if (column > 0) earlier.push(slotAt(row, column - 1));
  if (row > 0) earlier.push(slotAt(row - 1, column));
  const isAlone = slot === count - 1 && earlier.length === 1 && slot > 1;
  if (isAlone) earlier.push(row === 0 ? slotAt(1, column - 1) : slotAt(row - 1, 1));
  return earlier;
}

function slotAt(row: number, column: number): number {
  return row < column ? column * column + row : row * row + row + column;
}

/**
 * The sample network: ten gates as in this picture, where 2 and 3, 4 and 5, 6 and 7, 8 and 9 are linked too.
 *
 *              0
 *           /     \
 *          1       2
 *        /   \   /   \
 *       3     4 5     6
 *      / \    |
 *     7   8   9
 *
 * Two to four neighbours each, and four links at most from any one to any other. It grows by the same two rules: a slot
 * is linked to its parent in a binary heap, and an odd one to the even one before it, which has another parent. The
 * last slot, if it is even, is linked to the one before it until its odd one comes.
 */
function earlierInSample(slot: number, count: number): number[] {
  if (slot === 0) return [];
  const parent = Math.floor((slot - 1) / 2);
  const isEven = slot % 2 === 0;
  if (isEven && slot < count - 1) return [parent];
  return slot > 1 ? [parent, slot - 1] : [parent];
}

/** An order by chance, but the same everywhere; who comes or goes leaves the others in theirs. */
function shuffled(ids: readonly NodeId[], seed: string): NodeId[] {
  const keyed = ids.map((id) => ({ id, key: hash(`${seed} ${id}`) }));
  return keyed.sort((a, b) => a.key - b.key || (a.id < b.id ? -1 : 1)).map(({ id }) => id);
}

/** FNV-1a, and the last mixing of MurmurHash3 for texts that differ in their end only. 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

function connect(links: Links, a: NodeId, b: NodeId | undefined): void {
  assert(b !== undefined, 'a link has two ends');
  if (a === b) return;
  links.get(a)?.add(b);
  links.get(b)?.add(a);
}
