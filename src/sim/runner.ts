import type { Job, Report } from './job.ts';
import type { Pool } from './pool.ts';

export interface Done {
  readonly job: Job;
  readonly report: Report;
}

/** So many jobs are begun, for each that can run at once, before the first of them is done. */
const AHEAD = 4;

/**
 * Runs jobs side by side and hands over what came of them in the order of the jobs: what is told does not depend on
 * how many run at once. Ends early when `handle` returns true.
 */
export async function inOrder(
  pool: Pool,
  jobs: Iterable<Job>,
  handle: (done: Done) => boolean,
): Promise<void> {
  const rest = jobs[Symbol.iterator]();
  const begun: { readonly job: Job; readonly report: Promise<Report> }[] = [];
  const fill = (): void => {
    while (begun.length < pool.size * AHEAD) {
      const next = rest.next();
      if (next.done === true) return;
      begun.push({ job: next.value, report: pool.run(next.value) });
    }
  };
  fill();
  for (let first = begun.shift(); first; first = begun.shift()) {
    const report = await first.report;
    if (handle({ job: first.job, report })) {
      pool.abandon();
      return;
    }
    fill();
  }
}

/** The first of these jobs, in their order, that does what is looked for; null when none does. */
export async function firstOf(
  pool: Pool,
  jobs: Iterable<Job>,
  wanted: (report: Report) => boolean,
  tried: (done: Done) => void,
): Promise<Done | null> {
  let found: Done | null = null;
  await inOrder(pool, jobs, (done) => {
    tried(done);
    if (!wanted(done.report)) return false;
    found = done;
    return true;
  });
  return found;
}
