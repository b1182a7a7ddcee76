import { assert } from './assert.ts';
import { arrayOf, DecodeError, integer, json, pattern, tuple, type Decoder } from './decoder.ts';
import type { Operation, OperationId } from './entry.ts';
import { NODE_ID_PATTERN, type NodeId } from './identity.ts';
import type { Json } from './json.ts';

/** What became of an operation: the entry that it was applied with, and the machine's answer. */
export interface Settled {
  readonly index: number;
  readonly outcome: Json;
}

/** What is answered where nobody remembers the outcome: no entry has this index. */
export const FORGOTTEN: Settled = { index: 0, outcome: null };

interface Session {
  /** Operations below have been settled at their node; their outcomes are forgotten. */
  floor: number;
  readonly settled: Map<number, Settled>;
}

/** A node, its floor, and of each of its settled operations the sequence, the index and the outcome. */
type SessionRow = readonly [NodeId, number, readonly (readonly [number, number, Json])[]];

/**
 * A node that tells what it has settled has far fewer records (rule O4): this many has only one that does not, whose
 * operations the leader takes no more.
 */
export const MAX_RECORDS = 16_384;
/** The bound of an outcome, as in a RESULT. */
const MAX_OUTCOME = 16 * 1024;
const natural = integer(0, Number.MAX_SAFE_INTEGER);
const sessionRow: Decoder<SessionRow> = tuple<SessionRow>(
  pattern(NODE_ID_PATTERN),
  natural,
  arrayOf(tuple(natural, natural, json(MAX_OUTCOME)), Infinity),
);

/** The records as `snapshot` writes them: sorted, so that equal records are equal bytes. */
export const sessionRows: Decoder<readonly SessionRow[]> = (value) => {
  const rows = arrayOf(sessionRow, Infinity)(value);
  mustGrow(rows.map(([node]) => node));
  for (const [, floor, settled] of rows) {
    const sequences = settled.map(([sequence]) => sequence);
    mustGrow(sequences);
    if ((sequences[0] ?? floor) < floor) throw new DecodeError('a record below the floor');
  }
  return rows;
};

function mustGrow(keys: readonly (number | string)[]): void {
  keys.forEach((key, i) => {
    const before = keys[i - 1];
    if (before !== undefined && before >= key) throw new DecodeError('records out of order');
  });
}

/** `forgotten`: below what its node has settled. It was applied and its outcome is known there, or was withdrawn unsent. */
export type Lookup =
  { readonly state: 'new' | 'forgotten' } | ({ readonly state: 'settled' } & Settled);

/**
 * The exactly-once records (rule S7): for each node its operations that were applied and that it may still ask
 * about. Part of the replicated state: driven by the log only, so equal at every node.
 */
export class Sessions {
  #sessions = new Map<NodeId, Session>();

  /** Nodes that ever had an operation applied. */
  get size(): number {
    return this.#sessions.size;
  }

  lookup(id: OperationId): Lookup {
    const session = this.#sessions.get(id.node);
    if (!session) return { state: 'new' };
    if (id.sequence < session.floor) return { state: 'forgotten' };
    const settled = session.settled.get(id.sequence);
    return settled ? { state: 'settled', ...settled } : { state: 'new' };
  }

  /** Whether there is room for the operation's record, or it makes some. */
  hasRoomFor({ id, settledBelow }: Operation): boolean {
    const session = this.#sessions.get(id.node);
    return !session || session.settled.size < MAX_RECORDS || settledBelow > session.floor;
  }

  record(operation: Operation, settled: Settled): void {
    const { node, sequence } = operation.id;
    const session = this.#session(node);
    assert(this.lookup(operation.id).state === 'new', 'S7: an operation is applied at most once');
    session.settled.set(sequence, settled);
    this.#forgetBelow(session, operation.settledBelow);
  }

  reset(): void {
    this.#sessions = new Map();
  }

  snapshot(): Json {
    const sessions = [...this.#sessions].sort(([a], [b]) => (a < b ? -1 : 1));
    return sessions.map(([node, { floor, settled }]) => [
      node,
      floor,
      [...settled]
        .sort(([a], [b]) => a - b)
        .map(([sequence, { index, outcome }]) => [sequence, index, outcome]),
    ]);
  }

  /** Takes what `sessionRows` accepts. */
  restore(data: Json): void {
    const rows = sessionRows(data);
    this.reset();
    for (const [node, floor, settled] of rows) {
      const session = this.#session(node);
      session.floor = floor;
      for (const [sequence, index, outcome] of settled) {
        session.settled.set(sequence, { index, outcome });
      }
    }
  }

  #session(node: NodeId): Session {
    let session = this.#sessions.get(node);
    if (!session) {
      session = { floor: 0, settled: new Map() };
      this.#sessions.set(node, session);
    }
    return session;
  }

  #forgetBelow(session: Session, floor: number): void {
    if (floor <= session.floor) return;
    session.floor = floor;
    for (const sequence of session.settled.keys()) {
      if (sequence < floor) session.settled.delete(sequence);
    }
  }
}
