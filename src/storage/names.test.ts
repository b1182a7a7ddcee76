import { describe, expect, it } from 'vitest';
import { MAX_NAME_LENGTH } from '../core/identity.ts';
import { friendlyName } from './names.ts';

const ids = Array.from({ length: 4000 }, (_, number) => `node${number}`);

describe('friendly names', () => {
  it('are spread evenly over 64 birds', () => {
    const counts = new Map<string, number>();
    for (const id of ids) counts.set(friendlyName(id), (counts.get(friendlyName(id)) ?? 0) + 1);
    expect(counts.size).toBe(64);
    expect(Math.max(...counts.values())).toBeLessThan((2 * ids.length) / 64);
    expect(Math.max(...[...counts.keys()].map((name) => name.length))).toBeLessThanOrEqual(
      MAX_NAME_LENGTH,
    );
  });

  it('are the same for the same id', () => {
    expect(friendlyName('abcdefghij')).toBe(friendlyName('abcdefghij'));
  });

  it('avoid those that are taken, and repeat only when all are', () => {
    const taken = new Set<string>();
    for (let made = 0; made < 64; made++) taken.add(friendlyName('abcdefghij', taken));
    expect(taken.size).toBe(64);
    expect(taken.has(friendlyName('abcdefghij', taken))).toBe(true);
  });
});
