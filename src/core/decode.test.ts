import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeEnvelope, decodeSnapshot } from './decode.ts';
import type { EntryCommand, LogEntry, Operation, Position, Token } from './entry.ts';
import type { Member, Peer } from './identity.ts';
import type { Json } from './json.ts';
import type { Envelope, Message, MessageType } from './messages.ts';
import type { Generation, Snapshot } from './stored.ts';

const id = fc.stringMatching(/^[a-z0-9]{4,32}$/);
const index = fc.maxSafeNat();
const term = fc.oneof(
  fc.constant(''),
  fc.tuple(fc.nat(1e9), id).map(([n, by]) => `${String(n).padStart(12, '0')}.${by}`),
);
const position: fc.Arbitrary<Position> = fc.record({ index, term });
const token: fc.Arbitrary<Token> = fc.record({ term, number: index });
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.option(arbitrary, { nil: null });
const priority = fc
  .double({ min: -1e15, max: 1e15, noNaN: true })
  .filter((value) => !Object.is(value, -0));
const peer: fc.Arbitrary<Peer> = fc.record({ id, priority, name: fc.string({ maxLength: 20 }) });
const member: fc.Arbitrary<Member> = fc.record({
  id,
  priority,
  name: fc.string({ maxLength: 20 }),
  voter: fc.boolean(),
});
const members = fc.array(member, { maxLength: 4 });
const generation: fc.Arbitrary<Generation> = fc.record({
  id: fc.stringMatching(/^[a-z0-9]{0,32}$/),
  at: position,
});
const json = fc
  .jsonValue({ maxDepth: 3 })
  .map((value) => JSON.parse(JSON.stringify(value)) as Json);
const operation: fc.Arbitrary<Operation> = fc.record({
  id: fc.record({ node: id, sequence: index }),
  settledBelow: index,
  under: maybe(token),
  body: json,
});
const settings = fc.record({
  capacity: fc.nat(1e9),
  election: fc.constantFrom('bully', 'ring', 'wireless'),
  topology: fc.constantFrom('mesh', 'sample', 'ring', 'grid', 'random'),
  multicast: fc.constantFrom('sequencer', 'lamport'),
});
const command: fc.Arbitrary<EntryCommand> = fc.oneof(
  fc.record({ kind: fc.constant('founding'), generation: fc.constant('abc'), settings, members }),
  fc.record({ kind: fc.constant('opening') }),
  fc.record({
    kind: fc.constant('membership'),
    change: fc.constantFrom('join', 'promote', 'demote', 'leave', 'evict'),
    subject: id,
    members,
  }),
  fc.record({
    kind: fc.constant('generation'),
    generation: fc.constant('x1'),
    without: fc.array(id),
    members,
  }),
  fc.record({ kind: fc.constant('operation'), operation, token }),
);

/** Entries that follow an index without a gap. */
function entriesAfter(before: number): fc.Arbitrary<LogEntry[]> {
  const one = fc.record({ term, at: fc.nat(), command });
  return fc
    .array(one, { maxLength: 3 })
    .map((list) => list.map((entry, i) => ({ index: before + 1 + i, ...entry })));
}

const small: fc.Arbitrary<Position> = fc.record({ index: fc.nat(1e6), term });
const result = fc.record({ sequence: index, index, outcome: json });

/** One arbitrary for every type: a new message without one does not compile. */
const MESSAGES: { readonly [T in MessageType]: fc.Arbitrary<Extract<Message, { type: T }>> } = {
  HELLO: fc.record({
    type: fc.constant('HELLO'),
    peer,
    generations: fc.array(generation, { maxLength: 3 }),
    last: position,
    holdsOperations: fc.boolean(),
    leader: maybe(id),
    knowsYou: fc.boolean(),
    wantsReply: fc.boolean(),
  }),
  JOIN: fc.record({ type: fc.constant('JOIN'), peer }),
  LEAVE: fc.record({ type: fc.constant('LEAVE') }),
  PROBE: fc.record({ type: fc.constant('PROBE'), nonce: index }),
  GOT_IT: fc.record({
    type: fc.constant('GOT_IT'),
    to: fc.constantFrom('PROBE', 'ELECT'),
    nonce: index,
    leads: maybe(term),
  }),
  ELECT: fc.record({ type: fc.constant('ELECT'), members: fc.array(peer) }),
  I_AM_LEADER: fc.record({ type: fc.constant('I_AM_LEADER'), term }),
  RESIGN: fc.record({ type: fc.constant('RESIGN') }),
  LEADER_REMOVED: fc.record({ type: fc.constant('LEADER_REMOVED'), term }),
  PREPARE: fc.record({
    type: fc.constant('PREPARE'),
    term,
    peer,
    last: position,
    committed: position,
    without: maybe(fc.array(id)),
  }),
  PROMISE: small.chain((last) =>
    fc.record({
      type: fc.constant('PROMISE'),
      term,
      last: fc.constant(last),
      members,
      tail: entriesAfter(last.index),
    }),
  ),
  REFUSE: fc.record({
    type: fc.constant('REFUSE'),
    term,
    promised: term,
    reason: fc.constantFrom('promised', 'live-leader'),
    leader: maybe(id),
  }),
  FETCH: fc.record({ type: fc.constant('FETCH'), term, after: position }),
  FETCHED: small.chain((after) =>
    fc.record({
      type: fc.constant('FETCHED'),
      term,
      after: fc.constant(after),
      entries: entriesAfter(after.index),
    }),
  ),
  APPEND: small.chain((previous) =>
    fc.record({
      type: fc.constant('APPEND'),
      term,
      previous: fc.constant(previous),
      entries: entriesAfter(previous.index),
      commit: index,
      beat: index,
      quorum: fc.boolean(),
    }),
  ),
  APPENDED: fc.record({
    type: fc.constant('APPENDED'),
    term,
    ok: fc.boolean(),
    match: position,
    beat: index,
  }),
  SNAPSHOT_OFFER: fc.record({
    type: fc.constant('SNAPSHOT_OFFER'),
    term,
    at: position,
    size: index,
  }),
  SNAPSHOT_FETCH: fc.record({ type: fc.constant('SNAPSHOT_FETCH'), at: position, offset: index }),
  SNAPSHOT_CHUNK: fc.record({
    type: fc.constant('SNAPSHOT_CHUNK'),
    at: position,
    offset: index,
    size: index,
    data: fc.string(),
  }),
  SUBMIT: fc.record({ type: fc.constant('SUBMIT'), operations: fc.array(operation) }),
  RESULT: fc.record({ type: fc.constant('RESULT'), results: fc.array(result) }),
  DECLINED: fc.record({
    type: fc.constant('DECLINED'),
    sequences: fc.array(index),
    reason: fc.constantFrom('not-leader', 'paused', 'old-token', 'invalid'),
    detail: fc.string({ maxLength: 100 }),
  }),
  LOCK: fc.record({ type: fc.constant('LOCK'), request: index, ticket: maybe(token) }),
  QUEUED: fc.record({ type: fc.constant('QUEUED'), request: index, ticket: token }),
  GRANT: fc.record({ type: fc.constant('GRANT'), request: index, token, leaseMs: fc.nat(1e6) }),
  RELEASE: fc.record({ type: fc.constant('RELEASE'), request: index }),
};

const TYPES = Object.keys(MESSAGES) as MessageType[];
const message: fc.Arbitrary<Message> = fc.oneof(
  ...TYPES.map((type) => MESSAGES[type] as fc.Arbitrary<Message>),
);

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
        at: { index: 1, term: '' },
        offset: 0,
        size: 1,
        data: 'x'.repeat(65_537),
      }),
    ).toContain('longer');
  });

  test('R1: entries with a gap, or that do not follow what comes before them, are refused', () => {
    const opening = (at: number): unknown => ({
      index: at,
      term: '',
      at: 0,
      command: { kind: 'opening' },
    });
    const append = (previous: number, entries: unknown[]): unknown => ({
      type: 'APPEND',
      term: '',
      previous: { index: previous, term: '' },
      entries,
      commit: 0,
      beat: 0,
      quorum: true,
    });
    expect(refused(append(4, [opening(5), opening(6)]))).toBe('accepted');
    expect(refused(append(4, [opening(5), opening(7)]))).toContain('gap');
    expect(refused(append(4, [opening(6)]))).toContain('do not follow');
    const fetched = {
      type: 'FETCHED',
      term: '',
      after: { index: 4, term: '' },
      entries: [opening(4)],
    };
    expect(refused(fetched)).toContain('do not follow');
    const promise = { type: 'PROMISE', term: '', last: { index: 4, term: '' }, members: [] };
    expect(refused({ ...promise, tail: [opening(3), opening(5)] })).toContain('gap');
  });
});

describe('snapshots', () => {
  const snapshot: Snapshot = {
    at: { index: 5, term: '000000000001.anna' },
    settings: { capacity: 3, election: 'bully', topology: 'mesh', multicast: 'sequencer' },
    members: [],
    generations: [],
    sessions: [],
    machine: { park: 'x'.repeat(100_000) },
  };

  test('R6: come through, however large their machine is', () => {
    expect(decodeSnapshot(JSON.stringify(snapshot))).toEqual({ ok: true, value: snapshot });
  });

  test('R6: are refused when cut off, or not of this shape', () => {
    expect(decodeSnapshot(JSON.stringify(snapshot).slice(0, -1))).toEqual({
      ok: false,
      reason: 'not JSON',
    });
    expect(decodeSnapshot('{}').ok).toBe(false);
    expect(decodeSnapshot('null').ok).toBe(false);
  });
});
