/** The command `npm run simulate`, and the worker threads that it starts: the same program in both. */
import { isMainThread, parentPort } from 'node:worker_threads';
import { lookForPlants, simulate } from './commands.ts';
import { FAULTS } from './faults.ts';
import { runJob, type Job } from './job.ts';
import { HELP, parseOptions, UsageError, type Options } from './options.ts';
import { PLANTS } from './plants.ts';
import { WorkerPool } from './pool.ts';
import { SCENARIOS } from './scenarios.ts';
import { checkWritable } from './writable.ts';

/** As a shell tells that a program was ended by Ctrl-C. */
const INTERRUPTED = 130;

/** As a shell tells that a program was ended because nobody read what it printed: `| head`. */
const UNREAD = 141;

if (isMainThread) {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(UNREAD);
  });
  process.exitCode = await main(process.argv.slice(2));
} else work();

function work(): void {
  parentPort?.on('message', (job: Job) => {
    parentPort?.postMessage(runJob(job));
  });
}

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options.show !== null) return show(options.show);
    checkWritable('--history', options.history);
    checkWritable('--trace', options.trace);
    return await runAll(options);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\nnpm run simulate -- --help explains the options.`);
    return 2;
  }
}

function show(what: NonNullable<Options['show']>): number {
  const lists = { help: [], faults: FAULTS, plants: PLANTS, scenarios: SCENARIOS };
  if (what === 'help') console.log(HELP);
  const width = Math.max(0, ...lists[what].map(({ name }) => name.length)) + 2;
  for (const { name, about } of lists[what]) console.log(`${name.padEnd(width)}${about}`);
  return 0;
}

/** The first Ctrl-C ends the run with what was found so far, the second one at once. */
async function runAll(options: Options): Promise<number> {
  const pool = new WorkerPool(options.jobs, new URL(import.meta.url));
  const interrupt = { wanted: false };
  process.once('SIGINT', () => {
    interrupt.wanted = true;
  });
  const command = options.plants.length > 0 ? lookForPlants : simulate;
  const status = await command({ options, pool, isInterrupted: () => interrupt.wanted });
  await pool.close();
  return status === 0 && interrupt.wanted ? INTERRUPTED : status;
}
