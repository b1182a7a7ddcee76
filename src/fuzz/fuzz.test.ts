import { describe, expect, test } from 'vitest';
import { Random } from '../sim/random.ts';
import { heap } from './heap.ts';
import { mutateBytes, mutateJson, mutateText } from './mutate.ts';
import { fuzz, inputOf } from './runner.ts';
import { must, type Target } from './target.ts';
import { TARGETS } from './targets.ts';

/** Many more run by command: `npm run fuzz`. */
const RUNS = 3000;
/** What a target may hold more at the end than after a third of its inputs, MiB: a fifth of this is noise. */
const MOST_GROWTH = 1;
/** Functions that keep nothing: all others have counts. */
const KEEP_NOTHING = [
  ...['decode', 'wire', 'visitors', 'storage', 'leases', 'trace', 'address', 'page'],
];

function targetOf(name: string): Target {
  const target = TARGETS.find((one) => one.name === name);
  if (!target) throw new RangeError(`no target ${name}`);
  return target;
}

describe('bad input', () => {
  test.each(TARGETS.map((target) => [target.name, target] as const))(
    '%s: throws nothing, changes nothing when it is refused, and does not grow',
    async (_name, target) => {
      const result = await fuzz(target, { seed: 1, runs: RUNS, held: heap });
      if (result.finding) throw result.finding.error;
      // Both must be hit, or the fuzzer shoots past the target.
      expect(result.accepted).toBeGreaterThan(RUNS / 100);
      expect(result.refused).toBeGreaterThan(RUNS / 100);
      const idle = result.sizes.filter(({ size, most }) => size === 0 && most > 0);
      expect(idle, 'a count that never moves counts nothing').toEqual([]);
      expect(result.grownBy).toBeLessThan(MOST_GROWTH);
    },
    30_000,
  );

  test('is counted wherever something is kept of it', async () => {
    const uncounted = TARGETS.filter((target) => target.open().sizes === null);
    expect(uncounted.map(({ name }) => name)).toEqual(KEEP_NOTHING);
    for (const target of TARGETS) {
      if (!KEEP_NOTHING.includes(target.name)) {
        const { sizes } = await fuzz(target, { seed: 1, runs: 1 });
        expect(sizes, target.name).not.toEqual([]);
      }
    }
  });

  test.each(KEEP_NOTHING)('%s: the same is told of the same, whatever came before', (name) => {
    const target = targetOf(name);
    const range = target.open();
    // Of another seed: nobody has seen them.
    const runs = Array.from({ length: 300 }, (_, run) => run);
    const shoot = (run: number) => range.shoot(inputOf(target, 2, run));
    const forth = runs.map(shoot);
    const back = runs.toReversed().map(shoot).toReversed();
    expect(back).toEqual(forth);
  });

  test.each<[string, string[]]>([
    ['signaling', ['parks', 'members of a park', 'visitors of a park', 'former members']],
    ['transport', ['links', 'connections']],
    ['desk', ['guests']],
    ['visitor', ['gates', 'links']],
  ])('%s: is filled to its caps, and no further', async (name, caps) => {
    const { sizes } = await fuzz(targetOf(name), { seed: 1, runs: RUNS });
    const full = sizes.filter(({ size, most }) => size === most).map(({ what }) => what);
    expect(full).toEqual(expect.arrayContaining(caps));
  });
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
      sizes: null,
    }),
  };

  test('finds what is there to find, with the same seed at the same place', async () => {
    const first = await fuzz(broken, { seed: 7, runs: 10_000 });
    expect(first.finding).not.toBeNull();
    expect(await fuzz(broken, { seed: 7, runs: 10_000 })).toEqual(first);
    const other = await fuzz(broken, { seed: 8, runs: 10_000 });
    expect(other.finding?.run).not.toBe(first.finding?.run);
  });

  test('finds what grows', async () => {
    let size = 0;
    const growing: Target = {
      ...broken,
      open: () => ({
        shoot: () => 'refused',
        sizes: () => [{ what: 'it', size: ++size, most: 2 }],
      }),
    };
    const { finding } = await fuzz(growing, { seed: 1, runs: 5000 });
    expect(finding?.error).toMatchObject({
      message: 'it has grown to 3, and may come to 2',
    });
  });

  test('finds what is held though nobody counts it', async () => {
    const held: number[][] = [];
    const hoarding: Target = {
      ...broken,
      open: () => ({
        shoot: (random) => {
          held.push(Array.from({ length: 100 }, random.next));
          return 'refused';
        },
        sizes: null,
      }),
    };
    const { grownBy } = await fuzz(hoarding, { seed: 1, runs: RUNS, held: heap });
    expect(grownBy).toBeGreaterThan(MOST_GROWTH);
    held.length = 0;
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
