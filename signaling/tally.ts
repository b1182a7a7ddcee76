/** Counts what is held, altogether and per key, up to a bound each. A key of which nothing is held takes no memory. */
export class Tally {
  readonly #most: { total: number; perKey: number };
  readonly #held = new Map<string, number>();
  #total = 0;

  constructor(most: { total: number; perKey: number }) {
    this.#most = most;
  }

  get total(): number {
    return this.#total;
  }

  /** Takes one, or says which bound is in the way. */
  take(key: string): 'taken' | 'total' | 'per-key' {
    const held = this.#held.get(key) ?? 0;
    if (this.#total >= this.#most.total) return 'total';
    if (held >= this.#most.perKey) return 'per-key';
    this.#held.set(key, held + 1);
    this.#total++;
    return 'taken';
  }

  /** Gives one back that was taken. */
  release(key: string): void {
    const held = this.#held.get(key);
    if (held === undefined) throw new Error('What was not taken cannot be given back.');
    if (held > 1) this.#held.set(key, held - 1);
    else this.#held.delete(key);
    this.#total--;
  }
}
