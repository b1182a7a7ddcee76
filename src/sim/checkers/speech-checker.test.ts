import { describe, expect, it } from 'vitest';
import type { Message } from '../../core/messages.ts';
import { SpeechChecker } from './speech-checker.ts';

const T1 = '000000000001.anna';
const T2 = '000000000002.bert';
const say = (message: Message) => ({ generation: 'one', message });
const promise = (term: string) =>
  say({ type: 'PROMISE', term, last: { index: 0, term: '' }, members: [], tail: [] });
const acknowledge = (index: number) =>
  say({ type: 'APPENDED', term: T1, ok: true, match: { index, term: T1 }, beat: 0 });

describe('S9: an identity that lost its disk', () => {
  it('may not promise anything new', () => {
    const checker = new SpeechChecker();
    checker.wiped('anna', null, T1);
    expect(() => checker.sent('anna', 'bert', promise(T1))).not.toThrow();
    expect(() => checker.sent('anna', 'bert', promise(T2))).toThrow('S9');
    expect(() => checker.sent('bert', 'anna', promise(T2))).not.toThrow();
  });

  it('may not acknowledge anything new', () => {
    const checker = new SpeechChecker();
    expect(() => checker.sent('anna', 'bert', acknowledge(5))).not.toThrow();
    checker.wiped('anna', null, T1);
    expect(() => checker.sent('anna', 'bert', acknowledge(5))).toThrow('S9');
  });
});

it('S5: a token is granted once, and again only to the same request', () => {
  const checker = new SpeechChecker();
  const token = { term: T1, number: 3 };
  const grant = (request: number) => say({ type: 'GRANT', request, token, leaseMs: 1 });
  checker.sent('anna', 'bert', grant(1));
  expect(() => checker.sent('anna', 'bert', grant(1))).not.toThrow();
  expect(() => checker.sent('anna', 'bert', grant(2))).toThrow('S5');
  expect(() => checker.sent('anna', 'carl', grant(1))).toThrow('S5');
});
