import { describe, expect, it } from 'vitest';
import type { ParkOperation, ParkOutcome } from '../../machines/park.ts';
import type { Call } from './history.ts';
import { checkLinearizable } from './linearizability.ts';

const YES: ParkOutcome = { allowed: true };
const no = (reason: 'full' | 'already-inside' | 'not-inside'): ParkOutcome => ({
  allowed: false,
  reason,
});
const enter = (visitor: string): ParkOperation => ({ machine: 'park', kind: 'enter', visitor });
const leave = (visitor: string): ParkOperation => ({ machine: 'park', kind: 'leave', visitor });

let calls = 0;
function ok(from: number, to: number, operation: ParkOperation, outcome: ParkOutcome): Call {
  const key = `call ${++calls}`;
  return { key, process: key, operation, invokedAt: from, returnedAt: to, result: 'ok', outcome };
}
function unknown(from: number, operation: ParkOperation): Call {
  return { ...ok(from, Infinity, operation, YES), result: 'info', outcome: null };
}
const verdict = (history: Call[], capacity = 2) => checkLinearizable(history, capacity).result;

describe('S8: an order fits what the clients saw', () => {
  it('for a history one after the other', () => {
    const history = [
      ok(0, 1, enter('ann'), YES),
      ok(2, 3, enter('ann'), no('already-inside')),
      ok(4, 5, leave('ann'), YES),
      ok(6, 7, leave('ann'), no('not-inside')),
    ];
    expect(verdict(history)).toBe('linearizable');
  });

  it('for operations at the same time in either order', () => {
    const history = [ok(0, 10, enter('ann'), no('full')), ok(5, 9, enter('bob'), YES)];
    expect(verdict(history, 1)).toBe('linearizable');
  });

  it('for one whose fate is unknown and that must have happened late', () => {
    const history = [
      unknown(0, enter('ann')),
      ok(1, 2, leave('ann'), no('not-inside')),
      ok(3, 4, leave('ann'), YES),
    ];
    expect(verdict(history)).toBe('linearizable');
  });

  it('for one whose fate is unknown and that never happened', () => {
    const history = [unknown(0, enter('ann')), ok(1, 2, leave('ann'), no('not-inside'))];
    expect(verdict(history)).toBe('linearizable');
  });

  it('for a visitor whose unknown departure made room', () => {
    const history = [
      ok(0, 1, enter('ann'), YES),
      unknown(2, leave('ann')),
      ok(3, 4, enter('bob'), YES),
      ok(5, 6, enter('ann'), no('full')),
    ];
    expect(verdict(history, 1)).toBe('linearizable');
  });
});

describe('S8: no order fits', () => {
  it('when one visitor is let in twice', () => {
    const history = [ok(0, 1, enter('ann'), YES), ok(2, 3, enter('ann'), YES)];
    expect(verdict(history)).toBe('violation');
  });

  it('when more are inside than the capacity', () => {
    const history = [ok(0, 9, enter('ann'), YES), ok(0, 9, enter('bob'), YES)];
    expect(verdict(history, 1)).toBe('violation');
  });

  it('when an answer is older than one that was given before', () => {
    const history = [
      ok(0, 1, enter('ann'), YES),
      ok(2, 3, leave('ann'), no('not-inside')),
      ok(4, 5, leave('ann'), YES),
    ];
    expect(verdict(history)).toBe('violation');
  });

  it('when an operation of unknown fate would have to happen twice', () => {
    const history = [
      unknown(0, enter('ann')),
      ok(1, 2, leave('ann'), YES),
      ok(3, 4, leave('ann'), YES),
    ];
    expect(verdict(history)).toBe('violation');
  });

  it('when an operation would have to happen before it was asked', () => {
    const history = [ok(0, 1, leave('ann'), YES), unknown(2, enter('ann'))];
    expect(verdict(history)).toBe('violation');
  });
});

it('gives up on a budget', () => {
  const history = Array.from({ length: 12 }, (_, i) => ok(0, 100, enter(`v${i}`), YES));
  history.push(ok(200, 201, leave('nobody'), YES));
  expect(checkLinearizable(history, 20, -30).result).toBe('unknown');
});
