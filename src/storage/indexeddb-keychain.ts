import { get, set } from 'idb-keyval';
import type { Keychain } from '../runtime/keychain.ts';
import { Database } from './indexeddb-database.ts';

/**
 * Keeps the keys of a park's users on this device, apart from their logs. The browser stores keys that can't be
 * extracted as they are: no script ever sees what they are made of.
 */
export class IndexedDbKeychain implements Keychain {
  readonly #database: Database;

  constructor(park: string) {
    this.#database = new Database(keychainName(park));
  }

  get(name: string): Promise<unknown> {
    return get<unknown>(name, this.#database.use);
  }

  set(name: string, key: CryptoKey | CryptoKeyPair): Promise<void> {
    return set(name, key, this.#database.use);
  }

  close(): void {
    this.#database.close();
  }
}

/** No slot of a park is called so: those end in a number. */
export function keychainName(park: string): string {
  return `gatehouse/${park}/keys`;
}
