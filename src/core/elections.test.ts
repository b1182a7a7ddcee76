import { describe, expect, test } from 'vitest';
import { ELECTIONS, type ElectionKind } from './entry.ts';
import type { NodeId } from './identity.ts';
import { Harness } from './testing/harness.ts';
import { seeded } from './testing/random.ts';

/** What elections do in whole parks: with ballots, learners, people, and links that are cut. */

/** A park in step, whose greatest node leads. */
function park(election: ElectionKind, count: number, seed = 1): Harness {
  const harness = new Harness({ seed, settings: { election } });
  for (let i = 1; i <= count; i++) harness.start(`node${String(i).padStart(2, '0')}`, i);
  harness.settle(120_000);
  harness.run(3000);
  expect(harness.leader()?.self.id).toBe(harness.ids.at(-1));
  return harness;
}

/** Another node has promised so great a term that the leader needs a new one. */
function outbid(harness: Harness, leader: NodeId, by: NodeId): void {
  const term = harness.node(leader).leadership?.term ?? '';
  const promised = `000000000090.${by}`;
  harness.deliver(leader, by, { type: 'REFUSE', term, promised, reason: 'promised', leader: null });
}

test.each(ELECTIONS)(
  'E4, E9, %s: with more gates than voters the greatest that is alive is elected first',
  (election) => {
    for (let seed = 1; seed <= 4; seed++) {
      const random = seeded(seed);
      const harness = park(election, 12, seed);
      harness.fate = () => Math.floor(5 + random() * 25);
      harness.run(random() * 1000);
      const began = harness.now;
      harness.freeze('node12');
      harness.runUntil(() => harness.noted('elected', began).length > 0, 30_000);
      expect(harness.noted('elected', began)[0]).toMatch(/^node11/);
    }
  },
);

describe('a pair that is cut from each other', () => {
  test.each(ELECTIONS)(
    'E9, L1, %s: a leader that pauses keeps the others from none',
    (election) => {
      const harness = park(election, 5);
      const began = harness.now;
      harness.partition(['node05'], ['node01', 'node02', 'node03']);
      harness.runUntil(() => harness.noted('elected', began).length > 0, 20_000);
      expect(harness.leader()?.self.id).toBe('node04');
    },
  );

  test.each(ELECTIONS.flatMap((election) => [3, 5].map((count) => [election, count] as const)))(
    'E8, E9, L1, %s, %i gates: who holds the greatest for failed does not keep its token from the others',
    (election, count) => {
      const harness = park(election, count);
      const greatest = `node0${String(count)}`;
      harness.partition(['node02'], [greatest]);
      harness.run(2000);
      const began = harness.now;
      outbid(harness, greatest, 'node01');
      harness.runUntil(() => harness.noted('elected', began).length > 0, 20_000);
    },
  );
});

describe('E6: the office is vacant', () => {
  test.each(ELECTIONS)(
    '%s: until a person elects; a late RESIGN removes no later leader',
    (election) => {
      const harness = park(election, 3);
      harness.fate = (_from, _to, { type }) => (type === 'RESIGN' ? [0, 3000] : 'pass');
      harness.ask('node01', { type: 'remove-leader' });
      harness.run(500);
      expect(harness.leader()).toBeUndefined();
      harness.command('node01', { type: 'start-election' });
      harness.runUntil(() => harness.leader() !== undefined, 5000);
      const term = harness.leader()?.leadership?.term;
      harness.run(5000);
      expect(harness.leader()?.leadership?.term).toBe(term);
    },
  );

  test('nor does LEADER_REMOVED of an earlier term', () => {
    const harness = park('bully', 3);
    const removed = { type: 'LEADER_REMOVED', term: '000000000001.node03' } as const;
    harness.deliver('node01', 'node03', removed);
    expect(harness.node('node01').vacant).toBe(false);
  });

  test.each(ELECTIONS)('L1, %s: a promise ends it, also if the candidate dies', (election) => {
    const harness = park(election, 5);
    harness.command('node01', { type: 'remove-leader' });
    harness.run(500);
    const began = harness.now;
    harness.ask('node05', { type: 'start-election' });
    harness.runUntil(() => harness.count('PROMISE', began) > 0, 5000);
    harness.crash('node05');
    harness.runUntil(() => harness.leader() !== undefined, 30_000);
  });
});

test('E4: who was no voter once, and is one again, elects as all others do', () => {
  const harness = park('bully', 4);
  harness.freeze('node04');
  harness.run(25_000);
  harness.command('node01', { type: 'remove-leader' });
  harness.run(500);
  harness.thaw('node04');
  harness.run(3000);
  expect(harness.noted('ballot-lost').join()).toContain('no-voter');
  if (!harness.leader()) harness.command('node01', { type: 'start-election' }, 60_000);
  harness.runUntil(() => harness.leader()?.self.id === 'node04', 120_000);
  harness.settle(60_000);
  harness.run(60_000);
  const began = harness.now;
  outbid(harness, 'node04', 'node02');
  harness.runUntil(() => harness.noted('elected', began).length > 0, 5000);
  expect(harness.noted('elected', began)[0]).toMatch(/^node04/);
});

describe('X4: a grant of an earlier term of the same leader', () => {
  /** Node 1 was granted the mutex in a term that is over, and has not heard of it yet. */
  function late(): Harness {
    const harness = park('bully', 3);
    let isHeld = false;
    harness.fate = (_from, to, { type }) => {
      if (type !== 'GRANT' || to !== 'node01' || isHeld) return 'pass';
      isHeld = true;
      return 'hold';
    };
    harness.ask('node01', { type: 'lock' });
    harness.runUntil(() => isHeld, 1000);
    const { follower } = harness.node('node01');
    const old = follower.term;
    outbid(harness, 'node03', 'node02');
    harness.runUntil(
      () => follower.term !== old && harness.leader()?.leadership?.term === follower.term,
      5000,
    );
    harness.ask('node02', { type: 'lock' });
    harness.release();
    return harness;
  }

  test('is void: nobody holds it beside another', () => {
    const harness = late();
    for (let ms = 0; ms < 3000; ms += 10) {
      harness.run(10);
      const holders = harness.ids.filter((id) => harness.node(id).grants.holds);
      expect(holders.length).toBeLessThanOrEqual(1);
    }
  });

  test("and blocks nobody: what is granted is of the leader's term, and can be used", () => {
    const harness = late();
    const { grants } = harness.node('node01');
    harness.runUntil(() => grants.holds, 9000);
    expect(grants.token?.term).toBe(harness.leader()?.leadership?.term);
    expect(harness.submit('node01', 'x')).toMatchObject({ ok: true });
  });
});

test('X2: who held the mutex when another leader came is refused, and not let through without it', () => {
  const harness = park('bully', 3);
  const { grants } = harness.node('node01');
  harness.ask('node01', { type: 'lock' });
  harness.runUntil(() => grants.holds, 5000);
  const { token } = grants;
  outbid(harness, 'node03', 'node02');
  harness.runUntil(() => !grants.holds, 5000);
  expect(harness.submit('node01', 'x')).toMatchObject({
    ok: false,
    code: 'invalid',
    definite: true,
  });
  expect(harness.submit('node02', 'y')).toMatchObject({ ok: true });
  expect(harness.command('node01', { type: 'release', token: token! })).toMatchObject({ ok: true });
  expect(harness.submit('node01', 'z')).toMatchObject({ ok: true });
  harness.runUntil(() => harness.bodies('node02').length === 2, 1000);
  expect(harness.bodies('node02')).toEqual(['y', 'z']);
});
