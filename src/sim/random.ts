import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { Hash } from './hash.ts';

/**
 * A seeded generator with a name. Split by purpose: a draw that is added in one place shifts nothing elsewhere, so
 * seeds stay comparable while the simulator grows.
 */
export class Random {
  readonly #path: string;
  readonly #generator: ReturnType<typeof xoroshiro128plus>;

  constructor(path: string) {
    this.#path = path;
    const hash = new Hash();
    hash.text(path);
    this.#generator = xoroshiro128plus(hash.int32());
    // Seeds that differ in a few bits start out alike.
    for (let i = 0; i < 8; i++) this.#generator.next();
  }

  split(purpose: string): Random {
    return new Random(`${this.#path}/${purpose}`);
  }

  /** Uniform in [0, 1). A field, so that it can be handed on as a function. */
  readonly next = (): number => (this.#generator.next() >>> 0) / 2 ** 32;

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  /** Between the two, small values as likely as great ones by their order of magnitude. */
  logBetween(low: number, high: number): number {
    return low * (high / low) ** this.next();
  }

  /** An integer, both ends included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** A pause with this mean, of a process without memory. */
  exponential(mean: number): number {
    return -Math.log(1 - this.next()) * mean;
  }

  pick<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.next() * items.length)];
  }

  shuffle<T>(items: readonly T[]): T[] {
    const shuffled = [...items];
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = this.int(0, i);
      const [a, b] = [shuffled[i], shuffled[j]];
      if (a !== undefined && b !== undefined) [shuffled[i], shuffled[j]] = [b, a];
    }
    return shuffled;
  }

  /** A random name of `a-z0-9`. */
  name(length: number): string {
    let name = '';
    while (name.length < length) name += Math.floor(this.next() * 36).toString(36);
    return name;
  }
}
