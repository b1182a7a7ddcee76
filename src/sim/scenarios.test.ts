import { describe, expect, it } from 'vitest';
import { Campaign } from '../core/campaign.ts';
import { FailureDetector } from '../core/failure-detector.ts';
import { runJob } from './job.ts';
import { jobOf, parseOptions } from './options.ts';
import { NO_PLANT } from './plant.ts';
import { both, replace } from './plants/tools.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';
import { run } from './simulator.ts';

const ENDED = 'elections that ended with the greatest alive';
const DURING = 'crashes in the middle of the election';

function scenario(name: string): Scenario {
  const found = SCENARIOS.find((one) => one.name === name);
  if (!found) throw new Error(`there is no scenario ${name}`);
  return found;
}

describe('E9: an election in which gates crash ends with the greatest alive', () => {
  it.each([
    ['three-crash', 3, 2],
    ['two-neighbours', 2, 10],
  ])(
    '%s',
    (name, crashes, seeds) => {
      const options = parseOptions(['--scenario', name]);
      let during = 0;
      for (let seed = 1; seed <= seeds; seed++) {
        const { violation, faults } = runJob(jobOf(options, seed, null));
        expect(violation).toBeNull();
        expect(faults.get(ENDED)).toBe(1);
        expect(faults.get('crashes')).toBe(crashes);
        during += faults.get(DURING) ?? 0;
      }
      expect(during).toBeGreaterThan(0);
    },
    60_000,
  );

  it('one after another, as long as the seconds last', () => {
    const options = parseOptions(['--scenario', 'two-neighbours', '--seconds', '30']);
    const { violation, faults } = runJob(jobOf(options, 1, null));
    expect(violation).toBeNull();
    expect(faults.get(ENDED)).toBeGreaterThan(2);
  });

  it('spares a majority of the voters: of three gates only one crashes', () => {
    const options = parseOptions(['--scenario', 'two-neighbours', '--nodes', '3']);
    const { violation, faults } = runJob(jobOf(options, 1, null));
    expect(violation).toBeNull();
    expect(faults.get('crashes')).toBe(1);
  });
});

describe('E9: it is told when an election does not', () => {
  it.each([
    [
      'nobody finds out who is dead',
      'two-neighbours',
      () => replace(FailureDetector.prototype, 'isFailed', () => false),
    ],
    [
      'the greatest is not heard of, and challenges nobody',
      'three-crash',
      both(
        () => replace(Campaign.prototype, 'electionTimedOut', () => undefined),
        () => replace(Campaign.prototype, 'maybeChallenge', () => undefined),
      ),
    ],
  ])(
    '%s',
    (_what, name, install) => {
      const usual = scenario(name);
      const { election, topology } = usual;
      let remove = (): void => undefined;
      const broken: Scenario = {
        ...usual,
        victims: (...all) => {
          // Not before: the park has to come to be.
          remove = install();
          return usual.victims(...all);
        },
      };
      const at = { nodes: 7, seconds: 1, faults: [], election, topology, plant: NO_PLANT };
      const seeds = [1, 2, 3, 4, 5];
      const rules = seeds.map((seed) => {
        try {
          return run({ ...at, seed, scenario: broken }).violation?.rule;
        } finally {
          remove();
        }
      });
      expect(rules).toContain('E9');
    },
    60_000,
  );
});
