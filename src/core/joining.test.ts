import { describe, expect, test } from 'vitest';
import { MAX_KNOWN } from './joining.ts';
import type { Message } from './messages.ts';
import {
  founding,
  entry,
  filler,
  GENERATION,
  hello,
  member,
  stored,
  term,
} from './testing/fixtures.ts';
import { Solo } from './testing/solo.ts';

const anna = member('anna', 1);
const bert = member('bert', 2);
const START = { index: 1, term: term(1, 'anna') };
const PEER = { id: 'anna', priority: 1, name: 'Gate anna' };

function blank(): Solo {
  return new Solo('bert', { priority: 2 });
}

describe('founding', () => {
  test('J1: alone, it founds: entry 1 holds the generation, the settings and the first voter', () => {
    const solo = blank();
    solo.event({ type: 'members', members: [] });
    const { replica } = solo.node;
    expect(replica.log.at(1)?.command).toMatchObject({
      kind: 'founding',
      generation: solo.node.view().generation,
      settings: { capacity: 10 },
      members: [bert],
    });
    solo.pass(1);
    solo.write();
    solo.write();
    expect(solo.node.leadership).not.toBeNull();
  });

  test('G1: who founds a park takes nothing any more of the one that it was about to join', () => {
    const solo = blank();
    const append = (index: number, at: string): Message => ({
      type: 'APPEND',
      term: at,
      previous: { index, term: index === 0 ? '' : START.term },
      entries: [entry(index + 1, START.term, founding([anna]))],
      commit: index + 1,
      beat: 0,
      quorum: true,
    });
    // It comes too late to be taken, but its leader is followed.
    solo.receive('anna', append(4, term(1, 'anna')), GENERATION);
    solo.pass(10_000);
    solo.event({ type: 'members', members: [] });
    solo.write();
    const { generation } = solo.node.view();
    expect([generation, solo.node.replica.log.lastIndex]).not.toContain(GENERATION);
    solo.receive('anna', append(0, term(9, 'anna')), GENERATION);
    expect(solo.node.view().generation).toBe(generation);
    expect(solo.node.replica.promised < term(9, 'anna')).toBe(true);
  });

  test('J1: never before the coordinator has answered', () => {
    const solo = blank();
    solo.pass(60_000);
    expect(solo.node.replica.log.lastIndex).toBe(0);
  });

  test('J1: not beside somebody that is listed, linked, or was met', () => {
    const listed = blank();
    listed.event({ type: 'members', members: [PEER] });
    listed.pass(10_000);
    expect(listed.node.replica.log.lastIndex).toBe(0);
    const linked = blank();
    linked.link('anna');
    linked.event({ type: 'members', members: [] });
    linked.pass(10_000);
    expect(linked.node.replica.log.lastIndex).toBe(0);
    linked.receive('anna', hello(), GENERATION);
    linked.link('anna', 'closed');
    linked.pass(10_000);
    expect(linked.node.replica.log.lastIndex).toBe(0);
    // Until the coordinator says that it is gone.
    linked.event({ type: 'hint', peer: 'anna' });
    expect(linked.node.replica.log.lastIndex).toBe(1);
  });

  test('J1: of blank ones that see each other the greatest founds', () => {
    const greater = blank();
    greater.event({ type: 'members', members: [PEER] });
    greater.link('anna');
    greater.receive('anna', hello({ generations: [], last: { index: 0, term: '' } }), '');
    greater.pass(1000);
    expect(greater.node.replica.log.lastIndex).toBe(1);
    const lesser = blank();
    const carl = { id: 'carl', priority: 3, name: 'Gate carl' };
    lesser.event({ type: 'members', members: [carl] });
    lesser.link('carl');
    lesser.receive(
      'carl',
      hello({ peer: carl, generations: [], last: { index: 0, term: '' } }),
      '',
    );
    lesser.pass(10_000);
    expect(lesser.node.replica.log.lastIndex).toBe(0);
  });
});

describe('HELLO', () => {
  test('J2: it goes over every new link, and is answered if that is wished', () => {
    const solo = blank();
    solo.link('anna');
    expect(solo.all('HELLO', 'anna')).toMatchObject([{ wantsReply: true, generations: [] }]);
    solo.receive('anna', hello({ wantsReply: true }), GENERATION);
    expect(solo.all('HELLO', 'anna')).toMatchObject([{ wantsReply: true }, { wantsReply: false }]);
    solo.receive('anna', hello({ wantsReply: false }), GENERATION);
    expect(solo.all('HELLO', 'anna')).toHaveLength(2);
  });

  test('J3: who is told of a leader that does not know it asks to join', () => {
    const solo = blank();
    solo.link('anna');
    solo.receive('anna', hello({ leader: 'anna' }), GENERATION);
    expect(solo.all('JOIN', 'anna')).toMatchObject([{ peer: { id: 'bert', priority: 2 } }]);
  });

  test('J3: one whose link was not open yet is asked again as soon as it is', () => {
    const solo = blank();
    const carl = { id: 'carl', priority: 3, name: 'Gate Carl' };
    solo.link('carl');
    solo.receive('carl', hello({ peer: carl, leader: 'anna' }), GENERATION);
    solo.receive('carl', hello({ peer: carl, leader: 'anna' }), GENERATION);
    expect(solo.all('JOIN', 'anna')).toHaveLength(1);
    solo.link('anna');
    solo.receive('anna', hello({ leader: 'anna' }), GENERATION);
    solo.receive('anna', hello({ leader: 'anna' }), GENERATION);
    expect(solo.all('JOIN', 'anna')).toHaveLength(2);
  });

  test('J3: who is a member there waits for the leader', () => {
    const log = stored('bert', [anna, bert]);
    const solo = new Solo('bert', { priority: 2, stored: log });
    solo.link('anna');
    solo.receive('anna', hello({ leader: 'anna', knowsYou: true }));
    expect(solo.all('JOIN')).toEqual([]);
  });

  /**
   * Bert is a voter by his own log, which ends in term 2, has promised term 9, and hears no leader. Anna leads a generation
   * that a forced ballot of term 5 began, and that nobody has committed.
   */
  function forcedMeanwhile(countsOnYou: boolean): Solo {
    const log = stored('bert', [anna, bert, member('carl', 3)], filler(2, 6, term(2, 'carl')));
    const meta = { ...log.meta, promised: term(9, 'carl') };
    const solo = new Solo('bert', { priority: 2, stored: { ...log, meta } });
    const forced = { id: 'forced', at: { index: 4, term: term(5, 'anna') } };
    const generations = [{ id: GENERATION, at: START }, forced];
    const said = { generations, settled: false, holdsOperations: true, leader: 'anna' };
    solo.receive('anna', hello({ ...said, knowsYou: true, countsOnYou }), 'forced');
    return solo;
  }

  test('G4: a forced generation is expected by a voter of it that has promised more since, and by no learner', () => {
    const [voter, learner] = [true, false].map(forcedMeanwhile) as [Solo, Solo];
    expect(voter.node.joining.accepts('forced')).toBe(true);
    expect(learner.node.joining.accepts('forced')).toBe(false);
  });

  test('J2: nobody speaks in the name of another', () => {
    const solo = blank();
    solo.receive('carl', hello({ leader: 'carl' }), GENERATION);
    expect(solo.all('JOIN')).toEqual([]);
  });

  test('J3: a follower under another name or priority than the log knows asks to be entered anew', () => {
    const log = stored('bert', [anna, bert]);
    const solo = new Solo('bert', { priority: 9, stored: log });
    const append = {
      type: 'APPEND',
      term: term(3, 'anna'),
      previous: START,
      entries: [],
      commit: 1,
      beat: 1,
      quorum: true,
    } as const;
    solo.receive('anna', append);
    expect(solo.all('JOIN', 'anna')).toMatchObject([{ peer: { priority: 9 } }]);
  });
});

describe('who is known', () => {
  const listOf = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => ({ id: `n${String(from + i)}`, priority: 1 }));

  test('a coordinator that lists ever new nodes makes no node grow: the oldest are forgotten', () => {
    const solo = blank();
    for (let from = 0; from < 4 * MAX_KNOWN; from += 256)
      solo.event({ type: 'members', members: listOf(from, 256) });
    const known = solo.node.joining.peers().map(({ id }) => id);
    expect(known).toHaveLength(MAX_KNOWN);
    expect(known).toContain(`n${String(4 * MAX_KNOWN - 1)}`);
    expect(known).not.toContain('n0');
  });

  test('who comes, says HELLO and goes is forgotten in the end; who is linked and who is a member is not', () => {
    const solo = new Solo('bert', {
      priority: 2,
      stored: stored('bert', [anna, bert]),
    });
    solo.link('linked');
    for (let i = 0; i < 2 * MAX_KNOWN; i++) {
      const id = `n${String(i)}`;
      solo.link(id);
      solo.receive(id, hello({ peer: { id, priority: 1, name: id } }), '');
      solo.link(id, 'closed');
    }
    const { joining } = solo.node;
    expect(joining.peers().length).toBeLessThan(MAX_KNOWN);
    expect(joining.link('linked')).toBe('open');
    expect(solo.node.view().peers.map(({ id }) => id)).toEqual(expect.arrayContaining(['anna']));
  });
});

describe('generations', () => {
  const OTHER = 'othergeneration1';

  test('G1: what speaks of another log is dropped', () => {
    const solo = new Solo('bert', { priority: 2, stored: stored('bert', [anna, bert]) });
    const last = START;
    solo.receive(
      'anna',
      { type: 'PREPARE', term: term(9, 'anna'), peer: PEER, last, committed: last, without: null },
      OTHER,
    );
    solo.receive(
      'anna',
      {
        type: 'APPEND',
        term: term(9, 'anna'),
        previous: last,
        entries: [entry(2, term(9, 'anna'))],
        commit: 2,
        beat: 1,
        quorum: true,
      },
      OTHER,
    );
    solo.receive('anna', { type: 'I_AM_LEADER', term: term(9, 'anna') }, OTHER);
    solo.write();
    expect(solo.node.replica.promised).toBe(term(1, 'anna'));
    expect(solo.node.replica.log.lastIndex).toBe(1);
    expect(solo.node.follower.leader).toBeNull();
    expect(solo.all('PROMISE')).toEqual([]);
  });

  /** Bert, whose founding without visitors met anna's park and gave way. */
  function gaveWay(): Solo {
    const solo = new Solo('bert', { priority: 2, stored: stored('bert', [bert]) });
    solo.link('anna');
    const theirs = [{ id: OTHER, at: START }];
    solo.receive('anna', hello({ generations: theirs, holdsOperations: true }), OTHER);
    return solo;
  }

  test('L1: who promised a forced ballot, and is no member of what came of it, asks to join', () => {
    const promised = term(7, 'bert');
    const log = stored('bert', [anna, bert], [], { promised });
    const solo = new Solo('bert', { priority: 2, stored: log });
    const generations = [
      { id: GENERATION, at: START },
      { id: OTHER, at: { index: 5, term: promised } },
    ];
    solo.receive('anna', hello({ generations, leader: 'anna', holdsOperations: true }), OTHER);
    expect(solo.all('JOIN', 'anna')).toHaveLength(1);
    expect(solo.node.context.generation).toBe(GENERATION);
  });

  test('G3: to give way is durable: log and outbox are set aside, promise and sequence numbers stay', () => {
    const solo = gaveWay();
    expect(solo.node.context.generation).toBe('');
    solo.write();
    const found = solo.disk.load();
    expect(found?.entries).toEqual([]);
    expect(found?.meta).toMatchObject({ promised: term(1, 'bert'), committed: 0 });
    expect(found?.archives).toMatchObject([{ generation: GENERATION }]);
  });

  test('J5: blank, but with a promise on its disk, it writes that again with each look for a leader', () => {
    const solo = gaveWay();
    solo.write();
    const before = solo.effects.length;
    solo.pass(10_000);
    const writes = solo.effects
      .slice(before)
      .flatMap((effect) => (effect.type === 'persist' ? effect.writes : []));
    expect(writes.length).toBeGreaterThan(1);
    const meta = { promised: term(1, 'bert'), committed: 0 };
    for (const write of writes) expect(write).toMatchObject({ type: 'meta', meta });
  });

  test('J5: one that has never written anything has nothing to lose, and writes nothing', () => {
    const solo = blank();
    solo.link('anna');
    solo.pass(10_000);
    expect(solo.effects.filter(({ type }) => type === 'persist')).toEqual([]);
  });

  test('G1: it never takes anything of the generation that it has abandoned, also after a restart', () => {
    const solo = gaveWay();
    solo.write();
    const left = solo.disk.load();
    // What grew out of it holds what was acknowledged in it: both went aside together.
    const archives = left?.archives.map((one) => {
      return { ...one, generation: 'grown', ancestors: [GENERATION] };
    });
    const grown = left && archives ? { ...left, archives } : null;
    const again = [left, grown].map((disk) => new Solo('bert', { priority: 2, stored: disk }));
    for (const one of [solo, ...again]) {
      const entries = [entry(1, term(1, 'bert'), founding([bert]))];
      one.receive(
        'bert2',
        {
          type: 'APPEND',
          term: term(9, 'bert2'),
          previous: { index: 0, term: '' },
          entries,
          commit: 1,
          beat: 1,
          quorum: true,
        },
        GENERATION,
      );
      one.write();
      expect(one.node.replica.log.lastIndex).toBe(0);
      one.receive(
        'bert2',
        {
          type: 'PREPARE',
          term: term(10, 'bert2'),
          peer: { id: 'bert2', priority: 9, name: '' },
          last: START,
          committed: START,
          without: null,
        },
        GENERATION,
      );
      one.write();
      expect(one.all('PROMISE')).toEqual([]);
    }
  });

  test('G7: GAVE_WAY once the log is set aside durably, and again to whoever counts on this node there', () => {
    const solo = new Solo('bert', { priority: 2, stored: stored('bert', [bert, anna]) });
    solo.link('carl');
    const carl = { id: 'carl', priority: 3, name: 'Gate carl' };
    const theirs = [{ id: OTHER, at: START }];
    solo.receive('carl', hello({ peer: carl, generations: theirs, holdsOperations: true }), OTHER);
    solo.receive('anna', { type: 'PROBE', nonce: 1 }, GENERATION);
    expect(solo.all('GAVE_WAY')).toHaveLength(0);
    solo.write();
    expect(solo.all('GAVE_WAY', 'anna')).toHaveLength(2);
    solo.receive('anna', { type: 'PROBE', nonce: 2 }, GENERATION);
    solo.write();
    expect(solo.all('GAVE_WAY', 'anna')).toHaveLength(3);
    solo.receive('anna', { type: 'PROBE', nonce: 3 }, OTHER);
    solo.write();
    expect(solo.all('GAVE_WAY', 'anna')).toHaveLength(3);
    expect(solo.sent.filter(({ message }) => message.type === 'GAVE_WAY')).toMatchObject([
      { generation: GENERATION },
      { generation: GENERATION },
      { generation: GENERATION },
    ]);
  });

  test('G7: it does not vote in the old generation while that is the first part of the log that it takes', () => {
    const solo = gaveWay();
    const archive = { ...solo.node.joining.archives.list[0] };
    solo.receive(
      'anna',
      {
        type: 'APPEND',
        term: term(9, 'anna'),
        previous: { index: 0, term: '' },
        entries: [entry(1, term(1, 'bert'), founding([bert]))],
        commit: 1,
        beat: 1,
        quorum: false,
      },
      OTHER,
    );
    solo.write();
    expect(solo.node.context.generation).toBe(GENERATION);
    const peer = { id: 'carl', priority: 9, name: '' };
    const at = { last: START, committed: START };
    solo.receive('carl', { type: 'PREPARE', term: term(10, 'carl'), peer, ...at, without: null });
    solo.write();
    expect(solo.all('PROMISE')).toEqual([]);
    // Alone among the voters of that first part, it does not ask itself either: not by itself, and not when told to.
    solo.pass(10_000);
    solo.command({ type: 'start-election' });
    solo.pass(10_000);
    expect(solo.node.leadership).toBeNull();
    expect(solo.all('GAVE_WAY', 'carl')).toHaveLength(1);
    // Nor does it set that part aside in place of what it held there.
    const grown = [
      { id: GENERATION, at: { index: 1, term: term(1, 'bert') } },
      { id: 'thirdgeneration1', at: { index: 9, term: term(5, 'anna') } },
    ];
    solo.receive('anna', hello({ generations: grown, holdsOperations: true }), 'thirdgeneration1');
    solo.write();
    expect(solo.node.context.generation).toBe('');
    expect(solo.disk.load()?.archives).toEqual([archive]);
  });

  test('G1, R3: what it takes is acknowledged in the generation that it comes to hold', () => {
    const solo = gaveWay();
    const append = {
      type: 'APPEND',
      term: term(9, 'anna'),
      commit: 1,
      beat: 0,
      quorum: true,
    } as const;
    const first = {
      previous: { index: 0, term: '' },
      entries: [entry(1, START.term, founding([anna]))],
    };
    solo.receive('anna', { ...append, ...first }, OTHER);
    solo.write();
    expect(solo.take('APPENDED').at(-1)?.generation).toBe(GENERATION);
    const command = {
      kind: 'generation',
      generation: OTHER,
      without: [],
      members: [anna],
    } as const;
    const next = { previous: START, entries: [entry(2, term(9, 'anna'), command)] };
    solo.receive('anna', { ...append, ...next }, OTHER);
    solo.write();
    expect(solo.take('APPENDED').at(-1)?.generation).toBe(OTHER);
  });

  test('G1: a blank node takes the log of any other generation', () => {
    const solo = gaveWay();
    const entries = [entry(1, START.term, founding([anna, bert], OTHER))];
    solo.receive(
      'anna',
      {
        type: 'APPEND',
        term: term(9, 'anna'),
        previous: { index: 0, term: '' },
        entries,
        commit: 1,
        beat: 1,
        quorum: true,
      },
      OTHER,
    );
    expect(solo.node.context.generation).toBe(OTHER);
  });

  test('G3: what was open here is answered once it is set aside', () => {
    const solo = new Solo('bert', { priority: 2, stored: stored('bert', [bert]) });
    const request = solo.command({ type: 'submit', bodies: ['visitor'] });
    solo.write();
    solo.link('anna');
    const theirs = [{ id: OTHER, at: START }];
    solo.receive('anna', hello({ generations: theirs, holdsOperations: true }), OTHER);
    expect(solo.replies.get(request)).toBeUndefined();
    solo.write();
    expect(solo.replies.get(request)).toMatchObject({ ok: false, definite: true });
    expect(solo.disk.load()?.outbox).toEqual([]);
    expect(solo.disk.load()?.archives[0]?.outbox.map(({ body }) => body)).toEqual(['visitor']);
  });
});
