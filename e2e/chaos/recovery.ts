import { Violation } from '../../src/sim/checkers/violation.ts';
import { now, type Ledger } from '../tab.ts';

/** Once everything has healed, every gate takes operations again within this time, ms (rule L1). */
const BOUND = 60_000;
/** And all but one of a hundred within this, ms. */
export const P99_BOUND = 20_000;

/** How long it takes until admissions are open again, measured at each gate after each round. */
export class Recovery {
  readonly #times: number[] = [];

  constructor(private readonly ledger: Ledger) {}

  /** Resolves when each of these gates has answered an operation that was asked after this call. */
  async measure(gates: readonly string[]): Promise<void> {
    const since = now();
    const waiting = new Set(gates);
    const all = new Promise<void>((resolve) => {
      const end = this.ledger.onAnswer(({ gate, askedAt, answeredAt, answer }) => {
        if (answer?.ok !== true || askedAt < since || !waiting.delete(gate)) return;
        this.#times.push(answeredAt - since);
        if (waiting.size > 0) return;
        end();
        resolve();
      });
    });
    await promptly('L1', BOUND, all, () => `${[...waiting].join()} took no operations`);
  }

  get samples(): number {
    return this.#times.length;
  }

  /** ms; 0 before anything was measured. */
  quantile(share: number): number {
    const sorted = [...this.#times].sort((a, b) => a - b);
    return Math.round(sorted[Math.ceil(share * sorted.length) - 1] ?? 0);
  }
}

/** What a rule promises in bounded time. Generous: a slow machine is no violation. */
export async function promptly<T>(
  rule: 'L1' | 'L2',
  ms: number,
  work: Promise<T>,
  missing: () => string,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Violation(rule, `after ${ms} ms: ${missing()}`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
