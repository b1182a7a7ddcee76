import type { Effect } from '../core/effects.ts';
import type { Meta, StorageWrite } from '../core/stored.ts';
import type { Storage, StorageError } from '../storage/storage.ts';

export type PersistEffect = Extract<Effect, { type: 'persist' }>;

export interface WriteQueueEvents {
  /** The effect's writes are durable. */
  durable(effect: PersistEffect): void;
  failed(error: StorageError): void;
}

/**
 * Persist effects in order, one transaction under way at a time: what comes while it is joins the next one, since
 * transactions on one store would only queue behind each other.
 */
export class WriteQueue {
  #waiting: PersistEffect[] = [];
  /** A transaction is under way, or its effects are being reported. */
  #busy = false;

  constructor(
    private readonly storage: Storage,
    private readonly events: WriteQueueEvents,
  ) {}

  /** It is written with the next `start`, together with what else is pushed before that. */
  push(effect: PersistEffect): void {
    this.#waiting.push(effect);
  }

  /** Writes what waits, unless a transaction is under way: then it comes after that. */
  start(): void {
    if (!this.#busy) this.#next();
  }

  /** Reporting one effect may push the next: it waits for its turn. */
  #next(): void {
    this.#busy = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      const writes = coalesce(writesOf(batch));
      if (writes.length > 0) {
        this.#write(writes, batch);
        return;
      }
      for (const effect of batch) this.events.durable(effect);
    }
    this.#busy = false;
  }

  #write(writes: readonly StorageWrite[], batch: readonly PersistEffect[]): void {
    this.storage.write(writes, (error) => {
      if (error) {
        this.events.failed(error);
        return;
      }
      for (const effect of batch) this.events.durable(effect);
      this.#next();
    });
  }
}

/** Mostly it is one effect that waits. */
function writesOf(batch: readonly PersistEffect[]): readonly StorageWrite[] {
  const [first] = batch;
  return batch.length === 1 && first ? first.writes : batch.flatMap((effect) => effect.writes);
}

/** Appends that follow each other become one stored value; of the metas only the last counts. */
export function coalesce(writes: readonly StorageWrite[]): StorageWrite[] {
  const merged: StorageWrite[] = [];
  let meta: Meta | null = null;
  for (const write of writes) {
    const last = merged[merged.length - 1];
    if (write.type === 'meta') {
      meta = write.meta;
    } else if (write.type === 'append' && last?.type === 'append' && follows(last, write)) {
      merged[merged.length - 1] = { type: 'append', entries: [...last.entries, ...write.entries] };
    } else {
      merged.push(write);
    }
  }
  return meta ? [{ type: 'meta', meta }, ...merged] : merged;
}

type Append = Extract<StorageWrite, { type: 'append' }>;

function follows(earlier: Append, later: Append): boolean {
  const end = earlier.entries[earlier.entries.length - 1];
  return end !== undefined && later.entries[0]?.index === end.index + 1;
}
