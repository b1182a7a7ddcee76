import type { StorageWrite, Stored } from '../core/stored.ts';

/**
 * Why storage refused.
 * `failed`: the write or read did not happen, or may not have (quota, a closed database, an abort).
 * `lost`: the sentinel is gone: somebody cleared the data under us. What was promised is forgotten (rule S9).
 * `corrupt`: a record does not fit its schema.
 */
export interface StorageError {
  readonly code: 'failed' | 'lost' | 'corrupt';
  readonly message: string;
}

export type LoadResult =
  | { readonly ok: true; readonly stored: Stored | null }
  | { readonly ok: false; readonly error: StorageError };

/**
 * The storage port: what one node must not forget. Callbacks, not promises, so that a simulator can run it in
 * virtual time. The driver has one call open at a time.
 */
export interface Storage {
  /** Everything stored, checked against its schema; null when this store is new. */
  load(done: (result: LoadResult) => void): void;
  /**
   * Does all the writes in order, in one transaction, or none; `done(null)` only once they are durable. The first
   * write to a new store begins with `meta` and leaves a sentinel; every later one reads it in its transaction.
   */
  write(writes: readonly StorageWrite[], done: (error: StorageError | null) => void): void;
  /** Ends all use. Writes under way may or may not become durable; no callback comes any more. */
  close(): void;
}
