import type { Json } from './json.ts';

/** Why a value does not fit. Where in the whole it stands is added on the way out, so that good data costs no words. */
export class DecodeError extends Error {
  #path = '';

  constructor(private readonly reason: string) {
    super(reason);
  }

  /** The value stood at this field or place of a larger one. */
  within(step: string | number): this {
    this.#path = (typeof step === 'number' ? `[${String(step)}]` : `.${step}`) + this.#path;
    this.message = `${this.#path.replace(/^\./, '')}: ${this.reason}`;
    return this;
  }
}

/**
 * Returns the checked value or throws a DecodeError. What is checked is plain data that nobody else changes (parsed JSON, a
 * record of the store, or frozen), so it is handed on as it is and copied only where something in it had to be put right:
 * to copy every message costs more than to check it.
 */
export type Decoder<T> = (value: unknown) => T;

type Fields<T> = { readonly [K in keyof T]: Decoder<T[K]> };

export const boolean: Decoder<boolean> = (value) => {
  if (typeof value !== 'boolean') throw new DecodeError('not a boolean');
  return value;
};

/** A finite number between the two, both included. */
export function number(low: number, high: number): Decoder<number> {
  return (value) => {
    if (typeof value !== 'number' || !(value >= low && value <= high)) {
      throw new DecodeError(`not a number from ${String(low)} to ${String(high)}`);
    }
    return unsigned(value);
  };
}

/** JSON can say -0 and does not write it: the encoding of what was decoded must be that of what is held. */
function unsigned(value: number): number {
  return value === 0 ? 0 : value;
}

export function integer(low: number, high: number): Decoder<number> {
  const inRange = number(low, high);
  return (value) => {
    if (!Number.isInteger(value)) throw new DecodeError('not an integer');
    return inRange(value);
  };
}

/** At most `longest` UTF-16 units. */
export function string(longest: number): Decoder<string> {
  return (value) => {
    if (typeof value !== 'string') throw new DecodeError('not a string');
    if (value.length > longest) throw new DecodeError(`longer than ${String(longest)}`);
    return value;
  };
}

export function pattern(expression: RegExp): Decoder<string> {
  // One message after the other names the same term and generation: to compare costs less than to match.
  let last: string | null = null;
  return (value) => {
    if (value === last && last !== null) return last;
    if (typeof value !== 'string' || !expression.test(value)) {
      throw new DecodeError(`does not match ${expression.source}`);
    }
    last = value;
    return value;
  };
}

export function oneOf<const T extends string>(...values: readonly T[]): Decoder<T> {
  return (value) => {
    for (const candidate of values) if (candidate === value) return candidate;
    throw new DecodeError(`not one of ${values.join(', ')}`);
  };
}

export function nullable<T>(decoder: Decoder<T>): Decoder<T | null> {
  return (value) => (value === null ? null : decoder(value));
}

export function arrayOf<T>(decoder: Decoder<T>, longest: number): Decoder<T[]> {
  return (value) => {
    if (!Array.isArray(value)) throw new DecodeError('not a list');
    if (value.length > longest) throw new DecodeError(`more than ${String(longest)} items`);
    return decodedItems(value, decoder) as T[];
  };
}

/** A list of exactly these items. */
export function tuple<T extends readonly unknown[]>(
  ...items: { readonly [K in keyof T]: Decoder<T[K]> }
): Decoder<T> {
  return (value) => {
    if (!Array.isArray(value) || value.length !== items.length) {
      throw new DecodeError(`not a list of ${String(items.length)}`);
    }
    return decodedItems(value, (item, place) => items[place]?.(item)) as unknown as T;
  };
}

function decodedItems(
  list: readonly unknown[],
  change: (item: unknown, place: number) => unknown,
): readonly unknown[] {
  // As in a heartbeat.
  if (list.length === 0) return list;
  let at = 0;
  try {
    return mapped(list, (item, place) => {
      at = place;
      return change(item, place);
    });
  } catch (error) {
    throw error instanceof DecodeError ? error.within(at) : error;
  }
}

/** The list itself where nothing changes. */
function mapped(
  list: readonly unknown[],
  change: (item: unknown, place: number) => unknown,
): readonly unknown[] {
  let copy: unknown[] | null = null;
  for (let place = 0; place < list.length; place++) {
    const item = list[place];
    const changed = change(item, place);
    if (!Object.is(changed, item)) (copy ??= [...list])[place] = changed;
  }
  return copy ?? list;
}

/** A closed object: exactly these fields, no others. */
export function object<T extends object>(fields: Fields<T>): Decoder<T> {
  const keys = Object.keys(fields) as (keyof T & string)[];
  const decoders = keys.map((key): Decoder<unknown> => fields[key]);
  return (value) => {
    const record = asRecord(value);
    checkKeys(record, keys);
    let copy: Record<string, unknown> | null = null;
    let at = 0;
    try {
      for (; at < keys.length; at++) {
        const key = keys[at] ?? '';
        const part = record[key];
        const decoded = decoders[at]?.(part);
        if (!Object.is(decoded, part)) (copy ??= { ...record })[key] = decoded;
      }
    } catch (error) {
      throw error instanceof DecodeError ? error.within(keys[at] ?? '') : error;
    }
    return (copy ?? record) as T;
  };
}

function checkKeys(record: object, keys: readonly string[]): void {
  const own = Object.keys(record);
  // Mostly they come in the order of the schema: then there is nothing to look up.
  if (isEqual(own, keys)) return;
  if (!own.every((key) => keys.includes(key))) throw new DecodeError('unknown field');
  const missing = keys.find((key) => !own.includes(key));
  if (missing !== undefined) throw new DecodeError(`no field ${missing}`);
}

function isEqual(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

type VariantFields<T extends object, Tag extends keyof T> = {
  readonly [V in T[Tag] & string]: Fields<Omit<Extract<T, Record<Tag, V>>, Tag>>;
};

/** A discriminated union by the field `tag`. */
export function variant<T extends object, Tag extends keyof T & string = keyof T & string>(
  tag: Tag,
  variants: VariantFields<T, Tag>,
): Decoder<T> {
  const decoders = new Map<string, Decoder<object>>();
  for (const [key, fields] of Object.entries(variants)) {
    const exact = { [tag]: oneOf(key), ...(fields as object) } as Fields<object>;
    decoders.set(key, object(exact));
  }
  return (value) => {
    const kind = asRecord(value)[tag];
    const decoder = typeof kind === 'string' ? decoders.get(kind) : undefined;
    if (!decoder) throw new DecodeError(`unknown ${tag}`);
    return decoder(value) as T;
  };
}

/**
 * Any JSON.
 * @param largest bound on the values in it and the UTF-16 units of its strings together
 */
export function json(largest: number): Decoder<Json> {
  return (value) => {
    let size = 0;
    const checked = (part: unknown, depth: number): Json => {
      size += typeof part === 'string' ? part.length + 1 : 1;
      if (size > largest || depth > 32) throw new DecodeError('too large');
      if (part === null || typeof part === 'boolean' || typeof part === 'string') return part;
      if (typeof part === 'number' && Number.isFinite(part)) return unsigned(part);
      if (Array.isArray(part)) return mapped(part, (item) => checked(item, depth + 1)) as Json;
      if (typeof part !== 'object') throw new DecodeError('not JSON');
      const record = part as Record<string, unknown>;
      let copy: Record<string, unknown> | null = null;
      for (const key of Object.keys(record)) {
        // A key of its own here, it would be the prototype wherever somebody assigns it.
        if (key === '__proto__') throw new DecodeError('a key that is not taken');
        size += key.length;
        const item = checked(record[key], depth + 1);
        if (!Object.is(item, record[key])) (copy ??= { ...record })[key] = item;
      }
      return (copy ?? record) as Json;
    };
    return checked(value, 0);
  };
}

function asRecord(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new DecodeError('not an object');
  }
  return value as Record<string, unknown>;
}
