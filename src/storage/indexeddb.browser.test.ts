import { del, entries as readAll, set } from 'idb-keyval';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Database, databaseName } from './indexeddb-database.ts';
import { IndexedDbStorage } from './indexeddb.ts';
import { KEYS } from './layout.ts';
import { append, dropTo, entries, FOUND, LATER_TERM, operation } from './examples.contract.ts';
import { load, storageContract, stored, write } from './storage.contract.ts';
import type { Storage } from './storage.ts';

let made = 0;
const freshName = () => databaseName(`test-${Date.now()}-${made++}`, 0);

function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(new Error(`${name} was not deleted`));
  });
}

/** Does something to the database over a connection of its own. */
async function behind(name: string, change: (database: Database) => Promise<unknown>) {
  const database = new Database(name);
  await change(database);
  database.close();
}

storageContract('IndexedDB', async () => {
  const name = freshName();
  return {
    open: () => new IndexedDbStorage(name),
    wipe: () =>
      behind(name, (database) =>
        database.use('readwrite', (store) => {
          store.clear();
          return new Promise((resolve) => (store.transaction.oncomplete = resolve));
        }),
      ),
    removeSentinel: () => behind(name, (database) => del(KEYS.sentinel, database.use)),
    corrupt: () => behind(name, (database) => set(KEYS.meta, '{"id":"heron"}', database.use)),
    dispose: () => deleteDatabase(name),
  };
});

describe('IndexedDB', () => {
  const names: string[] = [];
  let storage: Storage | undefined;

  afterEach(async () => {
    storage?.close();
    storage = undefined;
    for (const name of names.splice(0)) await deleteDatabase(name);
  });

  it('loads after a connection that the browser closed while it was made', async () => {
    const name = freshName();
    names.push(name);
    const open = vi.spyOn(indexedDB, 'open').mockImplementationOnce(() => {
      throw new DOMException('The connection was closed.', 'AbortError');
    });
    storage = new IndexedDbStorage(name);
    expect(await load(storage)).toEqual({ ok: true, stored: null });
    expect(open).toHaveBeenCalledTimes(2);
    open.mockRestore();
  });

  async function founded(...writes: Parameters<Storage['write']>[0]): Promise<[Storage, string]> {
    const name = freshName();
    names.push(name);
    storage = new IndexedDbStorage(name);
    expect(await stored(storage)).toBeNull();
    expect(await write(storage, FOUND, ...writes)).toBeNull();
    return [storage, name];
  }
  async function records(name: string): Promise<[string, string][]> {
    let all: [string, string][] = [];
    await behind(name, async (database) => (all = await readAll<string, string>(database.use)));
    return all;
  }

  it('a deletion of the database is not held up, and the next write is lost', async () => {
    const [open, name] = await founded(append(1, 3));
    await deleteDatabase(name);
    expect(await write(open, append(4, 4))).toMatchObject({ code: 'lost' });
  });

  it('a write that can not be done fails, changes nothing, and can be repeated', async () => {
    const [open, name] = await founded(append(1, 3));
    const before = await records(name);
    const put = IDBObjectStore.prototype.put;
    // The last request of the transaction is refused, as it is when the disk is full.
    IDBObjectStore.prototype.put = function (value: unknown, key?: IDBValidKey) {
      if (key === KEYS.sentinel) throw new DOMException('no room', 'QuotaExceededError');
      return put.call(this, value, key);
    };
    try {
      const error = await write(open, append(2, 9), {
        type: 'outbox-put',
        operations: [operation(1)],
      });
      expect(error).toMatchObject({ code: 'failed', message: 'QuotaExceededError: no room' });
    } finally {
      IDBObjectStore.prototype.put = put;
    }
    expect(await records(name)).toEqual(before);
    expect(await write(open, append(4, 5))).toBeNull();
    expect((await stored(open))?.entries).toEqual(entries(1, 5));
  });

  it('a write whose transaction the browser undoes fails', async () => {
    const [open, name] = await founded(append(1, 3));
    const commit = IDBTransaction.prototype.commit;
    IDBTransaction.prototype.commit = function () {
      this.abort();
    };
    try {
      expect(await write(open, append(4, 4))).toMatchObject({ code: 'failed' });
    } finally {
      IDBTransaction.prototype.commit = commit;
    }
    expect(await write(open, append(4, 4))).toBeNull();
    expect((await records(name)).length).toBeGreaterThan(0);
    expect((await stored(open))?.entries).toEqual(entries(1, 4));
  });

  it('a browser that opens no database fails the load, and is asked again', async () => {
    const name = freshName();
    names.push(name);
    const open = indexedDB.open.bind(indexedDB);
    Object.defineProperty(indexedDB, 'open', {
      configurable: true,
      value: () => {
        throw new DOMException('not in this mode', 'SecurityError');
      },
    });
    storage = new IndexedDbStorage(name);
    try {
      expect(await load(storage)).toMatchObject({ ok: false, error: { code: 'failed' } });
    } finally {
      Object.defineProperty(indexedDB, 'open', { configurable: true, value: open });
    }
    expect(await stored(storage)).toBeNull();
  });

  it('transactions are strictly durable', async () => {
    const durabilities: (string | undefined)[] = [];
    const transaction = IDBDatabase.prototype.transaction;
    IDBDatabase.prototype.transaction = function (stores, mode, options) {
      if (mode === 'readwrite') durabilities.push(options?.durability);
      return transaction.call(this, stores, mode, options);
    };
    try {
      const [open] = await founded(append(1, 1));
      expect(await write(open, append(2, 2))).toBeNull();
    } finally {
      IDBDatabase.prototype.transaction = transaction;
    }
    expect(durabilities).toEqual(['strict', 'strict']);
  });

  it('a batch is one value, and the tip stands in the sentinel', async () => {
    const [open, name] = await founded(append(1, 200));
    expect(await write(open, append(150, 160, LATER_TERM))).toBeNull();
    expect(await write(open, dropTo(155, 155))).toBeNull();
    const all = new Map(await records(name));
    expect([...all.keys()]).toEqual(['log-start', KEYS.batch(150), 'meta', 'sentinel']);
    expect(JSON.parse(all.get('sentinel') ?? '')).toMatchObject({
      revision: 3,
      tip: { index: 160, term: LATER_TERM },
    });
  });

  it.each([
    ['a batch in the middle is gone', (name: string) => remove(name, KEYS.batch(301))],
    ['the last batch is gone', (name: string) => remove(name, KEYS.batch(601))],
    ['the first batch is gone', (name: string) => remove(name, KEYS.batch(1))],
    [
      'a batch lies under the key of another',
      async (name: string) => {
        await remove(name, KEYS.batch(601));
        await put(name, KEYS.batch(602), JSON.stringify(entries(601, 601)));
      },
    ],
    ['meta is gone', (name: string) => remove(name, KEYS.meta)],
    ['a batch is not JSON', (name: string) => put(name, KEYS.batch(1), 'nonsense')],
    ['a batch is not text', (name: string) => put(name, KEYS.batch(1), entries(1, 300))],
    ['a field is unknown', (name: string) => put(name, KEYS.logStart, '{"start":1,"more":2}')],
    ['a record is unknown', (name: string) => put(name, 'notes', '{}')],
  ])('%s: corrupt', async (_what, spoil) => {
    const [open, name] = await founded(append(1, 300));
    expect(await write(open, append(301, 600))).toBeNull();
    expect(await write(open, append(601, 601))).toBeNull();
    await spoil(name);
    const next = new IndexedDbStorage(name);
    expect(await load(next)).toMatchObject({ ok: false, error: { code: 'corrupt' } });
    next.close();
  });

  it('a batch that went bad under a live handle: corrupt when it is cut', async () => {
    const [open, name] = await founded(append(1, 300));
    await put(name, KEYS.batch(1), '[]');
    expect(await write(open, append(200, 200))).toMatchObject({ code: 'corrupt' });
  });

  function remove(name: string, key: string): Promise<void> {
    return behind(name, (database) => del(key, database.use));
  }
  function put(name: string, key: string, value: unknown): Promise<void> {
    return behind(name, (database) => set(key, value, database.use));
  }
});
