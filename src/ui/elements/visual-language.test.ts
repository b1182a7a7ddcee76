import { expect, it } from 'vitest';
import { compareTypes, lookOf } from './visual-language.ts';

const TYPES = [
  ...['HOWDY', 'HELLO', 'JOIN', 'LEAVE', 'PROBE', 'GOT_IT', 'ELECT', 'I_AM_LEADER', 'RESIGN'],
  ...['LEADER_REMOVED', 'PREPARE', 'PROMISE', 'REFUSE', 'FETCH', 'FETCHED', 'APPEND', 'APPENDED'],
  ...['SNAPSHOT_OFFER', 'SNAPSHOT_FETCH', 'SNAPSHOT_CHUNK', 'DECLINED', 'SUBMIT', 'RESULT'],
  ...['TOKEN', 'ELECTION_STARTED', 'ELECTION_VOTE', 'ELECTION_FINISHED'],
  ...['ADOPT', 'ADOPT_REPLY', 'GAVE_WAY'],
  ...['LOCK', 'QUEUED', 'GRANT', 'RELEASE'],
];

it('gives every type a look that no other type has', () => {
  const looks = TYPES.map((type) => Object.values(lookOf(type)).join(' '));
  expect(new Set(looks).size).toBe(TYPES.length);
  expect(looks.some((look) => look.startsWith('other'))).toBe(false);
});

it('gives an unknown type the neutral look, last in every list', () => {
  expect(lookOf('NEVER_SEEN').family).toBe('other');
  const order = ['NEVER_SEEN', 'SUBMIT', 'PROBE', 'GOT_IT', 'AND_THIS'].sort(compareTypes);
  expect(order).toEqual(['PROBE', 'GOT_IT', 'SUBMIT', 'AND_THIS', 'NEVER_SEEN']);
});
