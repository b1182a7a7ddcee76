import { expect, test } from 'vitest';
import { TestServer } from '../server.ts';
import { FAULT_KINDS, FAULTS } from './faults.ts';
import { Stage } from './stage.ts';

test('counts no fault that meets no page and no browser', async () => {
  const kinds = FAULT_KINDS.filter((kind) => FAULTS[kind].scope !== 'server');
  const told: string[] = [];
  const counts = await new Promise<Stage['counts']>((resolve) => {
    const stage = new Stage('nowhere', new TestServer(), {
      opened: () => undefined,
      leaving: () => Promise.resolve(),
      wiped: () => undefined,
      told: (what) => {
        told.push(what);
        if (told.length === 2 * kinds.length) resolve(stage.counts);
      },
    });
    for (const kind of kinds) {
      stage.perform({ at: 0, phase: 'begin', fault: { kind, target: 0, from: [1], amount: 1 } });
    }
  });
  expect([...counts]).toEqual([]);
  const nothing = told.filter((what) => what.endsWith('changed nothing'));
  expect(nothing).toHaveLength(kinds.length);
});
