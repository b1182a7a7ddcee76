import type { NodeId } from '../core/identity.ts';
import type { Delivery } from '../transport/memory.ts';
import type { Random } from './random.ts';

/** What can befall single messages. Probabilities; 0 for never. */
export interface Weather {
  loss: number;
  duplicate: number;
  reorder: number;
  delay: number;
}

const FAIR: Weather = { loss: 0, duplicate: 0, reorder: 0, delay: 0 };

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

  readonly decide = (from: NodeId, to: NodeId): Delivery => {
    const { weather } = this;
    const delayMs = this.#usual(from, to) + (this.#befalls('delay') ? this.#late() : 0);
    if (weather.loss > 0 && this.#befalls('loss')) return { delayMs, drop: true };
    if (weather.duplicate > 0 && this.#befalls('duplicate')) return { delayMs, duplicate: true };
    if (weather.reorder > 0 && this.#befalls('reorder'))
      return { delayMs: delayMs + this.#random.exponential(50), reorder: true };
    return { delayMs };
  };

  #befalls(fault: keyof Weather): boolean {
    const probability = this.weather[fault];
    if (probability === 0 || !this.#random.chance(probability)) return false;
    this.#count(fault);
    return true;
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
