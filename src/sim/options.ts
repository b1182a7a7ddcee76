import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import {
  ELECTIONS,
  MULTICASTS,
  TOPOLOGIES,
  type ElectionKind,
  type MulticastKind,
  type TopologyKind,
} from '../core/entry.ts';
import { FAULTS } from './faults.ts';
import { kindOf, type Job } from './job.ts';
import { PLANTS } from './plants.ts';
import { Random } from './random.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';
import { SYSTEMS, type System } from './systems.ts';

export interface Options {
  readonly seeds: number;
  readonly seed: number;
  /** Each seed picks a number between the two; null for what the planted bug takes. */
  readonly nodes: readonly [least: number, most: number] | null;
  readonly seconds: number;
  /** Each seed picks one of these. */
  readonly elections: readonly ElectionKind[];
  readonly topologies: readonly TopologyKind[];
  /** In it null is nobody who multicasts. Null for what the planted bug takes. */
  readonly multicasts: readonly (MulticastKind | null)[] | null;
  /** Null: each seed picks. */
  readonly systems: readonly System[] | null;
  readonly faults: readonly string[];
  readonly only: readonly string[] | null;
  readonly clients: readonly string[] | null;
  readonly plants: readonly string[];
  readonly scenario: string | null;
  /** Seeds that run at once. */
  readonly jobs: number;
  /** Runs that shrinking a failing seed may take. */
  readonly shrink: number;
  readonly history: string | null;
  readonly trace: string | null;
  readonly json: boolean;
  /** Print this and stop. */
  readonly show: 'help' | 'faults' | 'plants' | 'scenarios' | null;
}

/** Arguments that make no sense. The message is for people. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const HELP = `Runs many gates on a virtual network with faults, and checks the rules of src/core/PROTOCOL.md: at every step what is
cheap there, the machines' states at every 32nd entry, and in the end what only then can be told, such as whether the history is
linearizable (S8), what archives hold (G3) and liveness (L1, L2).

  npm run simulate -- [options]

  --seeds N       how many seeds to run (default 20; 1 with --trace; 200 at most for each with --plant all)
  --seed N        the first seed (default 1)
  --nodes N       gates in the park, 1 to 32, or a range as 3-7: the seed picks (default 5; with --plant what
                  the bug takes)
  --seconds N     simulated time with faults, per seed (default 60; 40 with --plant); then everything heals and
                  liveness is checked
  --election LIST bully, ring, wireless, with commas between them, or all: the seed picks (default bully)
  --topology LIST mesh, sample, ring, grid, random, or all: the seed picks (default mesh)
  --multicast K   sequencer, lamport, none, or any: the seed picks one of the three (default any; with --plant
                  what the bug takes)
  --systems LIST  what people do besides entering and leaving the park: chat, market, visits, with commas between them,
                  all, none, or any: each seed picks (default any; all with --plant)
  --faults LIST   all, none, or names with commas between them; list prints them (default all; with --plant none
                  but those that the bug takes)
  --only LIST     only these injections of faults, as a shrunk seed names them (crash.3,loss.1), or none; exit
                  status 2 when one of them never comes
  --clients LIST  only these clients ask for anything, as a shrunk seed names them (g0.1), or none
  --plant NAME    puts a bug in on purpose; list prints them, all looks for each of them in turn. That ends with 1 when
                  each was found, with 2 when one was not
  --scenario NAME plays this in place of the faults, without clients, and brings its own gates, election, topology and
                  seconds, if you name none; list prints them
  --jobs N        seeds that run at once (default: as many as there are processors); the output is the same
  --shrink N      makes the first failing seed smaller, in N runs at most (default 300; 0 with --plant)
  --history FILE  writes what the clients saw, one JSON object a line
  --trace FILE    writes what happened at every node, one JSON object a line: one seed only
  --json          the last line is a summary in JSON
  --help          this text

The same seed gives the same digest, always.

Exit status: 0 when no rule was violated, 1 when one was, 2 for wrong options, when an injection of --only never came, and when a
planted bug was not found, 130 when Ctrl-C ended a run without a violation. A planted bug is found by the rule that it breaks: --plant
ends with 1 when all were found.`;

const SPEC = {
  seeds: { type: 'string' },
  seed: { type: 'string', default: '1' },
  nodes: { type: 'string' },
  seconds: { type: 'string' },
  election: { type: 'string' },
  topology: { type: 'string' },
  multicast: { type: 'string' },
  systems: { type: 'string' },
  faults: { type: 'string' },
  only: { type: 'string' },
  clients: { type: 'string' },
  plant: { type: 'string' },
  scenario: { type: 'string' },
  jobs: { type: 'string' },
  shrink: { type: 'string' },
  history: { type: 'string' },
  trace: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** A planted bug that so many seeds do not show is not looked for any longer. */
const PLANT_SEEDS = '200';
const MOST_NODES = 32;

export function parseOptions(args: readonly string[]): Options {
  const values = parse(args);
  const show = showOf(values);
  const planted = values.plant !== undefined;
  const seeds = values.trace !== undefined ? '1' : values.plant === 'all' ? PLANT_SEEDS : '20';
  const only = show === null ? injections(values.only, values.faults) : null;
  const scenario = show === null ? scenarioOf(values) : null;
  const usual = usually(scenario, planted);
  const clients = values.clients ?? usual.clients;
  const options: Options = {
    seeds: whole('seeds', values.seeds ?? seeds, 1, 1e9),
    seed: whole('seed', values.seed, 0, 2 ** 52),
    nodes: nodesOf(values.nodes ?? usual.nodes),
    seconds: whole('seconds', values.seconds ?? usual.seconds, 1, 1e6),
    elections: kinds(values.election ?? usual.election, ELECTIONS, 'election'),
    topologies: kinds(values.topology ?? usual.topology, TOPOLOGIES, 'topology'),
    multicasts: multicastsOf(values.multicast ?? usual.multicast),
    systems: systemsOf(values.systems ?? 'any'),
    faults: show === null ? faultNames(values.faults ?? usual.faults, only) : [],
    only,
    clients: clients === null ? null : clientNames(clients),
    plants: show === null ? plantNames(values.plant) : [],
    scenario: scenario?.name ?? null,
    jobs: whole('jobs', values.jobs ?? String(availableParallelism()), 1, 256),
    shrink: whole('shrink', values.shrink ?? (planted ? '0' : '300'), 0, 1e6),
    history: values.history ?? null,
    trace: values.trace ?? null,
    json: values.json,
    show,
  };
  if (options.trace !== null && (options.seeds > 1 || options.plants.length > 1))
    throw new UsageError('--trace takes one seed: leave --seeds out, and name one bug at most');
  const { trace, history } = options;
  if (trace !== null && history !== null && path.resolve(trace) === path.resolve(history))
    throw new UsageError(`--trace and --history can't both be written to "${trace}"`);
  return options;
}

/** What options are that nobody names. */
interface Usual {
  readonly nodes: string | null;
  readonly seconds: string;
  readonly election: string;
  readonly topology: string;
  readonly multicast: string | null;
  readonly faults: string;
  readonly clients: string | null;
}

function usually(scenario: Scenario | null, planted: boolean): Usual {
  const bully = { election: 'bully', topology: 'mesh', clients: null };
  if (planted) return { ...bully, nodes: null, seconds: '40', multicast: null, faults: 'none' };
  if (!scenario) return { ...bully, nodes: '5', seconds: '60', multicast: 'any', faults: 'all' };
  const { election, topology, nodes, seconds } = scenario;
  const park = { election, topology, nodes: nodes.join('-'), seconds: String(seconds) };
  return { ...park, multicast: 'none', faults: 'none', clients: 'none' };
}

function scenarioOf(values: ReturnType<typeof parse>): Scenario | null {
  const { scenario, faults, only, plant } = values;
  if (scenario === undefined) return null;
  if ((faults ?? only ?? plant) !== undefined)
    throw new UsageError('--scenario takes the place of --faults, --only and --plant');
  const known = SCENARIOS.find(({ name }) => name === scenario);
  if (!known)
    throw new UsageError(`There is no scenario "${scenario}": --scenario list prints them`);
  return known;
}

/** What one seed of these options is. */
export function jobOf(options: Options, seed: number, plant: string | null): Job {
  const { seconds, systems, faults, only, clients, scenario, trace } = options;
  const planted = PLANTS.find(({ name }) => name === plant);
  const [least, most] = options.nodes ?? planted?.nodes ?? [1, 1];
  const random = new Random(`seed ${seed}`);
  const nodes = random.split('nodes').int(least, most);
  const election = random.split('election').pick(options.elections) ?? 'bully';
  const topology = random.split('topology').pick(options.topologies) ?? 'mesh';
  const orders = options.multicasts ?? [planted?.multicast ?? null];
  const multicast = random.split('multicast').pick(orders) ?? null;
  const history = options.history !== null;
  const park = { seed, nodes, seconds, election, topology, multicast };
  return { ...park, systems, faults, only, clients, plant, scenario, history, trace };
}

function showOf(values: ReturnType<typeof parse>): Options['show'] {
  if (values.help) return 'help';
  if (values.faults === 'list') return 'faults';
  if (values.plant === 'list') return 'plants';
  return values.scenario === 'list' ? 'scenarios' : null;
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

/** A number, or a range as 3-7. */
function nodesOf(text: string | null): [number, number] | null {
  if (text === null) return null;
  const [low = '', high = low, ...more] = text.split('-');
  if (more.length > 0) throw new UsageError(`--nodes takes a number or a range, not "${text}"`);
  const least = whole('nodes', low, 1, MOST_NODES);
  const most = whole('nodes', high, 1, MOST_NODES);
  if (least > most)
    throw new UsageError(
      `--nodes takes a range from the lesser number to the greater, not "${text}"`,
    );
  return [least, most];
}

function kinds<T extends string>(text: string, known: readonly T[], option: string): readonly T[] {
  if (text === 'all') return known;
  const wrong = split(text).find((name) => !known.some((kind) => kind === name));
  if (wrong !== undefined || split(text).length === 0)
    throw new UsageError(`--${option} takes ${known.join(', ')} or all, not "${text}"`);
  return known.filter((kind) => split(text).includes(kind));
}

function multicastsOf(text: string | null): Options['multicasts'] {
  if (text === null) return null;
  if (text === 'any') return [null, ...MULTICASTS];
  const kind = MULTICASTS.find((order) => order === text) ?? null;
  if (kind === null && text !== 'none')
    throw new UsageError(`--multicast takes ${MULTICASTS.join(', ')}, none or any, not "${text}"`);
  return [kind];
}

function systemsOf(text: string): Options['systems'] {
  if (text === 'any') return null;
  if (text === 'none') return [];
  return kinds(text, SYSTEMS, 'systems');
}

function faultNames(text: string, only: readonly string[] | null): string[] {
  if (only) return [...new Set(only.map(kindOf))];
  if (text === 'all') return FAULTS.map(({ name }) => name);
  const known = FAULTS.map(({ name }) => name);
  return names(text, known, 'fault', '--faults');
}

/** They say which faults there are, so they take the place of `--faults`. */
function injections(text: string | undefined, faults: string | undefined): string[] | null {
  if (text === undefined) return null;
  if (faults !== undefined) throw new UsageError('--only takes the place of --faults');
  const chosen = listOf(text, '--only');
  const known = FAULTS.map(({ name }) => name);
  const wrong = chosen.find((name) => !/\.\d+$/.test(name) || !known.includes(kindOf(name)));
  if (wrong !== undefined)
    throw new UsageError(`--only takes injections as crash.3, not "${wrong}"`);
  return chosen;
}

function plantNames(text: string | undefined): string[] {
  if (text === undefined) return [];
  const known = PLANTS.map(({ name }) => name);
  if (text === 'none') throw new UsageError('Without --plant there is no planted bug');
  return text === 'all' ? known : names(text, known, 'plant', '--plant');
}

function names(text: string, known: readonly string[], what: string, option: string): string[] {
  const chosen = listOf(text, option);
  const wrong = chosen.find((name) => !known.includes(name));
  if (wrong !== undefined)
    throw new UsageError(`There is no ${what} "${wrong}": ${option} list prints them`);
  return chosen;
}

/** At a gate, in its chat, at its market or its multicasts, and visitors with tabs of their own. */
const CLIENT = /^(g\d+\.(\d+|chat)|m\d+(\.\d+)?|w\d+)$/;

function clientNames(text: string): string[] {
  const chosen = listOf(text, '--clients');
  const wrong = chosen.find((name) => !CLIENT.test(name));
  if (wrong !== undefined)
    throw new UsageError(
      `--clients takes names as g0.1, g0.chat, m0, m0.1 or w0, and no client is called "${wrong}"`,
    );
  return chosen;
}

/** Who means nothing says so. */
function listOf(text: string, option: string): string[] {
  const chosen = split(text);
  if (chosen.length === 0 && text !== 'none')
    throw new UsageError(`${option} takes names with commas between them, not "${text}"`);
  return chosen;
}

function split(text: string): string[] {
  return text === 'none' ? [] : text.split(',').filter((name) => name !== '');
}
