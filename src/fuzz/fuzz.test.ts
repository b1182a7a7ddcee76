import { describe, expect, test } from 'vitest';
import { Random } from '../sim/random.ts';
import { mutateBytes, mutateJson, mutateText } from './mutate.ts';
import { fuzz } from './runner.ts';
import { must, type Target } from './target.ts';
import { TARGETS } from './targets.ts';

/** Many more run by command: `npm run fuzz`. */
const RUNS = 3000;

describe('bad input', () => {
  test.each(TARGETS.map((target) => [target.name, target] as const))(
    '%s: throws nothing, changes nothing when it is refused, and does not grow',
    (_name, target) => {
      const result = fuzz(target, { seed: 1, runs: RUNS });
      if (result.finding) throw result.finding.error;
      // Both must be hit, or the fuzzer shoots past the target.
      expect(result.accepted).toBeGreaterThan(RUNS / 100);
      expect(result.refused).toBeGreaterThan(RUNS / 100);
    },
    30_000,
  );
});

describe('the fuzzer', () => {
  const broken: Target = {
    name: 'broken',
    about: 'fails at the first number above 0.99',
    open: () => ({
      shoot: (random) => {
        must(random.next() < 0.99, 'below');
        return 'accepted';
      },
      sizes: () => [],
    }),
  };

  test('finds what is there to find, with the same seed at the same place', () => {
    const first = fuzz(broken, { seed: 7, runs: 10_000 });
    expect(first.finding).not.toBeNull();
    expect(fuzz(broken, { seed: 7, runs: 10_000 })).toEqual(first);
    expect(fuzz(broken, { seed: 8, runs: 10_000 }).finding?.run).not.toBe(first.finding?.run);
  });

  test('finds what grows', () => {
    let size = 0;
    const growing: Target = {
      ...broken,
      open: () => ({
        shoot: () => 'refused',
        sizes: () => [{ what: 'it', size: ++size, most: 2 }],
      }),
    };
    expect(fuzz(growing, { seed: 1, runs: 5000 }).finding?.error).toMatchObject({
      message: 'it has grown to 3, and may come to 2',
    });
  });

  test('leaves what it was given as it was', () => {
    const value = { a: [1, { b: 'text' }], c: null };
    const bytes = Uint8Array.of(1, 2, 3);
    const before = JSON.stringify([value, [...bytes]]);
    let changed = 0;
    for (let run = 0; run < 500; run++) {
      const random = new Random(`mutate ${run}`);
      if (JSON.stringify(mutateJson(value, random)) !== JSON.stringify(value)) changed += 1;
      mutateText('text', random);
      mutateBytes(bytes, random);
    }
    expect(JSON.stringify([value, [...bytes]])).toBe(before);
    expect(changed).toBeGreaterThan(400);
  });
});
