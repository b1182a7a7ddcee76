import { parseArgs } from 'node:util';
import { TARGETS } from './targets.ts';
import type { Target } from './target.ts';

export interface Options {
  readonly runs: number;
  readonly seed: number;
  readonly targets: readonly Target[];
  readonly show: 'help' | 'targets' | null;
}

/** By how much a target may grow, however much is thrown at it, MiB: the engine compiles and caches on the way. */
export const MOST_GROWTH = 8;

/** Arguments that make no sense. The message is for people. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const HELP = `Throws bad input at what takes input from outside: --only list prints the targets.

Nothing may throw. What is refused may change nothing; only a message in parts, of frames or a snapshot, ends with a
part that is refused, and of a list the rest counts. What is kept is counted, and may not outgrow its bounds; what
the process holds may not grow by more than ${MOST_GROWTH} MiB, from an early input to the last.

  npm run fuzz -- [options]

  --runs N     inputs for each target (default 100000)
  --seed N     another seed throws other inputs (default 1)
  --only LIST  targets with commas between them (default: all); list prints them
  --help       this text

The same seed throws the same, always. Exit status 1 when something was found, 2 for wrong options.`;

export function parseOptions(args: readonly string[]): Options {
  const values = parse(args);
  const list = values.only === 'list';
  return {
    runs: whole('runs', values.runs, 1),
    seed: whole('seed', values.seed, 0),
    targets: values.only === undefined || list ? TARGETS : chosen(values.only),
    show: values.help ? 'help' : list ? 'targets' : null,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        runs: { type: 'string', default: '100000' },
        seed: { type: 'string', default: '1' },
        only: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (/^\d{1,12}$/.test(text) && value >= least) return value;
  throw new UsageError(`--${name} takes a whole number from ${least}, not "${text}"`);
}

function chosen(list: string): Target[] {
  return list.split(',').map((name) => {
    const target = TARGETS.find((one) => one.name === name);
    if (!target) throw new UsageError(`There is no target "${name}": --only list prints them`);
    return target;
  });
}
