/**
 * Limits a rate. A bucket starts full and refills steadily; what is taken beyond its content is
 * debt, so that one who does not stop can be told apart from one who was merely quick.
 */
export class TokenBucket {
  readonly #capacity: number;
  readonly #perMs: number;
  #tokens: number;
  #at: number;

  /** `capacity` in tokens, `perSecond` in tokens per second, `now` in milliseconds. */
  constructor(options: { capacity: number; perSecond: number; now: number }) {
    this.#capacity = options.capacity;
    this.#perMs = options.perSecond / 1000;
    this.#tokens = options.capacity;
    this.#at = options.now;
  }

  /**
   * Takes `cost` tokens at `now` (milliseconds, never falling): `ok` when they were there, `refuse`
   * when not, `abuse` once the debt is as great as the bucket.
   */
  take(cost: number, now: number): 'ok' | 'refuse' | 'abuse' {
    const refilled = this.#tokens + (now - this.#at) * this.#perMs;
    this.#tokens = Math.min(this.#capacity, refilled) - cost;
    this.#at = now;
    if (this.#tokens >= 0) return 'ok';
    return this.#tokens >= -this.#capacity ? 'refuse' : 'abuse';
  }
}
