/** Something that only grows at its end, except when its epoch changes: then every position means another item. */
interface Growing<T> {
  readonly entries: readonly T[];
  readonly epoch: number;
}

/** The positions of the items that a filter shows, kept up to date without looking at an item twice. */
export class FilteredRows<T> {
  #rows: number[] = [];
  #seen = 0;
  #epoch = -1;
  #question = '';

  /** Positions in the source's entries, ascending. */
  get rows(): readonly number[] {
    return this.#rows;
  }

  /**
   * Looks at what is new, or at everything when `question`, which tells one filter from another, has changed.
   * Returns how many rows were added at the end.
   */
  update(source: Growing<T>, question: string, matches: (item: T) => boolean): number {
    const anew = question !== this.#question || source.epoch !== this.#epoch;
    if (anew) {
      this.#rows = [];
      this.#seen = 0;
      this.#epoch = source.epoch;
      this.#question = question;
    }
    const before = this.#rows.length;
    for (const { length } = source.entries; this.#seen < length; this.#seen += 1) {
      const item = source.entries[this.#seen];
      if (item !== undefined && matches(item)) this.#rows.push(this.#seen);
    }
    return anew ? 0 : this.#rows.length - before;
  }
}
