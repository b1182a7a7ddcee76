import { beforeEach, describe, expect, test } from 'vitest';
import { Context } from './context.ts';
import { Replica } from './replica.ts';
import type { Snapshot } from './stored.ts';
import { entry, filler, founding, GENERATION, member, SETTINGS, term } from './testing/fixtures.ts';
import { Tally } from './testing/tally.ts';
import { DEFAULT_TIMING } from './timers.ts';

const T1 = term(1, 'anna');
const T2 = term(2, 'bert');
const ONE = [member('anna', 1)];

let context: Context;
let replica: Replica;

beforeEach(() => {
  context = new Context('anna', DEFAULT_TIMING, () => 0.5);
  replica = new Replica(context, new Tally(), 1000);
});

/** The tickets of the persist effects since the last call. */
function tickets(): number[] {
  return context
    .takeEffects()
    .flatMap((effect) => (effect.type === 'persist' ? [effect.ticket] : []));
}

function found(): void {
  replica.store([entry(1, T1, founding(ONE))], [], []);
}

function snapshotAt(index: number, inTerm: string): Snapshot {
  const generations = [{ id: GENERATION, at: { index: 1, term: T1 } }];
  return {
    at: { index, term: inTerm },
    settings: SETTINGS,
    members: ONE,
    generations,
    sessions: [],
    machine: [],
  };
}

describe('what is durable', () => {
  test('R2: entries are, once their write is', () => {
    found();
    replica.store(filler(2, 4, T1), [], []);
    const [first = 0, second = 0] = tickets();
    expect(replica.durableIndex).toBe(0);
    context.durable(first);
    expect(replica.durableIndex).toBe(1);
    context.durable(second);
    expect(replica.durableIndex).toBe(4);
  });

  test('R3: releases come with the write, also when there is nothing to write', () => {
    found();
    const ack = context.sending('bert', { type: 'LEAVE' });
    replica.store([entry(1, T1)], [], [ack]);
    const effects = context.takeEffects();
    expect(effects.at(-1)).toMatchObject({ type: 'persist', writes: [], releases: [ack] });
  });

  test('R1: a report about entries that were replaced meanwhile says nothing', () => {
    found();
    replica.store(filler(2, 6, T1), [], []);
    replica.store([entry(3, T2)], [], []);
    const [first = 0, second = 0, third = 0] = tickets();
    context.durable(first);
    context.durable(second);
    // The write of 2 to 6 is done, but 3 to 6 are not in the log any more.
    expect(replica.durableIndex).toBe(1);
    context.durable(third);
    expect(replica.durableIndex).toBe(3);
  });

  test('G3: a report from before it started over says nothing about the new log', () => {
    found();
    replica.store(filler(2, 6, T1), [], []);
    const [, old = 0] = tickets();
    replica.clear();
    // The other generation grew out of this one: the same entries come again, but are not written again yet.
    found();
    replica.store(filler(2, 6, T1), [], []);
    context.durable(old);
    expect(replica.durableIndex).toBe(0);
  });

  test('G3: neither does that of a snapshot, and nobody is told that it was installed', () => {
    found();
    const told: string[] = [];
    replica.installSnapshot(snapshotAt(5, T1), [], () => told.push('first'));
    const [, old = 0] = tickets();
    replica.clear();
    replica.installSnapshot(snapshotAt(9, T2), [], () => told.push('second'));
    const [young = 0] = tickets();
    context.durable(old);
    expect(replica.durableIndex).toBe(0);
    expect(told).toEqual([]);
    context.durable(young);
    expect(replica.durableIndex).toBe(9);
    expect(told).toEqual(['second']);
  });
});

describe('a snapshot', () => {
  test('R6: takes the place of a log that ends before it', () => {
    found();
    replica.installSnapshot(snapshotAt(5, T2), [], () => undefined);
    expect(replica.log.last).toEqual({ index: 5, term: T2 });
    expect(replica.commitIndex).toBe(5);
    expect(context.generation).toBe(GENERATION);
  });

  test('R6: takes the place of one that has parted from it', () => {
    found();
    replica.store(filler(2, 9, T1), [], []);
    replica.installSnapshot(snapshotAt(5, T2), [], () => undefined);
    expect(replica.log.last).toEqual({ index: 5, term: T2 });
  });

  test('R6: only commits what the log holds already', () => {
    found();
    replica.store(filler(2, 9, T1), [], []);
    for (const ticket of tickets()) context.durable(ticket);
    replica.installSnapshot(snapshotAt(5, T1), [], () => undefined);
    expect(replica.log.lastIndex).toBe(9);
    expect(replica.commitIndex).toBe(5);
    expect(replica.durableIndex).toBe(9);
  });

  test('S6: never takes committed entries back', () => {
    found();
    replica.store(filler(2, 9, T1), [], []);
    replica.commitTo(7);
    expect(() => replica.installSnapshot(snapshotAt(5, T2), [], () => undefined)).toThrow(
      'committed',
    );
  });
});

describe('promises and commits', () => {
  test('B2: a promise never falls back', () => {
    replica.promise(T2);
    expect(() => replica.promise(T1)).toThrow('falls back');
    replica.clear();
    expect(replica.promised).toBe(T2);
  });

  test('S6: nothing beyond the log is committed', () => {
    found();
    expect(() => replica.commitTo(2)).toThrow('holds');
  });

  test('R4: how far it is committed is written down now and then, so that a restart shows it', () => {
    found();
    replica.commitTo(1);
    expect(context.isTimerSet('commit-mark')).toBe(true);
    for (const ticket of tickets()) context.durable(ticket);
    replica.markCommit();
    expect(context.takeEffects()).toMatchObject([
      { type: 'persist', writes: [{ type: 'meta', meta: { committed: 1 } }] },
    ]);
  });

  test('S6: it never says more than the disk holds, which may have other entries there until they are written over', () => {
    found();
    replica.store(filler(2, 3, T1), [], []);
    for (const ticket of tickets()) context.durable(ticket);
    replica.store(filler(3, 4, T2), [], []);
    replica.commitTo(4);
    expect(replica.meta().committed).toBe(2);
    for (const ticket of tickets()) context.durable(ticket);
    expect(replica.meta().committed).toBe(4);
  });

  test('S6: nor does a snapshot in place of a log that has parted from it, until it is on the disk', () => {
    found();
    replica.store(filler(2, 4, T1), [], []);
    for (const ticket of tickets()) context.durable(ticket);
    replica.commitTo(2);
    replica.installSnapshot(snapshotAt(4, T2), [], () => undefined);
    expect(context.takeEffects()).toMatchObject([
      { type: 'set-timer' },
      { type: 'persist', writes: [{ meta: { committed: 2 } }, { type: 'snapshot' }] },
    ]);
  });
});
