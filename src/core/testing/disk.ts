import { unreachable } from '../assert.ts';
import type { LogEntry, Operation } from '../entry.ts';
import type { Archive, Meta, Snapshot, StorageWrite, Stored } from '../stored.ts';

/** A disk for the harness, which can't import a storage: the core stands alone. */
export class TestDisk {
  #meta: Meta | null = null;
  #snapshot: Snapshot | null = null;
  #entries: LogEntry[] = [];
  readonly #outbox = new Map<number, Operation>();
  readonly #archives = new Map<string, Archive>();

  load(): Stored | null {
    if (!this.#meta) return null;
    return {
      meta: this.#meta,
      snapshot: this.#snapshot,
      entries: [...this.#entries],
      outbox: [...this.#outbox.values()],
      archives: [...this.#archives.values()],
    };
  }

  write(writes: readonly StorageWrite[]): void {
    for (const write of writes) this.#do(write);
  }

  #do(write: StorageWrite): void {
    switch (write.type) {
      case 'meta':
        this.#meta = write.meta;
        return;
      case 'append': {
        const first = write.entries[0]?.index ?? Infinity;
        this.#entries = [...this.#entries.filter(({ index }) => index < first), ...write.entries];
        return;
      }
      case 'snapshot':
        this.#snapshot = write.snapshot;
        this.#entries = write.reset
          ? []
          : this.#entries.filter(({ index }) => index > write.dropThrough);
        return;
      case 'outbox-put':
        for (const operation of write.operations)
          this.#outbox.set(operation.id.sequence, operation);
        return;
      case 'outbox-delete':
        for (const sequence of write.sequences) this.#outbox.delete(sequence);
        return;
      case 'archive':
        this.#archives.set(write.archive.generation, write.archive);
        this.#entries = [];
        this.#snapshot = null;
        this.#outbox.clear();
        return;
      case 'archive-put':
        this.#archives.set(write.archive.generation, write.archive);
        return;
      default:
        unreachable(write);
    }
  }
}
