/**
 * A short run of `npm run chaos`, which does hours of it. `MINUTES=10 SEED=7 npm run test:e2e processes` does more.
 */
import { FAULT_KINDS } from './faults.ts';
import { keepEvidence } from './keep.ts';
import { runChaos } from './run.ts';
import { describeSummary } from './summary.ts';
import { expect, test } from '../fixture.ts';

const MINUTES = Number(process.env['MINUTES'] ?? 2);
const SEED = Number(process.env['SEED'] ?? 29);

test(`${MINUTES} minutes of browsers that are killed, stopped, frozen, cut and wiped: every rule holds`, async ({
  browserName: _,
}, testInfo) => {
  // What is promised in bounded time is judged by the run itself.
  test.setTimeout(MINUTES * 60_000 + 400_000);
  const story: string[] = [];
  const tell = (line: string): void => void story.push(line);
  await runChaos({ minutes: MINUTES, seed: SEED, tell }, async (run) => {
    const summary = run.summary();
    console.log(describeSummary(summary));
    if (run.violation) await keepEvidence(testInfo.outputPath('evidence'), run, story);
    // The rule first: of a long message only the beginning is repeated at the end of a run.
    const broken = run.violation?.message;
    expect(broken, `${broken}\nseed ${SEED}\n${story.join('\n')}`).toBeUndefined();
    expect(summary.told.ok).toBeGreaterThan(0);
    // The first rounds go on with what had no effect yet, so that two minutes see all of it.
    const missing = FAULT_KINDS.filter((kind) => summary.faults[kind] === 0);
    expect(missing, story.join('\n')).toEqual([]);
    expect(summary.leaderChanges).toBeGreaterThan(0);
    expect(run.judge.records.length).toBeGreaterThan(summary.told.ok);
    expect(summary.witnessed).toBeGreaterThan(0);
    expect(summary.recovery.samples).toBeGreaterThan(0);
  });
});
