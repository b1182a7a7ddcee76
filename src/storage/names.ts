import type { NodeId } from '../core/identity.ts';

/** Short names of birds that people tell apart at a glance and over the radio. */
const BIRDS: readonly string[] = [
  ...['Heron', 'Wren', 'Raven', 'Finch', 'Owl', 'Stork', 'Plover', 'Kestrel'],
  ...['Robin', 'Crane', 'Lark', 'Osprey', 'Tern', 'Magpie', 'Ibis', 'Swift'],
  ...['Puffin', 'Dove', 'Falcon', 'Egret', 'Thrush', 'Gull', 'Avocet', 'Jay'],
  ...['Linnet', 'Swan', 'Curlew', 'Merlin', 'Pipit', 'Condor', 'Dipper', 'Quail'],
  ...['Cuckoo', 'Pelican', 'Siskin', 'Harrier', 'Toucan', 'Kite', 'Bittern', 'Martin'],
  ...['Parrot', 'Grebe', 'Hoopoe', 'Eider', 'Starling', 'Macaw', 'Lapwing', 'Buzzard'],
  ...['Oriole', 'Goose', 'Sparrow', 'Penguin', 'Nuthatch', 'Albatross', 'Rook', 'Bunting'],
  ...['Flamingo', 'Teal', 'Warbler', 'Eagle', 'Kiwi', 'Sandpiper', 'Cormorant', 'Peacock'],
];

/**
 * The name that a gate has until a person gives it another: the same for the same id, and none of `taken` while there
 * are others. Gates of other devices may share it, for they can't be asked; among five gates that is one park in seven.
 */
export function friendlyName(id: NodeId, taken: ReadonlySet<string> = new Set()): string {
  const start = hash(id);
  for (let step = 0; step < BIRDS.length; step++) {
    const name = nameAt(start + step);
    if (!taken.has(name)) return name;
  }
  return nameAt(start);
}

function nameAt(position: number): string {
  return `Gate ${BIRDS[position % BIRDS.length] ?? 'Phoenix'}`;
}

/** FNV-1a, 32 bits: spreads ids that differ in one character. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  }
  return value >>> 0;
}
