import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { Context } from './context.ts';
import type { Token } from './entry.ts';
import { Mutex, type LockRequest, type Section } from './mutex.ts';
import { compareToken } from './entry.ts';
import { term } from './testing/fixtures.ts';
import { DEFAULT_TIMING } from './timers.ts';

const T3 = term(3, 'carl');

let context: Context;
let mutex: Mutex;
let events: string[];
let tokens: Token[];
let leases: number[];

beforeEach(() => {
  context = new Context('carl', DEFAULT_TIMING, () => 0.5);
  events = [];
  tokens = [];
  leases = [];
  mutex = new Mutex(context, T3, {
    granted: ({ node, request }: LockRequest, token, leaseMs) => {
      leases.push(leaseMs);
      events.push(`grant ${node} ${String(request)} ${String(token.number)}`);
      tokens.push(token);
    },
    run: ({ node }: Section, token) => {
      events.push(`run ${node} ${String(token.number)}`);
      tokens.push(token);
    },
  });
  mutex.open();
});

function section(node: string): Section {
  return { kind: 'section', node, operations: [] };
}

describe('one holder, in order', () => {
  test('X1: a section runs at once when nobody holds the mutex', () => {
    expect(mutex.submit(section('anna'))).toBe(true);
    expect(events).toEqual(['run anna 1']);
    expect(mutex.holder).toBeNull();
  });

  test('X1: requests and sections are served first come, first served', () => {
    mutex.lock('anna', 1, null);
    mutex.submit(section('bert'));
    mutex.lock('carl', 2, null);
    mutex.submit(section('dora'));
    expect(events).toEqual(['grant anna 1 1']);
    mutex.release('anna', 1);
    expect(events).toEqual(['grant anna 1 1', 'run bert 2', 'grant carl 2 3']);
    mutex.release('carl', 2);
    expect(events.at(-1)).toBe('run dora 4');
  });

  test('X1: asked again, a request keeps its place and its ticket', () => {
    mutex.lock('anna', 1, null);
    const ticket = mutex.lock('bert', 2, null);
    mutex.lock('carl', 3, null);
    expect(mutex.lock('bert', 2, null)).toEqual(ticket);
    mutex.release('anna', 1);
    expect(events.at(-1)).toBe('grant bert 2 2');
  });

  test('X1, X3: the holder that asks again is told again, with the same token and what is left of its lease', () => {
    mutex.lock('anna', 1, null);
    context.now += 4000;
    mutex.lock('anna', 1, null);
    expect(events).toEqual(['grant anna 1 1', 'grant anna 1 1']);
    expect(leases).toEqual([DEFAULT_TIMING.lease, DEFAULT_TIMING.lease - 4000]);
  });

  test('X1: two requests of one node are two', () => {
    mutex.lock('anna', 1, null);
    mutex.lock('anna', 2, null);
    mutex.release('anna', 1);
    expect(events).toEqual(['grant anna 1 1', 'grant anna 2 2']);
  });
});

describe('losing it', () => {
  test('X3: by release, which an unknown request does not do', () => {
    mutex.lock('anna', 1, null);
    mutex.release('anna', 7);
    mutex.release('bert', 1);
    expect(mutex.holder).toEqual({ term: T3, number: 1 });
    mutex.release('anna', 1);
    expect(mutex.holder).toBeNull();
  });

  test('X3: at the end of the lease', () => {
    mutex.lock('anna', 1, null);
    mutex.lock('bert', 2, null);
    expect(context.isTimerSet('lease')).toBe(true);
    mutex.leaseEnded();
    expect(events.at(-1)).toBe('grant bert 2 2');
    // The old holder's release comes too late to matter.
    mutex.release('anna', 1);
    expect(mutex.holder?.number).toBe(2);
  });

  test('X3: when its node fails, which gives up its place in the queue as well', () => {
    mutex.lock('anna', 1, null);
    mutex.lock('bert', 2, null);
    mutex.lock('anna', 3, null);
    mutex.submit(section('anna'));
    mutex.nodeFailed('anna');
    expect(events.at(-1)).toBe('grant bert 2 2');
    mutex.release('bert', 2);
    // What was submitted still runs: its node may be back any moment, and it would ask again anyway.
    expect(events.slice(2)).toEqual(['run anna 3']);
  });

  test('X3: who waits no more loses its place', () => {
    mutex.lock('anna', 1, null);
    mutex.lock('bert', 2, null);
    mutex.release('bert', 2);
    mutex.release('anna', 1);
    expect(events).toEqual(['grant anna 1 1']);
  });

  test('X3: nothing is left behind by a leader that steps down', () => {
    mutex.lock('anna', 1, null);
    mutex.stop();
    expect(context.isTimerSet('lease')).toBe(false);
  });
});

describe('tokens', () => {
  test('X2: what the holder submits runs at once under its token, in front of the queue', () => {
    mutex.lock('anna', 1, null);
    mutex.submit(section('bert'));
    expect(mutex.submitHeld(section('anna'), { term: T3, number: 1 })).toBe(true);
    expect(events).toEqual(['grant anna 1 1', 'run anna 1']);
  });

  test('X2: what carries an old token, or comes from another node, is refused', () => {
    mutex.lock('anna', 1, null);
    expect(mutex.submitHeld(section('bert'), { term: T3, number: 1 })).toBe(false);
    mutex.leaseEnded();
    expect(mutex.submitHeld(section('anna'), { term: T3, number: 1 })).toBe(false);
    mutex.lock('anna', 2, null);
    expect(mutex.submitHeld(section('anna'), { term: T3, number: 1 })).toBe(false);
    expect(mutex.submitHeld(section('anna'), { term: term(2, 'bert'), number: 2 })).toBe(false);
    expect(mutex.submitHeld(section('anna'), { term: T3, number: 2 })).toBe(true);
  });

  test('S5: whatever is asked, tokens never fall, and only a holder uses one twice', () => {
    const step = fc.tuple(fc.constantFrom('lock', 'submit', 'release', 'lease', 'fail'), fc.nat(3));
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const given: Token[] = [];
        const granted = new Map<number, string>();
        const tested = new Mutex(context, T3, {
          granted: ({ node }, token) => {
            expect(granted.get(token.number) ?? node).toBe(node);
            granted.set(token.number, node);
            given.push(token);
          },
          run: (_section, token) => given.push(token),
        });
        tested.open();
        for (const [what, who] of steps) {
          const node = `node${String(who)}`;
          if (what === 'lock') tested.lock(node, who, null);
          else if (what === 'submit') tested.submit(section(node));
          else if (what === 'release') tested.release(node, who);
          else if (what === 'fail') tested.nodeFailed(node);
          else tested.leaseEnded();
        }
        expect(given.map(({ number }) => number)).toEqual(
          given.map(({ number }) => number).sort((a, b) => a - b),
        );
      }),
    );
  });
});

describe('a new leader', () => {
  test('X4: waiting nodes queue in the order of their first tickets, whenever they ask again', () => {
    const fresh = new Mutex(context, T3, {
      granted: ({ node }) => events.push(`grant ${node}`),
      run: () => events.push('run'),
    });
    const old = (number: number): Token => ({ term: term(2, 'bert'), number });
    fresh.lock('dora', 4, null);
    fresh.lock('carl', 3, old(8));
    fresh.lock('anna', 1, old(2));
    fresh.lock('bert', 2, old(5));
    expect(events).toEqual([]);
    fresh.open();
    for (const [node, request] of [
      ['anna', 1],
      ['bert', 2],
      ['carl', 3],
    ] as const) {
      fresh.release(node, request);
    }
    expect(events).toEqual(['grant anna', 'grant bert', 'grant carl', 'grant dora']);
    expect(compareToken(old(8), { term: T3, number: 1 })).toBeLessThan(0);
  });

  test('X4: before grants begin, sections run and grants wait', () => {
    const fresh = new Mutex(context, T3, {
      granted: ({ node }) => events.push(`grant ${node}`),
      run: ({ node }) => events.push(`run ${node}`),
    });
    fresh.submit(section('anna'));
    fresh.lock('bert', 1, null);
    expect(events).toEqual(['run anna']);
    fresh.open();
    expect(events).toEqual(['run anna', 'grant bert']);
  });

  test('R7: a paused leader grants nothing until it is open again', () => {
    mutex.lock('anna', 1, null);
    mutex.lock('bert', 2, null);
    mutex.pause();
    mutex.release('anna', 1);
    expect(events).toEqual(['grant anna 1 1']);
    mutex.open();
    expect(events.at(-1)).toBe('grant bert 2 2');
  });

  test('X1: a queue that is full refuses', () => {
    mutex.lock('anna', 0, null);
    for (let i = 1; i <= 4096; i++) mutex.lock('anna', i, null);
    expect(mutex.lock('bert', 1, null)).toBeNull();
    expect(mutex.submit(section('bert'))).toBe(false);
  });
});
