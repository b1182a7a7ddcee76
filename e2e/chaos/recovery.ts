import { Violation } from '../../src/sim/checkers/violation.ts';
import { now, type Asked, type Ledger } from '../tab.ts';

/** Once the last fault has ended, every gate takes operations again within this time, ms (rule L1). */
const BOUND = 60_000;
/** And all but one of a hundred within this, ms. */
export const P99_BOUND = 20_000;

/** How long it takes until admissions are open again, measured at each gate after each round. */
export class Recovery {
  readonly #times: number[] = [];

  constructor(private readonly ledger: Ledger) {}

  /**
   * Resolves when each of these gates has answered an operation that was asked after the last fault had ended.
   * @param since when that was, ms since 1970: some pages may still be loading then, which counts
   */
  async measure(gates: readonly string[], since: number): Promise<void> {
    const waiting = new Set(gates);
    const all = new Promise<void>((resolve) => {
      const end = this.ledger.onAnswer((asked) => look(asked));
      const look = ({ gate, askedAt, answeredAt, answer }: Asked): void => {
        const time = answeredAt - since;
        if (answer?.ok !== true || askedAt < since || time > BOUND) return;
        if (!waiting.delete(gate)) return;
        this.#times.push(time);
        if (waiting.size > 0) return;
        end();
        resolve();
      };
      // What was answered meanwhile, in the order of the answers.
      const before = this.ledger.asked.filter(({ askedAt }) => askedAt >= since);
      before.sort((a, b) => a.answeredAt - b.answeredAt).forEach(look);
    });
    await promptly('L1', BOUND, all, () => `${[...waiting].join()} took no operations`, since);
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

/**
 * What a rule promises in bounded time. Generous: a slow machine is no violation.
 * @param since when the time began, ms since 1970
 */
export async function promptly<T>(
  rule: 'L1' | 'L2',
  ms: number,
  work: Promise<T>,
  missing: () => string,
  since = now(),
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const left = Math.max(0, since + ms - now());
    timer = setTimeout(() => reject(new Violation(rule, `after ${ms} ms: ${missing()}`)), left);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
