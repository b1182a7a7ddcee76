/** Makes good input bad: a little, so that it comes far, or a lot. */
import type { Random } from '../sim/random.ts';

type Holder = Record<string, unknown>;

/** What stands where something else should. */
const ODD: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => 0,
  () => -1,
  () => 1.5,
  () => -0,
  () => 1e300,
  () => Number.MAX_SAFE_INTEGER,
  () => Number.MAX_SAFE_INTEGER + 2,
  () => NaN,
  () => Infinity,
  () => '',
  () => 'x'.repeat(100_000),
  () => '\ud800',
  () => '000000000009.zzzz',
  () => '999999999999.zzzz',
  () => '<img src=x onerror=alert(1)>',
  () => [],
  () => ({}),
  () => Array.from({ length: 2000 }, () => 0),
  () => nested(40),
  () => nested(500),
  () => JSON.parse('{"__proto__":{"type":"LEAVE"}}') as unknown,
  () => ({ constructor: 1, toString: 2 }),
];
const KEYS = ['type', 'extra', '__proto__', 'constructor', 'toString', 'length', 'kind', '0'];

function nested(depth: number): unknown {
  let value: unknown = 0;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

/** Changes a copy of a JSON value in one to three places. */
export function mutateJson(value: unknown, random: Random): unknown {
  const root: Holder = { value: structuredClone(value) };
  for (let changes = random.int(1, 3); changes > 0; changes--) change(root, random);
  return root['value'];
}

function change(root: Holder, random: Random): void {
  const places: [Holder, string][] = [];
  collect(root, places);
  const [holder, key] = random.pick(places) ?? [root, 'value'];
  const [other, otherKey] = random.pick(places) ?? [root, 'value'];
  switch (random.int(0, 7)) {
    case 0:
    case 1:
      holder[key] = random.pick(ODD)?.();
      return;
    case 2:
      holder[key] = nudged(holder[key], random);
      return;
    case 3:
      if (holder !== root) removeFrom(holder, key);
      return;
    case 4:
      addTo(holder[key], random);
      return;
    case 5:
      [holder[key], other[otherKey]] = [
        structuredClone(other[otherKey]),
        structuredClone(holder[key]),
      ];
      return;
    case 6:
      holder[key] = [holder[key]];
      return;
    default:
      holder[key] = structuredClone(other[otherKey]);
  }
}

/** Every place in a value that can be overwritten. */
function collect(value: unknown, into: [Holder, string][]): void {
  if (typeof value !== 'object' || value === null || into.length > 2000) return;
  for (const key of Object.keys(value)) {
    into.push([value as Holder, key]);
    collect((value as Holder)[key], into);
  }
}

function nudged(value: unknown, random: Random): unknown {
  if (typeof value === 'number') return value + (random.pick([-1, 1, 0.5, 1e9, -1e9]) ?? 1);
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'string') return mutateText(value, random);
  if (Array.isArray(value)) return random.chance(0.5) ? value.slice(1) : value.concat(value);
  return value;
}

function removeFrom(holder: Holder, key: string): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else Reflect.deleteProperty(holder, key);
}

function addTo(value: unknown, random: Random): void {
  if (typeof value !== 'object' || value === null) return;
  const key = random.pick(KEYS) ?? 'extra';
  // As JSON.parse does it: also `__proto__` becomes a field of its own.
  const field = {
    value: random.pick(ODD)?.(),
    enumerable: true,
    configurable: true,
    writable: true,
  };
  if (Array.isArray(value)) value.push(field.value);
  else Object.defineProperty(value, key, field);
}

/** Changes a text in one to four places: cut, doubled, garbled. */
export function mutateText(text: string, random: Random): string {
  let changed = text;
  for (let changes = random.int(1, 4); changes > 0; changes--) {
    const at = random.int(0, changed.length);
    const end = Math.min(changed.length, at + random.int(0, 12));
    const piece = changed.slice(at, end);
    const put = random.pick([
      '',
      piece + piece,
      garbage(random),
      '"',
      '}',
      '{',
      '\0',
      '&',
      '=',
      '%',
    ]);
    changed = changed.slice(0, at) + (put ?? '') + changed.slice(end);
    if (random.chance(0.1)) changed = changed.slice(0, at);
    if (random.chance(0.05)) changed += changed;
    if (random.chance(0.005)) changed = changed.slice(0, at) + '['.repeat(50_000);
  }
  return changed.slice(0, 1_000_000);
}

function garbage(random: Random): string {
  return Array.from({ length: random.int(0, 8) }, () =>
    String.fromCharCode(random.int(0, random.chance(0.2) ? 0xffff : 0x7f)),
  ).join('');
}

/** Changes bytes in one to four places: bits flipped, cut off, doubled, filled with noise. */
export function mutateBytes(bytes: Uint8Array, random: Random): Uint8Array {
  let changed = bytes.slice();
  for (let changes = random.int(1, 4); changes > 0; changes--) {
    const at = random.int(0, Math.max(0, changed.length - 1));
    switch (random.int(0, 4)) {
      case 0:
        changed[at] = (changed[at] ?? 0) ^ (1 << random.int(0, 7));
        break;
      case 1:
        changed[at] = random.int(0, 255);
        break;
      case 2:
        changed = changed.slice(0, at);
        break;
      case 3:
        changed = Uint8Array.of(...changed.subarray(0, 64), ...changed.subarray(0, 20_000));
        break;
      default:
        changed = changed.slice(at);
    }
  }
  return changed;
}
