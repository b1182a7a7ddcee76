import { expect, it } from 'vitest';
import type { Call } from './history.ts';
import { isWitness } from './witness.ts';

function enter(visitor: string, from: number, to: number, hint: number, allowed = true): Call {
  return {
    key: `anna#${hint}.${hint}`,
    process: visitor,
    operation: { kind: 'enter', visitor },
    invokedAt: from,
    returnedAt: to,
    result: 'ok',
    outcome: allowed ? { allowed } : { allowed, reason: 'full' },
    hint,
  };
}

it('S8: an order that explains every answer proves the history, any other proves nothing', () => {
  const [first, second] = [enter('v1', 0, 10, 1), enter('v2', 5, 20, 2, false)];
  expect(isWitness([first, second], 1)).toBe(true);
  // The other way round it was the first that found it full.
  expect(
    isWitness(
      [
        { ...first, hint: 2 },
        { ...second, hint: 1 },
      ],
      1,
    ),
  ).toBe(false);
  expect(isWitness([first, enter('v2', 5, 20, 2)], 1)).toBe(false);
});

it('S8: what surely failed explains nothing', () => {
  const failed: Call = { ...enter('v1', 0, 10, 1), result: 'fail', outcome: null };
  expect(isWitness([failed, enter('v2', 11, 20, 2, false)], 1)).toBe(false);
  expect(isWitness([failed, enter('v2', 11, 20, 2)], 1)).toBe(true);
});

it('S8: an order that turns time around is none', () => {
  expect(isWitness([enter('v1', 0, 10, 2), enter('v2', 11, 20, 1)], 5)).toBe(false);
  expect(isWitness([enter('v1', 0, 11, 2), enter('v2', 11, 20, 1)], 5)).toBe(true);
});

it('S8: an answer without a place in the order is not explained, an operation of unknown fate need not be', () => {
  const { hint: _, ...call } = enter('v1', 0, 10, 1);
  expect(isWitness([call], 5)).toBe(false);
  expect(isWitness([{ ...call, result: 'info', outcome: null }], 5)).toBe(true);
});
