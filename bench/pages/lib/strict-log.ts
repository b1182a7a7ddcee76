/** Floor of a log on the disk: one strictly durable transaction for each batch, which is one stored value. */
export class StrictLog {
  #next = 0;

  private constructor(private readonly database: IDBDatabase) {}

  static open(name: string): Promise<StrictLog> {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore('log');
      request.onsuccess = () => resolve(new StrictLog(request.result));
      request.onerror = () => reject(request.error ?? new Error('no database'));
    });
  }

  /** Resolves once it is on the disk. */
  append(batch: unknown): Promise<void> {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction('log', 'readwrite', { durability: 'strict' });
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error('not written'));
      transaction.objectStore('log').put(JSON.stringify(batch), this.#next++);
      transaction.commit();
    });
  }
}
