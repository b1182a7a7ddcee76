import { assertFounding, EMPTY_EXTENT, extentAfterAll, extentOf } from './extent.ts';
import { after, emptyState, heldBy, toStored, type DiskState, type Held } from './memory-state.ts';
import { comparePosition } from '../core/entry.ts';
import type { Stored, StorageWrite } from '../core/stored.ts';
import type { LoadResult, Storage, StorageError } from './storage.ts';

export type { Held } from './memory-state.ts';

/** Calls back once, `delayMs` later. The simulator's is its virtual clock. */
export type Defer = (delayMs: number, callback: () => void) => void;

export interface MemoryDiskOptions {
  readonly defer: Defer;
  /** How long a call takes, ms; asked once per call. `Infinity`: it never ends. Without: 0, yet never at once. */
  readonly latency?: (call: 'load' | 'write') => number;
}

/** What becomes of a write that did not end well. A transaction is atomic: all of it happened, or nothing. */
export type Fate = 'done' | 'undone';

/**
 * A disk that breaks the promise of a transaction: its first `torn` writes are there, and what is put last, the
 * sentinel, is not.
 */
export interface Torn {
  readonly torn: number;
}

/** A load that is to fail, and who is told when it does. */
interface PlannedLoad {
  readonly hit: () => void;
}

interface PlannedWrite extends PlannedLoad {
  readonly fate: Fate;
}

/** A disk in memory that outlives the handles on it: a crash drops the handle and keeps the disk. */
export class MemoryDisk {
  private state = emptyState();
  private before = this.state;
  private sentinels = 0;
  private wipes = 0;
  private corrupted = false;
  private handle: MemoryStorage | null = null;
  private readonly planned: { load: PlannedLoad | null; write: PlannedWrite | null } = {
    load: null,
    write: null,
  };

  constructor(private readonly options: MemoryDiskOptions) {}

  /**
   * A handle. An earlier one that is still open is fenced as soon as the newer one writes.
   * @param defer of the page that opens it, which may stand still
   */
  open(defer: Defer = this.options.defer): MemoryHandle {
    const { wipes } = this;
    this.handle = new MemoryStorage(
      { ...this.options, defer },
      {
        // Whose identity was here when the page was opened, and is not any more: it is not blank, it has lost all (S9).
        read: (known) => (wipes === this.wipes ? this.read(known) : this.readLost()),
        write: (expected, writes) => this.write(expected, writes),
        tear: (expected, writes) => this.tear(expected, writes),
        hasMoved: ({ sentinel, revision }) =>
          sentinel === this.state.sentinel && revision !== this.state.revision,
      },
    );
    return this.handle;
  }

  /** True while the newest handle has a write under way. */
  get writing(): boolean {
    return this.handle?.writing === true;
  }

  /** Whether the next load finds that what is there does not fit together. */
  get damaged(): boolean {
    return this.corrupted || comparePosition(this.state.extent.end, this.state.tip) !== 0;
  }

  /** The newest handle is gone, its callbacks never come; a write under way is done or not. */
  crash(underWay: Fate | Torn): void {
    this.handle?.crash(underWay);
    this.handle = null;
  }

  /**
   * Takes back the last write that was acknowledged, as a crash of the device does under relaxed durability: a
   * planted bug, for a strict store never forgets. Once per write; false when there is nothing to forget.
   */
  forgetLastWrite(): boolean {
    if (this.state === this.before) return false;
    this.state = this.before;
    return true;
  }

  /**
   * The next load of any handle ends with `failed`.
   * @param hit called when it does
   */
  failNextLoad(hit: () => void = () => undefined): void {
    this.planned.load = { hit };
  }

  /**
   * The next write of any handle ends with `failed`. With fate `done` it happened all the same, which its handle
   * can't know: that handle's next write ends with `lost`; a new handle loads what is there.
   * @param hit called when it does
   */
  failNextWrite(fate: Fate, hit: () => void = () => undefined): void {
    this.planned.write = { fate, hit };
  }

  /** Nothing is planned any more. */
  calm(): void {
    this.planned.load = null;
    this.planned.write = null;
  }

  /** Somebody cleared the site's data: all is gone, the sentinel too. */
  wipe(): void {
    this.wipes++;
    this.state = emptyState();
    this.before = this.state;
    this.corrupted = false;
  }

  /** Only the sentinel is gone. */
  removeSentinel(): void {
    this.state = { ...this.state, sentinel: 0 };
    this.before = this.state;
  }

  /** From now until `wipe`, loads end with `corrupt`. */
  corrupt(): void {
    this.corrupted = true;
  }

  /** What is durable at this moment, for checkers. */
  get held(): Held {
    return heldBy(this.state);
  }

  /** Nothing was ever written, or all was wiped. */
  get blank(): boolean {
    return this.state.meta === null;
  }

  /** What is durable at this moment, for checkers; null when nothing was ever written. Costs a copy of the log. */
  peek(): Stored | null {
    return toStored(this.state);
  }

  private read(known: Mark | null): LoadResult & { mark: Mark } {
    const mark = markOf(this.state);
    const { load } = this.planned;
    if (load) {
      this.planned.load = null;
      load.hit();
      return { ok: false, error: failed('a planned failure'), mark };
    }
    const error = known === null ? this.orphaned() : this.difference(known);
    if (error !== null) return { ok: false, error, mark };
    if (this.damaged) return { ok: false, error: CORRUPT, mark };
    return { ok: true, stored: toStored(this.state), mark };
  }

  private readLost(): LoadResult & { mark: Mark } {
    return { ok: false, error: LOST, mark: markOf(emptyState()) };
  }

  private write(expected: Mark, writes: readonly StorageWrite[]): StorageError | Mark {
    const { sentinel, revision } = this.state;
    const error = this.difference(expected);
    if (error !== null) return error;
    const { fate = null, hit } = this.planned.write ?? {};
    this.planned.write = null;
    hit?.();
    if (fate === 'undone') return failed('a planned failure');
    this.before = this.state;
    const next = after(this.state, writes);
    next.sentinel = sentinel === 0 ? ++this.sentinels : sentinel;
    next.revision = revision + 1;
    next.tip = next.extent.end;
    this.state = next;
    if (fate === 'done') return failed('a planned failure, yet it happened');
    return markOf(this.state);
  }

  private tear(expected: Mark, writes: readonly StorageWrite[]): void {
    if (this.difference(expected) === null) this.state = after(this.state, writes);
  }

  /** Records without a sentinel are a rest of something: nobody knows what is missing. */
  private orphaned(): StorageError | null {
    return this.state.sentinel === 0 && this.state.meta !== null ? LOST : null;
  }

  /** Why what a handle knows is not what is there, or null. */
  private difference(known: Mark): StorageError | null {
    if (this.state.sentinel !== known.sentinel) return this.state.sentinel === 0 ? LOST : FENCED;
    return this.state.revision === known.revision ? null : FENCED;
  }
}

const LOST: StorageError = { code: 'lost', message: 'the stored data was cleared' };
const FENCED: StorageError = { code: 'lost', message: 'somebody else writes to this store' };
const CORRUPT: StorageError = { code: 'corrupt', message: 'the records do not fit together' };

/** The storage port, and what can befall the page that has it open. */
export interface MemoryHandle extends Storage {
  /** A write is under way. */
  readonly writing: boolean;
  /** Another handle has written since: the next write here ends with `lost`. */
  readonly fenced: boolean;
  /** What the disk held when this handle last loaded or wrote, for checkers. */
  readonly held: Held;
  /** The page is gone: no callback comes any more. */
  crash(underWay: Fate | Torn): void;
}

/** What a handle knows of the disk: a disk that differs is not the one that it wrote. */
interface Mark {
  readonly sentinel: number;
  readonly revision: number;
  readonly state: DiskState;
}

function markOf(state: DiskState): Mark {
  return { sentinel: state.sentinel, revision: state.revision, state };
}

interface DiskAccess {
  read(known: Mark | null): LoadResult & { mark: Mark };
  write(expected: Mark, writes: readonly StorageWrite[]): StorageError | Mark;
  tear(expected: Mark, writes: readonly StorageWrite[]): void;
  hasMoved(known: Mark): boolean;
}

/** The storage port on a memory disk: the twin of IndexedDB for simulations and tests. */
class MemoryStorage implements MemoryHandle {
  /** The write that is under way, null without one. */
  private underWay: readonly StorageWrite[] | null = null;
  private loading = false;
  private closed = false;
  private mark: Mark | null = null;
  private extent = EMPTY_EXTENT;
  private founded = false;

  constructor(
    private readonly options: MemoryDiskOptions,
    private readonly disk: DiskAccess,
  ) {}

  load(done: (result: LoadResult) => void): void {
    this.assertIdle();
    this.loading = true;
    this.after('load', () => {
      this.loading = false;
      const { mark, ...result } = this.disk.read(this.mark);
      if (result.ok) {
        this.mark = mark;
        this.extent = extentOf(result.stored);
        this.founded = result.stored !== null;
      }
      done(result);
    });
  }

  write(writes: readonly StorageWrite[], done: (error: StorageError | null) => void): void {
    this.assertIdle();
    if (this.mark === null) throw new Error('a store is loaded before it is written');
    if (!this.founded) assertFounding(writes);
    const extent = extentAfterAll(this.extent, writes);
    this.underWay = writes;
    this.after('write', () => {
      const error = this.finish(writes);
      if (error === null) {
        this.extent = extent;
        this.founded = true;
      }
      done(error);
    });
  }

  close(): void {
    this.closed = true;
    this.underWay = null;
  }

  get writing(): boolean {
    return this.underWay !== null;
  }

  get fenced(): boolean {
    return this.mark !== null && this.disk.hasMoved(this.mark);
  }

  get held(): Held {
    return heldBy(this.mark?.state ?? emptyState());
  }

  crash(underWay: Fate | Torn): void {
    if (this.underWay !== null && this.mark !== null) {
      if (underWay === 'done') this.finish(this.underWay);
      else if (underWay !== 'undone')
        this.disk.tear(this.mark, this.underWay.slice(0, underWay.torn));
    }
    this.close();
  }

  private finish(writes: readonly StorageWrite[]): StorageError | null {
    if (this.mark === null) throw new Error('unreachable: write() checked it');
    this.underWay = null;
    const result = this.disk.write(this.mark, writes);
    if ('code' in result) return result;
    this.mark = result;
    return null;
  }

  private after(call: 'load' | 'write', callback: () => void): void {
    const delay = this.options.latency?.(call) ?? 0;
    if (delay === Infinity) return;
    this.options.defer(delay, () => {
      if (!this.closed) callback();
    });
  }

  private assertIdle(): void {
    if (this.closed) throw new Error('the store is closed');
    if (this.loading || this.underWay !== null) throw new Error('one call at a time');
  }
}

function failed(message: string): StorageError {
  return { code: 'failed', message };
}
