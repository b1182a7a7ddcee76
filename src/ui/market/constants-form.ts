/** The constants of automatic trading as fields of a form. */
import { AUTO_DEFAULTS, type AutoOptions } from '../../runtime/gatehouse.ts';

export interface ConstantField {
  readonly name: Exclude<keyof AutoOptions, 'role'>;
  readonly label: string;
  readonly hint: string;
  readonly least: number;
  readonly most: number;
  readonly step: number | 'any';
  /** Two numbers instead of one: from, to. */
  readonly range?: true;
  /** May be left empty. */
  readonly optional?: true;
}

const DAY = 86_400_000;
const CHANCE = { least: 0, most: 1, step: 'any' } as const;
const PIECES = { least: 1, step: 1 } as const;
const MILLISECONDS = { most: DAY, step: 'any' } as const;

/** In the order of the form. What each may be is checked once more by the call. */
export const CONSTANTS: readonly ConstantField[] = [
  {
    name: 'buyAgain',
    label: 'Probability to buy again',
    hint: 'at each turn, of a buyer that has bought',
    ...CHANCE,
  },
  {
    name: 'transactions',
    label: 'Transactions per buyer',
    hint: 'then it has enough',
    most: 10_000,
    ...PIECES,
  },
  {
    name: 'timeoutMs',
    label: 'Time-out, ms',
    hint: 'then a buyer looks for something else',
    least: 1,
    ...MILLISECONDS,
  },
  { name: 'stock', label: 'Stock per seller', hint: 'it stocks up to', most: 1000, ...PIECES },
  {
    name: 'restock',
    label: 'Restock probability',
    hint: 'at each turn, before it is sold out',
    ...CHANCE,
  },
  {
    name: 'price',
    label: 'Price',
    hint: 'drawn from here',
    most: 1000,
    range: true,
    ...PIECES,
  },
  {
    name: 'commission',
    label: 'Commission, %',
    hint: 'set for all while this gate is the trader; empty: left as it is',
    least: 0,
    most: 100,
    step: 1,
    optional: true,
  },
  {
    name: 'leaderFailure',
    label: 'Leader failure probability',
    hint: 'at the end of each quantum, while this gate is the trader: it crashes for 1 to 4 s',
    ...CHANCE,
  },
  {
    name: 'quantumMs',
    label: 'Time quantum, ms',
    hint: 'so often the trader may fail',
    least: 100,
    ...MILLISECONDS,
  },
  {
    name: 'pauseMs',
    label: 'Pause, ms',
    hint: 'between two turns',
    least: 1,
    range: true,
    ...MILLISECONDS,
  },
];

/** What stands in the fields at first: one number, or two for a range; nothing where none is needed. */
export function initialValues(
  { name }: ConstantField,
  options: AutoOptions = AUTO_DEFAULTS,
): readonly number[] {
  const value = options[name];
  if (value === undefined) return [];
  return typeof value === 'number' ? [value] : value;
}

/** The names of a constant's inputs. */
export function inputNames({ name, range }: ConstantField): readonly string[] {
  return range ? [`${name}-from`, `${name}-to`] : [name];
}

/** What a filled in form asks for. `text`: what stands in the input of that name. */
export function readConstants(text: (input: string) => string): AutoOptions {
  const role = text('role');
  const options: Record<string, unknown> = role === 'drawn' ? {} : { role };
  for (const field of CONSTANTS) {
    const texts = inputNames(field).map(text);
    if (field.optional && texts.every((value) => value.trim() === '')) continue;
    const numbers = texts.map(Number);
    options[field.name] = field.range ? numbers : numbers[0];
  }
  return options;
}
