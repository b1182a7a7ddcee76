import { describe, expect, test } from 'vitest';
import { problemToLeave } from './departure.ts';
import { entry, GENERATION, hello, member, stored, term } from './testing/fixtures.ts';
import { Solo } from './testing/solo.ts';

const THREE = [member('anna', 1), member('bert', 2), member('carl', 3)];
const START = { index: 1, term: term(1, 'anna') };

/** Carl of three, after a restart: linked to the others, and without a leader. */
function restarted(): Solo {
  const solo = new Solo('carl', { priority: 3, stored: stored('carl', THREE) });
  solo.link('anna');
  solo.link('bert');
  return solo;
}

/** Carl of three, who leads an open term. */
function leader(): { solo: Solo; mine: string } {
  const solo = new Solo('carl', { priority: 3, stored: stored('carl', THREE) });
  solo.command({ type: 'start-election' });
  const mine = solo.node.replica.promised;
  solo.write();
  const { last } = solo.node.replica.log;
  solo.receive('bert', { type: 'PROMISE', term: mine, last, members: THREE, tail: [] });
  solo.write();
  for (const id of ['anna', 'bert'])
    solo.receive(id, {
      type: 'APPENDED',
      term: mine,
      ok: true,
      match: { index: 2, term: mine },
      beat: 1,
    });
  expect(solo.node.leadership?.replication.opened).toBe(true);
  return { solo, mine };
}

/** How long it takes from now until the next PREPARE of a new ballot, ms. */
function untilNextBallot(solo: Solo): number {
  const start = solo.now;
  const before = new Set(solo.all('PREPARE').map((prepare) => prepare.term));
  while (solo.all('PREPARE').every((prepare) => before.has(prepare.term))) {
    solo.pass(10);
    solo.write();
    if (solo.now - start > 60_000) throw new Error('no ballot in a minute');
  }
  return solo.now - start;
}

describe('a start (rule E5)', () => {
  test('of the only voter is an election at once', () => {
    const solo = new Solo('anna', { priority: 1, stored: stored('anna', [member('anna', 1)]) });
    solo.pass(0);
    solo.write();
    solo.write();
    expect(solo.node.leadership?.replication.opened).toBe(true);
  });

  test('of a learner, or of one of several voters, is not', () => {
    const learner = { ...member('anna', 1), voter: false };
    for (const members of [THREE, [member('bert', 2), learner]]) {
      const solo = new Solo('anna', { priority: 1, stored: stored('anna', members) });
      solo.pass(399);
      expect(solo.all('PREPARE')).toEqual([]);
      expect(solo.all('ELECT')).toEqual([]);
      expect(solo.node.campaign.running).toBe(false);
    }
  });
});

describe('an ELECT that comes late (rule E2)', () => {
  /** Bert of three, who has just promised himself. */
  function promisedTo(candidate: 'anna' | 'carl'): Solo {
    const solo = new Solo('bert', { priority: 2, stored: stored('bert', THREE) });
    for (const id of ['anna', 'carl']) solo.link(id);
    const at = term(5, candidate);
    const peer = { id: candidate, priority: candidate === 'carl' ? 3 : 1, name: candidate };
    const ballot = { term: at, peer, last: START, committed: START, without: null };
    solo.receive(candidate, { type: 'PREPARE', ...ballot });
    solo.write();
    expect(solo.all('PROMISE', candidate)).toHaveLength(1);
    return solo;
  }

  function isAsked(solo: Solo): void {
    solo.receive('anna', { type: 'ELECT', members: THREE });
    expect(solo.all('GOT_IT', 'anna').at(-1)).toMatchObject({ to: 'ELECT' });
  }

  test('makes who has promised a greater candidate elect nobody', () => {
    const solo = promisedTo('carl');
    solo.pass(1000);
    isAsked(solo);
    expect(solo.all('ELECT', 'carl')).toEqual([]);
  });

  test('but who has promised a lesser one elects', () => {
    const solo = promisedTo('anna');
    isAsked(solo);
    expect(solo.all('ELECT', 'carl')).toHaveLength(1);
  });

  test('and who has learned that the candidate is dead', () => {
    const solo = promisedTo('carl');
    solo.link('carl', 'closed', true);
    isAsked(solo);
    expect(solo.node.isCandidate).toBe(true);
  });

  test('and who has waited 1500 ms for it to show', () => {
    const solo = promisedTo('carl');
    solo.pass(1499);
    isAsked(solo);
    expect(solo.node.isCandidate).toBe(false);
    solo.pass(1);
    isAsked(solo);
    expect(solo.node.isCandidate).toBe(true);
  });
});

describe('looking for a leader', () => {
  test('E5: asks everybody in reach who leads, and starts an election when nobody could tell', () => {
    const solo = restarted();
    solo.sent.length = 0;
    const seek = solo.timers.get('seek') ?? 0;
    solo.pass(seek - solo.now);
    expect(solo.all('HELLO').map(({ wantsReply }) => wantsReply)).toEqual([true, true]);
    solo.pass(99);
    expect(solo.notes.filter((note) => note.startsWith('elects'))).toEqual([]);
    solo.pass(1);
    expect(solo.notes.filter((note) => note.startsWith('elects'))).toHaveLength(1);
  });

  test('E5: starts none when somebody could tell', () => {
    const solo = new Solo('anna', { priority: 1, stored: stored('anna', THREE) });
    solo.link('bert');
    solo.pass((solo.timers.get('seek') ?? 0) - solo.now);
    const peer = { id: 'bert', priority: 2, name: 'Gate bert' };
    solo.receive('bert', hello({ peer, leader: 'carl', knowsYou: true }));
    const mine = term(2, 'carl');
    const append = { term: mine, previous: START, entries: [entry(2, mine)], commit: 1, beat: 0 };
    solo.pass(200);
    solo.receive('carl', { type: 'APPEND', ...append, quorum: true });
    solo.pass(300);
    expect(solo.notes.filter((note) => note.startsWith('elects'))).toEqual([]);
  });
});

describe('a greater promise', () => {
  test('B6: a REFUSE for one ends the ballot as preempted, and the next term is greater', () => {
    const solo = restarted();
    solo.command({ type: 'start-election' });
    solo.write();
    const mine = solo.node.replica.promised;
    const promised = term(9, 'bert');
    solo.receive('bert', {
      type: 'REFUSE',
      term: mine,
      promised,
      reason: 'promised',
      leader: null,
    });
    expect(solo.notes).toContain('ballot-lost: preempted');
    untilNextBallot(solo);
    expect(solo.node.replica.promised > promised).toBe(true);
  });

  test('J4, R7: the one of a member that comes back makes the leader ask for a greater term, soon', () => {
    const { solo, mine } = leader();
    const promised = term(7, 'anna');
    solo.receive('anna', {
      type: 'REFUSE',
      term: mine,
      promised,
      reason: 'promised',
      leader: null,
    });
    expect(solo.node.leadership).toBeNull();
    expect(untilNextBallot(solo)).toBeLessThan(100);
    expect(solo.node.replica.promised > promised).toBe(true);
  });

  test('J4: the one of a stranger changes nothing', () => {
    const { solo, mine } = leader();
    const promised = term(7, 'zara');
    solo.receive('zara', {
      type: 'REFUSE',
      term: mine,
      promised,
      reason: 'promised',
      leader: null,
    });
    expect(solo.node.leadership?.term).toBe(mine);
  });
});

describe('a forced ballot', () => {
  test('B1: its term is above the last one of its log, also where nothing was ever promised', () => {
    const zoes = entry(2, term(1, 'zoe'), { kind: 'opening' });
    const log = stored('anna', THREE, [zoes], { promised: '' });
    const solo = new Solo('anna', { priority: 1, stored: log });
    solo.command({ type: 'proceed-without', ids: ['bert', 'carl'] });
    solo.write();
    expect(solo.node.leadership?.term).toBe(term(2, 'anna'));
  });

  test('G1, S6: who leads its own log expects no other generation any more, though it had promised itself to that', () => {
    const promised = term(5, 'carl');
    const log = stored('anna', THREE, [], { promised });
    const solo = new Solo('anna', { priority: 1, stored: log });
    const forced = { id: 'theirgeneration', at: { index: 2, term: promised } };
    const peer = { id: 'bert', priority: 2, name: 'Gate bert' };
    const theirs = { generations: [{ id: GENERATION, at: START }, forced], last: forced.at };
    const known = { holdsOperations: true, leader: 'carl', knowsYou: true };
    solo.receive('bert', hello({ peer, ...theirs, ...known }));
    expect(solo.node.joining.accepts(forced.id)).toBe(true);
    solo.command({ type: 'proceed-without', ids: ['bert', 'carl'] });
    solo.write();
    expect(solo.node.leadership).not.toBeNull();
    const late = { term: term(9, 'carl'), previous: forced.at, entries: [], commit: 2, beat: 1 };
    solo.receive('carl', { type: 'APPEND', ...late, quorum: true }, forced.id);
    expect(solo.node.leadership).not.toBeNull();
    expect(solo.node.joining.accepts(forced.id)).toBe(false);
  });

  test('G1: who has no more than the first part of a log cannot begin it; it may leave, and be somebody new', () => {
    const log = stored('anna', THREE);
    const aside = { generation: GENERATION, ancestors: [], at: 0, checked: true };
    const archives = [{ ...aside, snapshot: null, entries: [], outbox: [] }];
    const solo = new Solo('anna', { priority: 1, stored: { ...log, archives } });
    const request = solo.command({ type: 'proceed-without', ids: ['bert', 'carl'] });
    expect(solo.replies.get(request)).toMatchObject({
      ok: false,
      code: 'invalid',
      message: expect.stringContaining('come back as a new gate') as string,
    });
    expect(problemToLeave(solo.node, new Set())).toBeNull();
  });
});

describe('E6: a leader that is removed', () => {
  test('by RESIGN: it tells all members, steps down, and nobody here elects', () => {
    const { solo, mine } = leader();
    solo.receive('anna', { type: 'RESIGN', term: mine });
    expect(solo.node.leadership).toBeNull();
    expect(solo.all('LEADER_REMOVED')).toEqual([
      { type: 'LEADER_REMOVED', term: mine },
      { type: 'LEADER_REMOVED', term: mine },
    ]);
    const ballots = solo.all('PREPARE').length;
    solo.pass(20_000);
    expect(solo.node.vacant).toBe(true);
    expect(solo.all('PREPARE')).toHaveLength(ballots);
  });

  test('RESIGN to who does not lead removes nobody', () => {
    const solo = restarted();
    solo.receive('anna', { type: 'RESIGN', term: solo.node.replica.promised });
    expect(solo.node.vacant).toBe(false);
    expect(solo.all('LEADER_REMOVED')).toEqual([]);
  });
});
