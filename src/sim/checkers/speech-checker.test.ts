import { describe, expect, it } from 'vitest';
import type { Envelope, Message } from '../../core/messages.ts';
import type { Held } from '../../storage/memory-state.ts';
import { SpeechChecker } from './speech-checker.ts';

const T1 = '000000000001.anna';
const T2 = '000000000002.bert';
const NOWHERE = { index: 0, term: '' };
const say = (message: Message) => ({ generation: 'one', message });
const promise = (term: string) =>
  say({ type: 'PROMISE', term, last: { index: 0, term: '' }, members: [], tail: [] });
const acknowledge = (index: number, of = T1) =>
  say({ type: 'APPENDED', term: T1, ok: true, match: { index, term: of }, beat: 0 });

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

/** A disk with the entries 4 and 5, after a snapshot at 3. */
function disk({ promised = T1, reservedBelow = 2, archives = [] as string[] } = {}): Held {
  return {
    end: 5,
    promised,
    termAt: (index) => (index >= 3 && index <= 5 ? T1 : undefined),
    reservedBelow,
    hasSetAside: (generation) => archives.includes(generation),
  };
}

describe('persist before you speak', () => {
  const checker = new SpeechChecker();
  const saying = (envelope: Envelope, held: Held) => () => {
    checker.sent('bert', envelope, () => held);
  };

  it('S4: promises are asked for in a term only once it is on the disk', () => {
    const prepare = say({
      type: 'PREPARE',
      term: T2,
      peer: { id: 'bert', name: 'Bert', priority: 1 },
      last: NOWHERE,
      committed: NOWHERE,
      without: null,
    });
    expect(saying(prepare, disk({ promised: T1 }))).toThrow('S4');
    expect(saying(prepare, disk({ promised: T2 }))).not.toThrow();
  });

  it('S4: a promise is given only once it is on the disk; an older one may be repeated', () => {
    expect(saying(promise(T2), disk({ promised: T1 }))).toThrow('S4');
    expect(saying(promise(T2), disk({ promised: T2 }))).not.toThrow();
    expect(saying(promise(T1), disk({ promised: T2 }))).not.toThrow();
  });

  it('S2: what is acknowledged is on the disk, in the term that was said', () => {
    expect(saying(acknowledge(5), disk())).not.toThrow();
    expect(saying(acknowledge(6), disk())).toThrow('S2: bert acknowledges 6');
    expect(saying(acknowledge(5, T2), disk())).toThrow('S2: bert acknowledges 5 of');
    // A snapshot stands for it: what it was nobody knows.
    expect(saying(acknowledge(2, T2), disk())).not.toThrow();
    expect(saying(acknowledge(0, ''), disk())).not.toThrow();
  });

  it('S2: a refusal acknowledges nothing', () => {
    const match = { index: 9, term: T2 };
    const refusal = say({ type: 'APPENDED', term: T2, ok: false, match, beat: 0 });
    expect(saying(refusal, disk())).not.toThrow();
  });

  it('S2: what the same transaction took back for a newer leader, or set aside, was there', () => {
    expect(saying(acknowledge(6), disk({ promised: T2 }))).not.toThrow();
    expect(saying(acknowledge(6), disk({ archives: ['one'] }))).not.toThrow();
    expect(saying(acknowledge(6), disk({ archives: ['two'] }))).toThrow('S2');
  });

  it('S7: an operation is sent only once its number is reserved on the disk', () => {
    const submit = (node: string, sequence: number) => {
      const id = { node, sequence };
      return say({ type: 'SUBMIT', operations: [{ id, settledBelow: 1, under: null, body: {} }] });
    };
    expect(saying(submit('bert', 1), disk())).not.toThrow();
    expect(saying(submit('bert', 2), disk())).toThrow('S7');
  });

  it('S9: who says that it gave way has set that log aside', () => {
    const gaveWay = say({ type: 'GAVE_WAY' });
    expect(saying(gaveWay, disk())).toThrow('S9');
    expect(saying(gaveWay, disk({ archives: ['one'] }))).not.toThrow();
  });
});
