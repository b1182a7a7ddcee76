import { promisifyRequest, type UseStore } from 'idb-keyval';

/** The one object store of a slot's database, as idb-keyval makes it: values under keys of any kind. */
const STORE = 'records';
/** Opening waits for a deletion that is under way. One that hangs longer than this, ms, never ends. */
const OPEN_TIMEOUT_MS = 5000;

/** The database of a park's slot on this device. */
export function databaseName(park: string, slot: number): string {
  return `gatehouse/${park}/${slot}`;
}

/**
 * A connection to one database that is made on first use and made again after the browser closed it. Whether the
 * data is still there is for the sentinel to say.
 */
export class Database {
  private connection: Promise<IDBDatabase> | null = null;
  private closed = false;

  constructor(readonly name: string) {}

  /**
   * The store that idb-keyval's functions take. A write is acknowledged once it is on the disk: the browser's
   * default acknowledges what a power cut still takes back. Rejects when the browser closes the database meanwhile.
   */
  readonly use: UseStore = async (mode, callback) => {
    const transaction = await this.begin(mode);
    return unlessClosed(transaction.db, callback(transaction.objectStore(STORE)));
  };

  /** Reads and writes in one transaction: durable when this resolves, and undone when `act` rejects. */
  change<T>(act: (store: IDBObjectStore) => Promise<T>): Promise<T> {
    return this.use('readwrite', async (store) => {
      const completed = completion(store.transaction);
      try {
        const result = await act(store);
        await completed;
        return result;
      } catch (error) {
        abort(store.transaction);
        throw error;
      }
    });
  }

  /** Transactions under way end by themselves; later ones fail. */
  close(): void {
    this.closed = true;
    this.connection?.then(
      (database) => database.close(),
      () => undefined,
    );
    this.connection = null;
  }

  private async begin(mode: IDBTransactionMode): Promise<IDBTransaction> {
    const connection = this.connect();
    try {
      return begin(await connection, mode);
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'InvalidStateError') throw error;
      // The browser has closed it, and tells only later.
      if (this.connection === connection) this.connection = null;
      return begin(await this.connect(), mode);
    }
  }

  private connect(): Promise<IDBDatabase> {
    if (this.closed) return Promise.reject(new Error(`${this.name} is closed`));
    if (this.connection !== null) return this.connection;
    const connection = openDatabase(this.name, true);
    this.connection = connection;
    const forget = () => {
      if (this.connection === connection) this.connection = null;
    };
    connection.then((database) => {
      database.onclose = forget;
      // Somebody deletes the database. In the way we would only hang them: the next write finds the sentinel gone.
      database.onversionchange = () => {
        database.close();
        forget();
      };
    }, forget);
    return connection;
  }
}

function begin(database: IDBDatabase, mode: IDBTransactionMode): IDBTransaction {
  return database.transaction(STORE, mode, { durability: 'strict' });
}

/**
 * A database with its store. Without `create`, one that does not exist is not made: the promise rejects with an
 * AbortError. It rejects too when opening takes too long.
 */
export async function openDatabase(name: string, create: boolean): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    if (create) request.result.createObjectStore(STORE);
    else request.transaction?.abort();
  };
  const opened = promisifyRequest(request);
  const timeout = withTimeout(OPEN_TIMEOUT_MS, `opening ${name} takes too long`);
  try {
    return await Promise.race([opened, timeout.expired]);
  } catch (error) {
    // It may still open, and would then stand in everybody's way.
    opened.then(
      (database) => database.close(),
      () => undefined,
    );
    throw error;
  } finally {
    timeout.cancel();
  }
}

/** Some records of a database, and how many it has. */
export interface Peek {
  readonly values: readonly unknown[];
  readonly count: number;
}

/** Reads records without keeping the database open; null when there is no such database. Rejects when it can't tell. */
export async function peekRecords(name: string, keys: readonly string[]): Promise<Peek | null> {
  let database: IDBDatabase;
  try {
    database = await openDatabase(name, false);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    throw error;
  }
  try {
    const store = database.transaction(STORE, 'readonly').objectStore(STORE);
    const requests = keys.map((key) => promisifyRequest<unknown>(store.get(key)));
    const read = Promise.all([promisifyRequest(store.count()), ...requests]);
    const [count, ...values] = await unlessClosed(database, read);
    return { values, count };
  } finally {
    database.close();
  }
}

/**
 * What is done in a transaction; rejects when the browser closes the database. One that clears the data does so under a
 * transaction, and may tell that nothing: who waits for it would wait for ever.
 */
async function unlessClosed<T>(database: IDBDatabase, work: T | PromiseLike<T>): Promise<T> {
  let onClose = (): void => undefined;
  const closed = new Promise<never>((_resolve, reject) => {
    onClose = () => reject(new Error('the browser closed the database'));
  });
  database.addEventListener('close', onClose);
  try {
    return await Promise.race([work, closed]);
  } finally {
    database.removeEventListener('close', onClose);
  }
}

/** Resolves when the transaction is durable, rejects with its reason when it is undone. */
function completion(transaction: IDBTransaction): Promise<void> {
  const ended = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => {
      reject(transaction.error ?? new Error('the transaction was aborted'));
    };
  });
  const completed = unlessClosed(transaction.db, ended);
  // It may reject before anybody waits for it.
  completed.catch(() => undefined);
  return completed;
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // It has ended already.
  }
}

function withTimeout(ms: number, message: string): { expired: Promise<never>; cancel(): void } {
  let cancel = () => {};
  const expired = new Promise<never>((_resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(message)), ms);
    cancel = () => clearTimeout(timer);
  });
  return { expired, cancel: () => cancel() };
}
