import { assert } from './assert.ts';
import type { LogEntry, Position } from './entry.ts';
import { NO_TERM, type Term } from './term.ts';

export const LOG_START: Position = { index: 0, term: NO_TERM };

/** The log in memory: entries without a gap after `base`, where the snapshot stands (or index 0). */
export class Log {
  #base: Position = LOG_START;
  #entries: LogEntry[] = [];

  /** The position that the snapshot covers; entries up to here are not held any more. */
  get base(): Position {
    return this.#base;
  }

  get lastIndex(): number {
    return this.#base.index + this.#entries.length;
  }

  get last(): Position {
    const entry = this.#entries[this.#entries.length - 1];
    return entry ? { index: entry.index, term: entry.term } : this.#base;
  }

  at(index: number): LogEntry | undefined {
    return this.#entries[index - this.#base.index - 1];
  }

  /** The term of the entry at an index, the base included; undefined outside. */
  termAt(index: number): Term | undefined {
    return index === this.#base.index ? this.#base.term : this.at(index)?.term;
  }

  /** The position of an index that the log holds or its base. */
  position(index: number): Position {
    const term = this.termAt(index);
    assert(term !== undefined, `log holds index ${index}`);
    return { index, term };
  }

  /** Log matching: an equal term at an index means equal logs up to there. */
  holds(position: Position): boolean {
    return this.termAt(position.index) === position.term;
  }

  /** At most `limit` entries from index `from` on. */
  slice(from: number, limit: number): LogEntry[] {
    assert(from > this.#base.index, `entries from ${from} are behind the snapshot`);
    const start = from - this.#base.index - 1;
    return this.#entries.slice(start, start + limit);
  }

  append(entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      assert(entry.index === this.lastIndex + 1, 'the log has no gap');
      assert(entry.term >= this.last.term, 'terms along the log never fall');
      this.#entries.push(entry);
    }
  }

  /** Removes the entry at `index` and all after it. */
  truncateFrom(index: number): void {
    assert(index > this.#base.index, 'what a snapshot covers is committed and stays');
    this.#entries.length = Math.min(this.#entries.length, index - this.#base.index - 1);
  }

  /** Forgets the entries up to `through`, which a snapshot now stands for. */
  compact(through: number): void {
    const base = this.position(through);
    this.#entries = this.#entries.slice(through - this.#base.index);
    this.#base = base;
  }

  /** Starts over after a snapshot. */
  reset(base: Position): void {
    this.#base = base;
    this.#entries = [];
  }
}
