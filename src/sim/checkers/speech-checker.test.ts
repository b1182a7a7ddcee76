import { describe, expect, it } from 'vitest';
import type { Message } from '../../core/messages.ts';
import { SpeechChecker } from './speech-checker.ts';

const T1 = '000000000001.anna';
const T2 = '000000000002.bert';
const NOWHERE = { index: 0, term: '' };
const say = (message: Message) => ({ generation: 'one', message });
const promise = (term: string) =>
  say({ type: 'PROMISE', term, last: { index: 0, term: '' }, members: [], tail: [] });
const acknowledge = (index: number) =>
  say({ type: 'APPENDED', term: T1, ok: true, match: { index, term: T1 }, beat: 0 });

describe('S9: an identity that lost its disk', () => {
  it('may not promise anything new', () => {
    const checker = new SpeechChecker();
    checker.wiped('anna', { promised: T1, end: 0 });
    expect(() => checker.sent('anna', promise(T1))).not.toThrow();
    expect(() => checker.sent('anna', promise(T2))).toThrow('S9');
    expect(() => checker.sent('bert', promise(T2))).not.toThrow();
  });

  it('may not acknowledge anything new', () => {
    const checker = new SpeechChecker();
    expect(() => checker.sent('anna', acknowledge(5))).not.toThrow();
    checker.wiped('anna', { promised: T1, end: 0 });
    expect(() => checker.sent('anna', acknowledge(5))).toThrow('S9');
  });

  it('may say again what was on the disk, and refuse', () => {
    const checker = new SpeechChecker();
    checker.wiped('anna', { promised: T2, end: 5 });
    const refusal = say({ type: 'APPENDED', term: T2, ok: false, match: NOWHERE, beat: 0 });
    for (const known of [promise(T1), promise(T2), acknowledge(5), refusal])
      expect(() => checker.sent('anna', known)).not.toThrow();
    expect(() => checker.sent('anna', acknowledge(6))).toThrow('S9');
  });
});

it('S4: promises are asked for in a term only once it is on the disk', () => {
  const checker = new SpeechChecker();
  const prepare = say({
    type: 'PREPARE',
    term: T2,
    peer: { id: 'bert', name: 'Bert', priority: 1 },
    last: NOWHERE,
    committed: NOWHERE,
    without: null,
  });
  expect(() => checker.sent('bert', prepare, () => ({ promised: T1, end: 0 }))).toThrow('S4');
  expect(() => checker.sent('bert', prepare, () => ({ promised: T2, end: 0 }))).not.toThrow();
});
