/** Where a tab keeps its keys from one life to the next. What comes out may be anything: data can be damaged. */
export interface Keychain {
  get(name: string): Promise<unknown>;
  /** Resolves once it is durable. */
  set(name: string, key: CryptoKey | CryptoKeyPair): Promise<void>;
}

/** Keeps keys as long as the page is open: for tests, and where there is no storage for keys. */
export class MemoryKeychain implements Keychain {
  readonly #keys = new Map<string, CryptoKey | CryptoKeyPair>();

  async get(name: string): Promise<unknown> {
    return this.#keys.get(name);
  }

  async set(name: string, key: CryptoKey | CryptoKeyPair): Promise<void> {
    this.#keys.set(name, key);
  }
}
