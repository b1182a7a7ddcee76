import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SCENARIOS, tell } from './testing/scenarios.ts';

const FOLDER = new URL('testdata/', import.meta.url);

/** Goldens, reviewed by hand: `UPDATE_GOLDENS=1` writes them anew, and the diff wants to be understood. */
test.each(SCENARIOS)('the transcript of $name is as reviewed', (scenario) => {
  const file = new URL(`${scenario.name}.txt`, FOLDER);
  const told = tell(scenario);
  if (process.env['UPDATE_GOLDENS'] === '1') {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(file, told);
  }
  expect(told).toBe(readFileSync(file, 'utf8'));
});

test('the same scenario gives the same transcript, to the letter', () => {
  for (const scenario of SCENARIOS) expect(tell(scenario)).toBe(tell(scenario));
});
