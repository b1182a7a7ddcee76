import type { Entry, Gatehouse, Status } from '../../runtime/gatehouse.ts';
import { Emitter } from '../elements/emitter.ts';

type Known = Pick<Status, 'generation' | 'commitIndex'>;

interface Network extends Pick<Gatehouse, 'log'> {
  status(): Known;
  subscribe(listener: (status: Known) => void): () => void;
}

/** How many entries one call fetches. */
const CHUNK = 1000;
/** How many old entries are fetched without being asked for. */
export const EAGER = 20_000;

/**
 * The committed log as this page has fetched it: one unbroken range, the newest first to arrive. It grows when the
 * commit index does, and backwards until it reaches the beginning.
 */
export class LogStore {
  readonly #network: Network;
  readonly #unsubscribe: () => void;
  readonly #changes = new Emitter();
  #entries: Entry[] = [];
  /** Grows when old entries are put in front, or all are replaced: positions in `entries` mean others then. */
  #epoch = 0;
  #generation = '';
  #busy = false;
  /** The status changed while a fetch was under way. */
  #again = false;
  #complete = false;
  #wanted = EAGER;
  #failed = false;
  /** As its gate said last. */
  #known: Known;

  constructor(network: Network) {
    this.#network = network;
    this.#known = network.status();
    this.#unsubscribe = network.subscribe((known) => {
      this.#known = known;
      void this.#fetch();
    });
    void this.#fetch();
  }

  subscribe(listener: () => void): () => void {
    return this.#changes.subscribe(listener);
  }

  /** Follows its gate no more. */
  close(): void {
    this.#unsubscribe();
  }

  /** It holds everything that its gate knows to be committed now. */
  get isCurrent(): boolean {
    const { generation, commitIndex } = this.#known;
    return generation === this.#generation && (this.#entries.at(-1)?.index ?? 0) >= commitIndex;
  }

  /** In the order of the log. Grows in place; see `epoch`. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** Where the log begins for this page. Older entries are not fetched yet, or folded into a snapshot. */
  get older(): 'none' | 'more' | 'folded' {
    const first = this.#entries[0]?.index ?? 1;
    if (first <= 1) return 'none';
    return this.#complete ? 'folded' : 'more';
  }

  /** The last fetch failed; the next change of the status tries again. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Fetches so many older entries more. */
  fetchOlder(): void {
    this.#wanted = this.#entries.length + EAGER;
    void this.#fetch();
  }

  async #fetch(): Promise<void> {
    this.#again = true;
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#again) {
        this.#again = false;
        // One chunk after another, so that the newest are on the screen first.
        while (await this.#step());
      }
      this.#failed = false;
    } catch {
      if (!this.#failed) {
        this.#failed = true;
        this.#changes.emit();
      }
    } finally {
      this.#busy = false;
    }
  }

  /** Fetches one chunk. False when there is nothing left to fetch. */
  async #step(): Promise<boolean> {
    const { generation, commitIndex } = this.#known;
    // A crashed node knows no generation; what it has shown stays true.
    if (generation !== '' && generation !== this.#generation) this.#reset(generation);
    if (generation === '') return false;
    const first = this.#entries[0]?.index ?? 0;
    const last = this.#entries.at(-1)?.index ?? 0;
    if (commitIndex > last) {
      const from = last === 0 ? Math.max(1, commitIndex - CHUNK + 1) : last + 1;
      const to = Math.min(commitIndex, from + CHUNK - 1);
      return this.#append(await this.#network.log(from, to), generation);
    }
    if (first > 1 && !this.#complete && this.#entries.length < this.#wanted) {
      const from = Math.max(1, first - CHUNK);
      return this.#prepend(await this.#network.log(from, first - 1), from, generation);
    }
    return false;
  }

  #append(chunk: Entry[], generation: string): boolean {
    if (generation !== this.#generation) return true;
    const last = this.#entries.at(-1)?.index ?? 0;
    const fresh = chunk.filter(({ index }) => index > last);
    const [next] = fresh;
    if (next === undefined) return false;
    if (last > 0 && next.index !== last + 1) {
      // What lay between was folded into a snapshot: begin anew from here.
      this.#reset(generation);
      this.#complete = true;
    }
    this.#entries.push(...fresh);
    this.#changes.emit();
    return true;
  }

  #prepend(chunk: Entry[], from: number, generation: string): boolean {
    if (generation !== this.#generation) return true;
    if (chunk[0]?.index !== from) this.#complete = true;
    if (chunk.length > 0) {
      this.#entries = [...chunk, ...this.#entries];
      this.#epoch += 1;
    }
    this.#changes.emit();
    return true;
  }

  #reset(generation: string): void {
    this.#generation = generation;
    this.#entries = [];
    this.#complete = false;
    this.#wanted = EAGER;
    this.#epoch += 1;
    this.#changes.emit();
  }
}
