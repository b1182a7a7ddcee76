/** The two things that `npm run simulate` does: run seeds, and look for planted bugs. */
import { replayCommand, type Job, type Report } from './job.ts';
import { jobOf, type Options } from './options.ts';
import type { Pool } from './pool.ts';
import { shows } from './plants.ts';
import { HistoryFile, showProgress, tellMissing, tellViolation, Totals } from './report.ts';
import { firstOf, inOrder, type Done } from './runner.ts';
import { shrink } from './shrink.ts';

/** What a command works with. */
export interface Session {
  readonly options: Options;
  readonly pool: Pool;
  /** Somebody wants it to end: what was found so far is told. */
  readonly isInterrupted: () => boolean;
}

/** Returns the exit status. */
export async function simulate(session: Session): Promise<number> {
  const { options, pool, isInterrupted } = session;
  const totals = new Totals();
  const history = new HistoryFile(options.history);
  const failed: Done[] = [];
  const end = showProgress(totals, () => 'simulating');
  await inOrder(pool, jobs(options, null), (done) => {
    if (isInterrupted()) return true;
    totals.add(done);
    history.add(done.report);
    tellViolation(done);
    if (done.report.violation) failed.push(done);
    return false;
  });
  end();
  history.close();
  const [first] = failed;
  if (first) await tellShrunk(session, first);
  return conclude(session, totals);
}

/** Prints the summary. Returns the exit status. */
function conclude({ options, isInterrupted }: Session, totals: Totals): number {
  totals.print(options.json);
  const isMissing = !isInterrupted() && tellMissing(options.only, totals);
  if (totals.violations > 0) return 1;
  return isMissing ? 2 : 0;
}

/**
 * Each planted bug in turn, until a seed shows it: a checker that does not find them proves nothing. Returns the exit
 * status: 2 when one was not found.
 */
export async function lookForPlants(session: Session): Promise<number> {
  const { options, isInterrupted } = session;
  const totals = new Totals();
  const history = new HistoryFile(options.history);
  let found = 0;
  for (const plant of options.plants) {
    if (isInterrupted()) break;
    const end = showProgress(totals, () => `looking for ${plant}`);
    const failed = await look(session, plant, totals, history);
    end();
    if (!failed) continue;
    found += 1;
    await tellShrunk(session, failed);
  }
  history.close();
  console.log(`${found} of ${options.plants.length} planted bugs found`);
  const status = conclude(session, totals);
  return found < options.plants.length && !isInterrupted() ? 2 : status;
}

async function look(
  { options, pool, isInterrupted }: Session,
  plant: string,
  totals: Totals,
  history: HistoryFile,
): Promise<Done | null> {
  const before = { seeds: totals.seeds, wallSeconds: totals.wallSeconds };
  const wanted = ({ violation }: Report): boolean => shows(plant, violation) || isInterrupted();
  const last = await firstOf(pool, jobs(options, plant), wanted, (done) => {
    totals.add(done);
    history.add(done.report);
    if (done.report.violation && !shows(plant, done.report.violation)) {
      console.log(`planted ${plant}: ANOTHER rule broke, which does not count as found`);
      tellViolation(done);
    }
  });
  const failed = last && shows(plant, last.report.violation) ? last : null;
  const seeds = `${totals.seeds - before.seeds} seeds`;
  const seconds = `${(totals.wallSeconds - before.wallSeconds).toFixed(1)} s`;
  console.log(`planted ${plant}: ${failed ? 'found after' : 'NOT found in'} ${seeds}, ${seconds}`);
  if (failed) tellViolation(failed);
  return failed;
}

function* jobs(options: Options, plant: string | null): Generator<Job> {
  for (let seed = options.seed; seed < options.seed + options.seeds; seed++)
    yield jobOf(options, seed, plant);
}

async function tellShrunk({ options, pool, isInterrupted }: Session, failed: Done): Promise<void> {
  if (options.shrink === 0 || isInterrupted()) return;
  const { job, report, runs } = await shrink(pool, failed, options.shrink);
  console.log(
    `seed ${job.seed}, made smaller in ${runs} runs: ${job.nodes} gates, ${report.injections.length} faults, ` +
      `${report.operations} operations, ${report.violation?.rule ?? ''} after ${report.simulatedSeconds.toFixed(1)} s`,
  );
  console.log(`  replay: ${replayCommand(job)}`);
}
