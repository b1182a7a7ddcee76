import { expect, test } from 'vitest';
import { Node } from './node.ts';
import { Harness, type Life } from './testing/harness.ts';
import { seeded } from './testing/random.ts';
import { Tally } from './testing/tally.ts';

/** A run with a bit of everything. What goes in and out is frozen, so nobody may change it afterwards. */
function lives(seed: number): Life[] {
  const harness = new Harness({ seed, snapshotInterval: 8, record: true });
  harness.start('anna', 1);
  harness.start('bert', 2);
  harness.start('carl', 3);
  harness.run(1500);
  for (let i = 0; i < 12; i++)
    harness.ask('anna', { type: 'submit', bodies: [i, `visitor ${String(i)}`] });
  harness.ask('bert', { type: 'lock' });
  harness.run(700);
  harness.crash('carl');
  harness.run(800);
  harness.start('carl', 3);
  harness.partition(['bert'], ['anna', 'carl']);
  harness.ask('bert', { type: 'submit', bodies: ['apart'] });
  harness.run(3000);
  harness.heal();
  harness.freeze('carl');
  harness.run(4000);
  harness.thaw('carl');
  harness.run(2500);
  harness.leave('bert');
  harness.run(1000);
  return harness.lives;
}

test('PURITY: the same run gives the same events and effects, to the letter', () => {
  expect(JSON.stringify(lives(5))).toBe(JSON.stringify(lives(5)));
  expect(JSON.stringify(lives(6))).not.toBe(JSON.stringify(lives(5)));
});

test.each([1, 2, 3])(
  'PURITY: a life that is lived again, by its events alone, is the same life (seed %i)',
  (seed) => {
    const recorded = lives(seed);
    expect(recorded).toHaveLength(4);
    for (const { config, seed: drawn, events, effects } of recorded) {
      const node = new Node({ ...config, random: seeded(drawn), machine: new Tally() });
      for (const [i, event] of events.entries()) expect(node.step(event)).toEqual(effects[i]);
    }
  },
);
