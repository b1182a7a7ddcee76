import { GatehouseError } from './gatehouse.ts';

/** Code that a page fetches when it is first needed. A fetch that failed is tried again at the next need. */
export class OnDemand<Part> {
  #part: Promise<Part> | null = null;

  /** @param what what is fetched, for people */
  constructor(
    private readonly what: string,
    private readonly fetch: () => Promise<Part>,
  ) {}

  /** Rejects with `timeout`, definite, when it can't be fetched: nothing was done. */
  get(): Promise<Part> {
    this.#part ??= this.fetch().catch((error: unknown) => {
      this.#part = null;
      const reason = error instanceof Error ? error.message : String(error);
      throw new GatehouseError('timeout', true, `${this.what} could not be fetched: ${reason}`);
    });
    return this.#part;
  }
}
