import { describe, expect, it } from 'vitest';
import type { EntryCommand, LogEntry } from '../../core/entry.ts';
import type { Json } from '../../core/json.ts';
import { Lineage } from './lineage.ts';
import { brokenRule } from './park-model.ts';

const TERM = '000000000001.anna';

function founding(capacity: number): EntryCommand {
  return {
    kind: 'founding',
    generation: 'one',
    settings: { capacity, election: 'bully', topology: 'mesh', multicast: 'sequencer' },
    members: [{ id: 'anna', priority: 1, name: 'Anna', voter: true }],
  };
}

function operation(node: string, sequence: number, body: Json, token = sequence): EntryCommand {
  const id = { node, sequence };
  return {
    kind: 'operation',
    operation: { id, settledBelow: 1, under: null, body },
    token: { term: TERM, number: token },
  };
}

function entry(index: number, command: EntryCommand, term = TERM): LogEntry {
  return { index, term, at: 0, command };
}

function lineage(...commands: EntryCommand[]): Lineage {
  const made = new Lineage('one');
  for (const [i, command] of [founding(1), ...commands].entries())
    made.extend(entry(i + 1, command), String(i), 0, TERM);
  return made;
}

const enter = (visitor: string) => ({ machine: 'park', kind: 'enter', visitor });

describe('the committed log', () => {
  it('S1, S3: says what the rules allow', () => {
    const log = lineage(
      operation('anna', 1, enter('v1')),
      operation('anna', 2, enter('v1')),
      operation('anna', 3, enter('v2')),
      operation('anna', 4, { machine: 'park', kind: 'leave', visitor: 'v2' }),
    );
    expect(log.records().map(({ outcome }) => outcome)).toEqual([
      null,
      { allowed: true },
      { allowed: false, reason: 'already-inside' },
      { allowed: false, reason: 'full' },
      { allowed: false, reason: 'not-inside' },
    ]);
  });

  it('V3: what a visitor gave to several gates is decided where it stands first', () => {
    const tab = 'abcdefgh';
    const visit = (number: number, wish: string, visitor = 'v1') => ({
      ...{ machine: 'park', kind: 'visit', wish, visitor },
      request: { tab, number },
    });
    const log = lineage(
      operation('anna', 1, visit(1, 'enter')),
      operation('bert', 1, visit(1, 'enter'), 2),
      operation('bert', 2, visit(1, 'leave'), 2),
      operation('anna', 2, visit(2, 'leave'), 3),
      operation('carl', 1, visit(1, 'enter'), 4),
    );
    expect(log.records().map(({ outcome }) => outcome)).toEqual([
      null,
      { allowed: true },
      { allowed: true },
      { allowed: false, reason: 'old-request' },
      { allowed: true },
      { allowed: false, reason: 'old-request' },
    ]);
    expect(log.model.inside.size).toBe(0);
    expect([log.indexOf(`${tab}.1`), log.indexOf(`${tab}.2`)]).toEqual([2, 5]);
  });

  it('S7: an operation that stands there twice counts once', () => {
    const log = lineage(operation('anna', 1, enter('v1')), operation('anna', 1, enter('v1'), 2));
    expect(log.at(3)).toMatchObject({ duplicate: true, outcome: { allowed: true } });
    expect(log.model.inside.size).toBe(1);
  });

  it('S5: tokens never fall', () => {
    const first = operation('anna', 1, enter('v1'), 7);
    expect(() => lineage(first, operation('anna', 2, enter('v2'), 6))).toThrow('S5');
  });

  it('S5: a token serves one node', () => {
    const first = operation('anna', 1, enter('v1'), 7);
    expect(() => lineage(first, operation('bert', 1, enter('v2'), 7))).toThrow('S5');
  });

  it('S5, X2: what was asked under a token runs under no other', () => {
    const asked = operation('anna', 1, enter('v1'), 7);
    const under = (number: number): EntryCommand =>
      asked.kind === 'operation'
        ? { ...asked, operation: { ...asked.operation, under: { term: TERM, number } } }
        : asked;
    expect(() => lineage(under(7))).not.toThrow();
    expect(() => lineage(under(6))).toThrow('S5');
  });

  it('S7: an operation is the same wherever it stands', () => {
    const first = operation('anna', 1, enter('v1'));
    expect(() => lineage(first, operation('anna', 1, enter('v2'), 2))).toThrow('S7');
  });

  it('S6: has no gap, and its terms never fall', () => {
    const log = lineage();
    expect(() => log.extend(entry(3, { kind: 'opening' }), '', 0, TERM)).toThrow('S6');
    expect(() => log.extend(entry(2, { kind: 'opening' }, ''), '', 0, TERM)).toThrow('S6');
  });

  it('a generation that a person forced shares the beginning of the one before', () => {
    const log = lineage(operation('anna', 1, enter('v1')), operation('anna', 2, enter('v2')));
    const forked = log.fork('two', new Set(['one']), ({ index }) => index < 3);
    expect(forked.length).toBe(2);
    expect([...forked.model.inside]).toEqual(['v1']);
  });
});

it('names the rule that a wrong outcome breaks', () => {
  const full = { allowed: false, reason: 'full' } as const;
  const inside = { allowed: false, reason: 'already-inside' } as const;
  const asked = { machine: 'park', kind: 'enter', visitor: 'v1' } as const;
  expect(brokenRule(full, { allowed: true }, asked)).toBe('S1');
  expect(brokenRule(inside, { allowed: true }, asked)).toBe('S3');
  expect(brokenRule({ allowed: true }, full, asked)).toBe('S8');
  expect(brokenRule(full, full, asked)).toBe(null);
});
