/** Floor of a cold start: opens a gate's database, as its own page would, and reads all that is in it at once. */
import { databaseName } from '../../src/storage/indexeddb-database.ts';

declare global {
  interface Window {
    /** From the opening of the page until all is read, ms. */
    readAll?: Promise<number>;
  }
}

const park = new URLSearchParams(location.search).get('park') ?? '';

window.readAll = new Promise((resolve, reject) => {
  const opened = indexedDB.open(databaseName(park, 0));
  opened.onerror = () => reject(opened.error ?? new Error('no database'));
  opened.onsuccess = () => {
    const read = opened.result.transaction('records').objectStore('records').getAll();
    read.onerror = () => reject(read.error ?? new Error('not read'));
    read.onsuccess = () => {
      if (read.result.length === 0) reject(new Error('nothing to read'));
      // From the page's opening, which is where its clock begins.
      else resolve(performance.now());
    };
  };
});
