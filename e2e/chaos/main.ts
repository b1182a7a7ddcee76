/** The command `npm run chaos`, whose script has looked at the options. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseChaos } from '../../scripts/options.mjs';
import { Deferred } from '../../src/runtime/deferred.ts';
import { keepEvidence } from './keep.ts';
import { runChaos } from './run.ts';
import { describeSummary } from './summary.ts';

/** As a shell tells that a program was ended by Ctrl-C. */
const INTERRUPTED = 130;

const { minutes, seed, history, json } = parseChaos(process.argv.slice(2));
process.exitCode = await chaos(minutes, seed, history, json).catch((error: unknown) => {
  // No rule is broken: the chaos itself went wrong, e.g. a browser does not start.
  console.error(error);
  return 2;
});

async function chaos(
  minutes: number,
  seed: number,
  history: string | null,
  json: boolean,
): Promise<number> {
  const story: string[] = [];
  const tell = (line: string): void => {
    story.push(line);
    console.log(line);
  };
  const interrupt = new Deferred<void>();
  let isInterrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      // The first one ends it with what was seen so far, the second one at once.
      if (isInterrupted) process.exit(INTERRUPTED);
      isInterrupted = true;
      interrupt.resolve();
    });
  return runChaos({ minutes, seed, tell, interrupted: interrupt.promise }, async (run) => {
    if (history !== null) {
      const lines = run.judge.history.lines().map((line) => `${JSON.stringify(line)}\n`);
      await writeFile(history, lines.join(''));
    }
    const { violation } = run;
    if (violation) {
      const folder = path.resolve('test-results', `chaos-${seed}-${Date.now()}`);
      await keepEvidence(folder, run, story);
      console.log(`VIOLATION of ${violation.rule} with seed ${seed}: ${violation.detail}`);
      console.log(`  kept in ${folder}`);
      console.log(`  again: npm run chaos -- --minutes ${minutes} --seed ${seed}`);
    }
    const summary = run.summary();
    console.log(describeSummary(summary));
    if (json) console.log(JSON.stringify(summary));
    // It goes on in the middle of a round, with browsers that were interrupted too: they are killed on the way out.
    if (isInterrupted) process.exit(violation ? 1 : INTERRUPTED);
    return violation ? 1 : 0;
  });
}
