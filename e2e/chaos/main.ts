/** The command `npm run chaos`. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Deferred } from '../../src/runtime/deferred.ts';
import { keepEvidence } from './keep.ts';
import { runChaos } from './run.ts';
import { describeSummary } from './summary.ts';

const HELP = `Runs five gates in three browsers, kills, stops, freezes, cuts and wipes them under a load of visitors, and
holds what every client was told and every log against the rules S1 to S9, L1 and L2.

  npm run chaos -- [options]

  --minutes N     how long (default 2)
  --seed N        fixes what is done to whom, and when; not how the browsers race (default 1)
  --history FILE  writes what the clients saw, one JSON object a line
  --json          the last line is a summary in JSON
  --help          this text

Ctrl-C ends it with what was seen so far. Exit status 1 when a rule was violated: then everything that may explain it
is kept in test-results/; 2 when it could not be judged. Where there are no signals to stop a process (Windows) it does
not run.`;

/** As a shell tells that a program was ended by Ctrl-C. */
const INTERRUPTED = 130;

process.exitCode = await main().catch((error: unknown) => {
  // No rule is broken: the chaos itself went wrong, e.g. a browser does not start.
  console.error(error);
  return 2;
});

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '2' },
      seed: { type: 'string', default: '1' },
      history: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
  if (!(minutes > 0) || !Number.isSafeInteger(seed) || seed < 0) {
    console.error('--minutes takes a number above 0, and --seed a whole number from 0');
    return 2;
  }
  return chaos(minutes, seed, values.history ?? null, values.json);
}

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
