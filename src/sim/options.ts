import { parseArgs } from 'node:util';
import { FAULTS } from './faults.ts';
import { PLANTS } from './plants.ts';

export interface Options {
  readonly seeds: number;
  readonly seed: number;
  readonly nodes: number;
  readonly seconds: number;
  readonly faults: readonly string[];
  readonly plants: readonly string[];
  readonly history: string | null;
  readonly trace: string | null;
  readonly json: boolean;
  /** Print this and stop. */
  readonly show: 'help' | 'faults' | 'plants' | null;
}

/** Arguments that make no sense. The message is for people. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const HELP = `Runs many gates on a virtual network with faults, and checks every rule at every step.

  npm run simulate -- [options]

  --seeds N       how many seeds to run (default 20)
  --seed N        the first seed (default 1)
  --nodes N       gates in the park, 1 to 32 (default 5)
  --seconds N     simulated time with faults, per seed (default 60); then everything heals and liveness is checked
  --faults LIST   all (default), none, or names with commas between them; list prints them
  --plant NAME    puts a bug in on purpose; list prints them, all looks for each of them in turn
  --history FILE  writes what the clients saw, one JSON object a line
  --trace FILE    writes what happened, for people; best with one seed
  --json          the last line is a summary in JSON
  --help          this text

The same seed gives the same digest, always. Exit status 1 when a rule was violated, 2 for wrong options.`;

const SPEC = {
  seeds: { type: 'string', default: '20' },
  seed: { type: 'string', default: '1' },
  nodes: { type: 'string', default: '5' },
  seconds: { type: 'string', default: '60' },
  faults: { type: 'string', default: 'all' },
  plant: { type: 'string' },
  history: { type: 'string' },
  trace: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

export function parseOptions(args: readonly string[]): Options {
  const values = parse(args);
  const show = values.help
    ? 'help'
    : values.faults === 'list'
      ? 'faults'
      : values.plant === 'list'
        ? 'plants'
        : null;
  return {
    seeds: whole('seeds', values.seeds, 1, 1e9),
    seed: whole('seed', values.seed, 0, 2 ** 52),
    nodes: whole('nodes', values.nodes, 1, 32),
    seconds: whole('seconds', values.seconds, 1, 1e6),
    faults: show === null ? faultNames(values.faults) : [],
    plants: show === null ? plantNames(values.plant) : [],
    history: values.history ?? null,
    trace: values.trace ?? null,
    json: values.json,
    show,
  };
}

function parse(args: readonly string[]): ReturnType<typeof parseStrictly> {
  try {
    return parseStrictly(args);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function parseStrictly(args: readonly string[]) {
  return parseArgs({ args: [...args], options: SPEC, strict: true, allowPositionals: false })
    .values;
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new UsageError(`--${name} takes a whole number from ${least} to ${most}, not "${text}"`);
  return value;
}

function faultNames(text: string): string[] {
  if (text === 'none') return [];
  if (text === 'all') return FAULTS.filter(({ usual }) => usual).map(({ name }) => name);
  const known = FAULTS.map(({ name }) => name);
  return names(text, known, 'fault');
}

function plantNames(text: string | undefined): string[] {
  if (text === undefined) return [];
  const known = PLANTS.map(({ name }) => name);
  return text === 'all' ? known : names(text, known, 'plant');
}

function names(text: string, known: readonly string[], what: string): string[] {
  const chosen = text.split(',').filter((name) => name !== '');
  const wrong = chosen.find((name) => !known.includes(name));
  if (wrong !== undefined)
    throw new UsageError(
      `There is no ${what} "${wrong}": --${what}${what === 'fault' ? 's' : ''} list prints them`,
    );
  return chosen;
}
