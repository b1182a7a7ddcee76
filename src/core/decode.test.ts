import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeEnvelope, decodeFrom, decodeSnapshot } from './decode.ts';
import type { Envelope, Message } from './messages.ts';
import type { Snapshot } from './stored.ts';
import { message, MESSAGES, TYPES } from './testing/arbitraries.contract.ts';

const T0 = '000000000001.aaaa';
const T1 = '000000000001.anna';
const T2 = '000000000002.bert';
const MULTICAST = { from: 'anna', incarnation: 'aaaabbbb', number: 1, text: 'x' };

function envelopeOf(inner: Message): Envelope {
  return { generation: 'abc123', message: inner };
}

describe('what arrives from a peer', () => {
  test.each(TYPES)('%s comes through as it was sent', (type) => {
    fc.assert(
      fc.property(MESSAGES[type] as fc.Arbitrary<Message>, (sent) => {
        const wire: unknown = JSON.parse(JSON.stringify(envelopeOf(sent)));
        expect(decodeEnvelope(wire)).toEqual({ ok: true, value: wire });
      }),
      { numRuns: 30 },
    );
  });

  test('anything at all is decoded or refused with a reason, and nothing is thrown', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.jsonValue()), (anything) => {
        const decoded = decodeEnvelope(anything);
        if (!decoded.ok) expect(decoded.reason).not.toBe('');
      }),
      { numRuns: 2000 },
    );
  });

  test('a message with any one value replaced is decoded or refused, and nothing is thrown', () => {
    fc.assert(
      fc.property(message, fc.nat(), fc.anything(), (sent, place, other) => {
        const wire: unknown = JSON.parse(JSON.stringify(envelopeOf(sent)));
        const holders: [Record<string, unknown>, string][] = [];
        collect(wire, holders);
        const [holder, key] = holders[place % holders.length] ?? [{}, ''];
        holder[key] = other;
        const decoded = decodeEnvelope(wire);
        if (decoded.ok) expect(() => JSON.stringify(decoded.value)).not.toThrow();
      }),
      { numRuns: 3000 },
    );
  });

  test('the schemas are closed: a field too many is refused, wherever it is', () => {
    fc.assert(
      fc.property(message, fc.nat(), (sent, place) => {
        const wire: unknown = JSON.parse(JSON.stringify(envelopeOf(sent)));
        const objects: Record<string, unknown>[] = [];
        collectObjects(wire, objects);
        const target = objects[place % objects.length] ?? {};
        target['extra'] = 1;
        expect(decodeEnvelope(wire).ok).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test('a field too few is refused', () => {
    fc.assert(
      fc.property(message, fc.nat(), (sent, place) => {
        const wire = JSON.parse(JSON.stringify(envelopeOf(sent))) as {
          message: Record<string, unknown>;
        };
        const keys = Object.keys(wire.message);
        const key = keys[place % keys.length] ?? '';
        const { [key]: _removed, ...rest } = wire.message;
        expect(decodeEnvelope({ ...wire, message: rest }).ok).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});

/** Every place in a value that can be overwritten. */
function collect(value: unknown, into: [Record<string, unknown>, string][]): void {
  if (typeof value !== 'object' || value === null) return;
  for (const key of Object.keys(value)) {
    into.push([value as Record<string, unknown>, key]);
    collect((value as Record<string, unknown>)[key], into);
  }
}

/** Every object that has a schema: bodies and outcomes are any JSON. */
function collectObjects(value: unknown, into: Record<string, unknown>[]): void {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) into.push(value as Record<string, unknown>);
  for (const [key, part] of Object.entries(value)) {
    if (key !== 'body' && key !== 'outcome') collectObjects(part, into);
  }
}

describe('bounds', () => {
  function refused(inner: unknown): string {
    const decoded = decodeEnvelope({ generation: 'abc', message: inner });
    return decoded.ok ? 'accepted' : decoded.reason;
  }
  const peerOf = (name: string, byId = 'anna'): unknown => ({ id: byId, priority: 1, name });

  test('ids, names and numbers out of bounds are refused', () => {
    expect(refused({ type: 'JOIN', peer: peerOf('x'.repeat(40)) })).toBe('accepted');
    expect(refused({ type: 'JOIN', peer: peerOf('x'.repeat(41)) })).toContain('longer than 40');
    expect(refused({ type: 'JOIN', peer: peerOf('x', 'Anna') })).toContain('does not match');
    expect(refused({ type: 'JOIN', peer: { id: 'anna', priority: Infinity, name: '' } })).toContain(
      'not a number',
    );
    expect(refused({ type: 'PROBE', nonce: -1 })).toContain('from 0');
    expect(refused({ type: 'PROBE', nonce: 1.5 })).toContain('integer');
    expect(refused({ type: 'FETCH', term: '1.anna', after: { index: 0, term: '' } })).toContain(
      'term',
    );
    expect(refused({ type: 'NONSENSE' })).toContain('unknown type');
    expect(refused({ type: '__proto__' })).toContain('unknown type');
    expect(refused({ type: 'constructor' })).toContain('unknown type');
  });

  test('bodies that are too large or too deep are refused', () => {
    const submit = (body: unknown): unknown => ({
      type: 'SUBMIT',
      operations: [{ id: { node: 'anna', sequence: 1 }, settledBelow: 1, under: null, body }],
    });
    expect(refused(submit('x'.repeat(16_000)))).toBe('accepted');
    expect(refused(submit('x'.repeat(17_000)))).toContain('too large');
    expect(refused(submit(Array(17_000).fill(0)))).toContain('too large');
    let deep: unknown = 0;
    for (let i = 0; i < 40; i++) deep = [deep];
    expect(refused(submit(deep))).toContain('too large');
  });

  test('lists that are too long are refused', () => {
    const members256 = Array.from({ length: 257 }, (_, i) => peerOf('x', `node${String(i)}`));
    expect(refused({ type: 'ELECT', members: members256 })).toContain('more than 256');
    expect(
      refused({
        type: 'SNAPSHOT_CHUNK',
        at: { index: 1, term: T1 },
        offset: 0,
        size: 1,
        data: 'x'.repeat(65_537),
      }),
    ).toContain('longer');
  });

  test('R1: entries with a gap, or that do not follow what comes before them, are refused', () => {
    const opening = (at: number, term = T1): unknown => ({
      index: at,
      term,
      at: 0,
      command: { kind: 'opening' },
    });
    const append = (previous: number, entries: unknown[], term = T1): unknown => ({
      type: 'APPEND',
      term,
      previous: { index: previous, term: T1 },
      entries,
      commit: 0,
      beat: 0,
      quorum: true,
    });
    expect(refused(append(4, [opening(5), opening(6)]))).toBe('accepted');
    expect(refused(append(4, [opening(5), opening(7)]))).toContain('gap');
    expect(refused(append(4, [opening(6)]))).toContain('do not follow');
    expect(refused(append(4, [opening(5, T2), opening(6)], T2))).toContain('terms that fall');
    expect(refused(append(4, [opening(5, T0)]))).toContain('terms that fall');
    expect(refused(append(4, [opening(5, T2)]))).toContain('later term');
    expect(refused(append(4, [], T0))).toContain('later term');
    expect(refused(append(0, [opening(1)]))).toContain('no position');
    const fetched = {
      type: 'FETCHED',
      term: T1,
      after: { index: 4, term: T1 },
      entries: [opening(4)],
    };
    expect(refused(fetched)).toContain('do not follow');
    const promise = { type: 'PROMISE', term: T1, last: { index: 4, term: T1 }, members: [] };
    expect(refused({ ...promise, tail: [opening(3), opening(5)] })).toContain('gap');
    expect(refused({ ...promise, tail: [opening(5)] })).toContain('longer than its log');
  });

  test('only entry 1 is a founding, and only before it there is no term', () => {
    const entry = (index: number, kind: string, term = T1): unknown => {
      const settings = { capacity: 1, election: 'bully', topology: 'mesh', multicast: 'sequencer' };
      const members = [{ id: 'anna', priority: 1, name: '', voter: true }];
      const founding = { kind, generation: 'g', settings, members };
      return { index, term, at: 0, command: kind === 'founding' ? founding : { kind } };
    };
    const fetched = (...entries: unknown[]): unknown => {
      return { type: 'FETCHED', term: T1, after: { index: 0, term: '' }, entries };
    };
    expect(refused(fetched(entry(1, 'founding'), entry(2, 'opening')))).toBe('accepted');
    expect(refused(fetched(entry(1, 'opening')))).toContain('founding');
    expect(refused(fetched(entry(1, 'founding'), entry(2, 'founding')))).toContain('founding');
    expect(refused(fetched(entry(1, 'founding', '')))).toContain('no entry');
    expect(refused(fetched(entry(0, 'founding')))).toContain('no entry');
    for (const after of [
      { index: 0, term: T1 },
      { index: 1, term: '' },
    ]) {
      expect(refused({ type: 'FETCH', term: T1, after })).toContain('no position');
    }
  });

  test('M2: a membership has each member once, and somebody who votes', () => {
    const member = (id: string, voter: boolean): unknown => ({ id, priority: 1, name: '', voter });
    const change = (...members: unknown[]): string =>
      refused({
        type: 'FETCHED',
        term: T1,
        after: { index: 4, term: T1 },
        entries: [
          {
            index: 5,
            term: T1,
            at: 0,
            command: { kind: 'membership', change: 'join', subject: 'anna', members },
          },
        ],
      });
    expect(change(member('anna', true), member('bert', false))).toBe('accepted');
    expect(change(member('anna', true), member('anna', true))).toContain('twice');
    expect(change(member('anna', false))).toContain('no voter');
  });

  test('T4: a view has each member once, and texts and lists of multicasts have bounds (T13)', () => {
    const life = (id: string): unknown => ({ id, incarnation: 'aaaabbbb', delivered: 0 });
    const entry = (members: unknown[], cut: unknown[] = []): string =>
      refused({
        type: 'FETCHED',
        term: T1,
        after: { index: 4, term: T1 },
        entries: [
          {
            index: 5,
            term: T1,
            at: 0,
            command: {
              kind: 'view',
              order: 'lamport',
              view: { number: 1, start: 0, members },
              base: 0,
              cut,
            },
          },
        ],
      });
    const said = (text: string): unknown => {
      return { from: 'anna', incarnation: 'aaaabbbb', number: 1, text };
    };
    expect(entry([life('anna'), life('bert')], [said('x')])).toBe('accepted');
    expect(entry([life('anna'), life('anna')])).toContain('in a view twice');
    expect(entry([life('anna')], Array(273).fill(said('x')))).toContain('more than 272');
    expect(entry([life('anna')], [said('x'.repeat(1001))])).toContain('longer than 1000');
    expect(refused({ type: 'HELD', view: 0, upTo: 1, asks: false })).toContain('from 1');
    const late = { type: 'ORDER', view: 1, multicast: said('x'), lateMs: 3_600_001 };
    expect(refused(late)).toContain('lateMs');
  });

  test('T16: what a member tells of its part in the group is short, and lists no more than it counts', () => {
    const told = (change: object): unknown => ({
      ...{ type: 'INSPECTED', nonce: 1, view: 1, pending: 0, sent: 9, delivered: 1 },
      ...{ recent: [MULTICAST], heldBack: 1, held: [MULTICAST] },
      ...change,
    });
    expect(refused(told({}))).toBe('accepted');
    const many = Array(33).fill(MULTICAST);
    expect(refused(told({ delivered: 33, recent: many }))).toContain('more than 32');
    expect(refused(told({ heldBack: 33, held: many }))).toContain('more than 32');
    expect(refused(told({ delivered: 0 }))).toContain('lists more than it counts');
    expect(refused(told({ heldBack: 0 }))).toContain('lists more than it counts');
    const long = { ...MULTICAST, text: 'x'.repeat(81) };
    expect(refused(told({ held: [long] }))).toContain('longer than 80');
  });

  test('S7: an operation does not settle itself', () => {
    const submit = (settledBelow: number): unknown => ({
      type: 'SUBMIT',
      operations: [{ id: { node: 'anna', sequence: 5 }, settledBelow, under: null, body: 0 }],
    });
    expect(refused(submit(5))).toBe('accepted');
    expect(refused(submit(6))).toContain('settled');
  });

  test('R6: a chunk ends with its snapshot', () => {
    const chunk = { type: 'SNAPSHOT_CHUNK', at: { index: 1, term: T1 }, offset: 3, size: 5 };
    expect(refused({ ...chunk, data: 'xx' })).toBe('accepted');
    expect(refused({ ...chunk, data: 'xxx' })).toContain('beyond the end');
  });

  test('a body with a prototype in it is refused, and -0 is 0', () => {
    const submit = (body: string): unknown =>
      JSON.parse(
        `{"generation":"abc","message":{"type":"SUBMIT","operations":[{"id":{"node":"anna","sequence":1},` +
          `"settledBelow":1,"under":null,"body":${body}}]}}`,
      );
    expect(decodeEnvelope(submit('{"__proto__":{"machine":"park"}}')).ok).toBe(false);
    const decoded = decodeEnvelope(submit('[-0]'));
    expect(decoded.ok && JSON.stringify(decoded.value)).toBe(JSON.stringify(submit('[0]')));
    expect(decoded).toEqual({ ok: true, value: submit('[0]') });
  });

  test('a reason holds nothing of what came', () => {
    const probe = { type: 'PROBE', nonce: 1, 'a field of a stranger': 1 };
    expect(refused(probe)).toBe('message: unknown field');
  });
});

describe('who says it', () => {
  const said = (from: string, inner: unknown): string => {
    const decoded = decodeFrom(from, { generation: 'abc', message: inner });
    return decoded.ok ? 'accepted' : decoded.reason;
  };
  const peer = { id: 'anna', priority: 1, name: '' };
  const start = { index: 0, term: '' };
  const operations = [
    { id: { node: 'anna', sequence: 1 }, settledBelow: 1, under: null, body: 0 },
    { id: { node: 'anna', sequence: 2 }, settledBelow: 1, under: null, body: 0 },
  ];

  test.each([
    { type: 'JOIN', peer },
    { type: 'PREPARE', term: T1, peer, last: start, committed: start, without: null },
    { type: 'I_AM_LEADER', term: T1 },
    { type: 'LEADER_REMOVED', term: T1 },
    { type: 'GOT_IT', to: 'PROBE', nonce: 1, leads: T1 },
    { type: 'GRANT', request: 1, token: { term: T1, number: 1 }, leaseMs: 1 },
    { type: 'SUBMIT', operations },
    {
      type: 'APPEND',
      term: T1,
      previous: start,
      entries: [],
      commit: 0,
      beat: 1,
      quorum: true,
    },
    { type: 'FLUSH', order: 'sequencer', term: T1, view: 1 },
    { type: 'ORDER', view: 1, multicast: MULTICAST, lateMs: 0 },
    { type: 'STAMPED', view: 1, time: 1, multicast: MULTICAST },
  ])('S4: $type is taken from the node that it names, and from no other', (inner) => {
    expect(said('anna', inner)).toBe('accepted');
    expect(said('bert', inner)).toContain(inner.type);
  });

  test('S4: an operation of another node is not taken in one that is its own', () => {
    const mixed = [...operations, { ...operations[0], id: { node: 'bert', sequence: 1 } }];
    expect(said('anna', { type: 'SUBMIT', operations: mixed })).toContain('another');
  });

  test('a candidate asks for promises in a term of its own', () => {
    const prepare = { type: 'PREPARE', peer, last: start, committed: start, without: null };
    expect(said('anna', { ...prepare, term: '000000000001.bert' })).toContain('term');
    expect(said('anna', { ...prepare, term: '' })).toContain('term');
  });
});

describe('snapshots', () => {
  const snapshot: Snapshot = {
    at: { index: 5, term: '000000000001.anna' },
    settings: { capacity: 3, election: 'bully', topology: 'mesh', multicast: 'sequencer' },
    members: [{ id: 'anna', priority: 1, name: '', voter: true }],
    generations: [{ id: 'abc', at: { index: 1, term: '000000000001.anna' } }],
    sessions: [['anna', 2, [[2, 3, 'in']]]],
    machine: { park: 'x'.repeat(100_000) },
  };

  test('R6: come through, however large their machine is', () => {
    expect(decodeSnapshot(JSON.stringify(snapshot))).toEqual({ ok: true, value: snapshot });
  });

  test('T4: hold the views of the multicast groups, if there are any', () => {
    const members = [{ id: 'anna', incarnation: 'aaaabbbb', delivered: 3 }];
    const views = { sequencer: null, lamport: { number: 2, start: 9, members } };
    const withViews = { ...snapshot, views };
    expect(decodeSnapshot(JSON.stringify(withViews))).toEqual({ ok: true, value: withViews });
    for (const bad of [null, { lamport: null }, { ...views, dice: null }])
      expect(decodeSnapshot(JSON.stringify({ ...snapshot, views: bad })).ok).toBe(false);
  });

  test('R6: are refused when cut off, or not of this shape', () => {
    expect(decodeSnapshot(JSON.stringify(snapshot).slice(0, -1))).toEqual({
      ok: false,
      reason: 'not JSON',
    });
    expect(decodeSnapshot('{}').ok).toBe(false);
    expect(decodeSnapshot('null').ok).toBe(false);
    const bad: Record<string, unknown>[] = [
      { at: { index: 0, term: '' } },
      { members: [] },
      { generations: [] },
      { generations: [{ id: 'abc', at: { index: 6, term: T1 } }] },
      { sessions: [['anna', 3, [[2, 3, 'in']]]] },
    ];
    for (const change of bad) {
      expect(decodeSnapshot(JSON.stringify({ ...snapshot, ...change })).ok).toBe(false);
    }
  });
});
