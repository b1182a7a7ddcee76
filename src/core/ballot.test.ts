import { describe, expect, test } from 'vitest';
import { FETCH_LIMIT } from './ballot.ts';
import { assert } from './assert.ts';
import type { LogEntry, Position } from './entry.ts';
import type { Member } from './identity.ts';
import type { PromiseMessage } from './messages.ts';
import { Solo } from './testing/solo.ts';
import { entry, filler, member, membership, stored, term } from './testing/fixtures.ts';
import type { Snapshot, Stored } from './stored.ts';
import { DEFAULT_TIMING } from './timers.ts';

const anna = member('anna', 1);
const bert = member('bert', 2);
const carl = member('carl', 3);
const dora = member('dora', 0.5);
const emil = member('emil', 0.25);
const THREE = [anna, bert, carl];
const FIVE = [emil, dora, anna, bert, carl];

/** Carl, the greatest, alone with the test, and already asking for promises. */
function candidate(log: Stored = stored('carl', THREE)): { solo: Solo; term: string } {
  const solo = new Solo('carl', { priority: 3, stored: log });
  solo.command({ type: 'start-election' });
  solo.write();
  const [prepare] = solo.all('PREPARE');
  return { solo, term: prepare?.term ?? '' };
}

/** A promise by a voter whose log ends with `tail`, as an answer to a candidate that holds what is before it. */
function promise(
  inTerm: string,
  members: readonly Member[],
  tail: readonly LogEntry[] = [],
  last = tail[tail.length - 1],
): PromiseMessage {
  return {
    type: 'PROMISE',
    term: inTerm,
    last: last
      ? { index: last.index, term: last.term }
      : { index: 1, term: term(1, members[0]?.id ?? '') },
    members,
    tail,
  };
}

/** Of the park that this node is in. */
function snapshotAt(solo: Solo, at: Position): Snapshot {
  const { settings, membership: members } = solo.node.replica;
  assert(settings !== null, 'it holds the founding');
  const { generations } = members;
  return {
    at,
    settings,
    members: THREE,
    generations,
    sessions: [],
    machine: ['from the snapshot'],
  };
}

describe('the candidate takes a term', () => {
  test('B1: the term is greater than any that was seen, and names its candidate', () => {
    const log = stored('carl', THREE, [], { promised: term(7, 'bert') });
    expect(candidate(log).term).toBe(term(8, 'carl'));
  });

  test('B1: a refusal tells a greater term, and the next ballot goes beyond it', () => {
    const { solo, term: first } = candidate();
    solo.write();
    solo.receive('anna', {
      type: 'REFUSE',
      term: first,
      promised: term(41, 'bert'),
      reason: 'promised',
      leader: null,
    });
    solo.command({ type: 'start-election' });
    solo.write();
    expect(solo.all('PREPARE').at(-1)?.term).toBe(term(42, 'carl'));
  });

  test('B1: nobody hears of the term before it is durable, however long that takes', () => {
    const solo = new Solo('carl', { priority: 3, stored: stored('carl', THREE) });
    solo.command({ type: 'start-election' });
    solo.fire('ballot');
    expect(solo.all('PREPARE')).toEqual([]);
    solo.write();
    expect(solo.all('PREPARE').map((prepare) => prepare.term)).toEqual([
      term(2, 'carl'),
      term(2, 'carl'),
    ]);
  });

  test('B1: a disk that never answers ends the ballot', () => {
    const solo = new Solo('carl', { priority: 3, stored: stored('carl', THREE) });
    solo.command({ type: 'start-election' });
    for (let round = 0; round < 6; round++) solo.fire('ballot');
    solo.write();
    expect(solo.all('PREPARE')).toEqual([]);
  });

  test('B1: the own log counts as well as those of a quorum of others', () => {
    const { solo, term: mine } = candidate(stored('carl', THREE, filler(2, 6, term(2, 'anna'))));
    solo.receive('anna', promise(mine, THREE));
    solo.write();
    expect(solo.node.leadership?.term).toBe(mine);
    expect(solo.node.replica.log.termAt(6)).toBe(term(2, 'anna'));
  });

  test('B1: after a restart the promise is remembered, so no term is used twice', () => {
    const { solo, term: first } = candidate();
    solo.write();
    const again = new Solo('carl', { priority: 3, stored: withLog(solo.crash()) });
    again.command({ type: 'start-election' });
    again.write();
    expect(again.all('PREPARE')[0]?.term).toBe(term(3, 'carl'));
    expect(first).toBe(term(2, 'carl'));
  });
});

/** The test disk of a Solo starts empty: the log that the node was given belongs on it too. */
function withLog(found: Stored | null): Stored {
  return { ...stored('carl', THREE), ...(found ? { meta: found.meta } : {}) };
}

describe('promises', () => {
  test('B3: a majority of the voters is needed, not of those in sight', () => {
    const { solo, term: mine } = candidate(stored('carl', FIVE));
    solo.write();
    solo.receive('anna', promise(mine, FIVE));
    solo.write();
    expect(solo.node.leadership).toBeNull();
    solo.receive('bert', promise(mine, FIVE));
    solo.write();
    expect(solo.node.leadership?.term).toBe(mine);
  });

  test('B3: one voter counts once, however often its promise comes', () => {
    const { solo, term: mine } = candidate(stored('carl', FIVE));
    solo.write();
    for (let i = 0; i < 5; i++) solo.receive('anna', promise(mine, FIVE));
    solo.write();
    expect(solo.node.leadership).toBeNull();
  });

  test('B3: learners may promise, but never count', () => {
    const learners = FIVE.map((one) => ({
      ...one,
      voter: ['carl', 'anna', 'bert'].includes(one.id),
    }));
    const { solo, term: mine } = candidate(stored('carl', learners));
    solo.write();
    solo.receive('dora', promise(mine, learners));
    solo.receive('emil', promise(mine, learners));
    solo.write();
    expect(solo.node.leadership).toBeNull();
  });

  test('B3: promises of another term do not count', () => {
    const { solo } = candidate();
    solo.write();
    solo.receive('bert', promise(term(9, 'carl'), THREE));
    solo.receive('anna', promise(term(0, 'carl'), THREE));
    solo.write();
    expect(solo.node.leadership).toBeNull();
  });

  test('B3: the most up-to-date log is the one with the greater last term, even if it is shorter', () => {
    const long = stored('carl', THREE, filler(2, 9, term(2, 'anna')));
    const { solo, term: mine } = candidate(long);
    solo.write();
    const newer = entry(2, term(3, 'bert'));
    solo.receive('bert', promise(mine, THREE, [newer]));
    solo.write();
    expect(solo.node.leadership?.term).toBe(mine);
    expect(solo.node.replica.log.at(2)).toEqual(newer);
    // Then comes the opening of the own term.
    expect(solo.node.replica.log.last).toEqual({ index: 3, term: mine });
  });

  test('B3: of logs with the same last term the longer one is adopted', () => {
    const { solo, term: mine } = candidate(stored('carl', THREE, filler(2, 4, term(2, 'anna'))));
    solo.write();
    solo.receive('anna', promise(mine, THREE, filler(5, 6, term(2, 'anna'))));
    solo.write();
    expect(solo.node.replica.log.termAt(6)).toBe(term(2, 'anna'));
    expect(solo.node.replica.log.last).toEqual({ index: 7, term: mine });
  });

  test('B3: the own log is kept when it is the most up-to-date one', () => {
    const own = filler(2, 4, term(2, 'anna'));
    const { solo, term: mine } = candidate(stored('carl', THREE, own));
    solo.write();
    const end = { index: 3, term: term(2, 'anna') };
    solo.receive('bert', { type: 'PROMISE', term: mine, last: end, members: THREE, tail: [] });
    solo.write();
    expect(solo.node.replica.log.at(4)).toEqual(own[2]);
    expect(solo.node.replica.log.last).toEqual({ index: 5, term: mine });
  });
});

describe('a newer membership in a promise', () => {
  const grown = entry(2, term(2, 'anna'), membership('join', 'emil', FIVE));

  test('B4: the promises must cover a quorum of the very log that is adopted', () => {
    const { solo, term: mine } = candidate();
    solo.write();
    solo.receive('bert', promise(mine, FIVE, [grown]));
    solo.write();
    // Two of three would do for the own log; two of five do not for the adopted one.
    expect(solo.node.leadership).toBeNull();
    solo.pass(1);
    expect(
      solo.sent.filter(({ message }) => message.type === 'PREPARE').map(({ to }) => to),
    ).toEqual(expect.arrayContaining(['dora', 'emil']));
    solo.receive('dora', promise(mine, THREE));
    solo.write();
    expect(solo.node.leadership?.term).toBe(mine);
    expect(solo.node.replica.membership.voters()).toHaveLength(5);
  });

  test('B4: who is no voter in the most up-to-date log gives up', () => {
    const without = entry(2, term(2, 'anna'), membership('evict', 'carl', [anna, bert]));
    const { solo, term: mine } = candidate();
    solo.write();
    solo.receive('bert', promise(mine, [anna, bert], [without]));
    solo.receive('anna', promise(mine, THREE));
    solo.write();
    expect(solo.node.leadership).toBeNull();
    expect(solo.notes).toContain('ballot-lost: no-voter');
  });

  test('B4: many promises that do not suffice yet are no reason to give up', () => {
    const nine = [...FIVE, ...['fred', 'gina', 'hans', 'ida1'].map((id, i) => member(id, -i))];
    const more = [...nine, member('jane', -9)];
    const grownTo = entry(2, term(2, 'anna'), membership('promote', 'jane', more));
    const { solo, term: mine } = candidate(stored('carl', nine));
    solo.write();
    solo.receive('bert', promise(mine, more, [grownTo]));
    for (const id of ['emil', 'dora', 'anna', 'fred']) {
      solo.pass(1);
      expect(solo.node.leadership).toBeNull();
      solo.receive(id, promise(mine, nine));
    }
    solo.pass(1);
    solo.write();
    expect(solo.node.leadership?.term).toBe(mine);
  });
});

describe('adopting a log', () => {
  test('B5: it leads only once the adopted log is durable', () => {
    const { solo, term: mine } = candidate();
    solo.write();
    solo.receive('bert', promise(mine, THREE, filler(2, 5, term(2, 'bert'))));
    expect(solo.node.leadership).toBeNull();
    solo.write();
    expect(solo.node.leadership?.term).toBe(mine);
    expect(solo.disk.load()?.entries.map(({ index }) => index)).toEqual(
      expect.arrayContaining([2, 3, 4, 5]),
    );
  });

  test('B5: what a promise cannot carry is fetched in chunks', () => {
    const theirs = filler(2, 700, term(2, 'bert'));
    const { solo, term: mine } = candidate();
    solo.write();
    solo.receive('bert', promise(mine, THREE, theirs.slice(0, FETCH_LIMIT), theirs.at(-1)));
    const answered: number[] = [];
    for (let i = 0; i < 10 && !solo.node.leadership; i++) {
      for (const { to, message } of solo.take('FETCH')) {
        expect(to).toBe('bert');
        answered.push(message.after.index);
        const from = message.after.index + 1;
        const entries = theirs.filter(({ index }) => index >= from).slice(0, FETCH_LIMIT);
        solo.receive('bert', { type: 'FETCHED', term: mine, after: message.after, entries });
      }
      solo.write();
    }
    expect(answered).toEqual([257, 513]);
    expect(solo.node.leadership?.term).toBe(mine);
    expect(solo.node.replica.log.at(700)).toEqual(theirs.at(-1));
  });

  test('B5: a lost FETCH is sent again, a FETCHED that was not asked for is ignored', () => {
    const theirs = filler(2, 300, term(2, 'bert'));
    const { solo, term: mine } = candidate();
    solo.write();
    solo.receive('bert', promise(mine, THREE, theirs.slice(0, FETCH_LIMIT), theirs.at(-1)));
    expect(solo.take('FETCH')).toHaveLength(1);
    solo.fire('ballot');
    const [again] = solo.take('FETCH');
    expect(again?.message.after.index).toBe(257);
    const after = { index: 257, term: term(2, 'bert') };
    const rest = theirs.slice(256);
    solo.receive('anna', { type: 'FETCHED', term: mine, after, entries: rest });
    solo.receive('bert', { type: 'FETCHED', term: term(0, 'carl'), after, entries: rest });
    solo.write();
    expect(solo.node.leadership).toBeNull();
    solo.receive('bert', { type: 'FETCHED', term: mine, after, entries: rest });
    solo.receive('bert', { type: 'FETCHED', term: mine, after, entries: rest });
    solo.write();
    expect(solo.node.leadership?.term).toBe(mine);
  });

  test('B5: when the source has compacted what is lacking, its snapshot comes first', () => {
    const { solo, term: mine } = candidate();
    solo.write();
    const last = { index: 40, term: term(2, 'bert') };
    solo.receive('bert', { type: 'PROMISE', term: mine, last, members: THREE, tail: [] });
    const [fetch] = solo.take('FETCH');
    const after = fetch?.message.after ?? last;
    expect(after.index).toBe(1);
    solo.receive('bert', { type: 'FETCHED', term: mine, after, entries: [] });
    expect(solo.take('SNAPSHOT_FETCH')).toHaveLength(1);
    const at = { index: 30, term: term(2, 'bert') };
    const text = JSON.stringify(snapshotAt(solo, at));
    solo.receive('bert', { type: 'SNAPSHOT_OFFER', term: mine, at, size: text.length });
    solo.receive('bert', { type: 'SNAPSHOT_CHUNK', at, offset: 0, size: text.length, data: text });
    solo.write();
    expect(solo.node.replica.log.base).toEqual(at);
    const [resumed] = solo.take('FETCH');
    expect(resumed?.message.after).toEqual(at);
    const entries = filler(31, 40, term(2, 'bert'));
    solo.receive('bert', { type: 'FETCHED', term: mine, after: at, entries });
    solo.write();
    expect(solo.node.leadership?.term).toBe(mine);
    expect(solo.tally.bodies).toEqual(['from the snapshot']);
  });

  test('B5, L1: a source that ends where its snapshot does is adopted with that', () => {
    const newest = term(3, 'bert');
    const { solo, term: mine } = candidate(stored('carl', THREE, filler(2, 5, term(2, 'bert'))));
    const at = { index: 40, term: newest };
    solo.receive('bert', { ...promise(mine, THREE), last: at });
    solo.receive('bert', {
      type: 'FETCHED',
      term: mine,
      after: { index: 1, term: term(1, 'anna') },
      entries: [],
    });
    const text = JSON.stringify(snapshotAt(solo, at));
    solo.receive('bert', { type: 'SNAPSHOT_OFFER', term: mine, at, size: text.length });
    solo.receive('bert', { type: 'SNAPSHOT_CHUNK', at, offset: 0, size: text.length, data: text });
    solo.write();
    expect(solo.node.leadership?.term).toBe(mine);
  });

  test('B5: a snapshot that takes long to come keeps the ballot going', () => {
    const newest = term(1, 'bert');
    const { solo, term: mine } = candidate();
    const at = { index: 40, term: newest };
    solo.receive('bert', { ...promise(mine, THREE), last: at });
    const after = { index: 1, term: term(1, 'anna') };
    solo.receive('bert', { type: 'FETCHED', term: mine, after, entries: [] });
    const text = JSON.stringify(snapshotAt(solo, at));
    solo.receive('bert', { type: 'SNAPSHOT_OFFER', term: mine, at, size: text.length });
    for (let offset = 0; offset < text.length; offset++) {
      solo.pass(DEFAULT_TIMING.ballotRetry);
      const part = { at, offset, size: text.length, data: text.charAt(offset) };
      solo.receive('bert', { type: 'SNAPSHOT_CHUNK', ...part });
    }
    solo.write();
    expect(solo.node.leadership?.term).toBe(mine);
  });

  test('B5, B6: a source that never brings what it promised is given up', () => {
    const { solo, term: mine } = candidate();
    solo.receive('bert', promise(mine, THREE, [entry(400, term(3, 'bert'))]));
    for (let i = 0; i < 20; i++) {
      const after = solo.all('FETCH').at(-1)?.after ?? { index: 1, term: term(1, 'anna') };
      solo.receive('bert', { type: 'FETCHED', term: mine, after, entries: [] });
      solo.pass(DEFAULT_TIMING.ballotRetry);
      solo.write();
    }
    expect(solo.notes).toContainEqual(expect.stringContaining('ballot-lost'));
  });

  test('B5: a tail that does not follow what this node holds does not stop it', () => {
    const { solo, term: mine } = candidate();
    solo.write();
    // A promise that answers a PREPARE of an earlier life, in which this node held more.
    const theirs = filler(2, 9, term(2, 'bert'));
    solo.receive('bert', promise(mine, THREE, theirs.slice(4), theirs.at(-1)));
    const [fetch] = solo.take('FETCH');
    const after = fetch?.message.after;
    expect(after?.index).toBe(1);
    if (after) solo.receive('bert', { type: 'FETCHED', term: mine, after, entries: theirs });
    solo.write();
    expect(solo.node.leadership?.term).toBe(mine);
  });
});

describe('losing a ballot', () => {
  test('B6: a refusal of this term ends it, one of another term does not', () => {
    const { solo, term: mine } = candidate();
    solo.write();
    const refuse = { type: 'REFUSE', promised: '', reason: 'live-leader', leader: 'bert' } as const;
    solo.receive('anna', { ...refuse, term: term(0, 'carl') });
    expect(solo.node.isCandidate).toBe(true);
    solo.receive('anna', { ...refuse, term: mine });
    expect(solo.node.isCandidate).toBe(false);
    expect(solo.notes).toContain('ballot-lost: live-leader');
    solo.receive('bert', promise(mine, THREE));
    solo.write();
    expect(solo.node.leadership).toBeNull();
  });

  test('B6: without a quorum it asks some rounds long, then gives up', () => {
    const { solo } = candidate(stored('carl', FIVE));
    solo.write();
    solo.pass(5000);
    expect(solo.notes).toContain('ballot-lost: no-quorum');
    const toAnna = solo.all('PREPARE', 'anna').filter(({ term: one }) => one === term(1, 'carl'));
    expect(toAnna.length).toBeLessThanOrEqual(6);
  });

  test('B6: who has promised is not asked again', () => {
    const { solo, term: mine } = candidate(stored('carl', FIVE));
    solo.write();
    solo.receive('anna', promise(mine, FIVE));
    const before = solo.all('PREPARE', 'anna').length;
    solo.fire('ballot');
    expect(solo.all('PREPARE', 'anna')).toHaveLength(before);
    expect(solo.all('PREPARE', 'bert').length).toBeGreaterThan(before);
  });

  test('B6, S2: what a leader brings in a newer term ends it, though that leader was followed before and pauses', () => {
    const old = term(3, 'carl');
    const log = stored('anna', FIVE, filler(2, 5, old), { committed: 5 });
    const solo = new Solo('anna', { priority: 1, stored: log });
    const end = { index: 5, term: old };
    const append = (inTerm: string, entries: readonly LogEntry[], quorum: boolean): void => {
      const head = { type: 'APPEND', term: inTerm, previous: end, entries } as const;
      solo.receive('carl', { ...head, commit: 5, beat: 1, quorum });
      solo.write();
    };
    append(old, [], true);
    // Carl pauses. He is followed still when anna asks for promises.
    while (solo.all('PREPARE').length === 0) {
      append(old, [], false);
      solo.pass(50);
      solo.write();
    }
    const mine = solo.node.replica.promised;
    // He has been elected again, and pauses again.
    const newer = term(9, 'carl');
    append(newer, [entry(6, newer)], false);
    const acknowledged = { index: 6, term: newer };
    expect(solo.all('APPENDED', 'carl').at(-1)).toMatchObject({ ok: true, match: acknowledged });
    expect(solo.node.campaign.ballot.running).toBe(false);
    for (const id of ['bert', 'dora', 'emil'])
      solo.receive(id, promise(mine, FIVE, [entry(6, term(4, 'zora'))]));
    solo.write();
    expect(solo.node.leadership).toBeNull();
    expect(solo.node.replica.log.last).toEqual(acknowledged);
  });

  test('B6: a candidate that promises a greater term leads no more, however many promises come', () => {
    const { solo, term: mine } = candidate();
    solo.write();
    solo.receive('bert', {
      type: 'PREPARE',
      term: term(50, 'bert'),
      peer: { id: 'bert', priority: 2, name: 'Gate bert' },
      last: { index: 1, term: term(1, 'anna') },
      committed: { index: 1, term: term(1, 'anna') },
      without: null,
    });
    solo.receive('anna', promise(mine, THREE));
    solo.write();
    expect(solo.node.leadership).toBeNull();
  });
});
