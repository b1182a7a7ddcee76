import type { NodeId } from '../core/identity.ts';
import type { Delivery, Policy } from '../transport/memory.ts';
import type { Random } from './random.ts';

/** What can befall single messages. Probabilities; 0 for never. */
export interface Weather {
  loss: number;
  duplicate: number;
  reorder: number;
  delay: number;
}

const FAIR: Weather = { loss: 0, duplicate: 0, reorder: 0, delay: 0 };

/** One of them, the first that befalls it. */
const FATES = ['loss', 'duplicate', 'reorder'] as const;

/** Decides about every message on every link: how long it takes, and what befalls it. */
export class MessagePolicy {
  weather: Weather = { ...FAIR };
  readonly #random: Random;
  readonly #baseMs: number;
  readonly #spread: number;
  /** By sender, then by receiver. */
  readonly #least = new Map<NodeId, Map<NodeId, number>>();
  readonly #count: (fault: keyof Weather) => void;

  constructor(random: Random, count: (fault: keyof Weather) => void) {
    this.#random = random;
    this.#baseMs = random.logBetween(0.2, 15);
    this.#spread = random.between(1, 5);
    this.#count = count;
  }

  calm(): void {
    this.weather = { ...FAIR };
  }

  readonly decide: Policy = (from, to, passing) => {
    const usual = this.#usual(from, to);
    const isLate = this.#befalls('delay');
    const delayMs = usual + (isLate ? this.#late() : 0);
    const fate = FATES.find((fault) => this.#befalls(fault));
    // What goes nowhere nothing befalls, what is lost is not late, and the end of a link always comes.
    if (isLate && passing !== 'nothing' && !(fate === 'loss' && passing === 'message'))
      this.#count('delay');
    if (fate === 'loss' && passing === 'message') this.#count(fate);
    switch (fate) {
      case 'loss':
        return { delayMs, drop: true };
      case 'duplicate':
        return { delayMs, ...this.#copy() };
      case 'reorder':
        return {
          delayMs: delayMs + this.#random.exponential(50),
          reorder: true,
          came: (isOutOfOrder) => {
            if (isOutOfOrder) this.#count('reorder');
          },
        };
      case undefined:
        return { delayMs };
    }
  };

  /** Right behind the message, or when things have moved on. */
  #copy(): Pick<Delivery, 'copyAfterMs' | 'came'> {
    const later = this.#random.logBetween(10, 10_000);
    return {
      copyAfterMs: this.#random.chance(0.5) ? later : 0,
      came: () => {
        this.#count('duplicate');
      },
    };
  }

  #befalls(fault: keyof Weather): boolean {
    const probability = this.weather[fault];
    return probability > 0 && this.#random.chance(probability);
  }

  #late(): number {
    return this.#random.logBetween(10, 3000);
  }

  /** Some pairs are further apart than others. */
  #usual(from: NodeId, to: NodeId): number {
    let pairs = this.#least.get(from);
    if (pairs === undefined) this.#least.set(from, (pairs = new Map<NodeId, number>()));
    let least = pairs.get(to);
    if (least === undefined) {
      least = this.#baseMs * this.#random.between(1, this.#spread);
      pairs.set(to, least);
    }
    return least * this.#random.between(1, 1.3);
  }
}
