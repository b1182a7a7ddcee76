import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Appended } from './messages.ts';
import type { Member } from './identity.ts';
import { Harness } from './testing/harness.ts';
import { entry, filler, member, operation, stored, term } from './testing/fixtures.ts';
import { seeded } from './testing/random.ts';
import { Solo } from './testing/solo.ts';

const THREE = [member('anna', 1), member('bert', 2), member('carl', 3)];
const START = { index: 1, term: term(1, 'anna') };

/** Carl, who has just been elected over the log that it was given; its opening is not committed yet. */
function leader(
  entries = filler(2, 1, ''),
  members: Member[] = THREE,
): { solo: Solo; mine: string } {
  const log = stored('carl', members, entries);
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

function ack(inTerm: string, index: number, more: Partial<Appended> = {}): Appended {
  return {
    type: 'APPENDED',
    term: inTerm,
    ok: true,
    match: { index, term: inTerm },
    beat: 0,
    ...more,
  };
}

describe('committing', () => {
  test('R4: an older entry is committed only with one of the own term', () => {
    const { solo, mine } = leader(filler(2, 5, term(1, 'bert')));
    // A majority holds everything of the older terms; that is not enough.
    solo.write();
    solo.receive('anna', ack(mine, 5));
    solo.receive('bert', ack(mine, 5));
    expect(solo.node.replica.commitIndex).toBe(1);
    solo.receive('anna', ack(mine, 6));
    expect(solo.node.replica.commitIndex).toBe(6);
  });

  test('R3, G1: what is acknowledged of a log that has not come to the generation yet does not count', () => {
    const { solo, mine } = leader();
    solo.write();
    solo.receive('anna', ack(mine, 2), 'oldergeneration1');
    expect(solo.node.replica.commitIndex).toBe(1);
    // Nor does it keep the leader from beginning again.
    solo.receive('anna', ack(mine, 0, { ok: false, match: { index: 0, term: '' } }));
    expect(solo.all('APPEND', 'anna').at(-1)).toMatchObject({ previous: { index: 0 } });
    solo.receive('anna', ack(mine, 2));
    expect(solo.node.replica.commitIndex).toBe(2);
  });

  test('R2: the leader sends before its own write is durable, and counts itself only afterwards', () => {
    const { solo, mine } = leader();
    expect(solo.all('APPEND', 'anna')).toHaveLength(1);
    expect(solo.disk.load()?.entries ?? []).toEqual([]);
    solo.receive('anna', ack(mine, 2));
    expect(solo.node.replica.commitIndex).toBe(1);
    solo.write();
    expect(solo.node.replica.commitIndex).toBe(2);
  });

  test('R4: two followers are a majority of three without the leader', () => {
    const { solo, mine } = leader();
    solo.receive('anna', ack(mine, 2));
    solo.receive('bert', ack(mine, 2));
    expect(solo.node.replica.commitIndex).toBe(2);
  });

  test('R4: acknowledgements of another term, or from strangers, do not count', () => {
    const { solo, mine } = leader();
    solo.write();
    solo.receive('anna', ack(term(1, 'anna'), 2));
    solo.receive('zora', ack(mine, 2));
    expect(solo.node.replica.commitIndex).toBe(1);
  });

  test('R4: a learner never counts', () => {
    const members = [member('anna', 1, false), member('bert', 2), member('carl', 3)];
    const { solo, mine } = leader([], members);
    solo.write();
    solo.receive('anna', ack(mine, 2));
    expect(solo.node.replica.commitIndex).toBe(1);
    solo.receive('bert', ack(mine, 2));
    expect(solo.node.replica.commitIndex).toBe(2);
  });

  test('R4: a late or doubled acknowledgement takes nothing back', () => {
    const { solo, mine } = leader();
    solo.write();
    solo.receive('anna', ack(mine, 2));
    solo.receive('anna', ack(mine, 1));
    solo.receive('anna', ack(mine, 2));
    expect(solo.node.leadership?.replication.matchOf('anna')).toBe(2);
    expect(solo.node.replica.commitIndex).toBe(2);
  });

  test('S4: what becomes durable after it stepped down is not its to commit', () => {
    const { solo, mine } = leader();
    solo.receive('anna', ack(mine, 2));
    solo.receive('bert', {
      type: 'REFUSE',
      term: mine,
      promised: term(9, 'bert'),
      reason: 'promised',
      leader: null,
    });
    expect(solo.node.leadership).toBeNull();
    solo.write();
    expect(solo.node.replica.commitIndex).toBe(1);
  });
});

describe('sending', () => {
  test('R5: at most four batches of 256 are under way; the rest follows the answers', () => {
    const { solo, mine } = leader();
    solo.write();
    solo.receive('anna', ack(mine, 2));
    solo.receive('bert', ack(mine, 2));
    const bodies = Array.from({ length: 2000 }, (_, i) => i);
    solo.command({ type: 'submit', bodies });
    solo.write();
    const batches = (): number[] =>
      solo
        .all('APPEND', 'anna')
        .map(({ entries }) => entries.length)
        .filter((n) => n > 1);
    const first = batches();
    expect(first.length).toBeLessThanOrEqual(4);
    expect(Math.max(...first)).toBeLessThanOrEqual(256);
    let sent = 2 + first.reduce((a, b) => a + b, 0);
    for (let i = 0; i < 20 && sent < 2002; i++) {
      solo.receive('anna', ack(mine, sent));
      const now = batches();
      expect(now.length).toBeGreaterThan(0);
      sent = 2 + now.reduce((a, b) => a + b, 0);
    }
    expect(solo.all('APPEND', 'anna').at(-1)?.entries.at(-1)?.index ?? sent).toBeGreaterThan(1000);
  });

  test('R1: a follower whose log ends early, or has parted, is found in two steps', () => {
    const { solo, mine } = leader(filler(2, 50, term(1, 'bert')));
    solo.write();
    solo.receive('anna', ack(mine, 1, { ok: false, match: START }));
    expect(solo.all('APPEND', 'anna').at(-1)).toMatchObject({ previous: START });
    expect(solo.all('APPEND', 'anna').at(-1)?.entries).toHaveLength(50);
    // Bert names an entry that the leader does not hold; then its commit index.
    solo.receive('bert', ack(mine, 1, { ok: false, match: { index: 40, term: term(1, 'carl') } }));
    expect(solo.all('APPEND', 'bert').at(-1)?.previous.index).toBe(39);
    solo.receive('bert', ack(mine, 1, { ok: false, match: START }));
    expect(solo.all('APPEND', 'bert').at(-1)?.previous).toEqual(START);
  });

  test('R1: copies of a refusal are answered once, until the next heartbeat has tried again', () => {
    const { solo, mine } = leader(filler(2, 9, term(1, 'bert')));
    const refusal = ack(mine, 4, { ok: false, match: { index: 4, term: term(1, 'bert') } });
    const before = solo.all('APPEND', 'anna').length;
    for (let copy = 0; copy < 5; copy++) solo.receive('anna', refusal);
    expect(solo.all('APPEND', 'anna').slice(before)).toMatchObject([{ previous: { index: 4 } }]);
    // That one was lost.
    solo.pass(solo.node.config.timing.heartbeat);
    for (let copy = 0; copy < 5; copy++) solo.receive('anna', { ...refusal, beat: 1 });
    expect(solo.all('APPEND', 'anna').slice(before)).toMatchObject([
      { previous: { index: 4 } },
      { previous: { index: 10 }, beat: 1 },
      { previous: { index: 4 } },
    ]);
  });

  test('R1, S9: who says to lack what it has acknowledged gets it once more: two pages may have its identity', () => {
    const { solo, mine } = leader(filler(2, 9, term(1, 'bert')));
    solo.receive('anna', ack(mine, 10));
    const before = solo.all('APPEND', 'anna').length;
    const refusal = ack(mine, 4, {
      ok: false,
      match: { index: 4, term: term(1, 'bert') },
      beat: 1,
    });
    for (let copy = 0; copy < 5; copy++) solo.receive('anna', refusal);
    expect(solo.all('APPEND', 'anna').slice(before)).toMatchObject([{ previous: { index: 4 } }]);
  });

  test('R5: commit news goes out at once to who has nothing coming, also when its answer was late', () => {
    const { solo, mine } = leader();
    solo.write();
    solo.receive('anna', ack(mine, 2));
    expect(solo.all('APPEND', 'anna').at(-1)).toMatchObject({ entries: [], commit: 2 });
    expect(solo.all('APPEND', 'bert').at(-1)?.commit).toBe(1);
    solo.receive('bert', ack(mine, 2));
    expect(solo.all('APPEND', 'bert').at(-1)).toMatchObject({ entries: [], commit: 2 });
    const before = solo.sent.length;
    solo.receive('bert', ack(mine, 2));
    expect(solo.sent).toHaveLength(before);
  });

  test('R7: without acknowledgements for a second it pauses, says so, and resumes', () => {
    const { solo, mine } = leader();
    solo.write();
    solo.receive('anna', ack(mine, 2));
    expect(solo.node.leadership?.replication.quorum).toBe(true);
    solo.pass(1500);
    expect(solo.node.leadership?.replication.quorum).toBe(false);
    expect(solo.all('APPEND', 'anna').at(-1)?.quorum).toBe(false);
    const request = solo.command({ type: 'submit', bodies: ['no'] });
    solo.write();
    expect(solo.node.replica.log.lastIndex).toBe(2);
    solo.receive('anna', ack(mine, 2, { beat: 1 }));
    expect(solo.node.leadership?.replication.quorum).toBe(true);
    solo.write();
    expect(solo.node.replica.log.lastIndex).toBe(3);
    solo.receive('anna', ack(mine, 3));
    expect(solo.replies.get(request)).toMatchObject({ ok: true });
  });
});

describe('the follower', () => {
  function follower(entries = filler(2, 5, term(2, 'bert'))): Solo {
    return new Solo('anna', { priority: 1, stored: stored('anna', THREE, entries) });
  }
  function append(
    solo: Solo,
    previous: { index: number; term: string },
    entries = filler(1, 0, ''),
    more: { commit?: number; beat?: number; by?: string } = {},
  ): void {
    solo.receive('carl', {
      type: 'APPEND',
      term: more.by ?? term(3, 'carl'),
      previous,
      entries,
      commit: more.commit ?? 1,
      beat: more.beat ?? 0,
      quorum: true,
    });
  }
  const END = { index: 5, term: term(2, 'bert') };

  test('R3: it acknowledges once the entries and the promise are durable', () => {
    const solo = follower();
    append(solo, END, [entry(6, term(3, 'carl'))]);
    expect(solo.all('APPENDED')).toEqual([]);
    solo.write();
    expect(solo.all('APPENDED')).toMatchObject([{ ok: true, match: { index: 6 } }]);
    expect(solo.disk.load()?.meta.promised).toBe(term(3, 'carl'));
  });

  test('R1: what does not fit is refused with the end of the log, or the last committed entry', () => {
    const solo = follower();
    append(solo, { index: 9, term: term(3, 'carl') });
    solo.write();
    append(solo, { index: 4, term: term(3, 'carl') }, [], { beat: 1 });
    expect(solo.all('APPENDED')).toMatchObject([
      { ok: false, match: END },
      { ok: false, match: START },
    ]);
    expect(solo.node.replica.log.lastIndex).toBe(5);
  });

  test('R1: what has parted goes, and is not durable any more', () => {
    const solo = follower();
    append(solo, { index: 3, term: term(2, 'bert') }, [entry(4, term(3, 'carl'))]);
    expect(solo.node.replica.log.lastIndex).toBe(4);
    expect(solo.node.replica.durableIndex).toBe(3);
    append(solo, { index: 4, term: term(3, 'carl') }, [], { beat: 1 });
    expect(solo.all('APPENDED').at(-1)).toMatchObject({ ok: true, match: { index: 3 } });
    solo.write();
    expect(solo.node.replica.durableIndex).toBe(4);
  });

  test('R1: an APPEND that comes late takes nothing back', () => {
    const solo = follower();
    append(solo, END, filler(6, 9, term(3, 'carl')));
    append(solo, END, [entry(6, term(3, 'carl'))]);
    append(solo, END);
    solo.write();
    expect(solo.node.replica.log.lastIndex).toBe(9);
  });

  test('S6: what is committed is never taken back', () => {
    const solo = follower();
    append(solo, END, [entry(6, term(3, 'carl'))], { commit: 6 });
    expect(solo.node.replica.commitIndex).toBe(6);
    expect(() =>
      append(solo, { index: 4, term: term(2, 'bert') }, [entry(5, term(4, 'carl'))], {
        by: term(4, 'carl'),
      }),
    ).toThrow('S6');
  });

  test("R4: it commits no further than it knows its log to be the leader's", () => {
    const solo = follower();
    append(solo, { index: 3, term: term(2, 'bert') }, [], { commit: 5, beat: 1 });
    expect(solo.node.replica.commitIndex).toBe(3);
  });

  test('R3: a heartbeat is answered with what is durable; other empty ones need no answer', () => {
    const solo = follower();
    append(solo, END, filler(6, 7, term(3, 'carl')));
    append(solo, { index: 7, term: term(3, 'carl') });
    append(solo, { index: 7, term: term(3, 'carl') }, [], { beat: 4 });
    expect(solo.all('APPENDED')).toMatchObject([{ ok: true, match: { index: 5 }, beat: 4 }]);
  });

  test('R6: a heartbeat from before its snapshot is answered from there', () => {
    const log = stored('anna', THREE, [], { promised: term(3, 'carl') });
    const snapshot = {
      at: { index: 30, term: term(3, 'carl') },
      settings:
        log.entries[0]?.command.kind === 'founding'
          ? log.entries[0].command.settings
          : ({} as never),
      members: THREE,
      generations: [{ id: 'firstgeneration1', at: START }],
      sessions: [],
      machine: [],
    };
    const solo = new Solo('anna', { priority: 1, stored: { ...log, snapshot, entries: [] } });
    append(solo, { index: 12, term: term(3, 'carl') }, [], { beat: 2 });
    append(solo, { index: 12, term: term(3, 'carl') }, filler(13, 20, term(3, 'carl')));
    solo.write();
    expect(solo.all('APPENDED')).toMatchObject([
      { ok: true, match: { index: 30 } },
      { ok: true, match: { index: 30 } },
    ]);
  });

  test("R1: in whatever order and however often they come, appends make the leader's log", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 12 }), (seed, length) => {
        const random = seeded(seed);
        const solo = follower();
        const log = [...filler(2, 5, term(2, 'bert')), ...filler(6, 5 + length, term(3, 'carl'))];
        const full = [entry(1, START.term), ...log];
        for (let i = 0; i < 60; i++) {
          const from = 3 + Math.floor(random() * (length + 3));
          const previous = full[from - 2];
          const count = Math.floor(random() * 4);
          const entries = full.slice(from - 1, from - 1 + count);
          if (previous) append(solo, { index: previous.index, term: previous.term }, entries);
          if (random() < 0.3) solo.write();
        }
        // As the leader would in the end: from what is surely common.
        append(solo, START, full.slice(1));
        solo.write();
        expect(
          solo.node.replica.log.slice(2, Infinity).map(({ index, term: at }) => [index, at]),
        ).toEqual(full.slice(1).map(({ index, term: at }) => [index, at]));
        expect(solo.node.replica.durableIndex).toBe(full.length);
      }),
    );
  });
});

describe('under loss, doubling and overtaking', () => {
  test('R1, R5: everything arrives everywhere, in order', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = seeded(seed);
        const harness = new Harness({ seed });
        for (const [i, id] of ['anna', 'bert', 'carl'].entries()) harness.start(id, i + 1);
        harness.settle();
        harness.run(1000);
        harness.fate = () => {
          if (random() < 0.1) return 'lose';
          return random() < 0.3 ? [random() * 300, random() * 300] : random() * 50;
        };
        for (let i = 0; i < 40; i++) harness.ask('bert', { type: 'submit', bodies: [i] });
        harness.run(3000);
        harness.fate = () => 'pass';
        harness.settle(20_000);
        expect(harness.bodies('anna')).toHaveLength(40);
        expect(harness.bodies('anna')).toEqual(harness.bodies('carl'));
        expect(new Set(harness.bodies('bert')).size).toBe(40);
      }),
      { numRuns: 15 },
    );
  });
});

describe('applying', () => {
  test('S7: an operation that stands in the log twice is applied once', () => {
    const entries = [
      entry(2, term(2, 'bert'), operation('anna', 1, 'visitor', term(2, 'bert'), 1)),
      entry(3, term(2, 'bert'), operation('anna', 1, 'visitor', term(2, 'bert'), 2)),
    ];
    const solo = new Solo('anna', { stored: stored('anna', THREE, entries, { committed: 3 }) });
    expect(solo.tally.bodies).toEqual(['visitor']);
    expect(
      solo.node.replica.committed(2, 3).map(({ duplicate, outcome }) => [duplicate, outcome]),
    ).toEqual([
      [false, 1],
      [true, 1],
    ]);
  });

  test('S5: a token that falls along the committed log stops the node', () => {
    const entries = [
      entry(2, term(2, 'bert'), operation('anna', 1, 'a', term(2, 'bert'), 7)),
      entry(3, term(2, 'bert'), operation('anna', 2, 'b', term(2, 'bert'), 6)),
    ];
    expect(
      () => new Solo('anna', { stored: stored('anna', THREE, entries, { committed: 3 }) }),
    ).toThrow('S5');
  });

  test('S9: a store that belongs to another identity stops the node', () => {
    expect(() => new Solo('bert', { stored: stored('anna', THREE) })).toThrow('S9');
  });

  test('R6: two intervals stay in the log, and what is stored says the same after a restart', () => {
    const harness = new Harness({ snapshotInterval: 10 });
    harness.start('anna', 1);
    harness.settle();
    for (let i = 0; i < 95; i++) harness.submit('anna', i);
    harness.run(1000);
    const { replica } = harness.node('anna');
    expect(replica.commitIndex).toBe(97);
    expect(replica.log.base.index).toBe(80);
    expect(replica.committed(1, Infinity)[0]?.entry.index).toBe(81);
    expect(harness.disk('anna').load()?.snapshot?.at.index).toBe(80);
    harness.start('anna', 1);
    expect(harness.node('anna').replica.commitIndex).toBe(97);
    expect(harness.bodies('anna')).toHaveLength(95);
  });
});
