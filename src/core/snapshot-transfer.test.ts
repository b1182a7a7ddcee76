import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Append, Message } from './messages.ts';
import type { Snapshot } from './stored.ts';
import {
  entry,
  filler,
  founding,
  GENERATION,
  member,
  SETTINGS,
  stored,
  term,
} from './testing/fixtures.ts';
import { Solo } from './testing/solo.ts';

const THREE = [member('anna', 1), member('bert', 2), member('carl', 3)];

function snapshotAt(index: number, inTerm: string): { snapshot: Snapshot; text: string } {
  const snapshot: Snapshot = {
    at: { index, term: inTerm },
    settings: SETTINGS,
    members: THREE,
    generations: [{ id: GENERATION, at: { index: 1, term: term(1, 'anna') } }],
    sessions: [],
    machine: ['from the snapshot'],
  };
  return { snapshot, text: JSON.stringify(snapshot) };
}

function append(inTerm: string, previous: Append['previous'], more: Partial<Append> = {}): Message {
  return {
    type: 'APPEND',
    term: inTerm,
    previous,
    entries: [],
    commit: 1,
    beat: 0,
    quorum: true,
    ...more,
  };
}

describe('a snapshot that comes late', () => {
  /** Anna was offered a snapshot at 4 by carl; meanwhile bert leads and she holds 1 to 6 durably. */
  function overtaken(): { solo: Solo; text: string } {
    const solo = new Solo('anna', { priority: 1, stored: stored('anna', THREE) });
    const { snapshot, text } = snapshotAt(4, term(2, 'carl'));
    const { at } = snapshot;
    solo.receive('carl', append(term(2, 'carl'), { index: 1, term: term(1, 'anna') }, { beat: 1 }));
    solo.receive('carl', { type: 'SNAPSHOT_OFFER', term: term(2, 'carl'), at, size: text.length });
    expect(solo.all('SNAPSHOT_FETCH', 'carl')).toHaveLength(1);
    const entries = [...filler(2, 5, term(2, 'carl')), entry(6, term(3, 'bert'))];
    const start = { index: 1, term: term(1, 'anna') };
    solo.receive('bert', append(term(3, 'bert'), start, { entries }));
    solo.write();
    expect(solo.all('APPENDED', 'bert').at(-1)).toMatchObject({ ok: true, match: { index: 6 } });
    return { solo, text };
  }

  test('R6: takes back nothing that was acknowledged', () => {
    const { solo, text } = overtaken();
    const at = { index: 4, term: term(2, 'carl') };
    solo.receive('carl', { type: 'SNAPSHOT_CHUNK', at, offset: 0, size: text.length, data: text });
    solo.write();
    expect(solo.node.replica.log.last).toEqual({ index: 6, term: term(3, 'bert') });
    expect(solo.node.replica.durableIndex).toBe(6);
  });

  test('R6: does not take a log away that holds its position, whoever sent it', () => {
    const { solo } = overtaken();
    const { snapshot, text } = snapshotAt(4, term(2, 'carl'));
    const { at } = snapshot;
    solo.receive('bert', { type: 'SNAPSHOT_OFFER', term: term(3, 'bert'), at, size: text.length });
    solo.receive('bert', { type: 'SNAPSHOT_CHUNK', at, offset: 0, size: text.length, data: text });
    solo.write();
    expect(solo.node.replica.log.last).toEqual({ index: 6, term: term(3, 'bert') });
  });
});

test('R3: a snapshot is acknowledged, to a heartbeat too, only once it is durable', () => {
  const solo = new Solo('anna', { priority: 1, stored: stored('anna', THREE) });
  const carl = term(2, 'carl');
  const { snapshot, text } = snapshotAt(4, carl);
  const { at } = snapshot;
  solo.receive('carl', append(carl, { index: 1, term: term(1, 'anna') }, { beat: 1 }));
  solo.write();
  solo.receive('carl', { type: 'SNAPSHOT_OFFER', term: carl, at, size: text.length });
  solo.receive('carl', { type: 'SNAPSHOT_CHUNK', at, offset: 0, size: text.length, data: text });
  solo.take('APPENDED');
  solo.receive('carl', append(carl, at, { commit: 4, beat: 2 }));
  expect(solo.take('APPENDED')).toEqual([]);
  solo.write();
  const acknowledged = solo.take('APPENDED').map(({ message }) => message);
  expect(acknowledged).toContainEqual({
    type: 'APPENDED',
    term: carl,
    ok: true,
    match: at,
    beat: 2,
  });
});

describe('a leader that is offered a snapshot', () => {
  function leader(): Solo {
    const solo = new Solo('carl', { priority: 3, stored: stored('carl', THREE) });
    solo.command({ type: 'start-election' });
    solo.write();
    const last = { index: 1, term: term(1, 'anna') };
    const mine = solo.node.replica.promised;
    solo.receive('anna', { type: 'PROMISE', term: mine, last, members: THREE, tail: [] });
    solo.write();
    expect(solo.node.leadership?.term).toBe(mine);
    return solo;
  }

  test('R7: in a greater term: it leads no more, and only then takes it', () => {
    const solo = leader();
    const { snapshot, text } = snapshotAt(4, term(9, 'bert'));
    const { at } = snapshot;
    solo.receive('bert', { type: 'SNAPSHOT_OFFER', term: term(9, 'bert'), at, size: text.length });
    expect(solo.node.leadership).toBeNull();
    solo.receive('bert', { type: 'SNAPSHOT_CHUNK', at, offset: 0, size: text.length, data: text });
    solo.write();
    expect(solo.node.replica.log.last).toEqual(at);
    expect(solo.tally.bodies).toEqual(['from the snapshot']);
  });

  test('R6: in its own term, late, from a voter that it had asked: it takes nothing', () => {
    const solo = leader();
    const mine = solo.node.replica.promised;
    const { snapshot, text } = snapshotAt(4, term(2, 'anna'));
    const { at } = snapshot;
    solo.receive('anna', { type: 'SNAPSHOT_OFFER', term: mine, at, size: text.length });
    expect(solo.node.leadership).not.toBeNull();
    expect(solo.all('SNAPSHOT_FETCH')).toHaveLength(0);
  });

  test('R6: in an older term: it is told of the greater promise', () => {
    const solo = leader();
    const { at } = snapshotAt(4, term(1, 'bert')).snapshot;
    solo.receive('bert', { type: 'SNAPSHOT_OFFER', term: term(1, 'bert'), at, size: 10 });
    expect(solo.all('REFUSE', 'bert')).toMatchObject([{ reason: 'promised' }]);
    expect(solo.all('SNAPSHOT_FETCH')).toHaveLength(0);
  });
});

describe('fetching', () => {
  const SIZE = 200_000;
  const at = { index: 4, term: term(2, 'carl') };
  const offer: Message = { type: 'SNAPSHOT_OFFER', term: term(2, 'carl'), at, size: SIZE };

  function follower(): Solo {
    return new Solo('anna', { priority: 1, stored: stored('anna', THREE) });
  }

  test('R6: an offer of what is committed here already is no use', () => {
    const entries = filler(2, 6, term(2, 'carl'));
    const log = stored('anna', THREE, entries, { committed: 6 });
    const solo = new Solo('anna', { priority: 1, stored: log });
    solo.receive('carl', offer);
    expect(solo.all('SNAPSHOT_FETCH')).toEqual([]);
  });

  test('R6: the same offer again does not start it again, nor does the first APPEND of the same leader', () => {
    const solo = follower();
    solo.receive('carl', offer);
    const chunk = {
      type: 'SNAPSHOT_CHUNK',
      at,
      offset: 0,
      size: SIZE,
      data: 'x'.repeat(1000),
    } as const;
    solo.receive('carl', chunk);
    solo.receive('carl', append(term(2, 'carl'), { index: 9, term: term(2, 'carl') }, { beat: 1 }));
    solo.receive('carl', offer);
    solo.fire('fetch');
    expect(solo.all('SNAPSHOT_FETCH', 'carl').map(({ offset }) => offset)).toEqual([0, 1000, 1000]);
  });

  test('R6: a chunk that comes twice, early or from another is ignored', () => {
    const solo = follower();
    solo.receive('carl', offer);
    const chunk = {
      type: 'SNAPSHOT_CHUNK',
      at,
      offset: 0,
      size: SIZE,
      data: 'x'.repeat(1000),
    } as const;
    solo.receive('bert', chunk);
    solo.receive('carl', { ...chunk, offset: 5000 });
    solo.receive('carl', { ...chunk, at: { index: 3, term: at.term } });
    expect(solo.all('SNAPSHOT_FETCH')).toHaveLength(1);
    solo.receive('carl', chunk);
    solo.receive('carl', chunk);
    expect(solo.all('SNAPSHOT_FETCH')).toHaveLength(2);
  });

  test('R6: under another leader the fetch ends', () => {
    const solo = follower();
    solo.receive('carl', offer);
    solo.receive('bert', append(term(3, 'bert'), { index: 1, term: term(1, 'anna') }, { beat: 1 }));
    expect(solo.timers.has('fetch')).toBe(false);
  });

  test('R6: what is no snapshot is refused, and the log stays', () => {
    const solo = follower();
    const data = '{"at":1}';
    solo.receive('carl', { ...offer, size: data.length });
    solo.receive('carl', { type: 'SNAPSHOT_CHUNK', at, offset: 0, size: data.length, data });
    expect(solo.refused).toEqual([expect.stringMatching(/^carl: snapshot: /)]);
    expect(solo.node.replica.log.lastIndex).toBe(1);
  });

  test.each([
    ['with records that are none', { sessions: [['anna', 1, 'none']] }, 'sessions'],
    ['that its machine did not make', { machine: { bodies: 7 } }, 'not a list'],
    ['of another position', { at: { index: 5, term: term(2, 'carl') } }, 'another one'],
  ])('R6: one %s is refused whole: nothing has changed, and the node goes on', (_, bad, why) => {
    const solo = follower();
    solo.node.replica.commitTo(1);
    const before = solo.node.view();
    const data = JSON.stringify({ ...snapshotAt(4, term(2, 'carl')).snapshot, ...bad });
    solo.receive('carl', { ...offer, size: data.length });
    solo.receive('carl', { type: 'SNAPSHOT_CHUNK', at, offset: 0, size: data.length, data });
    solo.write();
    expect(solo.refused).toEqual([expect.stringContaining(why)]);
    expect(solo.node.view()).toEqual(before);
    expect(solo.node.replica.log.last).toEqual({ index: 1, term: term(1, 'anna') });
    solo.receive('carl', append(term(2, 'carl'), { index: 1, term: term(1, 'anna') }, { beat: 1 }));
    solo.write();
    expect(solo.all('APPENDED', 'carl').at(-1)).toMatchObject({ ok: true });
  });

  test('R6: it arrives whole, however it is cut, and whatever chunks are lost, doubled or late', () => {
    const chance = fc.record({ length: fc.integer({ min: 1, max: 200 }), fate: fc.nat(4) });
    fc.assert(
      fc.property(fc.array(chance, { maxLength: 60 }), (chances) => {
        const solo = follower();
        const { snapshot, text } = snapshotAt(4, term(2, 'carl'));
        solo.receive('carl', { ...offer, size: text.length });
        const chunk = (offset: number, length: number): Message => {
          const data = text.slice(offset, offset + length);
          return { type: 'SNAPSHOT_CHUNK', at, offset, size: text.length, data };
        };
        const wanted = (): number => solo.all('SNAPSHOT_FETCH', 'carl').at(-1)?.offset ?? 0;
        for (const { length, fate } of chances) {
          if (!solo.timers.has('fetch')) break;
          if (fate === 0) solo.fire('fetch');
          if (fate === 1) solo.receive('carl', chunk(wanted() + 1, length));
          if (fate === 2) solo.receive('carl', chunk(0, length));
          if (fate > 2) solo.receive('carl', chunk(wanted(), length));
        }
        while (solo.timers.has('fetch')) solo.receive('carl', chunk(wanted(), 50));
        solo.write();
        expect(solo.refused).toEqual([]);
        expect(solo.node.replica.log.last).toEqual(snapshot.at);
        expect(solo.tally.bodies).toEqual(snapshot.machine);
      }),
    );
  });

  test('G1: what one park had offered is not put over the log of another that came meanwhile', () => {
    const solo = new Solo('vera');
    const old = term(5, 'anna');
    const { snapshot, text } = snapshotAt(40, old);
    const { at } = snapshot;
    solo.receive('anna', append(old, { index: 90, term: old }, { beat: 1 }), GENERATION);
    // The offer comes late, and under the promise that anna has given since.
    const entries = [
      entry(1, term(1, 'bert'), founding([member('bert', 2)], 'otherfounding111')),
      ...filler(2, 3, term(6, 'bert')),
    ];
    const whole = append(term(6, 'bert'), { index: 0, term: '' }, { entries, commit: 3 });
    const offer = { type: 'SNAPSHOT_OFFER', term: term(7, 'anna'), at, size: text.length } as const;
    const head = append(term(6, 'bert'), { index: 3, term: term(6, 'bert') }, { beat: 1 });
    solo.receive('bert', head, 'otherfounding111');
    solo.receive('anna', offer, GENERATION);
    solo.receive('bert', whole, 'otherfounding111');
    solo.write();
    const acknowledged = { ok: true, match: { index: 3, term: term(6, 'bert') } };
    expect(solo.all('APPENDED', 'bert').at(-1)).toMatchObject(acknowledged);
    const chunk = { type: 'SNAPSHOT_CHUNK', at, offset: 0, size: text.length, data: text } as const;
    solo.receive('anna', chunk, GENERATION);
    solo.write();
    expect(solo.node.context.generation).toBe('otherfounding111');
    expect(solo.node.replica.commitIndex).toBe(3);
  });

  test('R6: a chunk of another size than was offered ends the fetch', () => {
    const solo = follower();
    solo.receive('carl', offer);
    const data = 'x'.repeat(1000);
    solo.receive('carl', { type: 'SNAPSHOT_CHUNK', at, offset: 0, size: SIZE + 1, data });
    expect(solo.refused).toHaveLength(1);
    expect(solo.timers.has('fetch')).toBe(false);
  });
});
