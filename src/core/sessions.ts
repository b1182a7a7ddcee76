import { assert } from './assert.ts';
import type { Operation, OperationId } from './entry.ts';
import type { NodeId } from './identity.ts';
import type { Json } from './json.ts';

/** What became of an operation: the entry that it was applied with, and the machine's answer. */
export interface Settled {
  readonly index: number;
  readonly outcome: Json;
}

interface Session {
  /** Operations below have been settled at their node; their outcomes are forgotten. */
  floor: number;
  readonly settled: Map<number, Settled>;
}

/** `forgotten`: applied once, but so long ago that its node has already learnt the outcome. */
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

  /** Throws a TypeError on data that `snapshot` did not make. */
  restore(data: Json): void {
    this.reset();
    for (const row of asArray(data)) {
      const [node, floor, settled] = asArray(row);
      if (typeof node !== 'string' || typeof floor !== 'number') throw new TypeError('bad session');
      const session = this.#session(node);
      session.floor = floor;
      for (const record of asArray(settled ?? null)) {
        const [sequence, index, outcome] = asArray(record);
        if (typeof sequence !== 'number' || typeof index !== 'number')
          throw new TypeError('bad session');
        session.settled.set(sequence, { index, outcome: outcome ?? null });
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

function asArray(data: Json): readonly Json[] {
  if (!Array.isArray(data)) throw new TypeError('bad session');
  return data as readonly Json[];
}
