import { describe, expect, test } from 'vitest';
import { decode, decodeEnvelope, decodeSnapshot, meta } from './decode.ts';
import {
  entry,
  founding,
  GENERATION,
  hello,
  member,
  membership,
  SETTINGS,
  term,
} from './testing/fixtures.ts';

const T1 = term(1, 'anna');
const T2 = term(2, 'bert');
const START = { index: 1, term: T1 };
const NOWHERE = { index: 0, term: '' };
const MEMBERS = [member('anna', 1)];
const APPEND = {
  type: 'APPEND',
  term: T1,
  previous: START,
  entries: [],
  commit: 0,
  beat: 0,
  quorum: true,
};
const PROMISE = { type: 'PROMISE', term: T2, last: START, members: MEMBERS, tail: [] };
const CHUNK = { type: 'SNAPSHOT_CHUNK', at: START, offset: 0, size: 3, data: 'abc' };
const PEER = { id: 'anna', priority: 1, name: 'Gate anna' };
const generation = (index: number) => ({ id: GENERATION, at: { index, term: T1 } });
const HELLO = hello();
const SUBMITTED = { id: { node: 'anna', sequence: 1 }, settledBelow: 1, under: null, body: 'x' };

function reasonOf(message: unknown): string {
  const decoded = decodeEnvelope({ generation: GENERATION, message });
  return decoded.ok ? 'taken' : decoded.reason;
}

test.each([APPEND, PROMISE, CHUNK, HELLO])('$type is taken as it is', (message) => {
  expect(reasonOf(message)).toBe('taken');
});

describe('every reason for which a message is refused', () => {
  test.each<[string, unknown]>([
    ['not an object', 'APPEND'],
    ['unknown type', { type: 'APPENDIX' }],
    ['unknown field', { ...APPEND, more: 1 }],
    ['no field request', { type: 'RELEASE' }],
    ['not a boolean', { ...APPEND, quorum: 1 }],
    ['not an integer', { ...APPEND, commit: 0.5 }],
    [
      'not a number from',
      { type: 'GRANT', request: 1, token: { term: T1, number: 1 }, leaseMs: -1 },
    ],
    ['not a string', { ...CHUNK, data: 7 }],
    ['longer than', { type: 'JOIN', peer: { ...PEER, name: 'x'.repeat(1000) } }],
    ['does not match', { ...APPEND, term: 'term one' }],
    ['not one of', { type: 'GOT_IT', to: 'HELLO', nonce: 0, leads: null }],
    ['not a list', { type: 'RESULT', results: {} }],
    ['more than', { type: 'RESULT', results: Array.from({ length: 9000 }, () => 1) }],
    ['too large', { type: 'SUBMIT', operations: [{ ...SUBMITTED, body: 'x'.repeat(20_000) }] }],
    ['not JSON', { type: 'SUBMIT', operations: [{ ...SUBMITTED, body: undefined }] }],
    [
      'a key that is not taken',
      {
        type: 'SUBMIT',
        operations: [{ ...SUBMITTED, body: JSON.parse('{"__proto__":1}') as unknown }],
      },
    ],
    [
      'settled before it is asked',
      { type: 'SUBMIT', operations: [{ ...SUBMITTED, settledBelow: 2 }] },
    ],
    ['no position', { ...APPEND, previous: { index: 0, term: T1 } }],
    ['before the first entry', { ...CHUNK, at: NOWHERE }],
    ['a member twice', { ...PROMISE, members: [...MEMBERS, ...MEMBERS] }],
    ['no voter', { ...APPEND, entries: [entry(2, T1, membership('leave', 'anna', []))] }],
    ['not in order', { ...HELLO, generations: [generation(2), generation(1)] }],
    ['no entry of a log', { ...APPEND, entries: [entry(2, '')] }],
    [
      'entry 1 is the founding, and no other',
      { ...APPEND, entries: [entry(2, T1, founding(MEMBERS))] },
    ],
    ['a gap in the entries', { ...APPEND, entries: [entry(2, T1), entry(4, T1)] }],
    ['terms that fall', { ...APPEND, term: T2, entries: [entry(2, T2), entry(3, T1)] }],
    ['entries do not follow what comes before them', { ...APPEND, entries: [entry(3, T1)] }],
    ['an entry of a later term than its leader', { ...APPEND, entries: [entry(2, T2)] }],
    ['a tail that is longer than its log', { ...PROMISE, tail: [entry(2, T1)] }],
    ['a chunk beyond the end', { ...CHUNK, data: 'abcd' }],
  ])('%s', (reason, message) => {
    expect(reasonOf(message)).toContain(reason);
  });
});

describe('every reason for which a snapshot is refused', () => {
  const snapshot = {
    at: START,
    settings: SETTINGS,
    members: MEMBERS,
    generations: [generation(1)],
    sessions: [],
    machine: null,
  };
  const refusal = (more: object): string => {
    const decoded = decodeSnapshot(JSON.stringify({ ...snapshot, ...more }));
    return decoded.ok ? 'taken' : decoded.reason;
  };

  test('it is taken as it is', () => {
    expect(refusal({})).toBe('taken');
  });

  test.each<[string, object]>([
    ['of no generation', { generations: [] }],
    ['not a list of', { sessions: [['anna', 1]] }],
    [
      'records out of order',
      {
        sessions: [
          ['bert', 1, []],
          ['anna', 1, []],
        ],
      },
    ],
    ['a record below the floor', { sessions: [['anna', 5, [[4, 4, null]]]] }],
  ])('%s', (reason, more) => {
    expect(refusal(more)).toContain(reason);
  });
});

test('what is stored is refused with a reason too', () => {
  expect(decode(meta, { id: 'anna', promised: T1, nextSequence: 1 })).toEqual({
    ok: false,
    reason: 'no field committed',
  });
});
