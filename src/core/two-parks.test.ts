import { describe, expect, test } from 'vitest';
import type { Reply } from './effects.ts';
import { ELECTIONS, type ParkSettings } from './entry.ts';
import type { NodeId } from './identity.ts';
import type { Json } from './json.ts';
import type { Archive } from './stored.ts';
import type { Node } from './node.ts';
import { Harness } from './testing/harness.ts';
import { DEFAULT_TIMING } from './timers.ts';

/** Gates that joined one after the other; the last one leads. */
function park(ids: readonly NodeId[], settings: Partial<ParkSettings> = {}): Harness {
  const harness = new Harness({ settings });
  ids.forEach((id, i) => {
    harness.start(id, i + 1);
    harness.settle();
  });
  harness.runUntil(() => harness.leader()?.self.id === ids.at(-1), 60_000);
  harness.settle();
  return harness;
}

describe('going on without', () => {
  test('G4: a voter that hears a live leader refuses it, also to a greater gate that has caught up', () => {
    const harness = park(['anna', 'bert', 'carl', 'dora', 'emil']);
    harness.crash('emil');
    harness.runUntil(() => harness.leader()?.self.id === 'dora', 10_000);
    harness.settle();
    harness.submit('anna', 'visitor');
    // Emil is back and has caught up, but can't challenge: what it asks is lost.
    harness.fate = (from, _, { type }) => (from === 'emil' && type === 'PREPARE' ? 'lose' : 'pass');
    harness.start('emil', 5);
    const emil = harness.node('emil');
    const dora = harness.node('dora');
    harness.runUntil(() => emil.replica.log.last.term === dora.leadership?.term, 20_000);
    harness.runUntil(() => emil.follower.leader === 'dora', 20_000);
    harness.partition(['emil'], ['bert', 'carl', 'dora']);
    harness.runUntil(() => emil.view().missing.length === 3, 4000);
    harness.fate = () => 'pass';
    expect(harness.node('anna').liveLeader()?.id).toBe('dora');
    const without = ['bert', 'carl', 'dora'];
    expect(harness.command('emil', { type: 'proceed-without', ids: without })).toMatchObject({
      ok: false,
      definite: true,
    });
    expect(harness.node('anna').liveLeader()?.id).toBe('dora');
    expect(harness.submit('anna', 'another')).toMatchObject({ ok: true });
  });
});

/** Anna and bert in one park, carl in another that he founded while they were away. All three hold visitors. */
function twoParks(): Harness {
  const harness = new Harness();
  harness.start('anna', 1);
  harness.settle();
  harness.start('bert', 2);
  harness.settle();
  harness.submit('anna', 'of anna');
  harness.runUntil(() => harness.leader()?.self.id === 'bert', 20_000);
  harness.settle();
  harness.crash('anna');
  harness.crash('bert');
  harness.start('carl', 3);
  harness.settle();
  harness.submit('carl', 'of carl');
  harness.start('anna', 1);
  harness.start('bert', 2);
  harness.runUntil(() => ['anna', 'bert', 'carl'].every((id) => conflict(harness, id)), 5000);
  harness.runUntil(() => ['anna', 'bert'].every((id) => harness.node(id).view().quorum), 5000);
  return harness;
}

function conflict(harness: Harness, id: NodeId): string | undefined {
  return harness.node(id).view().conflict?.generation;
}

function generation(harness: Harness, id: NodeId): string {
  return harness.node(id).view().generation;
}

function adopt(harness: Harness, id: NodeId, theirs = conflict(harness, id)): Reply {
  return harness.command(id, { type: 'adopt', generation: theirs ?? '' });
}

function operations(archive: Archive): Json[] {
  return archive.entries.flatMap(({ command }) =>
    command.kind === 'operation' ? [command.operation.body] : [],
  );
}

const REFUSED = { ok: false, code: 'invalid', definite: true };

describe('a forced ballot that did not come to its end', () => {
  test.each(ELECTIONS)(
    'G4, E14, L1, %s: who promised a forced ballot, and never got what came of it, is in it still after greater promises',
    (election) => {
      const harness = park(['anna', 'bert', 'carl', 'vera'], { election });
      harness.submit('anna', 'visitor');
      harness.settle();
      for (const id of ['anna', 'bert']) harness.crash(id);
      const [carl, vera] = ['carl', 'vera'].map((id) => harness.node(id)) as [Node, Node];
      harness.runUntil(() => carl.view().missing.length === 2, 20_000);
      const { generation } = carl.context;
      harness.fate = (from, to, { type }) =>
        from === 'carl' &&
        to === 'vera' &&
        type === 'APPEND' &&
        carl.context.generation !== generation
          ? 'lose'
          : 'pass';
      harness.ask('carl', { type: 'proceed-without', ids: ['anna', 'bert'] });
      harness.runUntil(() => carl.context.generation !== generation, 5000);
      harness.run(5);
      expect(vera.context.generation).toBe(generation);
      for (const id of ['carl', 'vera']) harness.crash(id);
      harness.fate = () => 'pass';
      harness.run(100);
      // Alone, she asks for promises herself, unless her token would have to go round for that: her own is greater than
      // the one that she gave to carl.
      const given = harness.start('vera', 4).replica.promised;
      harness.run(6000);
      if (election !== 'ring') expect(harness.node('vera').replica.promised > given).toBe(true);
      harness.start('carl', 3);
      harness.runUntil(() => harness.leader() !== undefined, 60_000);
      harness.settle();
      for (const id of ['carl', 'vera'])
        expect(harness.node(id).context.generation).not.toBe(generation);
      expect(harness.command('vera', { type: 'submit', bodies: ['another'] })).toMatchObject({
        ok: true,
      });
    },
  );
});

describe('a conflict', () => {
  test('G5: it ends at every gate once the other side has adopted our generation', () => {
    const harness = twoParks();
    expect(adopt(harness, 'carl')).toMatchObject({ ok: true });
    harness.settle(20_000);
    expect(harness.ids.map((id) => conflict(harness, id))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(harness.bodies('carl')).toEqual(['of anna']);
  });

  test('G5: it ends when the other side is gone, and is there again when it comes back', () => {
    const harness = twoParks();
    harness.crash('carl');
    harness.run(50);
    expect(conflict(harness, 'anna')).toBeUndefined();
    harness.start('carl', 3);
    harness.runUntil(() => conflict(harness, 'anna') !== undefined, 5000);
    harness.freeze('carl');
    harness.runUntil(() => conflict(harness, 'anna') === undefined, 10_000);
    harness.thaw('carl');
    harness.runUntil(() => conflict(harness, 'anna') !== undefined, 5000);
  });

  test('G5: a HELLO that got lost is made up for: nobody stays in the dark about another park', () => {
    const harness = twoParks();
    harness.fate = (_, __, { type }) => (type === 'HELLO' ? 'lose' : 'pass');
    expect(adopt(harness, 'carl')).toMatchObject({ ok: true });
    harness.run(300);
    expect(conflict(harness, 'anna')).toBeDefined();
    harness.fate = () => 'pass';
    harness.settle(20_000);
    expect(harness.ids.map((id) => conflict(harness, id))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('G5: a follower asks again too: who was of one generation may be of another by now', () => {
    const harness = twoParks();
    const theirs = generation(harness, 'carl');
    // A third park, whose gate carl follows from now on; no HELLO tells anna so.
    for (const id of ['anna', 'bert', 'carl']) harness.crash(id);
    harness.start('dora', 9);
    harness.settle();
    harness.submit('dora', 'of dora');
    const third = generation(harness, 'dora');
    for (const [i, id] of ['anna', 'bert', 'carl'].entries()) harness.start(id, i + 1);
    const rivals = (id: NodeId) => harness.node(id).joining.rivals;
    harness.runUntil(() => rivals('carl').holders(third).length > 0, 5000);
    harness.runUntil(() => rivals('anna').holders(theirs).includes('carl'), 5000);
    harness.runUntil(() => harness.node('anna').view().quorum, 5000);
    harness.fate = (_, to, { type }) => (to === 'anna' && type === 'HELLO' ? 'lose' : 'pass');
    expect(adopt(harness, 'carl', third)).toMatchObject({ ok: true });
    harness.runUntil(() => generation(harness, 'carl') === third, 5000);
    harness.run(3000);
    harness.fate = () => 'pass';
    expect(harness.node('anna').leadership).toBeNull();
    const soon = DEFAULT_TIMING.rivals + 10;
    harness.runUntil(() => rivals('anna').holders(third).includes('carl'), soon);
    expect(rivals('anna').holders(theirs)).toEqual([]);
  });

  test('G6: what nobody holds any more, or only had, is not adopted', () => {
    const harness = twoParks();
    const [ours, theirs] = [generation(harness, 'anna'), generation(harness, 'carl')];
    // Carl gives way, and anna does not hear of it in time.
    harness.fate = (_, to, { type }) => (type === 'HELLO' && to === 'anna' ? 'lose' : 'pass');
    expect(adopt(harness, 'carl')).toMatchObject({ ok: true });
    expect(conflict(harness, 'anna')).toBe(theirs);
    expect(adopt(harness, 'anna', theirs)).toMatchObject(REFUSED);
    harness.fate = () => 'pass';
    harness.settle(20_000);
    expect(generation(harness, 'anna')).toBe(ours);
    expect(adopt(harness, 'carl', theirs)).toMatchObject(REFUSED);
    expect(adopt(harness, 'anna', ours)).toMatchObject(REFUSED);
  });

  test('G6: who is left with a generation that it set aside is shown that, and does not join', () => {
    const harness = twoParks();
    const theirs = generation(harness, 'carl');
    for (const id of ['anna', 'bert']) harness.crash(id);
    for (const id of ['dora', 'emil']) {
      harness.start(id, 0);
      harness.runUntil(() => harness.node('carl').replica.membership.isVoter(id), 20_000);
    }
    for (const [i, id] of ['anna', 'bert'].entries()) harness.start(id, i + 1);
    harness.runUntil(() => conflict(harness, 'carl') !== undefined, 5000);
    expect(adopt(harness, 'carl')).toMatchObject({ ok: true });
    for (const id of ['anna', 'bert']) harness.crash(id);
    const carl = harness.node('carl');
    harness.runUntil(() => carl.view().conflict !== null, 20_000);
    expect(carl.view().conflict).toMatchObject({ generation: theirs, canAdopt: false });
    expect(carl.view().role).toBe('joining');
    expect(adopt(harness, 'carl', theirs)).toMatchObject(REFUSED);
    expect(harness.submit('dora', 'of dora')).toMatchObject({ ok: true });
    // It joins what it can, as soon as that is there again.
    for (const [i, id] of ['anna', 'bert'].entries()) harness.start(id, i + 1);
    harness.runUntil(() => generation(harness, 'carl') === generation(harness, 'anna'), 20_000);
  });

  test('G6: without an ADOPT_REPLY the person is told that nobody answered, and nothing is set aside', () => {
    const harness = twoParks();
    const ours = generation(harness, 'anna');
    harness.fate = (_, __, { type }) => (type === 'ADOPT' ? 'lose' : 'pass');
    expect(adopt(harness, 'anna')).toMatchObject(REFUSED);
    expect(generation(harness, 'anna')).toBe(ours);
    harness.fate = () => 'pass';
    expect(adopt(harness, 'anna')).toMatchObject({ ok: true });
    expect(harness.sent('ADOPT_REPLY').pop()).toMatchObject({ ok: true });
  });

  test('G6: an ancestor is not adopted: what this gate had acknowledged there it has no more', () => {
    const harness = park(['anna', 'bert', 'carl', 'dora', 'emil']);
    harness.submit('anna', 'before');
    const first = generation(harness, 'anna');
    harness.partition(['anna', 'bert'], ['carl', 'dora', 'emil']);
    harness.runUntil(() => harness.node('anna').view().missing.length === 3, 20_000);
    harness.command('anna', { type: 'proceed-without', ids: ['carl', 'dora', 'emil'] });
    harness.submit('anna', 'in the second');
    harness.submit('emil', 'in the first');
    harness.heal();
    harness.runUntil(() => conflict(harness, 'anna') === first, 10_000);
    expect(adopt(harness, 'anna', first)).toMatchObject(REFUSED);
    const second = generation(harness, 'anna');
    for (const id of ['carl', 'dora', 'emil']) {
      // With two of five gone the last one has no quorum any more: then it gives way by itself.
      if (conflict(harness, id) === second) adopt(harness, id);
      harness.run(500);
    }
    harness.settle(60_000);
    expect(harness.bodies('emil')).toEqual(['before', 'in the second']);
  });

  test.each([1, 2, 3, 4])(
    'G6: when both sides adopt each other at once, exactly one gives way (seed %i)',
    (seed) => {
      const harness = new Harness({ seed });
      for (const id of ['anna', 'bert']) {
        harness.start(id, 1);
        harness.settle();
        harness.submit(id, `of ${id}`);
        harness.crash(id);
      }
      harness.start('anna', 1);
      harness.start('bert', 1);
      harness.runUntil(() => ['anna', 'bert'].every((id) => conflict(harness, id)), 5000);
      const before = ['anna', 'bert'].map((id) => generation(harness, id)).sort();
      const replies: Reply[] = [];
      for (const id of ['anna', 'bert']) {
        const theirs = conflict(harness, id) ?? '';
        harness.ask(id, { type: 'adopt', generation: theirs }, (reply) => replies.push(reply));
      }
      harness.settle(20_000);
      expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
      expect(generation(harness, 'anna')).toBe(before[1]);
      const archives = ['anna', 'bert'].flatMap((id) => harness.node(id).joining.archives.list);
      expect(archives.map((archive) => archive.generation)).toEqual([before[0]]);
      // Nobody is lost: inside, or in the archive.
      expect(archives.flatMap(operations).concat(harness.bodies('anna')).sort()).toEqual([
        'of anna',
        'of bert',
      ]);
    },
  );
});

describe('an archive', () => {
  /** Anna set her log aside, and leads the park that she came to. */
  function leaderWithArchive(): Harness {
    const harness = new Harness();
    for (const [id, priority] of [
      ['anna', 2],
      ['bert', 1],
    ] as const) {
      harness.start(id, priority);
      harness.settle();
      harness.submit(id, `of ${id}`);
      harness.crash(id);
    }
    harness.start('anna', 2);
    harness.start('bert', 1);
    harness.runUntil(() => conflict(harness, 'anna') !== undefined, 5000);
    // Bert's log reaches anna only once she leads.
    harness.fate = (from, to, { type }) =>
      from === 'bert' && to === 'anna' && type === 'APPEND' ? 'lose' : 'pass';
    expect(adopt(harness, 'anna')).toMatchObject({ ok: true });
    return harness;
  }

  test('G3: until the comparison was made nothing is dropped from it, and it does not say that it was', () => {
    const harness = leaderWithArchive();
    harness.run(5000);
    const [archive] = harness.node('anna').joining.archives.list;
    expect(archive).toMatchObject({ checked: false });
    expect(archive && operations(archive)).toEqual(['of anna']);
    harness.fate = () => 'pass';
    harness.settle(20_000);
    harness.runUntil(() => harness.node('anna').joining.archives.list[0]?.checked === true, 5000);
    expect(harness.node('anna').joining.archives.list.flatMap(operations)).toEqual(['of anna']);
  });

  test('G3: a leader compares as well', () => {
    const harness = new Harness();
    harness.start('anna', 2);
    harness.settle();
    harness.submit('anna', 'visitor');
    harness.crash('anna');
    // What a disk may hold: the archive was written, and its comparison was not made before the node led.
    const disk = harness.disk('anna').load();
    const entries = disk?.entries.filter(({ command }) => command.kind === 'operation') ?? [];
    const archive: Archive = {
      generation: 'before',
      ancestors: [],
      at: 1,
      snapshot: null,
      entries,
      outbox: [],
      checked: false,
    };
    harness.disk('anna').write([{ type: 'archive-put', archive }]);
    harness.start('anna', 2);
    harness.settle();
    expect(harness.leader()?.self.id).toBe('anna');
    harness.run(500);
    const checked = { ...archive, entries: [], checked: true };
    expect(harness.node('anna').joining.archives.list).toEqual([checked]);
    expect(harness.disk('anna').load()?.archives).toEqual([checked]);
  });
});

describe('a voter that gave way', () => {
  test('G7: the others remove it, and go on without it', () => {
    const harness = twoParks();
    expect(adopt(harness, 'anna')).toMatchObject({ ok: true });
    harness.runUntil(() => harness.node('bert').view().members.length === 1, 5000);
    expect(harness.submit('bert', 'alone')).toMatchObject({ ok: true });
    expect(harness.node('anna').view().members).toHaveLength(2);
  });

  test('G7, M6: a leader of two that gives way hands over', () => {
    const harness = twoParks();
    expect(harness.leader()).toBeDefined();
    expect(adopt(harness, 'bert')).toMatchObject({ ok: true });
    harness.runUntil(() => harness.node('anna').view().quorum, 5000);
    expect(
      harness
        .node('anna')
        .view()
        .members.map(({ id }) => id),
    ).toEqual(['anna']);
  });

  test('G7: where no quorum is left it counts as missing, and a person may go on without it', () => {
    const harness = park(['anna', 'bert', 'carl']);
    harness.submit('anna', 'of three');
    for (const id of ['anna', 'bert', 'carl']) harness.crash(id);
    harness.start('zora', 9);
    harness.settle();
    harness.submit('zora', 'of zora');
    // Anna and bert are a quorum; bert gives way before anybody could remove him, and then carl is not there.
    harness.start('anna', 1);
    harness.start('bert', 2);
    harness.runUntil(() => conflict(harness, 'bert') !== undefined, 5000);
    expect(adopt(harness, 'bert')).toMatchObject({ ok: true });
    harness.runUntil(() => harness.node('anna').view().missing.length === 2, 5000);
    harness.run(20_000);
    const missing = harness
      .node('anna')
      .view()
      .missing.map(({ id }) => id);
    expect(missing).toEqual(['bert', 'carl']);
    expect(harness.command('anna', { type: 'proceed-without', ids: missing })).toMatchObject({
      ok: true,
    });
    expect(harness.submit('anna', 'goes on')).toMatchObject({ ok: true });
    expect(generation(harness, 'bert')).toBe(generation(harness, 'zora'));
  });
});
