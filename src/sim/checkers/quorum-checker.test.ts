import { expect, it } from 'vitest';
import type { Message } from '../../core/messages.ts';
import { QuorumChecker } from './quorum-checker.ts';
import { MEMBERS, T1, T2 } from './testing/fake-node.ts';

const promise = (term: string): Message => ({
  type: 'PROMISE',
  term,
  last: { index: 0, term: '' },
  members: [],
  tail: [],
});
const acknowledge = (term: string, index: number, ok = true): Message => ({
  type: 'APPENDED',
  term,
  ok,
  match: { index, term },
  beat: 0,
});

it('S4: who promised a newer term promises and acknowledges nothing of an older one', () => {
  const checker = new QuorumChecker();
  checker.sent('bert', acknowledge(T1, 1));
  checker.sent('bert', promise(T2));
  checker.sent('bert', promise(T2));
  checker.sent('bert', acknowledge(T1, 2, false));
  expect(() => checker.sent('bert', promise(T1))).toThrow('S4');
  expect(() => checker.sent('bert', acknowledge(T1, 2))).toThrow('S4');
  expect(() => checker.sent('carl', acknowledge(T1, 2))).not.toThrow();
});

it('S4: promises of another term, of learners and of strangers do not count', () => {
  const checker = new QuorumChecker();
  checker.sent('bert', promise(T1));
  checker.sent('zara', promise(T2));
  const learner = { id: 'lena', priority: 9, name: 'lena', voter: false };
  checker.sent('lena', promise(T2));
  expect(() => checker.elected('anna', T2, [...MEMBERS, learner], T2, null)).toThrow('1 of 3');
  checker.sent('carl', promise(T2));
  expect(() => checker.elected('anna', T2, [...MEMBERS, learner], T2, null)).not.toThrow();
});

it('S4: half of an even number is no majority', () => {
  const checker = new QuorumChecker();
  const [anna, bert] = MEMBERS;
  const two = [anna, bert].flatMap((member) => member ?? []);
  expect(() => checker.elected('anna', T1, two, T1, null)).toThrow('1 of 2');
  expect(() => checker.elected('anna', T1, [], T1, null)).toThrow('0 of 0');
});

it('S4, B1: a leader counts its own promise only once its own disk holds it', () => {
  const checker = new QuorumChecker();
  checker.sent('bert', promise(T2));
  expect(() => checker.elected('anna', T2, MEMBERS, T1, null)).toThrow('1 of 3');
  expect(() => checker.elected('anna', T2, MEMBERS, T1, ['carl'])).toThrow('1 of 3');
  expect(() => checker.elected('anna', T2, MEMBERS, T2, ['carl'])).not.toThrow();
  expect(() => checker.elected('anna', T2, MEMBERS, T2, null)).not.toThrow();
});

it('S2: acknowledgements of another term, or of less, do not count', () => {
  const checker = new QuorumChecker();
  checker.sent('bert', acknowledge(T1, 9));
  checker.sent('carl', acknowledge(T2, 4));
  expect(() => checker.committed('anna', T2, MEMBERS, 5, 4, 9)).toThrow('S2');
  expect(() => checker.committed('anna', T2, MEMBERS, 3, 4, 9)).not.toThrow();
  expect(() => checker.committed('anna', T2, MEMBERS, 3, 5, 9)).toThrow('S2');
  checker.sent('carl', acknowledge(T2, 5, false));
  expect(() => checker.committed('anna', T2, MEMBERS, 5, 4, 9)).toThrow('S2');
});

it('S2, R2: a leader counts itself only for what its own disk holds', () => {
  const checker = new QuorumChecker();
  checker.sent('bert', acknowledge(T1, 5));
  expect(() => checker.committed('anna', T1, MEMBERS, 5, 2, 4)).toThrow('1 of 3');
  expect(() => checker.committed('anna', T1, MEMBERS, 5, 2, 5)).not.toThrow();
});
