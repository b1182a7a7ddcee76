import { describe, expect, it } from 'vitest';
import { runJob } from './job.ts';
import { jobOf, parseOptions } from './options.ts';
import { PLANTS, shows } from './plants.ts';

/** The first seed that shows a bug, where that is not 1: `npm run simulate -- --plant all` tells. */
const KNOWN = new Map([
  ['own-log-wins', 2],
  ['learner-counts', 2],
  ['commit-beyond-match', 2],
  ['fits-by-index', 2],
  ['snapshot-at-the-end', 3],
  ['snapshot-without-sessions', 2],
  ['cleared-disk-counts-itself', 2],
  ['changes-overlap', 2],
  ['change-before-open', 3],
  ['many-changes-at-once', 2],
  ['settled-too-early', 3],
  ['definite-though-sent', 2],
  ['old-token-accepted', 3],
  ['refused-before-open', 3],
  ['ticket-written-late', 7],
  ['snapshot-without-messages', 2],
  ['order-forgets-the-view', 40],
  ['delivered-before-all-hold-it', 20],
  ['multicast-failed-for-sure', 2],
]);
/** What it takes depends on how busy the machine is, ms. */
const SLOW = 60_000;
/** So many seeds more are tried: a change of the simulator makes other seeds of them. */
const MORE = 40;

const options = parseOptions(['--plant', 'all']);

describe('a planted bug is found', () => {
  it.each(PLANTS.map(({ name }) => [name]))(
    '%s',
    (name) => {
      const first = KNOWN.get(name) ?? 1;
      const seeds = Array.from({ length: MORE }, (_, i) => first + i);
      const finds = (seed: number): boolean =>
        shows(name, runJob(jobOf(options, seed, name)).violation);
      expect(seeds.find(finds)).toBeDefined();
    },
    SLOW,
  );

  it('and each of them names faults that there are', () => {
    expect(PLANTS.length).toBeGreaterThanOrEqual(20);
    expect(new Set(PLANTS.map(({ name }) => name)).size).toBe(PLANTS.length);
    for (const { faults } of PLANTS)
      expect(() =>
        parseOptions(['--faults', faults.length > 0 ? faults.join() : 'none']),
      ).not.toThrow();
  });

  it('but not by a rule that it has nothing to do with', () => {
    expect(shows('greatest-never-challenges', { rule: 'L2' })).toBe(true);
    expect(shows('greatest-never-challenges', { rule: 'S2' })).toBe(false);
    expect(shows('greatest-never-challenges', null)).toBe(false);
  });

  it(
    'and taken out again: the next run is as it should be',
    () => {
      const job = jobOf(parseOptions(['--faults', 'crash', '--seconds', '10']), 3, null);
      const before = runJob(job);
      for (const { name } of PLANTS) runJob({ ...job, plant: name, nodes: 1, seconds: 1 });
      expect(before.violation).toBeNull();
      expect(runJob(job).digest).toBe(before.digest);
    },
    SLOW,
  );
});
