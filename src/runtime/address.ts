import {
  ELECTIONS,
  MAX_CAPACITY,
  MULTICASTS,
  TOPOLOGIES,
  type ParkSettings,
} from '../core/entry.ts';
import { MAX_NAME_LENGTH } from '../core/identity.ts';

/** What the address of a tab asks for. */
export interface Address {
  readonly park: string;
  /** What people call this gate; absent: the name that it has, or one made for it. */
  readonly name?: string;
  readonly priority?: number;
  /** What counts if this tab founds the park; later ones are ignored. */
  readonly settings: ParkSettings;
}

export type ParsedAddress =
  | { readonly ok: true; readonly address: Address }
  | { readonly ok: false; readonly problems: readonly AddressProblem[] };

/** A parameter that can't be used. */
export interface AddressProblem {
  readonly parameter: string;
  /** Cut, if long. */
  readonly given: string;
  /** For people: what it has to be. */
  readonly why: string;
}

/** One line. */
export function problemWords({ parameter, given, why }: AddressProblem): string {
  return `${parameter}=${given}: ${why}`;
}

export const DEFAULT_PARK = 'main';
export const DEFAULT_CAPACITY = 100;
const MAX_PRIORITY = 1e12;
const PARK_PATTERN = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u;

/**
 * Reads the query of an address. Parameters of other names are left alone; a bad value is a problem and not a default,
 * so that nobody opens a door to the wrong park.
 */
export function parseAddress(search: string): ParsedAddress {
  const query = new URLSearchParams(search);
  const problems: AddressProblem[] = [];
  const read = <T>(name: string, parse: (text: string) => T | string): T | undefined => {
    const texts = new Set(query.getAll(name).map((given) => given.trim()));
    if (texts.size > 1)
      problems.push({ parameter: name, given: '', why: 'given twice, and differently' });
    const [text] = texts;
    if (text === undefined || text === '') return undefined;
    const parsed = parse(text);
    if (typeof parsed !== 'string') return parsed;
    problems.push({ parameter: name, given: text.slice(0, 40), why: parsed });
    return undefined;
  };
  const park = read('park', parsePark);
  const name = read('name', parseName);
  const priority = read('priority', parsePriority);
  const capacity = read('capacity', parseCapacity);
  const election = read('election', oneOf(...ELECTIONS));
  const topology = read('topology', oneOf(...TOPOLOGIES));
  const multicast = read('multicast', oneOf(...MULTICASTS));
  if (problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    address: {
      park: park?.value ?? DEFAULT_PARK,
      ...(name === undefined ? {} : { name: name.value }),
      ...(priority === undefined ? {} : { priority: priority.value }),
      settings: {
        capacity: capacity?.value ?? DEFAULT_CAPACITY,
        election: election?.value ?? 'bully',
        topology: topology?.value ?? 'mesh',
        multicast: multicast?.value ?? 'sequencer',
      },
    },
  };
}

/** The query of an address that asks for all of this: what `parseAddress` reads. */
export function searchOf(park: string, settings: Partial<ParkSettings>): string {
  const query = new URLSearchParams({ park });
  for (const [name, value] of Object.entries(settings)) query.set(name, String(value));
  return `?${query.toString()}`;
}

/** Boxed, so that a text that was parsed is told from a problem. */
interface Value<T> {
  readonly value: T;
}

/** In one form, however it was typed: two parks of one name would be two. */
function parsePark(text: string): Value<string> | string {
  const name = text.normalize('NFC');
  if (PARK_PATTERN.test(name)) return { value: name };
  return 'a park has 1 to 64 letters, digits, spaces, dots, dashes or underscores';
}

function parseName(text: string): Value<string> | string {
  if (text.length <= MAX_NAME_LENGTH) return { value: text };
  return `a name has at most ${MAX_NAME_LENGTH} characters`;
}

function parsePriority(text: string): Value<number> | string {
  const value = Number(text);
  if (Number.isFinite(value) && Math.abs(value) <= MAX_PRIORITY) return { value };
  return 'a priority is a number; the greater one wins elections';
}

function parseCapacity(text: string): Value<number> | string {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= MAX_CAPACITY) return { value };
  return `a capacity is a whole number from 0 to ${MAX_CAPACITY}`;
}

function oneOf<T extends string>(...values: readonly T[]): (text: string) => Value<T> | string {
  return (text) => {
    const value = values.find((candidate) => candidate === text);
    return value === undefined ? `this version knows ${values.join(', ')}` : { value };
  };
}
