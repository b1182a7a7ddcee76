import { describe, expect, test } from 'vitest';
import type { Position } from './entry.ts';
import type { Prepare } from './messages.ts';
import {
  entry,
  filler,
  founding,
  hello,
  member,
  membership,
  stored,
  term,
} from './testing/fixtures.ts';
import { Solo } from './testing/solo.ts';

const anna = member('anna', 1);
const bert = member('bert', 2);
const carl = member('carl', 3);
const THREE = [anna, bert, carl];
const START: Position = { index: 1, term: term(1, 'anna') };
const PEERS = { anna, bert, carl };

function prepare(
  from: keyof typeof PEERS,
  inTerm: string,
  last: Position = START,
  more: Partial<Prepare> = {},
): Prepare {
  const { id, priority, name } = PEERS[from];
  const peer = { id, priority, name };
  return { type: 'PREPARE', term: inTerm, peer, last, committed: START, without: null, ...more };
}

/** Anna, a voter with a log of her own. */
function voter(length = 1): Solo {
  const entries = filler(2, length, term(2, 'bert'));
  return new Solo('anna', { priority: 1, stored: stored('anna', THREE, entries) });
}

/** Anna, who follows bert, a live leader. */
function follower(length = 1): Solo {
  const solo = voter(length);
  follow(solo);
  return solo;
}

function follow(solo: Solo): void {
  const last = solo.node.replica.log.last;
  solo.receive('bert', {
    type: 'APPEND',
    term: term(3, 'bert'),
    previous: last,
    entries: [entry(last.index + 1, term(3, 'bert'))],
    commit: last.index,
    beat: 0,
    quorum: true,
  });
  solo.write();
  expect(solo.node.liveLeader()?.id).toBe('bert');
}

describe('promising', () => {
  test('B2: a promise is durable before it is spoken', () => {
    const solo = voter();
    solo.receive('carl', prepare('carl', term(5, 'carl')));
    expect(solo.all('PROMISE')).toHaveLength(0);
    solo.write();
    expect(solo.all('PROMISE', 'carl')).toHaveLength(1);
    expect(solo.disk.load()?.meta.promised).toBe(term(5, 'carl'));
  });

  test('B2: one promise a term: a lesser or an older candidate is refused with the greater term', () => {
    const solo = voter();
    solo.receive('carl', prepare('carl', term(5, 'carl')));
    solo.receive('bert', prepare('bert', term(5, 'bert')));
    solo.write();
    expect(solo.all('PROMISE')).toHaveLength(1);
    expect(solo.all('REFUSE', 'bert')).toMatchObject([
      { term: term(5, 'bert'), promised: term(5, 'carl'), reason: 'promised' },
    ]);
  });

  test('B2: the same candidate is promised the same term again, since the answer may have been lost', () => {
    const solo = voter();
    solo.receive('carl', prepare('carl', term(5, 'carl')));
    solo.receive('carl', prepare('carl', term(5, 'carl')));
    expect(solo.all('PROMISE')).toHaveLength(0);
    solo.write();
    expect(solo.all('PROMISE', 'carl')).toHaveLength(2);
  });

  test('B2: who spoke for another candidate gets nothing', () => {
    const solo = voter();
    solo.receive('bert', prepare('carl', term(5, 'carl')));
    solo.write();
    expect(solo.all('PROMISE')).toHaveLength(0);
  });

  test('B2: after a promise nothing of an older term is taken any more', () => {
    const solo = voter();
    solo.receive('carl', prepare('carl', term(5, 'carl')));
    solo.receive('bert', {
      type: 'APPEND',
      term: term(3, 'bert'),
      previous: START,
      entries: [entry(2, term(3, 'bert'))],
      commit: 1,
      beat: 0,
      quorum: true,
    });
    solo.write();
    expect(solo.node.replica.log.lastIndex).toBe(1);
    expect(solo.all('APPENDED')).toHaveLength(0);
    expect(solo.all('REFUSE', 'bert')).toMatchObject([{ promised: term(5, 'carl') }]);
  });

  test('B2: who follows a leader of a greater term takes nothing of an older one, even before it has promised', () => {
    const solo = voter();
    solo.receive('carl', { type: 'I_AM_LEADER', term: term(6, 'carl') });
    solo.receive('bert', { type: 'I_AM_LEADER', term: term(5, 'bert') });
    solo.receive('bert', {
      type: 'APPEND',
      term: term(5, 'bert'),
      previous: START,
      entries: [entry(2, term(5, 'bert'))],
      commit: 1,
      beat: 0,
      quorum: true,
    });
    solo.write();
    expect(solo.node.follower.leader).toBe('carl');
    expect(solo.node.replica.log.lastIndex).toBe(1);
    expect(solo.all('REFUSE', 'bert')).toMatchObject([{ promised: term(6, 'carl') }]);
  });

  test('X4: a grant counts only if it comes from the leader that is followed', () => {
    const solo = follower();
    const request = solo.command({ type: 'lock' });
    const lock = solo.all('LOCK', 'bert')[0]?.request ?? 0;
    const grant = { type: 'GRANT', request: lock, leaseMs: 10_000 } as const;
    solo.receive('carl', { ...grant, token: { term: term(2, 'carl'), number: 1 } });
    expect(solo.replies.get(request)).toBeUndefined();
    solo.receive('bert', { ...grant, token: { term: term(3, 'bert'), number: 4 } });
    expect(solo.replies.get(request)).toMatchObject({ ok: true, value: { token: { number: 4 } } });
  });

  test('B5: a promise carries what the candidate lacks, after its own end', () => {
    const solo = voter(9);
    solo.receive('carl', prepare('carl', term(5, 'carl'), { index: 4, term: term(2, 'bert') }));
    solo.write();
    const [promise] = solo.all('PROMISE');
    expect(promise?.last).toEqual({ index: 9, term: term(2, 'bert') });
    expect(promise?.tail.map(({ index }) => index)).toEqual([5, 6, 7, 8, 9]);
  });

  test('B5: if the logs have parted, from what the candidate knows to be committed', () => {
    const solo = voter(9);
    const parted = { index: 6, term: term(2, 'carl') };
    const committed = { index: 2, term: term(2, 'bert') };
    solo.receive('carl', prepare('carl', term(5, 'carl'), parted, { committed }));
    solo.write();
    expect(solo.all('PROMISE')[0]?.tail.map(({ index }) => index)).toEqual([3, 4, 5, 6, 7, 8, 9]);
  });

  test('B4: a promise tells the membership at the end of the log, committed or not', () => {
    const four = [...THREE, member('dora', 0)];
    const log = stored('anna', THREE, [
      entry(2, term(2, 'bert'), membership('promote', 'dora', four)),
    ]);
    const solo = new Solo('anna', { priority: 1, stored: log });
    solo.receive('carl', prepare('carl', term(5, 'carl')));
    solo.write();
    expect(solo.all('PROMISE')[0]?.members).toEqual(four);
  });

  test('B5: FETCH is answered to the candidate that holds the promise, and to nobody else', () => {
    const solo = voter(9);
    solo.receive('carl', prepare('carl', term(5, 'carl')));
    solo.write();
    solo.receive('bert', { type: 'FETCH', term: term(4, 'bert'), after: START });
    expect(solo.all('FETCHED')).toHaveLength(0);
    solo.receive('carl', { type: 'FETCH', term: term(5, 'carl'), after: START });
    expect(solo.all('FETCHED', 'carl')[0]?.entries).toHaveLength(8);
  });
});

describe('a voter that hears a live leader', () => {
  test('B7: refuses nobody out of hand: it PROBEs the leader that a challenger doubts', () => {
    const solo = follower();
    solo.receive('carl', prepare('carl', term(9, 'carl'), { index: 1, term: term(1, 'anna') }));
    expect(solo.all('REFUSE')).toHaveLength(0);
    expect(solo.all('PROBE', 'bert')).toHaveLength(1);
  });

  test('B7: when the leader answers, the challenger is refused and told who leads', () => {
    const solo = follower();
    solo.receive('carl', prepare('carl', term(9, 'carl')));
    const nonce = solo.all('PROBE', 'bert')[0]?.nonce ?? 0;
    solo.receive('bert', { type: 'GOT_IT', to: 'PROBE', nonce, leads: term(3, 'bert') });
    solo.write();
    expect(solo.all('PROMISE')).toHaveLength(0);
    expect(solo.all('REFUSE', 'carl')).toMatchObject([
      { term: term(9, 'carl'), reason: 'live-leader', leader: 'bert' },
    ]);
  });

  test('B7: when the leader does not answer, the challenger gets the promise', () => {
    const solo = follower();
    solo.receive('carl', prepare('carl', term(9, 'carl')));
    solo.fire('probe:bert');
    solo.write();
    expect(solo.all('PROMISE', 'carl')).toHaveLength(1);
    expect(solo.node.replica.promised).toBe(term(9, 'carl'));
  });

  test('B7: having promised, it does not campaign against the candidate', () => {
    const solo = follower();
    solo.receive('carl', prepare('carl', term(9, 'carl')));
    solo.fire('probe:bert');
    solo.write();
    expect(solo.node.isCandidate).toBe(false);
    expect(solo.all('ELECT')).toHaveLength(0);
  });

  test('B7: a lesser identity is refused even if it has caught up', () => {
    const solo = new Solo('carl', { priority: 3, stored: stored('carl', THREE) });
    solo.receive('bert', {
      type: 'APPEND',
      term: term(3, 'bert'),
      previous: START,
      entries: [],
      commit: 1,
      beat: 1,
      quorum: true,
    });
    solo.write();
    solo.receive('anna', prepare('anna', term(9, 'anna'), { index: 1, term: term(8, 'anna') }));
    solo.receive('bert', {
      type: 'APPEND',
      term: term(3, 'bert'),
      previous: START,
      entries: [],
      commit: 1,
      beat: 2,
      quorum: true,
    });
    expect(solo.all('REFUSE', 'anna')).toMatchObject([{ reason: 'live-leader', leader: 'bert' }]);
    expect(solo.node.replica.promised).not.toBe(term(9, 'anna'));
  });

  test('F1: what its leader answered to a PROBE from before it was elected is no news, however often it comes', () => {
    const solo = voter();
    solo.event({ type: 'hint', peer: 'bert' });
    const [before] = solo.take('PROBE');
    solo.pass(10);
    follow(solo);
    const answer = { type: 'GOT_IT', to: 'PROBE', leads: null } as const;
    for (let copies = 0; copies < 2; copies++) {
      solo.receive('bert', { ...answer, nonce: before?.message.nonce ?? 0 });
      expect(solo.node.liveLeader()?.id).toBe('bert');
    }
    expect(solo.all('ELECT')).toEqual([]);
    solo.event({ type: 'hint', peer: 'bert' });
    const [since] = solo.take('PROBE');
    solo.receive('bert', { ...answer, nonce: since?.message.nonce ?? 0 });
    expect(solo.node.liveLeader()).toBeNull();
  });

  test('B7: a greater identity that has caught up takes over in one round trip', () => {
    const solo = follower(5);
    const { last } = solo.node.replica.log;
    solo.receive('carl', prepare('carl', term(9, 'carl'), last));
    solo.write();
    expect(solo.all('PROMISE', 'carl')).toHaveLength(1);
    expect(solo.all('PROBE', 'bert')).toHaveLength(0);
  });

  test("B7: caught up means in the leader's term and no more than one FETCH behind", () => {
    const far = follower(400);
    far.receive('carl', prepare('carl', term(9, 'carl'), { index: 100, term: term(3, 'bert') }));
    expect(far.all('PROBE', 'bert')).toHaveLength(1);
    const near = follower(400);
    near.receive('carl', prepare('carl', term(9, 'carl'), { index: 150, term: term(3, 'bert') }));
    near.write();
    expect(near.all('PROMISE', 'carl')).toHaveLength(1);
  });

  test('B7: the leader itself steps down for a greater one that has caught up, and refuses the others', () => {
    const solo = new Solo('bert', { priority: 2, stored: stored('bert', THREE) });
    solo.event({ type: 'link', peer: 'carl', state: 'closed', closedByPeer: true });
    solo.command({ type: 'start-election' });
    solo.write();
    const mine = solo.node.replica.promised;
    solo.receive('anna', { type: 'PROMISE', term: mine, last: START, members: THREE, tail: [] });
    solo.write();
    expect(solo.node.leadership?.term).toBe(mine);
    const behind = { index: 1, term: term(1, 'anna') };
    solo.receive('carl', prepare('carl', term(9, 'carl'), behind));
    expect(solo.all('REFUSE', 'carl')).toMatchObject([{ reason: 'live-leader', leader: 'bert' }]);
    expect(solo.node.leadership).not.toBeNull();
    solo.receive('carl', prepare('carl', term(10, 'carl'), { index: 2, term: mine }));
    expect(solo.node.leadership).toBeNull();
    solo.write();
    expect(solo.all('PROMISE', 'carl')).toHaveLength(1);
  });

  test('G1, S9: who gives way meanwhile promises nothing of the log that it set aside', () => {
    const solo = follower();
    for (const peer of ['bert', 'carl', 'zora']) solo.link(peer);
    solo.receive('carl', prepare('carl', term(9, 'carl')));
    expect(solo.all('PROMISE')).toEqual([]);
    const zora = { id: 'zora', priority: 9, name: 'Gate zora' };
    const first = entry(
      1,
      term(1, 'zora'),
      founding([member('zora', 9), member('anna', 1, false)], 'otherfounding111'),
    );
    const generations = [{ id: 'otherfounding111', at: { index: 1, term: first.term } }];
    const more = {
      holdsOperations: true,
      last: { index: 3, term: term(4, 'zora') },
      leader: 'zora',
    };
    solo.receive('zora', hello({ peer: zora, generations, ...more }), 'otherfounding111');
    solo.write();
    const head = {
      type: 'APPEND',
      term: term(5, 'zora'),
      previous: { index: 0, term: '' },
    } as const;
    const tail = { entries: [first], commit: 1, beat: 0, quorum: false };
    solo.receive('zora', { ...head, ...tail }, 'otherfounding111');
    solo.write();
    expect(solo.node.context.generation).toBe('otherfounding111');
    solo.link('zora', 'closed', true);
    solo.write();
    expect(solo.all('PROMISE')).toEqual([]);
  });

  test('G4: nobody goes on without the voters of a leader that lives', () => {
    const solo = follower();
    const forced = { without: ['bert'] };
    solo.receive('carl', prepare('carl', term(9, 'carl'), START, forced));
    solo.write();
    expect(solo.all('PROMISE')).toHaveLength(0);
    expect(solo.all('PROBE', 'bert')).toHaveLength(1);
  });

  test('G4: nor does a greater identity that has caught up: only a challenge may take over from it', () => {
    const solo = follower();
    const { last } = solo.node.replica.log;
    solo.receive('carl', prepare('carl', term(9, 'carl'), last, { without: ['bert'] }));
    solo.write();
    expect(solo.all('PROMISE')).toHaveLength(0);
    solo.receive('carl', prepare('carl', term(10, 'carl'), last));
    solo.write();
    expect(solo.all('PROMISE', 'carl')).toHaveLength(1);
  });
});
