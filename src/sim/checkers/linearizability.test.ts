import { describe, expect, it } from 'vitest';
import type { Call } from './history.ts';
import { checkLinearizable } from './linearizability.ts';
import type { Action, Outcome, Reason } from './park-model.ts';

const YES: Outcome = { allowed: true };
const no = (reason: Reason): Outcome => ({
  allowed: false,
  reason,
});
const enter = (visitor: string): Action => ({ kind: 'enter', visitor });
const leave = (visitor: string): Action => ({ kind: 'leave', visitor });

let calls = 0;
function ok(from: number, to: number, operation: Action, outcome: Outcome): Call {
  const key = `call ${++calls}`;
  return { key, process: key, operation, invokedAt: from, returnedAt: to, result: 'ok', outcome };
}
const capacity = (to: number): Action => ({ kind: 'capacity', capacity: to });
function unknown(from: number, operation: Action): Call {
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

// Each of these the search once took for a violation.
describe('S8: what needs several operations of unknown fate', () => {
  it('nothing at all, since nobody was told anything', () => {
    expect(verdict([unknown(0, enter('ann'))])).toBe('linearizable');
    expect(verdict([])).toBe('linearizable');
  });

  it('room that one of them made for another', () => {
    const history = [
      ok(0, 1, enter('ann'), YES),
      unknown(2, leave('ann')),
      unknown(2, enter('bob')),
      ok(3, 4, leave('bob'), YES),
    ];
    expect(verdict(history, 1)).toBe('linearizable');
    expect(verdict(history.slice(0, 1).concat(history.slice(2)), 1)).toBe('violation');
  });

  it('a capacity that one of them raised for another', () => {
    const history = [
      unknown(0, capacity(1)),
      unknown(0, enter('ann')),
      ok(1, 2, leave('ann'), YES),
    ];
    expect(verdict(history, 0)).toBe('linearizable');
    expect(verdict(history.slice(1), 0)).toBe('violation');
  });

  it('a park that they filled', () => {
    const full = [unknown(0, enter('ann')), unknown(0, enter('bob'))];
    expect(verdict([...full, ok(1, 2, enter('cid'), no('full'))])).toBe('linearizable');
    expect(verdict([...full.slice(1), ok(1, 2, enter('cid'), no('full'))])).toBe('violation');
  });

  it('a smaller capacity, and those who had to leave for it', () => {
    const history = [
      ok(0, 1, enter('ann'), YES),
      unknown(2, leave('ann')),
      unknown(2, capacity(0)),
      ok(3, 4, enter('bob'), no('full')),
    ];
    expect(verdict(history)).toBe('linearizable');
    expect(verdict([...history.slice(0, 1), ...history.slice(2)])).toBe('violation');
  });

  it('two capacities at the same time, in the order that the later answers tell', () => {
    const both = [ok(0, 9, capacity(0), YES), ok(0, 9, capacity(2), YES)];
    expect(verdict([...both, ok(10, 11, enter('ann'), YES)])).toBe('linearizable');
    expect(verdict([...both, ok(10, 11, enter('ann'), no('full'))])).toBe('linearizable');
    const torn = [ok(10, 11, enter('ann'), no('full')), ok(12, 13, enter('ann'), YES)];
    expect(verdict([...both, ...torn])).toBe('violation');
  });
});

it('S8: an answer that the operation can not have is a violation', () => {
  expect(verdict([ok(0, 1, enter('ann'), no('not-inside'))])).toBe('violation');
  expect(verdict([ok(0, 1, leave('ann'), no('full'))])).toBe('violation');
  expect(verdict([ok(0, 1, capacity(1), no('already-inside'))])).toBe('violation');
});

it('gives up on a budget, which its caller takes for a failure', () => {
  const history = Array.from({ length: 12 }, (_, i) => ok(0, 100, enter(`v${i}`), YES));
  for (let i = 0; i < 3; i++) history.push(ok(0, 100, enter(`w${i}`), no('full')));
  expect(checkLinearizable(history, 12, 5).result).toBe('unknown');
  expect(checkLinearizable(history, 12).result).toBe('linearizable');
  expect(checkLinearizable(history, 11).result).toBe('violation');
});

it('gives up in the end where those of unknown fate leave too many choices', () => {
  const guests = Array.from({ length: 32 }, (_, n) => `guest ${n}`);
  const history = [
    ...guests.map((guest) => unknown(0, enter(guest))),
    ok(1, 2, enter('ann'), no('full')),
  ];
  expect(checkLinearizable(history, 40, 100).result).toBe('unknown');
});
