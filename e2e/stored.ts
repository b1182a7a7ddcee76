import type { Page } from '@playwright/test';

/** Everything that the databases of this page's origin hold, as text. */
export async function stored(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const asText = (_: string, value: unknown): unknown =>
      value instanceof ArrayBuffer || ArrayBuffer.isView(value)
        ? new TextDecoder().decode(value)
        : value;
    const done = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(new Error('not read'));
      });
    const found: unknown[] = [];
    for (const { name } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name ?? ''));
      for (const store of [...database.objectStoreNames]) {
        const all = database.transaction(store).objectStore(store);
        found.push(await done(all.getAllKeys()), await done(all.getAll()));
      }
      database.close();
    }
    return JSON.stringify(
      [found, Object.entries(localStorage), Object.entries(sessionStorage)],
      asText,
    );
  });
}
