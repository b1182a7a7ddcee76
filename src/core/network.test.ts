import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FETCH_LIMIT } from './ballot.ts';
import type { NodeId } from './identity.ts';
import { Harness, type HarnessOptions } from './testing/harness.ts';
import { viewOf } from './view.ts';

/** Nodes of priority 1, 2, 3, ... by these names, one after the other, all in step. */
function park(ids: readonly NodeId[], options?: HarnessOptions): Harness {
  const harness = new Harness(options);
  ids.forEach((id, i) => {
    harness.start(id, i + 1);
    harness.settle();
  });
  harness.runUntil(() => harness.leader()?.self.id === ids.at(-1), 60_000);
  harness.runUntil(
    () => harness.leader()?.replica.membership.voters().length === Math.min(9, ids.length),
    10_000,
  );
  harness.settle();
  return harness;
}

describe('L1 and L2, in a whole network', () => {
  test('L2: with all nodes up the leader is the greatest identity, in whatever order they come', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([1, 2, 3, 4, 5], { minLength: 1 }),
        fc.integer(),
        (priorities, seed) => {
          const harness = new Harness({ seed });
          for (const priority of priorities) {
            harness.start(`node${String(priority)}`, priority);
            harness.run(300);
          }
          const greatest = `node${String(Math.max(...priorities))}`;
          harness.runUntil(() => harness.leader()?.self.id === greatest, 30_000);
          harness.settle();
        },
      ),
      { numRuns: 40 },
    );
  });

  test('L1: a majority does not wait for a greater gate that only one of them can reach', () => {
    const ids = ['anna', 'bert', 'carl', 'dora', 'emil'];
    const harness = park(ids);
    // bert hangs; emil comes back and hears none but dora. anna, carl and dora are a majority.
    harness.freeze('bert');
    harness.crash('emil');
    const deaf = (a: NodeId, b: NodeId): boolean => a === 'emil' && b !== 'dora';
    harness.fate = (from, to) => (deaf(from, to) || deaf(to, from) ? 'lose' : 'pass');
    harness.start('emil', 5);
    for (let i = 0; i < 5; i++) {
      harness.runUntil(
        () => ['anna', 'carl', 'dora'].includes(harness.leader()?.self.id ?? ''),
        8000,
      );
      harness.submit('anna', `visitor ${String(i)}`);
      harness.run(2000);
    }
    expect(harness.bodies('carl')).toHaveLength(5);
  });

  test('L1: all start at once on blank disks', () => {
    const harness = new Harness();
    for (const [i, id] of ['anna', 'bert', 'carl', 'dora', 'emil'].entries()) harness.start(id, i);
    expect(harness.settle(20_000).replica.membership.members).toHaveLength(5);
  });

  test('L1: all start again at once from their disks', () => {
    const harness = park(['anna', 'bert', 'carl']);
    harness.submit('anna', 'before');
    for (const id of harness.ids) harness.crash(id);
    for (const [i, id] of ['anna', 'bert', 'carl'].entries()) harness.start(id, i + 1);
    expect(harness.settle().self.id).toBe('carl');
    expect(harness.bodies('anna')).toEqual(['before']);
  });

  test('J1: blank nodes that only know a dead one found a park together', () => {
    const harness = new Harness();
    const dead = { id: 'dead', priority: 9, name: 'Gate dead' };
    harness.start('anna', 1, [dead]);
    harness.start('bert', 2, [dead]);
    harness.run(3000);
    expect(harness.leader()).toBeUndefined();
    harness.unlist();
    for (const id of harness.ids) harness.event(id, { type: 'hint', peer: 'dead' });
    expect(harness.settle().self.id).toBe('bert');
  });
});

describe('operations', () => {
  test('O2: a leader that dies with an operation in its log: it is done once, and told once', () => {
    const harness = park(['anna', 'bert', 'carl']);
    const answers: unknown[] = [];
    harness.ask('anna', { type: 'submit', bodies: ['visitor'] }, (reply) => answers.push(reply));
    harness.runUntil(
      () => harness.node('bert').replica.log.last.index > harness.node('bert').replica.commitIndex,
      100,
    );
    harness.crash('carl');
    harness.settle();
    expect(answers).toHaveLength(1);
    expect(answers[0]).toMatchObject({ ok: true, value: { outcome: 1 } });
    expect(harness.bodies('anna')).toEqual(['visitor']);
    expect(harness.bodies('bert')).toEqual(['visitor']);
  });

  test('L1: an operation that a paused leader declined is done once the quorum is back', () => {
    const harness = park(['anna', 'bert', 'carl', 'dora']);
    harness.freeze('bert');
    harness.freeze('carl');
    harness.runUntil(() => harness.node('dora').leadership?.replication.quorum === false, 5000);
    harness.ask('anna', { type: 'submit', bodies: ['visitor'] });
    harness.run(2500);
    expect(harness.node('anna').outbox.size).toBe(1);
    harness.thaw('bert');
    harness.thaw('carl');
    harness.runUntil(() => harness.node('anna').outbox.size === 0, 5000);
  });

  test('L1: a SUBMIT that was lost under the same leader is sent again', () => {
    const harness = park(['anna', 'bert', 'carl']);
    harness.fate = (_from, _to, { type }) => (type === 'SUBMIT' ? 'lose' : 'pass');
    harness.ask('anna', { type: 'submit', bodies: ['visitor'] });
    harness.run(500);
    harness.fate = () => 'pass';
    harness.runUntil(() => harness.node('anna').outbox.size === 0, 1500);
  });

  test('O3: without a quorum the answer is definite if nothing was sent, and nothing happens later', () => {
    const harness = park(['anna', 'bert', 'carl']);
    harness.partition(['anna'], ['bert', 'carl']);
    harness.run(3000);
    expect(harness.submit('anna', 'nobody')).toMatchObject({
      ok: false,
      definite: true,
      code: 'no-quorum',
    });
    harness.heal();
    harness.settle();
    harness.run(5000);
    expect(harness.bodies('bert')).toEqual([]);
  });

  test('O3: without an answer the error is indefinite, and the outbox finds out', () => {
    const harness = park(['anna', 'bert', 'carl']);
    harness.fate = (_from, to, { type }) =>
      to === 'anna' && (type === 'RESULT' || type === 'APPEND') ? 'lose' : 'pass';
    expect(harness.submit('anna', 'visitor')).toMatchObject({
      ok: false,
      definite: false,
      code: 'timeout',
    });
    expect(harness.node('anna').outbox.size).toBe(1);
    harness.fate = () => 'pass';
    harness.runUntil(() => harness.node('anna').outbox.size === 0, 10_000);
    expect(harness.bodies('carl')).toEqual(['visitor']);
  });

  test('O1: an operation survives the crash of its node', () => {
    const harness = park(['anna', 'bert', 'carl']);
    harness.partition(['anna'], ['bert', 'carl']);
    harness.ask('anna', { type: 'submit', bodies: ['visitor'] });
    harness.run(10);
    harness.crash('anna');
    harness.heal();
    harness.start('anna', 1);
    harness.runUntil(() => harness.bodies('carl').length === 1, 5000);
    harness.settle();
    expect(harness.bodies('carl')).toEqual(['visitor']);
  });
});

describe('failure detection', () => {
  test('F1: the leader watches its followers: one that hangs is suspected, failed and evicted', () => {
    const harness = park(['anna', 'bert']);
    harness.freeze('anna');
    harness.run(3000);
    expect(harness.node('bert').detector.isFailed('anna')).toBe(true);
    expect(
      harness
        .node('bert')
        .view()
        .missing.map(({ id }) => id),
    ).toEqual(['anna']);
    harness.run(9000);
    // Of two voters the leader keeps exactly half (M5).
    expect(
      harness
        .node('bert')
        .replica.membership.voters()
        .map(({ id }) => id),
    ).toEqual(['bert']);
    expect(harness.submit('bert', 'goes on')).toMatchObject({ ok: true });
    harness.thaw('anna');
    harness.settle();
    harness.runUntil(() => harness.leader()?.replica.membership.voters().length === 2, 5000);
  });

  test('F3: a crashed leader whose link closes is replaced within 300 ms', () => {
    const harness = park(['anna', 'bert', 'carl']);
    harness.crash('carl');
    harness.runUntil(() => harness.leader()?.self.id === 'bert', 300);
  });

  test('F3: a leader that hangs is replaced within 2.5 s', () => {
    const harness = park(['anna', 'bert', 'carl']);
    harness.freeze('carl');
    harness.runUntil(() => harness.leader()?.self.id === 'bert', 2500);
  });

  test('F4: a leader that has slept blames nobody, and takes over again once it has caught up', () => {
    const harness = park(['anna', 'bert', 'carl']);
    harness.freeze('carl');
    harness.run(20_000);
    expect(harness.leader()?.self.id).toBe('bert');
    harness.submit('anna', 'meanwhile');
    harness.thaw('carl');
    expect(harness.node('carl').leadership).toBeNull();
    expect(harness.node('carl').detector.isSuspected('bert')).toBe(false);
    harness.runUntil(() => harness.leader()?.self.id === 'carl', 20_000);
    harness.settle();
    expect(harness.bodies('carl')).toEqual(['meanwhile']);
  });

  test('F4: a clock that jumped is sleep too', () => {
    const harness = park(['anna', 'bert', 'carl']);
    harness.node('carl').step({ type: 'timer', timer: 'lease', now: harness.now, wall: 2e12 });
    expect(harness.node('carl').leadership).toBeNull();
    harness.settle();
  });

  test('F4: a leader of two that has slept pauses, and evicts the other that is gone', () => {
    const harness = park(['anna', 'bert']);
    harness.crash('anna');
    harness.freeze('bert');
    harness.run(5000);
    harness.thaw('bert');
    expect(harness.node('bert').leadership?.replication.quorum).toBe(false);
    harness.runUntil(() => harness.leader()?.self.id === 'bert', 15_000);
    expect(harness.submit('bert', 'visitor')).toMatchObject({ ok: true });
  });

  test('F4: a leader of two that has slept goes on with the other', () => {
    const harness = park(['anna', 'bert']);
    const { promised } = harness.node('bert').replica;
    harness.freeze('bert');
    harness.run(30_000);
    expect(harness.leader()).toBeUndefined();
    harness.thaw('bert');
    expect(harness.settle().replica.promised >= promised).toBe(true);
    expect(harness.submit('anna', 'visitor')).toMatchObject({ ok: true });
  });
});

describe('a farewell', () => {
  test('F2: one of an earlier life, long under way, is found out: the link is there, and the peer answers', () => {
    const harness = park(['anna', 'bert', 'carl']);
    const inStep = (): number => harness.node('anna').view().inStep;
    expect(inStep()).toBe(3);
    harness.deliver('anna', 'bert', { type: 'LEAVE' });
    expect(inStep()).toBe(2);
    harness.runUntil(() => inStep() === 3, 10_000);
  });
});

describe('election', () => {
  test.each(
    [2, 3, 4, 5, 6, 7, 8, 9].flatMap((n) =>
      Array.from({ length: n }, (_, at) => [n, at + 1] as const),
    ),
  )('E: of %i nodes, number %i starts: (N-P+1)(N-P)+N-1 messages', (n, p) => {
    const ids = Array.from({ length: n }, (_, i) => `node${String(i + 1)}`);
    const harness = park(ids);
    harness.command(ids[0] ?? '', { type: 'remove-leader' });
    harness.run(100);
    const since = harness.now;
    harness.ask(ids[p - 1] ?? '', { type: 'start-election' });
    harness.runUntil(() => harness.leader()?.self.id === ids[n - 1], 5000);
    harness.run(50);
    const answers = harness.sent('GOT_IT', since).filter(({ to }) => to === 'ELECT').length;
    const elects = harness.count('ELECT', since);
    const announcements = harness.count('I_AM_LEADER', since);
    expect(elects).toBe(((n - p + 1) * (n - p)) / 2);
    expect(answers).toBe(elects);
    expect(elects + answers + announcements).toBe((n - p + 1) * (n - p) + n - 1);
  });

  test('E: start-election is answered at every node, also while a leader lives', () => {
    const harness = park(['anna', 'bert', 'carl']);
    for (const id of harness.ids) {
      expect(harness.command(id, { type: 'start-election' }, 3000)).toMatchObject({ ok: true });
    }
    expect(harness.settle().self.id).toBe('carl');
  });

  test('E6: a removed leader leaves the office empty until a person starts an election', () => {
    const harness = park(['anna', 'bert', 'carl']);
    expect(harness.command('anna', { type: 'remove-leader' })).toMatchObject({ ok: true });
    harness.run(20_000);
    expect(harness.leader()).toBeUndefined();
    expect(harness.ids.map((id) => harness.node(id).vacant)).toEqual([true, true, true]);
    expect(harness.command('anna', { type: 'start-election' })).toMatchObject({ ok: true });
    expect(harness.settle().self.id).toBe('carl');
  });

  test('E6: entries that become durable after the removal do not bring the leader back', () => {
    const harness = park(['anna', 'bert', 'carl']);
    harness.ask('carl', { type: 'submit', bodies: ['last'] });
    harness.runUntil(
      () => harness.node('carl').replica.log.lastIndex > harness.node('carl').replica.commitIndex,
      100,
    );
    harness.ask('carl', { type: 'remove-leader' });
    harness.run(20_000);
    expect(harness.leader()).toBeUndefined();
    expect(harness.ids.map((id) => harness.node(id).vacant)).toEqual([true, true, true]);
  });
});

describe('membership', () => {
  test('M5: who leaves for good is forgotten; who crashes is a member until it is evicted, and then forgotten too', () => {
    const harness = park(['anna', 'bert', 'carl', 'dora']);
    const seen = (): string[] =>
      viewOf(harness.node('dora'))
        .peers.map(({ id }) => id)
        .sort();
    harness.leave('anna');
    harness.runUntil(() => seen().join() === 'bert,carl', 1000);
    harness.crash('bert');
    harness.run(2000);
    expect(seen()).toEqual(['bert', 'carl']);
    harness.runUntil(() => seen().join() === 'carl', 20_000);
  });

  test('M6: a leader of two says goodbye with the append that removes it, and the other goes on alone', () => {
    const harness = park(['anna', 'bert']);
    harness.submit('anna', 'before');
    harness.leave('bert');
    harness.runUntil(() => harness.leader()?.self.id === 'anna', 300);
    expect(harness.submit('anna', 'after')).toMatchObject({ ok: true });
    harness.start('bert', 2);
    harness.settle();
    harness.runUntil(() => harness.leader()?.self.id === 'bert', 20_000);
    expect(harness.bodies('bert')).toEqual(['before', 'after']);
  });

  test('M6: if the last words are lost nobody goes on alone, and the return of the leaver mends it', () => {
    const harness = park(['anna', 'bert']);
    harness.fate = (from, _to, { type }) =>
      from === 'bert' && type === 'APPEND' ? 'lose' : 'pass';
    harness.leave('bert');
    harness.run(5000);
    expect(harness.leader()).toBeUndefined();
    harness.fate = () => 'pass';
    harness.start('bert', 2);
    harness.settle(20_000);
  });

  test('M5: a follower that leaves is removed at once', () => {
    const harness = park(['anna', 'bert', 'carl']);
    harness.leave('anna');
    harness.runUntil(() => harness.node('carl').replica.membership.members.length === 2, 100);
    harness.settle();
  });

  test('M5: a member that left under its old leader is removed by the next', () => {
    const harness = park(['anna', 'bert', 'carl']);
    harness.leave('carl');
    harness.runUntil(() => harness.leader()?.replica.membership.members.length === 2, 1000);
  });

  test('M5: a crashed member is evicted after 10 s and comes back as a learner, then as a voter', () => {
    const harness = park(['anna', 'bert', 'carl']);
    harness.crash('anna');
    harness.run(9900);
    expect(harness.node('carl').replica.membership.members).toHaveLength(3);
    harness.run(400);
    expect(harness.node('carl').replica.membership.members).toHaveLength(2);
    harness.start('anna', 1);
    const joined = (): boolean =>
      harness.node('carl').replica.membership.find('anna') !== undefined;
    harness.runUntil(joined, 3000);
    expect(harness.node('carl').replica.membership.isVoter('anna')).toBe(false);
    harness.runUntil(() => harness.node('carl').replica.membership.isVoter('anna'), 3000);
  });

  test('M5: exactly half of four is kept: a dead one is evicted and admissions go on', () => {
    const harness = park(['anna', 'bert', 'carl', 'dora']);
    harness.crash('anna');
    harness.crash('bert');
    harness.run(3000);
    expect(harness.leader()).toBeUndefined();
    expect(harness.node('dora').view().quorum).toBe(false);
    harness.runUntil(() => harness.leader()?.self.id === 'dora', 12_000);
    expect(harness.submit('carl', 'goes on')).toMatchObject({ ok: true });
  });

  test('M5: less than half evicts nobody', () => {
    const harness = park(['anna', 'bert', 'carl']);
    harness.crash('anna');
    harness.crash('bert');
    harness.run(30_000);
    expect(harness.node('carl').replica.membership.members).toHaveLength(3);
    expect(harness.submit('carl', 'no')).toMatchObject({ ok: false, definite: true });
  });

  test('M4: nine voters at most: the greatest; the others learn and still do everything', () => {
    const ids = Array.from({ length: 11 }, (_, i) => `node${String(i + 1).padStart(2, '0')}`);
    const harness = park(ids);
    harness.runUntil(
      () => !(harness.leader()?.replica.membership.isVoter('node01') ?? true),
      10_000,
    );
    harness.settle();
    const voters = harness
      .leader()
      ?.replica.membership.voters()
      .map(({ id }) => id);
    expect(voters).toEqual(ids.slice(2));
    expect(harness.submit('node01', 'a learner asks')).toMatchObject({ ok: true });
  });

  test('M2: along the log neighbouring memberships differ by one voter at most', () => {
    const harness = park(['anna', 'bert', 'carl', 'dora', 'emil']);
    harness.crash('emil');
    harness.crash('anna');
    harness.run(15_000);
    harness.start('emil', 5);
    harness.start('anna', 1);
    harness.run(30_000);
    const log = harness.settle().replica;
    let before: readonly string[] = [];
    for (const { entry } of log.committed(1, Infinity)) {
      if (entry.command.kind !== 'membership' && entry.command.kind !== 'founding') continue;
      const voters = entry.command.members.filter(({ voter }) => voter).map(({ id }) => id);
      const added = voters.filter((id) => !before.includes(id));
      const removed = before.filter((id) => !voters.includes(id));
      expect(added.length + removed.length).toBeLessThanOrEqual(1);
      before = voters;
    }
    expect(before).toHaveLength(5);
  });
});

describe('generations', () => {
  test('G4: a person goes on without the missing voters, and who was left out gives way when it returns', () => {
    const harness = park(['anna', 'bert', 'carl']);
    harness.submit('anna', 'before');
    harness.crash('bert');
    harness.crash('carl');
    harness.run(3000);
    const before = harness.node('anna').view().generation;
    expect(
      harness.command('anna', { type: 'proceed-without', ids: ['bert', 'carl'] }),
    ).toMatchObject({ ok: true });
    expect(harness.submit('anna', 'alone')).toMatchObject({ ok: true });
    expect(harness.node('anna').view().generation).not.toBe(before);
    harness.start('bert', 2);
    harness.start('carl', 3);
    harness.runUntil(() => harness.leader()?.self.id === 'carl', 30_000);
    harness.settle();
    expect(harness.bodies('carl')).toEqual(['before', 'alone']);
    expect(harness.node('bert').joining.archives.list).toHaveLength(1);
  });

  test('G4: nobody can go on without a gate that is in reach, or while a quorum is', () => {
    const harness = park(['anna', 'bert', 'carl']);
    const refused = { ok: false, code: 'invalid', definite: true };
    expect(harness.command('anna', { type: 'proceed-without', ids: ['bert'] })).toMatchObject(
      refused,
    );
    harness.crash('bert');
    harness.crash('carl');
    harness.run(3000);
    expect(harness.command('anna', { type: 'proceed-without', ids: ['anna'] })).toMatchObject(
      refused,
    );
    expect(harness.command('anna', { type: 'proceed-without', ids: ['nobody'] })).toMatchObject(
      refused,
    );
  });

  test('G4: it needs the promise of every voter that was not named', () => {
    const harness = park(['anna', 'bert', 'carl']);
    harness.crash('bert');
    harness.crash('carl');
    harness.run(3000);
    const reply = harness.command('anna', { type: 'proceed-without', ids: ['carl'] });
    expect(reply).toMatchObject({ ok: false, code: 'no-quorum', definite: true });
  });

  test('G4: a voter that hears a live leader does not go on without it', () => {
    const harness = park(['anna', 'bert', 'carl', 'dora', 'emil']);
    // Anna reaches only bert, who hears the leader.
    harness.partition(['anna'], ['carl', 'dora', 'emil']);
    harness.run(3000);
    const without = ['carl', 'dora', 'emil'];
    const reply = harness.command('anna', { type: 'proceed-without', ids: without });
    expect(reply).toMatchObject({ ok: false });
    expect(harness.leader()?.self.id).toBe('emil');
    harness.heal();
    expect(new Set(harness.ids.map((id) => harness.node(id).view().generation)).size).toBe(1);
  });

  test('L1: a forced generation that only its leader has on disk reaches the others after its restart', () => {
    const harness = park(['anna', 'bert', 'carl', 'dora', 'emil']);
    for (const id of ['carl', 'dora', 'emil']) harness.crash(id);
    harness.run(3000);
    harness.fate = (from, _to, { type }) =>
      from === 'bert' && type === 'APPEND' ? 'lose' : 'pass';
    const without = ['carl', 'dora', 'emil'];
    expect(harness.command('bert', { type: 'proceed-without', ids: without })).toMatchObject({
      ok: true,
    });
    harness.run(20);
    harness.crash('bert');
    harness.fate = () => 'pass';
    harness.run(1000);
    harness.start('bert', 2);
    harness.settle(20_000);
    expect(harness.submit('anna', 'goes on')).toMatchObject({ ok: true });
  });

  test('G4: who went on without gates that were only out of reach hears of it, and so do they, though no link broke', () => {
    const harness = park(['anna', 'bert', 'carl']);
    harness.fate = (from, to) => ((from === 'anna') === (to === 'anna') ? 'pass' : 'lose');
    harness.run(3000);
    const without = ['bert', 'carl'];
    expect(harness.command('anna', { type: 'proceed-without', ids: without })).toMatchObject({
      ok: true,
    });
    harness.submit('anna', 'of the few');
    harness.submit('carl', 'of the many');
    // By then each side has evicted the other.
    harness.run(12_000);
    harness.fate = () => 'pass';
    const generations = harness.ids.map((id) => harness.node(id).view().generation);
    const shown = (id: string) => harness.node(id).view().conflict?.generation;
    harness.runUntil(() => harness.ids.every((id) => shown(id) !== undefined), 10_000);
    expect(harness.ids.map(shown)).toEqual([generations[1], generations[0], generations[0]]);
  });

  test('G2: a park hears of it when a gate that it met has come to belong to another one', () => {
    const harness = new Harness();
    // Three parks of one gate each.
    for (const [i, id] of ['anna', 'bert', 'carl'].entries()) {
      harness.start(id, i + 1);
      harness.settle();
      harness.submit(id, `of ${id}`);
      harness.crash(id);
    }
    for (const [i, id] of ['anna', 'bert', 'carl'].entries()) harness.start(id, i + 1);
    const shown = (id: string) => harness.node(id).view().conflict?.peer.id;
    harness.runUntil(() => harness.ids.every((id) => shown(id) !== undefined), 5000);
    const wanted = harness.node('carl').view().generation;
    harness.runUntil(() => harness.node('bert').joining.rivals.has('carl'), 10_000);
    expect(harness.command('bert', { type: 'adopt', generation: wanted })).toMatchObject({
      ok: true,
    });
    // Anna knows bert in a generation that is no more.
    harness.runUntil(() => harness.node('bert').view().generation === wanted, 5000);
    const anna = harness.node('anna');
    harness.runUntil(() => anna.view().conflict?.generation === wanted, 5000);
    expect(anna.view().generation).not.toBe(wanted);
  });

  test('G4: who joins a forced generation takes what is older than the generation from its leader too', () => {
    const harness = park(['anna', 'bert', 'carl']);
    // More than one APPEND carries, so that the log of the joiner first looks like the older generation's.
    for (let i = 0; i < FETCH_LIMIT; i++) harness.submit('anna', i);
    harness.crash('bert');
    harness.crash('carl');
    harness.run(3000);
    const without = ['bert', 'carl'];
    expect(harness.command('anna', { type: 'proceed-without', ids: without })).toMatchObject({
      ok: true,
    });
    harness.submit('anna', 'alone');
    // Its leader is in a later term than the one that the generation began with.
    harness.crash('anna');
    harness.start('anna', 1);
    harness.settle();
    harness.start('dora', 0);
    harness.settle(20_000);
    expect(harness.node('dora').view().generation).toBe(harness.node('anna').view().generation);
    expect(harness.bodies('dora')).toHaveLength(FETCH_LIMIT + 1);
    expect(harness.node('dora').joining.archives.list).toEqual([]);
  });

  test('G2: two parks that were founded apart: who has no visitors gives way', () => {
    const harness = new Harness();
    harness.start('anna', 1);
    harness.settle();
    harness.submit('anna', 'visitor');
    harness.partition(['anna'], []);
    harness.crash('anna');
    harness.start('bert', 2);
    harness.settle();
    harness.start('anna', 1);
    harness.runUntil(() => harness.node('bert').joining.archives.list.length === 1, 5000);
    harness.settle(20_000);
    expect(harness.bodies('bert')).toEqual(['visitor']);
  });

  test('G2: if both hold visitors a person chooses, and the other log is kept', () => {
    const harness = new Harness();
    harness.start('anna', 1);
    harness.settle();
    harness.submit('anna', 'of anna');
    harness.crash('anna');
    harness.start('bert', 2);
    harness.settle();
    harness.submit('bert', 'of bert');
    harness.start('anna', 1);
    harness.run(3000);
    expect(harness.bodies('anna')).toEqual(['of anna']);
    expect(harness.bodies('bert')).toEqual(['of bert']);
    const { conflict } = harness.node('anna').view();
    expect(conflict?.peer.id).toBe('bert');
    harness.command('anna', { type: 'adopt', generation: conflict?.generation ?? '' });
    harness.settle(20_000);
    harness.run(50);
    expect(harness.bodies('anna')).toEqual(['of bert']);
    const [archive] = harness.node('anna').joining.archives.list;
    expect(archive?.entries.map(({ command }) => command.kind)).toEqual(['operation']);
    expect(harness.disk('anna').load()?.archives).toEqual([archive]);
  });

  test('G3: what a returning gate knew alone is kept for people, and never merged', () => {
    const harness = park(['anna', 'bert']);
    harness.submit('anna', 'both');
    harness.partition(['anna'], ['bert']);
    harness.ask('bert', { type: 'submit', bodies: ['only bert'] });
    harness.run(20);
    harness.crash('bert');
    harness.run(2000);
    expect(harness.command('anna', { type: 'proceed-without', ids: ['bert'] })).toMatchObject({
      ok: true,
    });
    harness.submit('anna', 'only anna');
    harness.heal();
    harness.start('bert', 2);
    harness.settle(30_000);
    harness.run(1000);
    expect(harness.bodies('bert')).toEqual(['both', 'only anna']);
    const [archive] = harness.node('bert').joining.archives.list;
    const known = archive?.entries.map(
      ({ command }) => command.kind === 'operation' && command.operation.body,
    );
    expect(known).toEqual(['only bert']);
  });
});

describe('snapshots', () => {
  test('R6: a late node catches up from a snapshot and the entries after it', () => {
    const harness = new Harness({ snapshotInterval: 8 });
    harness.start('anna', 1);
    harness.settle();
    for (let i = 0; i < 50; i++) harness.submit('anna', i);
    expect(harness.node('anna').replica.log.base.index).toBeGreaterThan(30);
    harness.start('bert', 2);
    harness.settle();
    expect(harness.bodies('bert')).toEqual(harness.bodies('anna'));
    expect(harness.count('SNAPSHOT_OFFER')).toBeGreaterThan(0);
    harness.runUntil(() => harness.leader()?.self.id === 'bert', 20_000);
    harness.submit('bert', 'on');
    harness.settle();
    for (const id of harness.ids) harness.crash(id);
    harness.start('anna', 1);
    harness.start('bert', 2);
    harness.settle();
    expect(harness.bodies('bert')).toEqual([...Array(50).keys(), 'on']);
  });

  test('R6: lost chunks are asked for again where the fetch stopped', () => {
    const harness = new Harness({ snapshotInterval: 8 });
    harness.start('anna', 1);
    harness.settle();
    const long = 'x'.repeat(14_000);
    for (let i = 0; i < 40; i++) harness.submit('anna', `${String(i)}${long}`);
    let chunks = 0;
    harness.fate = (_from, _to, { type }) =>
      type === 'SNAPSHOT_CHUNK' && ++chunks % 2 === 0 ? 'lose' : 'pass';
    harness.start('bert', 2);
    harness.settle(60_000);
    expect(harness.bodies('bert')).toEqual(harness.bodies('anna'));
    const chunksSent = harness.sent('SNAPSHOT_CHUNK');
    const { at } = chunksSent.at(-1) ?? { at: { index: 0 } };
    const offsets = chunksSent
      .filter((one) => one.at.index === at.index)
      .map(({ offset }) => offset);
    expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
    expect(new Set(offsets).size).toBeLessThan(offsets.length);
    expect(offsets.length).toBeGreaterThan(8);
  });
});
