import { entries as readAll, promisifyRequest } from 'idb-keyval';
import { customAlphabet } from 'nanoid';
import { batchCutAt, BatchPlan, type Batch } from './batches.ts';
import { assertFounding, extentAfter, extentAfterAll, extentOf, type LogExtent } from './extent.ts';
import { Database } from './indexeddb-database.ts';
import { KEYS, readContents } from './layout.ts';
import { PackPlan, type Packs } from './packs.ts';
import { decodeRecord, encodeRecord, FORMAT, type Sentinel } from './records.ts';
import type { LogEntry } from '../core/entry.ts';
import type { Archive, StorageWrite } from '../core/stored.ts';
import type { LoadResult, Storage, StorageError } from './storage.ts';

/** Needs no secure context, unlike `crypto.randomUUID`. */
const newSentinelId = customAlphabet('abcdefghijklmnopqrstuvwxyz0123456789', 16);

/** How often a write that failed looks whether the data is still there. */
const LOOKS = 3;

/** What a handle knows of its store since it last read or wrote it. */
interface Known {
  /** As it is stored; undefined for a store that was never written. */
  readonly sentinelText: string | undefined;
  readonly sentinel: Sentinel | null;
  /** False until the node's first write. The identity of a slot makes a sentinel before that. */
  readonly founded: boolean;
  readonly extent: LogExtent;
  readonly batches: readonly Batch[];
  readonly packs: Packs;
}

/**
 * The storage port on IndexedDB. Each write is one strictly durable transaction, which first reads the sentinel: if it
 * is not the one that this handle last saw, the data was cleared or somebody else writes, and nothing is changed.
 */
export class IndexedDbStorage implements Storage {
  private readonly database: Database;
  private known: Known | null = null;
  private busy = false;
  private closed = false;

  /**
   * Nothing is opened before `load`.
   * @param name as `databaseName` makes it
   * @param owner the id of whoever lives here: a store that is not, or no more, theirs is lost to them (rule S9)
   */
  constructor(
    name: string,
    private readonly owner: string | null = null,
  ) {
    this.database = new Database(name);
  }

  load(done: (result: LoadResult) => void): void {
    this.assertIdle();
    this.settle(this.readPatiently(), done);
  }

  write(writes: readonly StorageWrite[], done: (error: StorageError | null) => void): void {
    this.assertIdle();
    const { known } = this;
    if (known === null) throw new Error('a store is loaded before it is written');
    if (!known.founded) assertFounding(writes);
    const extent = extentAfterAll(known.extent, writes);
    this.settle(
      this.commit(known, extent, writes).then(
        () => null,
        (error: unknown) => this.whyFailed(error),
      ),
      done,
    );
  }

  close(): void {
    this.closed = true;
    this.database.close();
  }

  private assertIdle(): void {
    if (this.closed) throw new Error('the store is closed');
    if (this.busy) throw new Error('one call at a time');
  }

  private settle<T>(call: Promise<T>, done: (result: T) => void): void {
    this.busy = true;
    void call.then((result) => {
      this.busy = false;
      if (!this.closed) done(result);
    });
  }

  /** While the browser clears the data and closes the database, connections fail once or twice. */
  private async readPatiently(): Promise<LoadResult> {
    for (let look = 1; ; look++) {
      try {
        return await this.read();
      } catch (error) {
        const failed = toStorageError(error);
        if (failed.code !== 'failed' || look >= LOOKS) return { ok: false, error: failed };
      }
    }
  }

  private async read(): Promise<LoadResult> {
    const records = await readAll<IDBValidKey, unknown>(this.database.use);
    const sentinelText = records.find(([key]) => key === KEYS.sentinel)?.[1];
    if (this.known !== null) assertSame(this.known, sentinelText);
    else assertOwned(this.owner, records.find(([key]) => key === KEYS.identity)?.[1]);
    const result = readContents(records);
    if (!result.ok) return result;
    const { sentinel, stored, batches, packs } = result.contents;
    this.known = {
      sentinelText: typeof sentinelText === 'string' ? sentinelText : undefined,
      sentinel,
      founded: stored !== null,
      extent: extentOf(stored),
      batches,
      packs,
    };
    return { ok: true, stored };
  }

  private async commit(
    known: Known,
    extent: LogExtent,
    writes: readonly StorageWrite[],
  ): Promise<void> {
    const firsts = cutBatches(known.batches, writes);
    this.known = await this.database.change(async (store) => {
      // Asked for first, so it is the sentinel as it stood before what follows. That is undone where it is another one:
      // to wait before it would cost as much again as the write.
      const checked = this.checkSentinel(store, known);
      // What comes before may fail first: then nobody waits for it.
      checked.catch(() => undefined);
      const cut = await this.readBatches(store, firsts);
      const next = perform(store, known, extent, writes, cut);
      await checked;
      // Without this the browser first waits whether more requests come.
      store.transaction.commit();
      return next;
    });
  }

  /** To clear the data aborts what is under way: that looks like a write that failed until one looks again. */
  private async whyFailed(error: unknown): Promise<StorageError> {
    const failed = toStorageError(error);
    if (failed.code !== 'failed') return failed;
    for (let look = 1; look <= LOOKS; look++) {
      try {
        const sentinelText = await this.database.use('readonly', (store) =>
          promisifyRequest<unknown>(store.get(KEYS.sentinel)),
        );
        const wasThere = this.known?.sentinelText !== undefined;
        return sentinelText === undefined && wasThere ? CLEARED : failed;
      } catch {
        // The browser still closes the database: connections fail once or twice.
      }
    }
    return failed;
  }

  private async checkSentinel(store: IDBObjectStore, known: Known): Promise<void> {
    assertSame(known, await promisifyRequest<unknown>(store.get(KEYS.sentinel)));
  }

  /** The batches of which a part is to be kept. */
  private async readBatches(
    store: IDBObjectStore,
    firsts: readonly number[],
  ): Promise<ReadonlyMap<number, readonly LogEntry[]>> {
    const texts = await Promise.all(
      firsts.map((first) => promisifyRequest<unknown>(store.get(KEYS.batch(first)))),
    );
    return new Map(
      firsts.map((first, at) => {
        const decoded = decodeRecord('batch', texts[at]);
        if (!decoded.ok) throw new Refusal({ code: 'corrupt', message: decoded.reason });
        return [first, decoded.value];
      }),
    );
  }
}

const CLEARED: StorageError = { code: 'lost', message: 'the stored data was cleared' };

/** Carries a storage error out of a transaction. */
class Refusal extends Error {
  constructor(readonly error: StorageError) {
    super(error.message);
  }
}

function toStorageError(error: unknown): StorageError {
  if (error instanceof Refusal) return error.error;
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { code: 'failed', message };
}

function assertSame(known: Known, sentinelText: unknown): void {
  if (sentinelText === known.sentinelText) return;
  if (sentinelText === undefined) throw new Refusal(CLEARED);
  throw new Refusal({ code: 'lost', message: 'somebody else writes to this store' });
}

function assertOwned(owner: string | null, identityText: unknown): void {
  if (owner === null) return;
  if (identityText === undefined) throw new Refusal(CLEARED);
  const identity = decodeRecord('identity', identityText);
  if (!identity.ok) throw new Refusal({ code: 'corrupt', message: identity.reason });
  if (identity.value.id === owner) return;
  throw new Refusal({ code: 'lost', message: 'somebody else lives in this store' });
}

function cutBatches(batches: readonly Batch[], writes: readonly StorageWrite[]): number[] {
  const firsts = new Set<number>();
  for (const write of writes) {
    const at = write.type === 'append' ? write.entries[0]?.index : undefined;
    const first = at === undefined ? null : batchCutAt(batches, at);
    if (first !== null) firsts.add(first);
  }
  return [...firsts];
}

/** Puts all requests of a write; returns what is known once they are durable. */
function perform(
  store: IDBObjectStore,
  known: Known,
  extent: LogExtent,
  writes: readonly StorageWrite[],
  cut: ReadonlyMap<number, readonly LogEntry[]>,
): Known {
  const plan = new BatchPlan(known.batches, (first) => {
    const entries = cut.get(first);
    if (entries === undefined) throw new Error(`batch ${first} was not read`);
    return entries;
  });
  const packs = new PackPlan(known.packs);
  let reached = known.extent;
  for (const write of writes) {
    reached = extentAfter(reached, write);
    performOne(store, plan, packs, reached, write);
  }
  for (const step of packs.steps()) {
    const key = KEYS.pack(step.key);
    if (step.type === 'put') store.put(encodeRecord('pack', step.operations), key);
    else store.delete(key);
  }
  for (const step of plan.steps) {
    const key = KEYS.batch(step.first);
    if (step.type === 'put') store.put(encodeRecord('batch', step.entries), key);
    else store.delete(key);
  }
  const sentinel: Sentinel = {
    format: FORMAT,
    id: known.sentinel?.id ?? newSentinelId(),
    revision: (known.sentinel?.revision ?? 0) + 1,
    tip: extent.end,
  };
  const sentinelText = encodeRecord('sentinel', sentinel);
  store.put(sentinelText, KEYS.sentinel);
  return {
    sentinelText,
    sentinel,
    founded: true,
    extent,
    batches: plan.result(),
    packs: packs.result(),
  };
}

/** Puts the requests of one write, but for the log's batches and the outbox's packs: those are the plans'. */
function performOne(
  store: IDBObjectStore,
  plan: BatchPlan,
  packs: PackPlan,
  extent: LogExtent,
  write: StorageWrite,
): void {
  switch (write.type) {
    case 'meta':
      store.put(encodeRecord('meta', write.meta), KEYS.meta);
      break;
    case 'append':
      plan.append(write.entries);
      break;
    case 'snapshot': {
      const { snapshot, reset, dropThrough } = write;
      if (reset) plan.clear();
      else plan.dropThrough(dropThrough);
      store.put(encodeRecord('logStart', { start: extent.start, snapshot }), KEYS.logStart);
      break;
    }
    case 'outbox-put':
      packs.put(write.operations);
      break;
    case 'outbox-delete':
      packs.delete(write.sequences);
      break;
    case 'archive':
      plan.clear();
      packs.clear();
      store.delete(KEYS.logStart);
      putArchive(store, write.archive);
      break;
    case 'archive-put':
      putArchive(store, write.archive);
      break;
  }
}

function putArchive(store: IDBObjectStore, archive: Archive): void {
  store.put(encodeRecord('archive', archive), KEYS.archive(archive.generation));
}
