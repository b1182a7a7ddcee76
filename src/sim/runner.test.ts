import { describe, expect, it } from 'vitest';
import type { Job, Report } from './job.ts';
import type { Pool } from './pool.ts';
import { firstOf, inOrder } from './runner.ts';

const JOBS: readonly Job[] = Array.from({ length: 40 }, (_, seed) => ({
  seed,
  nodes: 3,
  seconds: 1,
  faults: [],
  only: null,
  election: 'bully',
  topology: 'mesh',
  clients: null,
  plant: null,
  scenario: null,
  multicast: null,
  systems: null,
  history: false,
  trace: null,
}));

const REPORT: Omit<Report, 'seed'> = {
  violation: null,
  operations: 0,
  events: 0,
  leaderChanges: 0,
  faults: new Map(),
  injections: [],
  clients: [],
  simulatedSeconds: 1,
  digest: '',
  history: '',
};

/** Ends the jobs that run in the worst order: the last one first. */
class BackwardsPool implements Pool {
  readonly begun: number[] = [];
  abandoned = false;
  #open: (() => void)[] = [];

  constructor(
    readonly size: number,
    private readonly fails: (seed: number) => boolean = () => false,
  ) {}

  run({ seed }: Job): Promise<Report> {
    this.begun.push(seed);
    const violation = this.fails(seed) ? { rule: 'S1', detail: '' } : null;
    return new Promise((resolve) => {
      this.#open.push(() => {
        resolve({ ...REPORT, seed, violation });
      });
      queueMicrotask(() => {
        const open = this.#open.reverse();
        this.#open = [];
        for (const end of open) end();
      });
    });
  }

  abandon(): void {
    this.abandoned = true;
  }

  async close(): Promise<void> {
    return;
  }
}

describe('jobs that run at once', () => {
  it.each([1, 2, 7])('come back in order, %i at once', async (size) => {
    const pool = new BackwardsPool(size);
    const seeds: number[] = [];
    await inOrder(pool, JOBS, ({ report }) => {
      seeds.push(report.seed);
      return false;
    });
    expect(seeds).toEqual(JOBS.map(({ seed }) => seed));
  });

  it('begin only so far ahead of the first that is open', async () => {
    const pool = new BackwardsPool(2);
    let most = 0;
    let handled = 0;
    await inOrder(pool, JOBS, () => {
      most = Math.max(most, pool.begun.length - handled);
      handled += 1;
      return false;
    });
    expect(most).toBeLessThanOrEqual(8);
  });

  it.each([1, 5])(
    'end with the first that is looked for, in their order, %i at once',
    async (size) => {
      const pool = new BackwardsPool(size, (seed) => seed % 10 === 7);
      const tried: number[] = [];
      const found = await firstOf(
        pool,
        JOBS,
        ({ violation }) => violation !== null,
        ({ job }) => tried.push(job.seed),
      );
      expect(found?.job.seed).toBe(7);
      expect(tried).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      expect(pool.abandoned).toBe(true);
    },
  );
});
