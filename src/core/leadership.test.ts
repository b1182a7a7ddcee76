import { describe, expect, test } from 'vitest';
import type { Operation, Token } from './entry.ts';
import type { Member } from './identity.ts';
import { MAX_RECORDS } from './sessions.ts';
import { entry, member, operation, stored, term } from './testing/fixtures.ts';
import { Solo } from './testing/solo.ts';

const THREE = [member('anna', 1), member('bert', 2), member('carl', 3)];

/** Carl, just elected: its opening is on its way and not committed. */
function elected(
  log = stored('carl', THREE),
  members: readonly Member[] = THREE,
): { solo: Solo; mine: string } {
  const solo = new Solo('carl', { priority: 3, stored: log });
  solo.command({ type: 'start-election' });
  const mine = solo.node.replica.promised;
  solo.write();
  const { last } = solo.node.replica.log;
  for (const { id } of members) {
    if (id !== 'carl') solo.receive(id, { type: 'PROMISE', term: mine, last, members, tail: [] });
  }
  solo.write(1);
  expect(solo.node.leadership?.term).toBe(mine);
  return { solo, mine };
}

/** Everybody acknowledges all that there is. */
function acknowledge(solo: Solo, mine: string, ids: readonly string[] = ['anna', 'bert']): void {
  solo.write();
  const match = { index: solo.node.replica.log.lastIndex, term: mine };
  for (const id of ids)
    solo.receive(id, { type: 'APPENDED', term: mine, ok: true, match, beat: 1 });
}

function asked(sequence: number, body: string, under: Token | null = null): Operation {
  return { id: { node: 'anna', sequence }, settledBelow: 1, under, body };
}

describe('operations at the leader', () => {
  test('X1: a SUBMIT is one section: one token for all its operations', () => {
    const { solo, mine } = elected();
    acknowledge(solo, mine);
    solo.receive('anna', { type: 'SUBMIT', operations: [asked(1, 'a'), asked(2, 'b')] });
    solo.receive('bert', {
      type: 'SUBMIT',
      operations: [{ ...asked(1, 'c'), id: { node: 'bert', sequence: 1 } }],
    });
    const tokens = [3, 4, 5].map((index) => solo.node.replica.log.at(index)?.command);
    expect(tokens).toMatchObject([
      { token: { term: mine, number: 1 } },
      { token: { term: mine, number: 1 } },
      { token: { term: mine, number: 2 } },
    ]);
  });

  test('O4: one of a node that never settles any is refused in the end', () => {
    const { solo, mine } = elected();
    acknowledge(solo, mine);
    const { sessions } = solo.node.replica;
    for (let i = 1; i <= MAX_RECORDS; i++)
      sessions.record(asked(i, 'a'), { index: i, outcome: null });
    solo.receive('anna', { type: 'SUBMIT', operations: [asked(MAX_RECORDS + 1, 'b')] });
    expect(solo.all('DECLINED', 'anna')).toMatchObject([{ reason: 'invalid' }]);
    const settles = { ...asked(MAX_RECORDS + 2, 'c'), settledBelow: MAX_RECORDS };
    solo.receive('anna', { type: 'SUBMIT', operations: [settles] });
    expect(solo.node.replica.log.last.index).toBe(3);
  });

  test('O2: one that is in the log or waits in the queue is taken once', () => {
    const { solo, mine } = elected();
    acknowledge(solo, mine);
    solo.receive('anna', { type: 'SUBMIT', operations: [asked(1, 'a')] });
    solo.receive('anna', { type: 'SUBMIT', operations: [asked(1, 'a')] });
    expect(solo.node.replica.log.lastIndex).toBe(3);
    solo.receive('bert', { type: 'LOCK', request: 1, ticket: null });
    solo.pass(250);
    acknowledge(solo, mine);
    solo.receive('anna', { type: 'SUBMIT', operations: [asked(2, 'b')] });
    solo.receive('anna', { type: 'SUBMIT', operations: [asked(2, 'b')] });
    solo.receive('bert', { type: 'RELEASE', request: 1 });
    expect(solo.node.replica.log.lastIndex).toBe(4);
  });

  test('O2: one that was applied is answered again, with the same outcome', () => {
    const { solo, mine } = elected();
    acknowledge(solo, mine);
    solo.receive('anna', { type: 'SUBMIT', operations: [asked(1, 'a')] });
    acknowledge(solo, mine);
    solo.receive('anna', { type: 'SUBMIT', operations: [asked(1, 'a')] });
    expect(solo.all('RESULT', 'anna')).toEqual([
      { type: 'RESULT', results: [{ sequence: 1, index: 3, outcome: 1 }] },
      { type: 'RESULT', results: [{ sequence: 1, index: 3, outcome: 1 }] },
    ]);
    expect(solo.node.replica.log.lastIndex).toBe(3);
  });

  test('O2: one that an older leader left in the adopted log is waited for', () => {
    const left = [entry(2, term(2, 'bert'), operation('anna', 1, 'a', term(2, 'bert')))];
    const { solo, mine } = elected(stored('carl', THREE, left));
    solo.receive('anna', { type: 'SUBMIT', operations: [asked(1, 'a')] });
    expect(solo.node.replica.log.lastIndex).toBe(3);
    acknowledge(solo, mine);
    expect(solo.all('RESULT', 'anna')[0]?.results).toMatchObject([{ sequence: 1, index: 2 }]);
    expect(solo.tally.bodies).toEqual(['a']);
  });

  test('O3: what the machine can never apply is refused for good', () => {
    const { solo, mine } = elected();
    acknowledge(solo, mine);
    solo.receive('anna', { type: 'SUBMIT', operations: [asked(1, 'nonsense'), asked(2, 'sense')] });
    expect(solo.all('DECLINED', 'anna')).toMatchObject([{ sequences: [1], reason: 'invalid' }]);
    expect(solo.node.replica.log.lastIndex).toBe(3);
  });

  test('R7: a paused leader declines, and may be asked again', () => {
    const { solo, mine } = elected();
    acknowledge(solo, mine);
    solo.pass(1500);
    solo.receive('anna', { type: 'SUBMIT', operations: [asked(1, 'a')] });
    expect(solo.all('DECLINED', 'anna')).toMatchObject([{ sequences: [1], reason: 'paused' }]);
    expect(solo.node.replica.log.lastIndex).toBe(2);
  });

  test('a node that does not lead declines', () => {
    const solo = new Solo('carl', { priority: 3, stored: stored('carl', THREE) });
    solo.receive('anna', { type: 'SUBMIT', operations: [asked(1, 'a')] });
    expect(solo.all('DECLINED', 'anna')).toMatchObject([{ sequences: [1], reason: 'not-leader' }]);
  });
});

describe('tokens', () => {
  test('X2: an old token is refused for good only once the term is open', () => {
    const { solo, mine } = elected();
    const old = { term: term(2, 'bert'), number: 4 };
    solo.receive('anna', { type: 'SUBMIT', operations: [asked(1, 'a', old)] });
    expect(solo.all('DECLINED', 'anna')).toMatchObject([{ reason: 'paused' }]);
    acknowledge(solo, mine);
    solo.receive('anna', { type: 'SUBMIT', operations: [asked(1, 'a', old)] });
    expect(solo.all('DECLINED', 'anna').at(-1)).toMatchObject({ reason: 'old-token' });
  });

  test('X2: what came under an old token but is in the adopted log is waited for, not refused', () => {
    const left = [entry(2, term(2, 'bert'), operation('anna', 1, 'a', term(2, 'bert'), 4))];
    const { solo, mine } = elected(stored('carl', THREE, left));
    const held = asked(1, 'a', { term: term(2, 'bert'), number: 4 });
    solo.receive('anna', { type: 'SUBMIT', operations: [held] });
    acknowledge(solo, mine);
    solo.receive('anna', { type: 'SUBMIT', operations: [held] });
    expect(solo.all('DECLINED')).toEqual([]);
    expect(solo.all('RESULT', 'anna').length).toBeGreaterThan(0);
  });

  test('X4: no grant before the term is open, and then with the next heartbeat', () => {
    const { solo, mine } = elected();
    solo.receive('anna', { type: 'LOCK', request: 1, ticket: null });
    expect(solo.all('QUEUED', 'anna')).toHaveLength(1);
    solo.pass(450);
    expect(solo.all('GRANT')).toEqual([]);
    acknowledge(solo, mine);
    expect(solo.all('GRANT')).toEqual([]);
    solo.pass(200);
    expect(solo.all('GRANT', 'anna')).toMatchObject([{ request: 1, token: { term: mine } }]);
  });

  test('R7: a paused leader grants to nobody, until a heartbeat finds its quorum again', () => {
    const { solo, mine } = elected();
    acknowledge(solo, mine);
    solo.pass(1500);
    expect(solo.node.leadership?.replication.quorum).toBe(false);
    solo.receive('bert', { type: 'LOCK', request: 2, ticket: null });
    solo.pass(200);
    expect(solo.all('GRANT', 'bert')).toEqual([]);
    acknowledge(solo, mine);
    expect(solo.all('GRANT', 'bert')).toEqual([]);
    solo.pass(200);
    expect(solo.all('GRANT', 'bert')).toHaveLength(1);
  });
});

describe('the membership at the leader', () => {
  const dora = { id: 'dora', priority: 4, name: 'Gate dora' };

  test('M2: no change before the term is open', () => {
    const { solo, mine } = elected();
    solo.receive('dora', { type: 'JOIN', peer: dora });
    expect(solo.node.replica.membership.find('dora')).toBeUndefined();
    acknowledge(solo, mine);
    expect(solo.node.replica.membership.find('dora')).toMatchObject({ voter: false });
  });

  test('M2: one change at a time: the next waits until it is committed', () => {
    const { solo, mine } = elected();
    acknowledge(solo, mine);
    solo.receive('dora', { type: 'JOIN', peer: dora });
    solo.receive('emil', { type: 'JOIN', peer: { ...dora, id: 'emil' } });
    expect(solo.node.replica.membership.members).toHaveLength(4);
    acknowledge(solo, mine);
    expect(solo.node.replica.membership.members).toHaveLength(5);
  });

  test('M1: a change is in force once appended: the promoted voter is needed for its own promotion', () => {
    const { solo, mine } = elected();
    acknowledge(solo, mine);
    solo.receive('dora', { type: 'JOIN', peer: dora });
    acknowledge(solo, mine, ['anna', 'bert', 'dora']);
    expect(solo.node.replica.membership.isVoter('dora')).toBe(true);
    const promoted = solo.node.replica.log.lastIndex;
    // Two of four are no majority, though they would be one of the three before.
    acknowledge(solo, mine, ['anna']);
    expect(solo.node.replica.commitIndex).toBeLessThan(promoted);
    acknowledge(solo, mine, ['dora']);
    expect(solo.node.replica.commitIndex).toBe(promoted);
  });

  test('M3: a learner that is far behind, silent or failed is not promoted', () => {
    const { solo, mine } = elected();
    acknowledge(solo, mine);
    for (let i = 1; i <= 100; i++)
      solo.receive('anna', { type: 'SUBMIT', operations: [asked(i, 'x')] });
    acknowledge(solo, mine);
    solo.receive('dora', { type: 'JOIN', peer: dora });
    acknowledge(solo, mine);
    const at = (index: number) =>
      ({ type: 'APPENDED', term: mine, ok: true, match: { index, term: mine }, beat: 1 }) as const;
    solo.receive('dora', at(20));
    expect(solo.node.replica.membership.isVoter('dora')).toBe(false);
    solo.receive('dora', at(80));
    expect(solo.node.replica.membership.isVoter('dora')).toBe(true);
  });

  test('M5: a voter is not removed if those that live could not commit without it', () => {
    const { solo, mine } = elected();
    acknowledge(solo, mine);
    solo.receive('anna', { type: 'LEAVE' });
    expect(solo.node.replica.membership.find('anna')).toBeUndefined();
    acknowledge(solo, mine, ['bert']);
    solo.link('bert', 'closed', true);
    solo.receive('anna', { type: 'JOIN', peer: { id: 'anna', priority: 1, name: 'Gate anna' } });
    expect(new Set(solo.node.replica.membership.voters().map(({ id }) => id))).toEqual(
      new Set(['bert', 'carl']),
    );
  });

  test('M5: who has not acknowledged in this term yet does not count as alive', () => {
    const five = [...THREE, member('dora', 0), member('emil', 0)];
    const { solo, mine } = elected(stored('carl', five), five);
    acknowledge(solo, mine);
    expect(solo.node.leadership?.replication.opened).toBe(true);
    // Of the four that would remain only anna and carl have shown, and nobody is known to be failed.
    solo.receive('bert', { type: 'LEAVE' });
    expect(solo.node.replica.membership.isVoter('bert')).toBe(true);
    acknowledge(solo, mine, ['dora']);
    expect(solo.node.replica.membership.find('bert')).toBeUndefined();
  });

  test('J3: a name or priority that has changed is entered, the vote stays', () => {
    const { solo, mine } = elected();
    acknowledge(solo, mine);
    solo.receive('anna', { type: 'JOIN', peer: { id: 'anna', priority: 7, name: 'Gate Heron' } });
    expect(solo.node.replica.membership.find('anna')).toEqual({
      id: 'anna',
      priority: 7,
      name: 'Gate Heron',
      voter: true,
    });
    const before = solo.node.replica.log.lastIndex;
    acknowledge(solo, mine);
    solo.receive('anna', { type: 'JOIN', peer: { id: 'anna', priority: 7, name: 'Gate Heron' } });
    expect(solo.node.replica.log.lastIndex).toBe(before);
  });

  test('J3: nobody joins in the name of another', () => {
    const { solo, mine } = elected();
    acknowledge(solo, mine);
    solo.receive('emil', { type: 'JOIN', peer: dora });
    expect(solo.node.replica.membership.find('dora')).toBeUndefined();
  });

  test('M6: the last words of a leader of two stand in its own log too', () => {
    const two = [member('anna', 1), member('carl', 3)];
    const { solo, mine } = elected(stored('carl', two), two);
    acknowledge(solo, mine, ['anna']);
    solo.link('anna');
    solo.command({ type: 'leave' });
    const words = solo.sent
      .filter(({ to }) => to === 'anna')
      .slice(-2)
      .map(({ message }) => message.type);
    expect(words).toEqual(['APPEND', 'LEAVE']);
    expect(solo.node.replica.membership.voters().map(({ id }) => id)).toEqual(['anna']);
    solo.write();
    expect(solo.disk.load()?.entries.at(-1)?.command).toMatchObject({
      change: 'leave',
      subject: 'carl',
    });
  });
});
