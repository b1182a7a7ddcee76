/** The options of `npm run chaos`, `siege` and `bench`, which are looked at before anything is built or started. */
import { closeSync, openSync } from 'node:fs';
import { parseArgs } from 'node:util';

/** Arguments that make no sense. The message is for people. */
export class UsageError extends Error {
  /** @override */
  name = 'UsageError';
}

export const CHAOS_HELP = `Runs five gates in three browsers, kills, stops, freezes, cuts and wipes them under a load of visitors, and
holds what every client was told and every log against the rules S1 to S9, L1 and L2.

  npm run chaos -- [options]

  --minutes N     how long (default 2)
  --seed N        fixes what is done to whom, and when; not how the browsers race (default 1)
  --history FILE  writes what the clients saw, one JSON object a line
  --json          the last line is a summary in JSON
  --help          this text

Ctrl-C ends it with what was seen so far. Exit status 1 when a rule was violated: then everything that may explain it
is kept in test-results/; 2 for wrong options, and when it could not be judged. Where there are no signals to stop a
process (Windows) it does not run.`;

export const SIEGE_HELP = `Attacks a signaling server of its own, on this machine alone, and prints what it held.

  npm run siege -- [options]

  --only PART  idle (10,000 tabs that do nothing), flood (tabs that connect and join while 100 sockets flood it), or
               restarts (of the server, below a park of real tabs); all three without it
  --help       this text

Exit status 1 when a limit was not held, 2 for wrong options.`;

/** In the order in which they run. */
export const BENCH_NAMES = /** @type {const} */ ([
  ...['link', 'ready', 'mesh', 'admission-latency', 'admission-rate', 'mutex', 'failover'],
  ...['takeover', 'catch-up', 'cold-start', 'idle', 'messages', 'first-load', 'simulator'],
]);

/** @typedef {(typeof BENCH_NAMES)[number]} BenchName */

export const BENCH_HELP = `Measures, in real tabs, how long things take, beside the least that they could take and beside what people would use
instead, in turns in one run. Nothing else should run on the machine. bench/README.md says what each benchmark is.

  npm run bench -- [options]

  --only NAMES  some of them, separated by commas: ${BENCH_NAMES.slice(0, 7).join(', ')},
                ${BENCH_NAMES.slice(7).join(', ')}
  --tries N     how often each is measured (default 15; what takes minutes is measured less often; 1 is
                a quick look at small sizes)
  --soak N      with idle: lets 16 gates be idle for N minutes, and tells how their memory grew
  --json        one JSON object a line
  --write       writes the table and the plots to bench/RESULTS.md and bench/results
  --help        this text

Exit status 1 when a benchmark failed as a whole, 2 for wrong options; what is not reached is no failure.`;

const PARTS = /** @type {const} */ (['idle', 'flood', 'restarts']);

/** @typedef {{ minutes: number, seed: number, history: string | null, json: boolean, help: boolean }} ChaosOptions */

/**
 * @param {readonly string[]} args
 * @returns {ChaosOptions}
 */
export function parseChaos(args) {
  const { minutes, seed, history, json, help } = parsed(() =>
    parseArgs({
      args: [...args],
      options: {
        minutes: { type: 'string', default: '2' },
        seed: { type: 'string', default: '1' },
        history: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }),
  );
  if (!/^\d+(\.\d+)?$/.test(minutes) || !(Number(minutes) > 0))
    throw new UsageError(`--minutes takes a number above 0, not "${minutes}"`);
  if (!/^\d+$/.test(seed) || !Number.isSafeInteger(Number(seed)))
    throw new UsageError(`--seed takes a whole number from 0, not "${seed}"`);
  if (history === '') throw new UsageError('--history takes the name of a file');
  return { minutes: Number(minutes), seed: Number(seed), history: history ?? null, json, help };
}

/**
 * @param {readonly string[]} args
 * @returns {{ only: (typeof PARTS)[number] | null, help: boolean }}
 */
export function parseSiege(args) {
  const { only, help } = parsed(() =>
    parseArgs({
      args: [...args],
      options: { only: { type: 'string' }, help: { type: 'boolean', default: false } },
    }),
  );
  const part = PARTS.find((name) => name === only);
  if (only !== undefined && part === undefined)
    throw new UsageError(`--only takes ${PARTS.join(', ')}, not "${only}"`);
  return { only: part ?? null, help };
}

/**
 * @typedef {{ only: readonly BenchName[], tries: number, soakMinutes: number, json: boolean, write: boolean, help: boolean }} BenchOptions
 */

/**
 * @param {readonly string[]} args
 * @returns {BenchOptions}
 */
export function parseBench(args) {
  const { only, tries, soak, json, write, help } = parsed(() =>
    parseArgs({
      args: [...args],
      options: {
        only: { type: 'string' },
        tries: { type: 'string', default: '15' },
        soak: { type: 'string', default: '0' },
        json: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }),
  );
  if (!/^[1-9]\d{0,3}$/.test(tries))
    throw new UsageError(`--tries takes a whole number from 1 to 9999, not "${tries}"`);
  if (!/^\d{1,4}$/.test(soak)) throw new UsageError(`--soak takes whole minutes, not "${soak}"`);
  const names = only === undefined ? BENCH_NAMES : benchNames(only.split(','));
  return { only: names, tries: Number(tries), soakMinutes: Number(soak), json, write, help };
}

/**
 * In the order in which they run, whatever the order in which they were named.
 * @param {readonly string[]} wanted
 * @returns {readonly BenchName[]}
 */
function benchNames(wanted) {
  const unknown = wanted.find((name) => !BENCH_NAMES.some((known) => known === name));
  if (unknown !== undefined)
    throw new UsageError(`--only takes ${BENCH_NAMES.join(', ')}, not "${unknown}"`);
  return BENCH_NAMES.filter((name) => wanted.includes(name));
}

/**
 * Found out before the run, which may take hours.
 * @param {string} option
 * @param {string | null} file
 */
export function checkWritable(option, file) {
  if (file === null) return;
  try {
    closeSync(openSync(file, 'a'));
  } catch (error) {
    throw new UsageError(`${option} can't be written: ${messageOf(error)}`);
  }
}

/**
 * Ends a command that went wrong before it began with one line, and the exit status.
 * @param {unknown} error
 * @param {string} command
 * @returns {number}
 */
export function explain(error, command) {
  const wrongUsage = error instanceof UsageError;
  const more = wrongUsage ? ` (${command} -- --help explains the options)` : '';
  console.error(`${messageOf(error)}${more}`);
  return wrongUsage ? 2 : 1;
}

/**
 * @template T
 * @param {() => { values: T }} parse
 * @returns {T}
 */
function parsed(parse) {
  try {
    return parse().values;
  } catch (error) {
    // The lines below the first one give advice on quoting.
    throw new UsageError(messageOf(error).split('\n')[0]);
  }
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
