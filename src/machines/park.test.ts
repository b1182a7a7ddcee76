import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_CAPACITY, type LogEntry } from '../core/entry.ts';
import type { Json } from '../core/json.ts';
import { founding } from '../core/testing/fixtures.ts';
import { decodeParkOperation, Park, type ParkOperation } from './park.ts';
import { MAX_TABS } from './visit-requests.ts';

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
    [enter('\u202egnp.exe'), 'visitor: a character that cannot be seen'],
    [enter('\u200b'), 'visitor: a character that cannot be seen'],
    [enter('Ada '), 'visitor: a space at its end'],
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

describe("a request of a visitor's own tab", () => {
  const TAB = 'abcdefgh12345678';

  function visit(
    number: number,
    wish: 'enter' | 'leave',
    visitor = 'Ada',
    tab = TAB,
  ): ParkOperation {
    return { machine: 'park', kind: 'visit', wish, visitor, request: { tab, number } };
  }

  test('under a name that cannot be read is refused, but whoever is inside may leave', () => {
    const unread = 'A\u00adda';
    const reason = 'visitor: a character that cannot be seen';
    expect(new Park().refuse(visit(1, 'enter', unread))).toBe(reason);
    expect(new Park().refuse(visit(1, 'leave', unread))).toBeNull();
    expect(new Park().refuse(leave(unread))).toBeNull();
  });

  test('is decided once, and the same again gets the same answer', () => {
    const made = park(1);
    expect(ask(made, visit(1, 'enter'))).toEqual(ALLOWED);
    expect(ask(made, visit(1, 'enter'))).toEqual({ ...ALLOWED, repeated: true });
    const late = visit(1, 'enter', 'Bea', 'zyxwvuts87654321');
    expect(ask(made, late)).toEqual(refused('full'));
    ask(made, leave('Ada'));
    expect(ask(made, late)).toEqual({ allowed: false, reason: 'full', repeated: true });
    expect(ask(made, visit(1, 'enter'))).toEqual({ ...ALLOWED, repeated: true });
    expect(made.visitors.size).toBe(0);
  });

  test('that is older than the last one of its tab is refused and changes nothing', () => {
    const made = park();
    ask(made, visit(1, 'enter'));
    ask(made, visit(2, 'leave'));
    expect(ask(made, visit(1, 'enter'))).toEqual(refused('old-request'));
    expect(made.visitors.size).toBe(0);
    expect(ask(made, visit(3, 'enter'))).toEqual(ALLOWED);
  });

  test('V3: under the number of the last one, but with another wish, is refused and changes nothing', () => {
    const made = park();
    expect(ask(made, visit(1, 'enter'))).toEqual(ALLOWED);
    expect(ask(made, visit(1, 'leave'))).toEqual(refused('old-request'));
    expect([...made.visitors]).toEqual(['Ada']);
    const other = new Park();
    other.restore(made.snapshot());
    expect(ask(other, visit(1, 'leave'))).toEqual(refused('old-request'));
    expect(ask(other, visit(1, 'enter'))).toEqual({ ...ALLOWED, repeated: true });
  });

  test('is remembered in the snapshot, which has the old form as long as there is none', () => {
    const made = park();
    expect(made.snapshot()).toEqual({ capacity: 2, inside: [] });
    ask(made, visit(1, 'enter'));
    ask(made, visit(4, 'leave', 'Bea', 'zyxwvuts87654321'));
    const snapshot = made.snapshot();
    const other = new Park();
    expect(other.refuseSnapshot(snapshot)).toBeNull();
    other.restore(snapshot);
    expect(other.snapshot()).toEqual(snapshot);
    expect(ask(other, visit(1, 'enter'))).toEqual({ ...ALLOWED, repeated: true });
    other.reset();
    expect(other.snapshot()).toEqual({ capacity: 0, inside: [] });
  });

  test('of a tab beyond the bound is forgotten: those that were decided last count', () => {
    const made = park(10);
    ask(made, visit(1, 'enter'));
    for (let i = 0; i < MAX_TABS; i++) {
      ask(made, visit(1, 'leave', 'nobody', `tab${String(i).padStart(13, '0')}`));
    }
    // By S3 it is refused all the same.
    expect(ask(made, visit(1, 'enter'))).toEqual(refused('already-inside'));
    const { requests } = made.snapshot() as { requests: unknown[] };
    expect(requests).toHaveLength(MAX_TABS);
  });

  test.each<[string, Json]>([
    ['a tab twice', [decided(1), decided(2)]],
    ['a number from before the first', [decided(0)]],
    ['no request', [{ tab: TAB, number: 1 }]],
    ['no wish', [{ tab: TAB, number: 1, outcome: ALLOWED }]],
    ['a wish that is none', [{ ...decided(1), wish: 'stay' }]],
    ['allowed for a reason', [{ ...decided(1), outcome: { allowed: true, reason: 'full' } }]],
    ['refused without a reason', [{ ...decided(1), outcome: { allowed: false } }]],
    ['too old', [{ ...decided(1), outcome: { allowed: false, reason: 'old-request' } }]],
    ['repeated', [{ ...decided(1), outcome: { allowed: true, repeated: true } }]],
  ])('a snapshot with %s is refused', (_what, requests) => {
    expect(new Park().refuseSnapshot({ capacity: 2, inside: [], requests })).not.toBeNull();
    expect(
      new Park().refuseSnapshot({ capacity: 2, inside: [], requests: [decided(1)] }),
    ).toBeNull();
  });

  function decided(number: number): {
    readonly tab: string;
    readonly number: number;
    readonly wish: string;
    readonly outcome: { readonly allowed: true };
  } {
    return { tab: TAB, number, wish: 'enter', outcome: { allowed: true } };
  }

  test.each<[string, Json]>([
    ['without its number', { machine: 'park', kind: 'visit', wish: 'enter', visitor: 'Ada' }],
    [
      'for something else',
      { ...visit(1, 'enter'), wish: 'capacity', request: { tab: TAB, number: 1 } },
    ],
    ['for nobody', { ...visit(1, 'enter', ' '), request: { tab: TAB, number: 1 } }],
    ['of a tab that is none', { ...visit(1, 'enter'), request: { tab: 'Ada', number: 1 } }],
  ])('%s is refused', (_what, body) => {
    expect(decodeParkOperation(body).ok).toBe(false);
  });
});
