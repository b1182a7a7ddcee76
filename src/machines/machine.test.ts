import { describe, expect, test } from 'vitest';
import type { LogEntry } from '../core/entry.ts';
import type { Json } from '../core/json.ts';
import { founding } from '../core/testing/fixtures.ts';
import { Tally } from '../core/testing/tally.ts';
import { Machines, type Machine } from './machine.ts';

class Named extends Tally implements Machine {
  founded = 0;

  constructor(readonly name: string) {
    super();
  }

  override apply(entry: LogEntry): Json {
    if (entry.command.kind === 'founding') this.founded += 1;
    return super.apply(entry);
  }
}

function pair(): { red: Named; blue: Named; all: Machines } {
  const [red, blue] = [new Named('red'), new Named('blue')];
  return { red, blue, all: new Machines([red, blue]) };
}

function entryFor(body: Json): LogEntry {
  const operation = { id: { node: 'anna', sequence: 1 }, settledBelow: 1, under: null, body };
  return {
    index: 2,
    term: '',
    at: 0,
    command: { kind: 'operation', operation, token: { term: '', number: 1 } },
  };
}

describe('several machines on one log', () => {
  test('an operation goes to the machine that it names, and only there', () => {
    const { red, blue, all } = pair();
    expect(all.apply(entryFor({ machine: 'blue', what: 1 }))).toBe(1);
    expect(red.bodies).toEqual([]);
    expect(blue.bodies).toHaveLength(1);
  });

  test('what is no operation is shown to all', () => {
    const { red, blue, all } = pair();
    expect(all.apply({ index: 1, term: '', at: 0, command: founding([]) })).toBeNull();
    expect([red.founded, blue.founded]).toEqual([1, 1]);
  });

  test('an operation for a machine that this version does not know is applied by nobody', () => {
    const { red, all } = pair();
    for (const body of [{ machine: 'green' }, { machine: 1 }, 'text', null, [1]]) {
      expect(all.apply(entryFor(body))).toBeNull();
      expect(all.refuse(body)).toBe('no such machine');
    }
    expect(red.bodies).toEqual([]);
    expect(all.refuse({ machine: 'red' })).toBeNull();
  });

  test('S6: a snapshot holds them all, and one that came later starts afresh', () => {
    const { red, all } = pair();
    all.apply(entryFor({ machine: 'red' }));
    const snapshot = all.snapshot();
    const [again, added] = [new Named('red'), new Named('new')];
    added.bodies.push('old');
    new Machines([again, added]).restore(snapshot);
    expect(again.bodies).toEqual(red.bodies);
    expect(added.bodies).toEqual([]);
    expect(all.refuseSnapshot(snapshot)).toBeNull();
    expect(all.refuseSnapshot([])).toBe('not an object');
    expect(all.refuseSnapshot({ red: [], blue: 7 })).toBe('blue: not a list');
    all.reset();
    expect(red.bodies).toEqual([]);
  });
});
