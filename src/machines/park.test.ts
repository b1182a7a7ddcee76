import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogEntry } from '../core/entry.ts';
import type { Json } from '../core/json.ts';
import { founding } from '../core/testing/fixtures.ts';
import { decodeParkOperation, MAX_CAPACITY, Park, type ParkOperation } from './park.ts';

let index = 0;

function entryOf(body: Json): LogEntry {
  const operation = { id: { node: 'anna', sequence: ++index }, settledBelow: 1, under: null, body };
  const token = { term: '', number: index };
  return { index, term: '', at: 0, command: { kind: 'operation', operation, token } };
}

/** A park for two, unless told otherwise. */
function park(capacity = 2): Park {
  const made = new Park();
  const command = founding([]);
  if (command.kind === 'founding') {
    const settings = { ...command.settings, capacity };
    made.apply({ index: 1, term: '', at: 0, command: { ...command, settings } });
  }
  return made;
}

function enter(visitor: string): ParkOperation {
  return { machine: 'park', kind: 'enter', visitor };
}
function leave(visitor: string): ParkOperation {
  return { machine: 'park', kind: 'leave', visitor };
}
function capacity(to: number): ParkOperation {
  return { machine: 'park', kind: 'capacity', capacity: to };
}
function ask(at: Park, operation: ParkOperation): Json {
  return at.apply(entryOf({ ...operation }));
}

const ALLOWED = { allowed: true };
const refused = (reason: string): Json => ({ allowed: false, reason });

describe('the park', () => {
  test('S1: never more inside than the capacity', () => {
    const made = park();
    expect(ask(made, enter('Ada'))).toEqual(ALLOWED);
    expect(ask(made, enter('Bea'))).toEqual(ALLOWED);
    expect(ask(made, enter('Cleo'))).toEqual(refused('full'));
    expect(ask(made, leave('Ada'))).toEqual(ALLOWED);
    expect(ask(made, enter('Cleo'))).toEqual(ALLOWED);
    expect([...made.visitors]).toEqual(['Bea', 'Cleo']);
  });

  test('S3: a visitor is inside at most once, and nobody leaves who is not inside', () => {
    const made = park();
    ask(made, enter('Ada'));
    expect(ask(made, enter('Ada'))).toEqual(refused('already-inside'));
    expect(ask(made, leave('Bea'))).toEqual(refused('not-inside'));
    ask(made, leave('Ada'));
    expect(ask(made, leave('Ada'))).toEqual(refused('not-inside'));
  });

  test('S1: the capacity never falls below what is inside', () => {
    const made = park();
    ask(made, enter('Ada'));
    ask(made, enter('Bea'));
    expect(ask(made, capacity(1))).toEqual(refused('full'));
    expect(made.capacity).toBe(2);
    expect(ask(made, capacity(3))).toEqual(ALLOWED);
    expect(ask(made, enter('Cleo'))).toEqual(ALLOWED);
  });

  test('S1: a park for nobody lets nobody in', () => {
    expect(ask(park(0), enter('Ada'))).toEqual(refused('full'));
  });

  const operation = fc.oneof(
    fc.record({
      kind: fc.constantFrom('enter', 'leave'),
      visitor: fc.constantFrom('a', 'b', 'c', 'd'),
    }),
    fc.record({ kind: fc.constant('capacity'), capacity: fc.nat(4) }),
  );

  test('S1, S3, S6: whatever is asked; and a snapshot goes on where it was taken', () => {
    fc.assert(
      fc.property(fc.array(operation), fc.nat(), (asked, cut) => {
        const first = park(2);
        const second = park(2);
        const at = asked.length === 0 ? 0 : cut % asked.length;
        for (const [i, one] of asked.entries()) {
          if (i === at) {
            second.restore(JSON.parse(JSON.stringify(first.snapshot())) as Json);
          }
          const entry = entryOf({ machine: 'park', ...one });
          const outcome = first.apply(entry);
          if (i >= at) expect(second.apply(entry)).toEqual(outcome);
          expect(first.visitors.size).toBeLessThanOrEqual(first.capacity);
        }
        if (asked.length > 0) expect(second.snapshot()).toEqual(first.snapshot());
      }),
    );
  });

  test('it can start over', () => {
    const made = park();
    ask(made, enter('Ada'));
    made.reset();
    expect([made.capacity, made.visitors.size]).toEqual([0, 0]);
  });

  test('entries that are not its own change nothing', () => {
    const made = park();
    expect(made.apply({ index: 2, term: '', at: 0, command: { kind: 'opening' } })).toBeNull();
    expect(made.apply(entryOf({ machine: 'park', kind: 'fly' }))).toBeNull();
    expect(made.visitors.size).toBe(0);
  });

  test('snapshots that it did not make are refused', () => {
    const bad: Json[] = [
      null,
      [],
      {},
      { capacity: 1 },
      { capacity: -1, inside: [] },
      { capacity: 1, inside: [1] },
      { capacity: 1, inside: ['Ada', 'Bob'] },
      { capacity: 2, inside: ['Ada', 'Ada'] },
    ];
    for (const snapshot of bad) {
      expect(new Park().refuseSnapshot(snapshot)).not.toBeNull();
    }
    expect(new Park().refuseSnapshot({ capacity: 2, inside: ['Ada', 'Bob'] })).toBeNull();
  });
});

describe('what a gate may ask', () => {
  test('the shapes of the three operations', () => {
    for (const good of [enter('Ada'), leave('x'.repeat(80)), capacity(0), capacity(MAX_CAPACITY)]) {
      expect(decodeParkOperation(good)).toEqual({ ok: true, value: good });
      expect(new Park().refuse({ ...good })).toBeNull();
    }
  });

  test.each([
    [enter(''), 'empty'],
    [enter('   '), 'empty'],
    [enter('x'.repeat(81)), 'longer than 80'],
    [capacity(-1), 'not a number'],
    [capacity(1.5), 'not an integer'],
    [capacity(MAX_CAPACITY + 1), 'not a number'],
    [{ machine: 'park', kind: 'fly' }, 'unknown kind'],
    [{ machine: 'park', kind: 'enter', visitor: 'Ada', extra: 1 }, 'unknown field'],
    [{ machine: 'zoo', kind: 'enter', visitor: 'Ada' }, 'not one of'],
    [null, 'not an object'],
  ])('%j is refused', (body, reason) => {
    expect(new Park().refuse(body as Json)).toContain(reason);
  });
});
