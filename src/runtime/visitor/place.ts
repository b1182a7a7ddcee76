/** Where a visitor is, as the log tells, and up to where (rule V9). */
import type { Node } from '../../core/node.ts';
import { integer, object, pattern } from '../../core/decoder.ts';
import type { Park } from '../../machines/park.ts';

/** A point of a log. Logs of two generations can't be compared. */
export interface Position {
  readonly generation: string;
  readonly index: number;
}

export interface Place {
  readonly inside: boolean;
  readonly at: Position;
}

export const position = object<Position>({
  generation: pattern(/^[a-z0-9]{1,32}$/),
  index: integer(1, Number.MAX_SAFE_INTEGER),
});

/** Who knows `known` already learns nothing from what stood before it. */
export function isBehind(at: Position, known: Position | null): boolean {
  return known !== null && at.generation === known.generation && at.index < known.index;
}

export function placeOf({ replica }: Node, park: Park, visitor: string): Place {
  const { generation } = replica.membership;
  return {
    inside: park.visitors.has(visitor),
    at: { generation, index: replica.commitIndex },
  };
}

/** What a node has committed is all that its generation began with, and a leader with a quorum stands by it. */
export function isCurrent(node: Node): boolean {
  return node.replica.isGenerationCommitted && node.view().quorum;
}
