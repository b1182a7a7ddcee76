import { describe, expect, test } from 'vitest';
import type { Reply } from './effects.ts';
import type { Token } from './entry.ts';
import { MAX_OPEN } from './outbox.ts';
import { entry, member, operation, stored, term } from './testing/fixtures.ts';
import { Harness } from './testing/harness.ts';
import { Solo } from './testing/solo.ts';
import type { Stored } from './stored.ts';

const THREE = [member('anna', 1), member('bert', 2), member('carl', 3)];
const START = { index: 1, term: term(1, 'anna') };
const T3 = term(3, 'carl');

/** Anna, following carl. */
function follower(log: Stored = stored('anna', THREE), more: { commit?: number } = {}): Solo {
  const solo = new Solo('anna', { priority: 1, stored: log });
  beat(solo, more.commit ?? 1);
  solo.write();
  return solo;
}

function beat(solo: Solo, commit = 1, quorum = true): void {
  const previous = solo.node.replica.log.last;
  solo.receive('carl', {
    type: 'APPEND',
    term: T3,
    previous,
    entries: [],
    commit,
    beat: 1,
    quorum,
  });
}

function submit(solo: Solo, ...bodies: string[]): number {
  return solo.command({ type: 'submit', bodies });
}

function tokenOf(reply: Reply): Token {
  if (!reply.ok || reply.value.type !== 'granted') throw new Error('the mutex was not granted');
  return reply.value.token;
}

/** The sequence numbers of everything that was ever submitted to carl. */
function submitted(solo: Solo): number[] {
  return solo
    .all('SUBMIT', 'carl')
    .flatMap(({ operations }) => operations.map(({ id }) => id.sequence));
}

describe('sending', () => {
  test('O1: a number is used once it is reserved on the disk, and an operation is written while it is on its way', () => {
    const solo = follower();
    submit(solo, 'first');
    expect(submitted(solo)).toEqual([]);
    solo.write();
    expect(submitted(solo)).toEqual([1]);
    submit(solo, 'second');
    expect(submitted(solo)).toEqual([1, 2]);
    solo.write();
    expect(solo.disk.load()?.outbox.map(({ body }) => body)).toEqual(['first', 'second']);
  });

  test('O1: more numbers than are reserved wait for the disk, also those that come while it writes', () => {
    const solo = follower();
    submit(solo, 'first');
    solo.write();
    submit(solo, ...Array.from({ length: 1025 }, () => 'x'));
    expect(submitted(solo)).toEqual([1]);
    submit(solo, 'last');
    expect(submitted(solo)).toEqual([1]);
    solo.write();
    expect(new Set(submitted(solo)).size).toBe(1027);
  });

  test('O1: a sequence number is never used twice, also after a crash', () => {
    const solo = follower();
    submit(solo, 'a', 'b');
    solo.write();
    const found = { ...stored('anna', THREE), ...pick(solo.crash()) };
    const again = follower(found);
    submit(again, 'c');
    again.write();
    const [first, second, next = 0, ...more] = submitted(again);
    expect([first, second, more]).toEqual([1, 2, []]);
    expect(next).toBeGreaterThan(2);
    expect(again.node.outbox.size).toBe(3);
  });

  test('O1: nor is that of an operation that was sent, and not written yet', () => {
    const solo = follower();
    submit(solo, 'written');
    solo.write();
    submit(solo, 'lost');
    expect(submitted(solo)).toEqual([1, 2]);
    const found = { ...stored('anna', THREE), ...pick(solo.crash()) };
    const again = follower(found);
    submit(again, 'new');
    again.write();
    const operations = again.all('SUBMIT', 'carl').flatMap((message) => message.operations);
    expect(operations.map(({ body }) => body)).toEqual(['written', 'new']);
    expect(operations.map(({ id }) => id.sequence)).not.toContain(2);
  });

  test('O3: what an earlier page left is written again before it is sent: another page may have the disk', () => {
    const solo = follower();
    submit(solo, 'a', 'b');
    solo.write();
    const found = { ...stored('anna', THREE), ...pick(solo.crash()) };
    const again = new Solo('anna', { priority: 1, stored: found });
    for (let beats = 0; beats < 10; beats++) {
      beat(again);
      again.pass(200);
    }
    expect(submitted(again)).toEqual([]);
    again.write();
    expect(submitted(again)).toEqual([1, 2]);
  });

  test('O1: one SUBMIT is one critical section, in order', () => {
    const solo = follower();
    submit(solo, 'a', 'b', 'c');
    solo.write();
    const [message] = solo.all('SUBMIT', 'carl');
    expect(message?.operations.map(({ body }) => body)).toEqual(['a', 'b', 'c']);
  });

  test('O1: without an answer it is asked again after a second, and under a new leader at once', () => {
    const solo = follower();
    submit(solo, 'visitor');
    solo.write();
    for (let i = 0; i < 6; i++) {
      solo.pass(200);
      beat(solo);
    }
    expect(submitted(solo)).toEqual([1, 1]);
    const last = solo.node.replica.log.last;
    const [by, beatOfBert] = [
      term(4, 'bert'),
      { type: 'APPEND', previous: last, entries: [], commit: 1, beat: 1, quorum: true } as const,
    ];
    solo.receive('bert', { ...beatOfBert, term: by });
    expect(solo.all('SUBMIT', 'bert')).toHaveLength(1);
  });

  test('O2: what its node has settled is told, so that the others may forget it', () => {
    const solo = follower();
    submit(solo, 'a');
    solo.write();
    submit(solo, 'b');
    solo.write();
    expect(solo.all('SUBMIT').at(-1)?.operations[0]?.settledBelow).toBe(1);
    solo.receive('carl', { type: 'RESULT', results: [{ sequence: 1, index: 2, outcome: 1 }] });
    // Until it is off the disk as well, a later life would ask for it again.
    submit(solo, 'c');
    expect(solo.all('SUBMIT').at(-1)?.operations[0]?.settledBelow).toBe(1);
    solo.write();
    submit(solo, 'd');
    expect(solo.all('SUBMIT').at(-1)?.operations[0]?.settledBelow).toBe(2);
  });

  test('O4: more than it may hold open is refused at once', () => {
    const solo = follower();
    const request = submit(solo, ...Array.from({ length: MAX_OPEN }, () => 'x'));
    const refused = submit(solo, 'one more');
    expect(solo.replies.get(refused)).toMatchObject({ ok: false, code: 'invalid', definite: true });
    expect(solo.replies.get(request)).toBeUndefined();
  });
});

function pick(found: Stored | null): Partial<Stored> {
  return found ? { meta: found.meta, outbox: found.outbox } : {};
}

describe('answers', () => {
  test('O1: an operation is answered once, by the result or by its entry, whichever comes first', () => {
    const solo = follower();
    const request = submit(solo, 'visitor');
    solo.write();
    const result = { type: 'RESULT', results: [{ sequence: 1, index: 2, outcome: 'in' }] } as const;
    solo.receive('carl', result);
    expect(solo.replies.get(request)).toEqual({
      ok: true,
      value: { type: 'outcome', sequence: 1, index: 2, outcome: 'in' },
    });
    solo.replies.clear();
    solo.receive('carl', result);
    solo.receive('carl', {
      type: 'APPEND',
      term: T3,
      previous: START,
      entries: [entry(2, T3, operation('anna', 1, 'visitor', T3))],
      commit: 2,
      beat: 0,
      quorum: true,
    });
    expect(solo.replies.size).toBe(0);
    solo.fire('commit-mark');
    solo.write();
    expect(solo.disk.load()?.outbox).toEqual([]);
    expect(solo.node.outbox.size).toBe(0);
  });

  test('O1: the own log tells the outcome as well', () => {
    const solo = follower();
    const request = submit(solo, 'visitor');
    solo.write();
    solo.receive('carl', {
      type: 'APPEND',
      term: T3,
      previous: START,
      entries: [entry(2, T3, operation('anna', 1, 'visitor', T3))],
      commit: 2,
      beat: 0,
      quorum: true,
    });
    expect(solo.replies.get(request)).toMatchObject({ ok: true, value: { index: 2, outcome: 1 } });
  });

  test('O3: never sent and given up after 5 s: definite, once it is off the disk', () => {
    const solo = follower();
    beat(solo, 1, false);
    const request = submit(solo, 'visitor');
    solo.write();
    for (let i = 0; i < 26; i++) {
      solo.pass(200);
      beat(solo, 1, false);
    }
    expect(solo.replies.get(request)).toBeUndefined();
    solo.write();
    expect(solo.replies.get(request)).toMatchObject({
      ok: false,
      code: 'no-quorum',
      definite: true,
    });
    expect(solo.disk.load()?.outbox).toEqual([]);
    beat(solo);
    solo.write();
    expect(submitted(solo)).toEqual([]);
  });

  test('O3: given up before it was durable: definite as well, and never sent', () => {
    const solo = follower();
    const request = submit(solo, 'visitor');
    solo.pass(5001);
    solo.write();
    expect(solo.replies.get(request)).toMatchObject({ ok: false, definite: true });
    expect(submitted(solo)).toEqual([]);
  });

  test('O3: sent and given up: indefinite; it stays, and its outcome settles it later without a second answer', () => {
    const solo = follower();
    const request = submit(solo, 'visitor');
    solo.write();
    solo.pass(5001);
    expect(solo.replies.get(request)).toMatchObject({
      ok: false,
      code: 'timeout',
      definite: false,
    });
    expect(solo.node.outbox.size).toBe(1);
    solo.replies.clear();
    solo.receive('carl', { type: 'RESULT', results: [{ sequence: 1, index: 2, outcome: 'in' }] });
    expect(solo.replies.size).toBe(0);
    expect(solo.node.outbox.size).toBe(0);
  });

  test.each([
    { type: 'RESULT', results: [{ sequence: 1, index: 2, outcome: 'in' }] },
    { type: 'DECLINED', sequences: [1], reason: 'invalid', detail: 'no' },
  ] as const)('O2, G1: $type of another generation settles nothing', (answer) => {
    const solo = follower();
    const request = submit(solo, 'visitor');
    solo.write();
    solo.receive('carl', answer, 'anothergeneration');
    solo.write();
    expect(solo.replies.get(request)).toBeUndefined();
    expect(solo.node.outbox.size).toBe(1);
    solo.pass(500);
    beat(solo);
    solo.pass(600);
    beat(solo);
    expect(submitted(solo)).toEqual([1, 1]);
  });

  test.each(['old-token', 'invalid'] as const)(
    'O3: %s is definite, and off the disk before it is spoken',
    (reason) => {
      const solo = follower();
      const request = submit(solo, 'visitor');
      solo.write();
      solo.receive('carl', { type: 'DECLINED', sequences: [1], reason, detail: 'no' });
      expect(solo.replies.get(request)).toBeUndefined();
      expect(solo.disk.load()?.outbox).toHaveLength(1);
      solo.write();
      expect(solo.replies.get(request)).toMatchObject({
        ok: false,
        code: 'invalid',
        definite: true,
      });
      expect(solo.disk.load()?.outbox).toEqual([]);
    },
  );

  test('O3: refused by the leader that its own node is, it is off the disk too, though it was never on its way', () => {
    const solo = new Solo('anna', { stored: stored('anna', [member('anna', 1)]) });
    solo.fire('seek');
    solo.write();
    submit(solo, 'visitor');
    solo.write();
    const request = submit(solo, 'nonsense');
    expect(solo.replies.get(request)).toBeUndefined();
    solo.write();
    expect(solo.replies.get(request)).toMatchObject({ ok: false, code: 'invalid', definite: true });
    expect(solo.disk.load()?.outbox.map(({ body }) => body)).not.toContain('nonsense');
  });

  test('O2, S9: what another page has settled unasked is no yes: nobody knows what came of it', () => {
    const solo = follower();
    submit(solo, 'first');
    solo.write();
    const told = submit(solo, 'told');
    const seen = submit(solo, 'seen');
    solo.receive('carl', { type: 'RESULT', results: [{ sequence: 2, index: 0, outcome: null }] });
    expect(solo.replies.get(told)).toMatchObject({ ok: false, code: 'timeout', definite: false });
    // The page that has the disk now uses number 1025 and has settled all below; a copy of this one's comes after it.
    const entries = [
      entry(2, T3, operation('anna', 1025, 'later', T3, 1)),
      entry(3, T3, operation('anna', 3, 'seen', T3, 2)),
    ];
    const append = { type: 'APPEND', term: T3, previous: START, entries, commit: 3 } as const;
    solo.receive('carl', { ...append, beat: 0, quorum: true });
    solo.write();
    expect(solo.replies.get(seen)).toMatchObject({ ok: false, code: 'timeout', definite: false });
    expect(solo.tally.bodies).toEqual(['later']);
  });

  test('O3: refused in a later generation than it was sent in, it is off the disk, and not definite', () => {
    const harness = new Harness();
    for (const [i, id] of ['anna', 'bert', 'carl'].entries()) {
      harness.start(id, i);
      harness.settle();
    }
    harness.runUntil(() => harness.leader()?.self.id === 'carl', 20_000);
    expect(harness.command('anna', { type: 'lock' })).toMatchObject({ ok: true });
    const replies: Reply[] = [];
    harness.ask('anna', { type: 'submit', bodies: ['visitor'] }, (reply) => replies.push(reply));
    harness.fate = (_, to) => (to === 'anna' ? 'lose' : 'pass');
    harness.runUntil(() => harness.bodies('carl').includes('visitor'), 1000);
    harness.partition(['anna'], ['bert', 'carl']);
    harness.run(1500);
    expect(
      harness.command('anna', { type: 'proceed-without', ids: ['bert', 'carl'] }),
    ).toMatchObject({ ok: true });
    harness.runUntil(() => replies.length > 0, 1500);
    expect(replies).toMatchObject([{ ok: false, code: 'timeout', definite: false }]);
    expect(harness.node('anna').outbox.size).toBe(0);
  });

  test.each(['paused', 'not-leader'] as const)(
    'O3: %s decides nothing: it is asked again',
    (reason) => {
      const solo = follower();
      const request = submit(solo, 'visitor');
      solo.write();
      solo.receive('carl', { type: 'DECLINED', sequences: [1], reason, detail: 'later' });
      solo.write();
      expect(solo.replies.get(request)).toBeUndefined();
      for (let i = 0; i < 6; i++) {
        solo.pass(200);
        beat(solo);
      }
      expect(submitted(solo)).toEqual([1, 1]);
    },
  );
});

describe('under the mutex', () => {
  function park(): Harness {
    const harness = new Harness();
    for (const [i, id] of ['anna', 'bert', 'carl'].entries()) {
      harness.start(id, i + 1);
      harness.settle();
    }
    harness.runUntil(() => harness.leader()?.self.id === 'carl', 30_000);
    harness.settle();
    harness.run(500);
    return harness;
  }

  test('X2: what is asked for while the mutex is held runs under its token, before all others', () => {
    const harness = park();
    const grant = harness.command('anna', { type: 'lock' });
    harness.ask('bert', { type: 'submit', bodies: ['bert'] });
    harness.run(100);
    harness.submit('anna', 'anna');
    harness.command('anna', { type: 'release', token: tokenOf(grant) });
    harness.settle();
    expect(harness.bodies('carl')).toEqual(['anna', 'bert']);
    const [first] = harness
      .node('carl')
      .replica.committed(1, Infinity)
      .flatMap(({ entry: { command } }) => (command.kind === 'operation' ? [command.token] : []));
    expect(first).toEqual(tokenOf(grant));
  });

  test('X2: asked for under a mutex that is lost meanwhile, it never happens, also after a crash', () => {
    const harness = park();
    harness.command('anna', { type: 'lock' });
    harness.partition(['anna'], ['bert', 'carl']);
    harness.ask('anna', { type: 'submit', bodies: ['too late'] });
    harness.run(20);
    harness.crash('anna');
    harness.run(3000);
    harness.heal();
    harness.start('anna', 1);
    harness.settle();
    harness.run(3000);
    expect(harness.node('anna').outbox.size).toBe(0);
    expect(harness.bodies('carl')).toEqual([]);
  });

  test('X3: a mutex whose node dies is free at once, one that is kept for the length of its lease', () => {
    const harness = park();
    harness.command('anna', { type: 'lock' });
    let granted = 0;
    harness.ask('bert', { type: 'lock' }, () => (granted = harness.now));
    harness.run(50);
    harness.crash('anna');
    harness.run(50);
    expect(granted).toBeGreaterThan(0);
    const since = harness.now;
    harness.command('carl', { type: 'lock' }, 12_000);
    expect(harness.now - since).toBeGreaterThan(9000);
    expect(harness.now - since).toBeLessThan(10_100);
  });

  test('X3: a grant to a node that started again meanwhile is given back', () => {
    const harness = park();
    harness.command('bert', { type: 'lock' });
    harness.ask('anna', { type: 'lock' });
    harness.run(10);
    const request = harness.sent('LOCK').at(-1)?.request ?? 0;
    harness.crash('anna');
    harness.start('anna', 1);
    harness.settle();
    harness.deliver('anna', 'carl', {
      type: 'GRANT',
      request,
      token: { term: T3, number: 1 },
      leaseMs: 10_000,
    });
    expect(harness.sent('RELEASE').at(-1)?.request).toBe(request);
  });

  test('X3: so is the grant of a LOCK that came late, whoever held it before; a GRANT that comes again is none', () => {
    const harness = park();
    const grant = harness.command('anna', { type: 'lock' });
    const lock = harness.sent('LOCK').at(-1)?.request ?? 0;
    const token = tokenOf(grant);
    const told = (number: number): void => {
      const again = { ...token, number };
      harness.deliver('anna', 'carl', { type: 'GRANT', request: lock, token: again, leaseMs: 1 });
    };
    told(token.number);
    told(token.number - 1);
    expect(harness.sent('RELEASE')).toEqual([]);
    // The lease has ended for its leader, which takes the same LOCK for a new one.
    told(token.number + 1);
    expect(harness.sent('RELEASE')).toEqual([{ type: 'RELEASE', request: lock }]);
  });

  test('X3: released under the leader that granted it, although that paused in between', () => {
    const harness = park();
    const grant = harness.command('carl', { type: 'lock' });
    harness.freeze('anna');
    harness.freeze('bert');
    harness.run(1500);
    expect(harness.node('carl').leadership?.replication.quorum).toBe(false);
    harness.thaw('anna');
    harness.thaw('bert');
    harness.run(500);
    expect(harness.leader()?.self.id).toBe('carl');
    harness.command('carl', { type: 'release', token: tokenOf(grant) });
    const since = harness.now;
    harness.command('anna', { type: 'lock' });
    expect(harness.now - since).toBeLessThan(500);
  });

  test('X4: under a new leader the waiting nodes are granted in their old order', () => {
    const harness = park();
    harness.command('carl', { type: 'lock' });
    const order: string[] = [];
    for (const id of ['bert', 'anna']) {
      harness.ask(id, { type: 'lock' }, (reply) => {
        order.push(id);
        harness.ask(id, { type: 'release', token: tokenOf(reply) });
      });
      harness.run(20);
    }
    harness.crash('carl');
    harness.settle();
    harness.run(1000);
    expect(order).toEqual(['bert', 'anna']);
  });
});
