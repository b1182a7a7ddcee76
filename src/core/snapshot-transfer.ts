import { assert } from './assert.ts';
import type { Context } from './context.ts';
import { decodeSnapshot, type Decoded } from './decode.ts';
import { comparePosition, type Position } from './entry.ts';
import type { NodeId } from './identity.ts';
import type { SnapshotChunk, SnapshotOffer } from './messages.ts';
import type { Replica } from './replica.ts';
import type { Snapshot } from './stored.ts';
import type { Term } from './term.ts';

/** UTF-16 units in one SNAPSHOT_CHUNK. */
const CHUNK = 64 * 1024;
/** Before a chunk is asked for again, ms. */
const RETRY = 1000;

/** Gives away the snapshot that the log stands on, in chunks that the other side asks for (rule R6). */
export class SnapshotSource {
  #encoded: { readonly snapshot: Snapshot; readonly text: string } | null = null;

  constructor(
    private readonly context: Context,
    private readonly replica: Replica,
  ) {}

  offer(to: NodeId, term: Term): void {
    const encoded = this.#encode();
    assert(encoded !== null, 'a log that begins after index 1 stands on a snapshot');
    const { at } = encoded.snapshot;
    this.context.send(to, { type: 'SNAPSHOT_OFFER', term, at, size: encoded.text.length });
  }

  /** SNAPSHOT_FETCH: a chunk, or an offer of the newer snapshot that took the place of the one asked for. */
  fetch(from: NodeId, at: Position, offset: number): void {
    const encoded = this.#encode();
    if (!encoded) return;
    const { snapshot, text } = encoded;
    if (snapshot.at.index !== at.index || snapshot.at.term !== at.term) {
      this.offer(from, this.replica.promised);
      return;
    }
    const data = text.slice(offset, offset + CHUNK);
    this.context.send(from, { type: 'SNAPSHOT_CHUNK', at, offset, size: text.length, data });
  }

  #encode(): { readonly snapshot: Snapshot; readonly text: string } | null {
    const snapshot = this.replica.baseSnapshot;
    if (!snapshot) return null;
    if (this.#encoded?.snapshot !== snapshot) {
      this.#encoded = { snapshot, text: JSON.stringify(snapshot) };
    }
    return this.#encoded;
  }
}

interface Fetch {
  readonly from: NodeId;
  readonly at: Position;
  readonly size: number;
  text: string;
}

export interface SnapshotSinkEvents {
  /** Another chunk is here. */
  progressed(from: NodeId): void;
  /** It is durable. */
  installed(from: NodeId, at: Position): void;
}

/** Fetches a snapshot chunk by chunk; a lost chunk is asked for again, so a fetch resumes where it stopped. */
export class SnapshotSink {
  #fetch: Fetch | null = null;

  constructor(
    private readonly context: Context,
    private readonly replica: Replica,
    private readonly events: SnapshotSinkEvents,
  ) {}

  offered(from: NodeId, { at, size }: SnapshotOffer): void {
    if (at.index <= this.replica.commitIndex) return;
    const current = this.#fetch;
    if (current?.from === from && isEqual(current.at, at)) return;
    this.#fetch = { from, at, size, text: '' };
    this.#ask();
  }

  /** The log to adopt is behind a snapshot whose position is not known here: let its holder offer it. */
  askFor(from: NodeId): void {
    this.context.send(from, { type: 'SNAPSHOT_FETCH', at: { index: 0, term: '' }, offset: 0 });
  }

  received(from: NodeId, chunk: SnapshotChunk): void {
    const current = this.#fetch;
    if (current?.from !== from || !isEqual(current.at, chunk.at)) return;
    if (chunk.offset !== current.text.length || chunk.data.length === 0) return;
    if (chunk.size !== current.size) {
      this.stop();
      this.context.refuse(from, 'snapshot: of another size than offered');
      return;
    }
    current.text += chunk.data;
    this.events.progressed(from);
    if (current.text.length < current.size) this.#ask();
    else this.#install(current);
  }

  /** Timer `fetch`. */
  timedOut(): void {
    if (this.#fetch) this.#ask();
  }

  /** Another leader is followed: what the old one had offered is of no use. */
  follow(leader: NodeId): void {
    if (this.#fetch?.from !== leader) this.stop();
  }

  stop(): void {
    this.#fetch = null;
    this.context.clearTimer('fetch');
  }

  #ask(): void {
    const current = this.#fetch;
    assert(current !== null, 'a fetch is under way');
    const { from, at, text } = current;
    this.context.send(from, { type: 'SNAPSHOT_FETCH', at, offset: text.length });
    this.context.setTimer('fetch', RETRY);
  }

  /** Everything is checked before anything is changed: half a snapshot would be no state at all. */
  #install({ from, at, text }: Fetch): void {
    this.stop();
    const checked = this.#check(text, at);
    if (!checked.ok) this.context.refuse(from, `snapshot: ${checked.reason}`);
    else if (at.index > this.replica.commitIndex) {
      this.replica.installSnapshot(checked.value, [], () => {
        this.events.installed(from, at);
      });
    }
  }

  #check(text: string, at: Position): Decoded<Snapshot> {
    const decoded = decodeSnapshot(text);
    if (!decoded.ok) return decoded;
    if (!isEqual(decoded.value.at, at)) return { ok: false, reason: 'another one than offered' };
    if (!this.#isOfOurPark(decoded.value)) return { ok: false, reason: 'of another park' };
    const problem = this.replica.machine.refuseSnapshot(decoded.value.machine);
    return problem === null ? decoded : { ok: false, reason: problem };
  }

  /**
   * It may have been offered to this node before that came to hold another log (rule G1). What began its own, and what is
   * committed there, must stand in the snapshot too; a blank node takes any.
   */
  #isOfOurPark({ generations: theirs }: Snapshot): boolean {
    const { membership, commitIndex } = this.replica;
    return membership.generations
      .filter(({ at }, place) => place === 0 || at.index <= commitIndex)
      .every((ours) => theirs.some(({ id, at }) => id === ours.id && isEqual(at, ours.at)));
  }
}

function isEqual(a: Position, b: Position): boolean {
  return comparePosition(a, b) === 0;
}
