import { describe, expect, test } from 'vitest';
import type { EntryCommand } from '../core/entry.ts';
import type { Json } from '../core/json.ts';
import { entry, founding, member, membership, operation, term } from '../core/testing/fixtures.ts';
import { entryView, outcomeView } from './entry-view.ts';

const T1 = term(1, 'anna');
const base = { index: 4, term: T1, at: 1_000_000 };

function view(command: EntryCommand, outcome: Json = null, duplicate = false) {
  return entryView({ entry: entry(4, T1, command), outcome, decidedAt: 4, duplicate });
}

function park(body: Json): EntryCommand {
  return operation('bert', 7, body, T1);
}

describe('entries as people read them', () => {
  test('what the core appends', () => {
    expect(view(founding([]))).toEqual({ ...base, kind: 'founding', capacity: 10 });
    expect(view({ kind: 'opening' })).toEqual({ ...base, kind: 'opening' });
    expect(view(membership('promote', 'bert', [member('bert', 1)]))).toEqual({
      ...base,
      kind: 'membership',
      change: 'promote',
      subject: 'bert',
    });
    const generation = {
      kind: 'generation',
      generation: 'x',
      without: ['carl', 'dora'],
      members: [],
    } as const;
    expect(view(generation)).toEqual({ ...base, kind: 'generation', subject: 'carl dora' });
  });

  test('what gates asked for', () => {
    const token = { term: T1, number: 7 };
    const origin = { ...base, operation: 'bert.7', node: 'bert', token };
    const enter = { machine: 'park', kind: 'enter', visitor: 'Ada' };
    expect(view(park(enter), { allowed: true })).toEqual({
      ...origin,
      kind: 'enter',
      visitor: 'Ada',
      allowed: true,
    });
    expect(view(park(enter), { allowed: false, reason: 'full' })).toEqual({
      ...origin,
      kind: 'enter',
      visitor: 'Ada',
      allowed: false,
      reason: 'full',
    });
    const capacity = { machine: 'park', kind: 'capacity', capacity: 3 };
    expect(view(park(capacity), { allowed: true })).toMatchObject({
      kind: 'capacity',
      capacity: 3,
    });
  });

  test('S7: one that was applied before changed nothing, and says so', () => {
    const enter = { machine: 'park', kind: 'enter', visitor: 'Ada' };
    expect(view(park(enter), { allowed: true }, true)).toEqual({
      ...base,
      operation: 'bert.7',
      node: 'bert',
      token: { term: T1, number: 7 },
      kind: 'duplicate',
    });
  });

  test('of the chat only what kind of thing was asked', () => {
    const say = {
      machine: 'chat',
      kind: 'say',
      room: 'Lobby',
      text: { kind: 'plain', text: 'psst' },
    };
    const seen = view(park(say), { allowed: false, reason: 'not-joined' });
    expect(seen).toMatchObject({ kind: 'chat say', allowed: false });
    expect(JSON.stringify(seen)).not.toContain('psst');
  });

  test('what this version does not know stays unknown', () => {
    expect(view(park({ machine: 'zoo' }))).toMatchObject({ kind: 'unknown' });
    expect(outcomeView(null)).toEqual({});
    expect(outcomeView([])).toEqual({});
    expect(outcomeView({ allowed: false, reason: 'rain' })).toEqual({ allowed: false });
  });
});
