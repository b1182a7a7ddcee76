import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Operation } from './entry.ts';
import type { Json } from './json.ts';
import { DecodeError } from './decoder.ts';
import { MAX_RECORDS, Sessions } from './sessions.ts';

function operation(node: string, sequence: number, settledBelow: number): Operation {
  return { id: { node, sequence }, settledBelow, under: null, body: null };
}

describe('the records of what was applied', () => {
  test('S7: an operation is new once, and settled from then on', () => {
    const sessions = new Sessions();
    const id = { node: 'anna', sequence: 3 };
    expect(sessions.lookup(id)).toEqual({ state: 'new' });
    sessions.record(operation('anna', 3, 1), { index: 9, outcome: 'in' });
    expect(sessions.lookup(id)).toEqual({ state: 'settled', index: 9, outcome: 'in' });
    expect(sessions.lookup({ node: 'bert', sequence: 3 })).toEqual({ state: 'new' });
    expect(() => sessions.record(operation('anna', 3, 1), { index: 10, outcome: 'in' })).toThrow(
      'S7',
    );
  });

  test('O2: what its node has settled is forgotten, but never applied again', () => {
    const sessions = new Sessions();
    for (const sequence of [1, 2, 4]) {
      sessions.record(operation('anna', sequence, 1), { index: sequence, outcome: null });
    }
    sessions.record(operation('anna', 5, 3), { index: 5, outcome: null });
    expect(sessions.lookup({ node: 'anna', sequence: 2 })).toEqual({ state: 'forgotten' });
    expect(() => sessions.record(operation('anna', 2, 3), { index: 6, outcome: null })).toThrow(
      'S7',
    );
    // Sequence 3 is open at its node: it may still come.
    expect(sessions.lookup({ node: 'anna', sequence: 3 })).toEqual({ state: 'new' });
    expect(sessions.lookup({ node: 'anna', sequence: 4 })).toMatchObject({ state: 'settled' });
  });

  test('O2: an older operation that comes late does not take the floor back', () => {
    const sessions = new Sessions();
    sessions.record(operation('anna', 9, 8), { index: 1, outcome: null });
    sessions.record(operation('anna', 8, 2), { index: 2, outcome: null });
    expect(sessions.lookup({ node: 'anna', sequence: 5 })).toEqual({ state: 'forgotten' });
  });

  const history = fc.array(
    fc.record({ node: fc.constantFrom('anna', 'bert'), sequence: fc.nat(20), floor: fc.nat(20) }),
  );

  test('O4: of a node that settles nothing there are only so many', () => {
    const sessions = new Sessions();
    for (let i = 1; i <= MAX_RECORDS; i++) {
      expect(sessions.hasRoomFor(operation('anna', i, 1))).toBe(true);
      sessions.record(operation('anna', i, 1), { index: i, outcome: null });
    }
    expect(sessions.hasRoomFor(operation('anna', MAX_RECORDS + 1, 1))).toBe(false);
    expect(sessions.hasRoomFor(operation('anna', MAX_RECORDS + 1, 2))).toBe(true);
    expect(sessions.hasRoomFor(operation('bert', 1, 1))).toBe(true);
  });

  test('S6: a snapshot restores them byte for byte, in whatever order they came', () => {
    fc.assert(
      fc.property(history, (records) => {
        const sessions = new Sessions();
        for (const [i, { node, sequence, floor }] of records.entries()) {
          const asked = operation(node, sequence, Math.min(floor, sequence));
          if (sessions.lookup(asked.id).state === 'new') {
            sessions.record(asked, { index: i, outcome: { i } });
          }
        }
        const snapshot = sessions.snapshot();
        const restored = new Sessions();
        restored.restore(JSON.parse(JSON.stringify(snapshot)) as Json);
        expect(JSON.stringify(restored.snapshot())).toBe(JSON.stringify(snapshot));
        for (const { node, sequence } of records) {
          const id = { node, sequence };
          expect(restored.lookup(id)).toEqual(sessions.lookup(id));
        }
      }),
    );
  });

  test('R6: a snapshot that it did not make is refused', () => {
    for (const bad of [
      null,
      {},
      [[]],
      [['anna']],
      [['anna', 1, null]],
      [['anna', 1, [[1]]]],
      [[1, 1, []]],
      [
        ['bert', 1, []],
        ['anna', 1, []],
      ],
      [
        [
          'anna',
          1,
          [
            [2, 5, 0],
            [2, 6, 0],
          ],
        ],
      ],
      [['anna', 3, [[2, 5, 0]]]],
    ]) {
      const sessions = new Sessions();
      sessions.record(operation('carl', 1, 1), { index: 1, outcome: 'kept' });
      expect(() => sessions.restore(bad)).toThrow(DecodeError);
      expect(sessions.size).toBe(1);
    }
  });
});
