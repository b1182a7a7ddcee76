/** Faults put on messages for teaching and tests: loss, delay in order, and cuts. */
import type { NodeId } from '../core/identity.ts';
import type { Clock, TimerHandle } from '../runtime/clock.ts';
import type { FaultRule } from './transport.ts';

/** What the rules say about one message that is to be sent. */
export type Fate = 'pass' | 'drop' | 'cut';

/** The rules in force. The last one that fits a peer counts. */
export class FaultRules {
  readonly #rules: readonly FaultRule[];

  constructor(rules: readonly FaultRule[] = []) {
    this.#rules = rules.map((rule) => ({ ...rule }));
  }

  /** Nothing may pass to or from this peer. */
  cut(peer: NodeId): boolean {
    return this.#find(peer)?.cut === true;
  }

  /** `random` is uniform in [0, 1); it is asked only where a rule leaves something to chance. */
  fate(peer: NodeId, random: () => number): Fate {
    const rule = this.#find(peer);
    if (rule === undefined) return 'pass';
    if (rule.cut === true) return 'cut';
    return rule.drop !== undefined && rule.drop > 0 && random() < rule.drop ? 'drop' : 'pass';
  }

  /** For how long a message is held back, ms. */
  delay(peer: NodeId, random: () => number): number {
    const range = this.#find(peer)?.delayMs;
    if (range === undefined) return 0;
    const [least, most] = range;
    return Math.max(0, least + (most - least) * random());
  }

  #find(peer: NodeId): FaultRule | undefined {
    if (this.#rules.length === 0) return undefined;
    return this.#rules.findLast((rule) => rule.to === undefined || rule.to.includes(peer));
  }
}

interface Delayed {
  readonly message: unknown;
  /** By the clock, ms. */
  readonly due: number;
}

interface DelayLine {
  readonly waiting: Delayed[];
  timer: TimerHandle;
}

/** Holds messages back, each for its own time, and lets them go in the order in which they came, peer by peer. */
export class DelayLines {
  readonly #clock: Clock;
  readonly #release: (peer: NodeId, message: unknown) => void;
  readonly #lines = new Map<NodeId, DelayLine>();

  constructor(clock: Clock, release: (peer: NodeId, message: unknown) => void) {
    this.#clock = clock;
    this.#release = release;
  }

  /** True while something waits for this peer: what comes after it must wait behind it. */
  busy(peer: NodeId): boolean {
    return this.#lines.has(peer);
  }

  hold(peer: NodeId, message: unknown, delayMs: number): void {
    const line = this.#lines.get(peer);
    const due = this.#clock.now() + delayMs;
    if (line === undefined) {
      const waiting = [{ message, due }];
      this.#lines.set(peer, { waiting, timer: this.#arm(peer, delayMs) });
    } else {
      // Never before its predecessor, so that order is kept.
      line.waiting.push({ message, due: Math.max(due, line.waiting.at(-1)?.due ?? due) });
    }
  }

  /** Throws away everything that waits. */
  clear(): void {
    for (const line of this.#lines.values()) {
      this.#clock.cancel(line.timer);
      line.waiting.length = 0;
    }
    this.#lines.clear();
  }

  #arm(peer: NodeId, delayMs: number): TimerHandle {
    return this.#clock.schedule(delayMs, () => this.#letGo(peer));
  }

  #letGo(peer: NodeId): void {
    const line = this.#lines.get(peer);
    if (line === undefined) return;
    const now = this.#clock.now();
    let next = line.waiting[0];
    // The line stays until the end: what is sent on the way must wait behind the rest.
    while (next !== undefined && next.due <= now) {
      line.waiting.shift();
      this.#release(peer, next.message);
      next = line.waiting[0];
    }
    if (this.#lines.get(peer) !== line) return; // cleared on the way
    if (next === undefined) this.#lines.delete(peer);
    else line.timer = this.#arm(peer, next.due - now);
  }
}
