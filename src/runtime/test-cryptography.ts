import type { Cryptography } from './sealing.ts';

/**
 * The browser's cryptography for tests: all of it is real, but a passphrase is turned into a key in one round, and what is
 * under way is known, since it takes its own time on other threads.
 */
export class TestCryptography implements Cryptography {
  readonly subtle: SubtleCrypto;
  readonly #real: Cryptography;
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(real: Cryptography) {
    this.#real = real;
    this.subtle = new Proxy(real.subtle, {
      get: (subtle, name): unknown => {
        const method: unknown = Reflect.get(subtle, name, subtle);
        if (typeof method !== 'function') return method;
        return (...given: unknown[]): unknown => {
          const call: unknown = Reflect.apply(method, subtle, given.map(quick));
          if (call instanceof Promise) this.#watch(call);
          return call;
        };
      },
    });
  }

  getRandomValues<T extends Exclude<BufferSource, ArrayBuffer>>(array: T): T {
    return this.#real.getRandomValues(array);
  }

  /** Resolves when nothing is under way, and nothing has come of that. */
  async settled(): Promise<void> {
    for (let turns = 0; turns < 8; turns++) {
      await Promise.resolve();
      if (this.#underWay.size === 0) continue;
      await Promise.allSettled([...this.#underWay]);
      turns = 0;
    }
  }

  #watch(call: Promise<unknown>): void {
    this.#underWay.add(call);
    const done = (): void => {
      this.#underWay.delete(call);
    };
    call.then(done, done);
  }
}

function quick(given: unknown): unknown {
  const isDerivation = typeof given === 'object' && given !== null && 'iterations' in given;
  return isDerivation ? { ...given, iterations: 1 } : given;
}
