import type { AutoConstants, MarketRun, MeasuredElection, MeasuredPurchase } from './calls.ts';

/** Older runs are forgotten, and a run that is so long is followed by another. */
export const MOST_RUNS = 20;
export const MOST_PURCHASES = 1000;

/** Now: by the clock that measures, and by the one on the wall. */
export interface Moment {
  readonly now: number;
  readonly wall: number;
}

/** A term of office: an election ends with another term, whoever wins it. */
export interface Office {
  readonly trader: string;
  readonly term: string;
}

interface Run extends MarketRun {
  readonly beganAt: number;
}

/** How long purchases took, and when there were elections. It knows no clock: it is told when things happen. */
export class Measurements {
  readonly #runs: Run[] = [];
  /** When the trader was missed; null while there is one. */
  #missedAt: number | null = null;
  #term: string | null = null;

  /** @param constants null: by hand */
  begin(constants: AutoConstants | null, { now, wall }: Moment): void {
    this.#runs.push({ beganAt: now, began: wall, constants, purchases: [], elections: [] });
    if (this.#runs.length > MOST_RUNS) this.#runs.shift();
  }

  purchased(asked: Moment, now: number, result: MeasuredPurchase['result']): void {
    const run = this.#openRun(asked);
    run.purchases.push({ at: asked.now - run.beganAt, ms: now - asked.now, result });
  }

  /** @param office null: there is no trader with a quorum in sight */
  saw(office: Office | null, { now }: Moment): void {
    if (office === null) {
      this.#missedAt ??= now;
      return;
    }
    const since = this.#missedAt ?? now;
    this.#missedAt = null;
    if (this.#term !== null && this.#term !== office.term) this.#elected(office.trader, since, now);
    this.#term = office.term;
  }

  /** This gate was gone itself: whom it missed meanwhile says nothing. */
  lost(): void {
    this.#missedAt = null;
    this.#term = null;
  }

  runs(): MarketRun[] {
    return this.#runs.map(({ began, constants, purchases, elections }) => ({
      began,
      constants: constants && { ...constants },
      purchases: purchases.map((purchase) => ({ ...purchase })),
      elections: elections.map((election) => ({ ...election })),
    }));
  }

  #elected(trader: string, since: number, now: number): void {
    const run = this.#runs.at(-1);
    if (!run) return;
    const at = Math.max(0, since - run.beganAt);
    const election: MeasuredElection = { at, ms: now - since, trader };
    run.elections.push(election);
  }

  #openRun(asked: Moment): Run {
    const last = this.#runs.at(-1);
    if (last && last.purchases.length < MOST_PURCHASES) return last;
    this.begin(last?.constants ?? null, asked);
    return this.#openRun(asked);
  }
}
