import { describe, expect, it } from 'vitest';
import type { VisitorResult, VisitorStatus } from '../../runtime/gatehouse.ts';
import { gateWords, refusedWords, visitorWords } from './visitor-words.ts';

const STATUS: VisitorStatus = {
  ...{ phase: 'idle', gate: 'anna', gateName: 'Gate Heron', gates: 2, signaling: 'connected' },
  ...{ park: 'main', visitor: 'Visitor ABCD-EFGH', ticket: 'held', request: 1, last: null },
  refused: [],
};

function decided(wish: 'enter' | 'leave', reason?: 'full' | 'not-inside'): VisitorResult {
  const outcome = { allowed: reason === undefined, operation: 'anna.1', index: 4 };
  return {
    kind: 'decided',
    wish,
    outcome: reason === undefined ? outcome : { ...outcome, reason },
  };
}

describe("what a visitor's tab says", () => {
  it.each<[string, Partial<VisitorStatus>, string, RegExp]>([
    ['outside', {}, 'You are outside', /^$/],
    ['let in', { phase: 'entered', last: decided('enter') }, 'You are inside', /Welcome/],
    ['refused', { last: decided('enter', 'full') }, 'You are outside', /full. Wait until/],
    [
      'let out',
      { last: { kind: 'at-door', inside: false } },
      'You are outside',
      /let out at the door/,
    ],
    [
      'let in at the door',
      { phase: 'entered', last: { kind: 'at-door', inside: true } },
      'You are inside',
      /let in at the door/,
    ],
    ['out before', { last: decided('leave', 'not-inside') }, 'You are outside', /let out before/],
    ['asking', { phase: 'entering' }, 'Asking to enter …', /gates decide/],
    ['asking nobody', { phase: 'leaving', gate: null }, 'Asking to leave …', /Waiting for a gate/],
    [
      'finding out',
      { phase: 'entering', last: { kind: 'finding-out', wish: 'enter' } },
      'Asking to enter …',
      /may have happened.*counts you once/,
    ],
    ['lost', { ticket: 'lost' }, 'This page has lost its ticket', /Another page.*take a new one/],
    [
      'failed',
      { last: { kind: 'failed', wish: 'enter', message: 'no gate was in reach' } },
      'You are outside',
      /no gate was in reach. Try again/,
    ],
  ])('%s', (_what, status, headline, more) => {
    const words = visitorWords({ ...STATUS, ...status });
    expect(words.headline).toBe(headline);
    expect(words.more).toMatch(more);
  });

  it.each<[Partial<VisitorStatus>, RegExp]>([
    [{}, /^Gate Heron serves you/],
    [{ gate: null, gateName: null }, /^Looking for a gate/],
    [{ gate: null, gates: 0 }, /No gate is open. Your ticket is kept/],
    [{ gate: null, signaling: 'disconnected' }, /No connection. Your ticket is kept/],
    [{ signaling: 'disconnected' }, /^Gate Heron serves you/],
  ])('about gates: %j', (status, words) => {
    expect(gateWords({ ...STATUS, ...status })).toMatch(words);
  });

  it('about refused input: how much, and the most frequent reason', () => {
    const kind = { source: 'peer', last: 5, from: 'anna' } as const;
    const often = { ...kind, reason: 'unknown type', count: 3 };
    const seldom = { ...kind, reason: 'no JSON', count: 1 };
    expect(refusedWords(STATUS)).toBeNull();
    expect(refusedWords({ ...STATUS, refused: [seldom] })).toBe(
      'Refused input, once: no JSON. It changed nothing.',
    );
    expect(refusedWords({ ...STATUS, refused: [often, seldom] })).toBe(
      'Refused input, 4 times: unknown type, most often. It changed nothing.',
    );
  });
});
