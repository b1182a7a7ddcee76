import type { Gatehouse, MarketRun, Status } from '../../runtime/gatehouse.ts';
import { Emitter } from '../elements/emitter.ts';
import { messageOf, type Session } from '../session.ts';
import type { TabWishes } from '../tab-wishes.ts';
import { castOf, type Cast } from './cast.ts';
import { evaluate, PRICE, stockUp, type Company } from './evaluate.ts';

export const TRANSACTIONS = 40;
export const ELECTIONS = 4;

/** How long a gate that has failed may take to lead again, ms: as long as it fails, and twice as long to come back. */
const COMES_BACK = 20_000;

export type Phase =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly elections: number; readonly purchases: number }
  | { readonly kind: 'failed'; readonly message: string };

/** The evaluations of one page, whichever view is shown meanwhile. */
export class Evaluations {
  readonly #session: Session;
  readonly #changes = new Emitter();
  #phase: Phase = { kind: 'idle' };
  #runs: readonly MarketRun[] = [];

  constructor(session: Session) {
    this.#session = session;
  }

  get phase(): Phase {
    return this.#phase;
  }

  get runs(): readonly MarketRun[] {
    return this.#runs;
  }

  subscribe(listener: () => void): () => void {
    return this.#changes.subscribe(listener);
  }

  /** Two runs, without elections and with them. */
  async run(): Promise<void> {
    if (this.#phase.kind === 'running') return;
    this.#become({ kind: 'running', elections: 0, purchases: 0 });
    let wishes: TabWishes | undefined;
    try {
      ({ wishes } = await this.#session.others);
      const cast = await this.#cast(wishes);
      wishes.evaluates = true;
      const company = companyOf(this.#session, wishes);
      await stockUp(cast, 2 * TRANSACTIONS, company);
      for (const elections of [0, ELECTIONS]) {
        const tell = (purchases: number): void => {
          this.#become({ kind: 'running', elections, purchases });
        };
        tell(0);
        const run = await evaluate(cast, { transactions: TRANSACTIONS, elections }, company, tell);
        this.#runs = [...this.#runs, run];
      }
      this.#become({ kind: 'idle' });
    } catch (error) {
      this.#become({ kind: 'failed', message: messageOf(error) });
    } finally {
      if (wishes !== undefined) wishes.evaluates = false;
    }
  }

  async #cast(wishes: TabWishes): Promise<Cast> {
    const { gatehouse, nameOf } = this.#session;
    const gates = await wishes.rollCall();
    const cast = castOf({
      status: gatehouse.status(),
      market: gatehouse.market.state(),
      gates,
      cost: 2 * TRANSACTIONS * PRICE,
      nameOf,
    });
    if (typeof cast === 'string') throw new Error(cast);
    return cast;
  }

  #become(phase: Phase): void {
    this.#phase = phase;
    this.#changes.emit();
  }
}

const ALL = new WeakMap<Session, Evaluations>();

export function evaluationsOf(session: Session): Evaluations {
  const evaluations = ALL.get(session) ?? new Evaluations(session);
  ALL.set(session, evaluations);
  return evaluations;
}

function companyOf({ gatehouse, nameOf }: Session, wishes: TabWishes): Company {
  const { inStep } = gatehouse.status();
  return {
    ask: (gate, wish) => wishes.ask(gate, wish),
    term: () => gatehouse.status().term,
    whole: async (trader, before) => {
      const isWhole = (status: Status): boolean =>
        status.quorum &&
        status.leader === trader &&
        status.term !== before &&
        status.inStep >= inStep;
      await until(
        gatehouse,
        isWhole,
        `${nameOf(trader)} was not the trader again in time, with all gates in step`,
      );
    },
    now: () => performance.now(),
    wall: () => Date.now(),
    nameOf,
  };
}

async function until(
  gatehouse: Gatehouse,
  holds: (status: Status) => boolean,
  otherwise: string,
): Promise<void> {
  let end = (): void => undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const look = (status: Status): void => {
        if (holds(status)) resolve();
      };
      timer = setTimeout(() => reject(new Error(otherwise)), COMES_BACK);
      end = gatehouse.subscribe(look);
      look(gatehouse.status());
    });
  } finally {
    clearTimeout(timer);
    end();
  }
}
