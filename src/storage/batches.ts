import type { LogEntry } from '../core/entry.ts';

/**
 * How the log lies in a key-value store: one value per batch of entries, under the batch's first index.
 *
 * One value per entry would make a cold start of a long log ten times slower, so small batches at the end of the log
 * are rewritten as one: 16 tiny ones at a time, and all small ones once they hold enough for a full batch. An entry
 * is written three times at most, and never more than `FULL + CHUNK` of them because of one append.
 */

/** A batch with so many entries is full and left alone. From here on larger batches load no faster. */
const FULL = 256;
/** The most entries of one append that go into one batch. */
const CHUNK = 512;
/** A batch with fewer entries is tiny. */
const TINY = 16;
/** So many tiny batches at the end of the log become one. */
const RUN = 16;

export interface Batch {
  /** The index of its first entry: the key. */
  readonly first: number;
  readonly count: number;
  /** The entries, kept in memory while the batch may be rewritten; null once it is full. */
  readonly entries: readonly LogEntry[] | null;
}

/** What a plan asks of the store, in this order. */
export type BatchStep =
  | { readonly type: 'put'; readonly first: number; readonly entries: readonly LogEntry[] }
  | { readonly type: 'delete'; readonly first: number };

/** A batch that was loaded or written. */
export function toBatch(entries: readonly LogEntry[]): Batch {
  const first = entries[0]?.index ?? 0;
  return { first, count: entries.length, entries: entries.length < FULL ? entries : null };
}

/** The keys of the batches that an append at `index` cuts and whose entries are not in memory: one or none. */
export function batchCutAt(batches: readonly Batch[], index: number): number | null {
  const cut = batches.findLast((batch) => batch.first < index);
  if (cut === undefined || index >= cut.first + cut.count || cut.entries !== null) return null;
  return cut.first;
}

/** Changes to the batches of a log, gathered so that one transaction can make them. */
export class BatchPlan {
  readonly steps: BatchStep[] = [];
  private readonly batches: Batch[];

  /** `read` gives the entries of a batch that are not in memory: those that `batchCutAt` named. */
  constructor(
    batches: readonly Batch[],
    private readonly read: (first: number) => readonly LogEntry[],
  ) {
    this.batches = [...batches];
  }

  /** The batches once the steps are durable. */
  result(): readonly Batch[] {
    return this.batches.map((batch) =>
      batch.count >= FULL && batch.entries !== null ? { ...batch, entries: null } : batch,
    );
  }

  /** Removes what is at `entries[0].index` and beyond, then adds the entries. */
  append(entries: readonly LogEntry[]): void {
    this.cut(entries[0]?.index ?? 0);
    for (let from = 0; from < entries.length; from += CHUNK) {
      this.push(entries.slice(from, from + CHUNK));
    }
  }

  /** Removes the batches that end at `index` or before. Earlier entries of a longer batch stay, out of use. */
  dropThrough(index: number): void {
    const keep = this.batches.findIndex((batch) => batch.first + batch.count - 1 > index);
    this.remove(0, keep === -1 ? this.batches.length : keep);
  }

  clear(): void {
    this.remove(0, this.batches.length);
  }

  private cut(index: number): void {
    const from = this.batches.findIndex((batch) => batch.first + batch.count > index);
    if (from === -1) return;
    const [batch] = this.remove(from, this.batches.length - from);
    if (batch === undefined || batch.first >= index) return;
    const entries = batch.entries ?? this.read(batch.first);
    this.put(entries.slice(0, index - batch.first));
  }

  /** Adds one batch, as one with the small ones before it when it is time. */
  private push(entries: readonly LogEntry[]): void {
    let smalls = 0;
    let tinies = 0;
    let total = entries.length;
    for (let at = this.batches.length - 1; at >= 0; at--) {
      const batch = this.batches[at];
      if (batch === undefined || batch.count >= FULL || batch.entries === null) break;
      if (batch.count < TINY && tinies === smalls) tinies++;
      smalls++;
      total += batch.count;
    }
    if (total >= FULL) this.merge(smalls, entries);
    else if (entries.length < TINY && tinies + 1 >= RUN) this.merge(tinies, entries);
    else this.put(entries);
  }

  /** Writes the last `number` batches and the entries as one. */
  private merge(number: number, entries: readonly LogEntry[]): void {
    const merged = this.remove(this.batches.length - number, number);
    this.put([...merged.flatMap((batch) => batch.entries ?? []), ...entries]);
  }

  private put(entries: readonly LogEntry[]): void {
    const first = entries[0]?.index ?? 0;
    this.batches.push({ first, count: entries.length, entries });
    this.steps.push({ type: 'put', first, entries });
  }

  private remove(from: number, number: number): Batch[] {
    const removed = this.batches.splice(from, number);
    for (const { first } of removed) this.steps.push({ type: 'delete', first });
    return removed;
  }
}
