/**
 * The next write to a database is dropped as a browser does it that clears a site's data: nothing is stored, the
 * transaction tells nobody, and the connection says `close`. Resolves once that is so.
 */
export function dropNextWrite(name: string): Promise<void> {
  const begin = IDBDatabase.prototype.transaction;
  return new Promise((dropped) => {
    IDBDatabase.prototype.transaction = function (...asked) {
      const transaction = begin.apply(this, asked);
      if (this.name !== name || transaction.mode !== 'readwrite') return transaction;
      IDBDatabase.prototype.transaction = begin;
      for (const told of ['oncomplete', 'onabort', 'onerror']) {
        Object.defineProperty(transaction, told, { set: () => undefined });
      }
      void onceWritten(transaction).then(() => {
        transaction.abort();
        this.close();
        this.dispatchEvent(new Event('close'));
        dropped();
      });
      return transaction;
    };
  });
}

/** Keeps a transaction open until something is put. */
function onceWritten(transaction: IDBTransaction): Promise<void> {
  const store = transaction.objectStore(transaction.objectStoreNames[0] ?? '');
  let isWritten = false;
  store.put = function (...asked) {
    isWritten = true;
    return IDBObjectStore.prototype.put.apply(this, asked);
  };
  return new Promise((written) => {
    const look = (): void => {
      if (isWritten) written();
      else store.count().onsuccess = look;
    };
    look();
  });
}
