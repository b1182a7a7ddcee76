/** What nodes say, at random but well formed: for the tests of everything that reads it. */
import fc from 'fast-check';
import {
  MULTICASTS,
  type EntryCommand,
  type LogEntry,
  type Operation,
  type Position,
  type Token,
} from '../entry.ts';
import type { Member, Peer } from '../identity.ts';
import type { Json } from '../json.ts';
import type { Message, MessageType } from '../messages.ts';
import type { Multicast, Placed, View } from '../multicast/multicast.ts';
import type { Generation, Snapshot } from '../stored.ts';

const id = fc.stringMatching(/^[a-z0-9]{4,32}$/);
const index = fc.maxSafeNat();
const realTerm = fc.tuple(fc.nat(1e9), id).map(([n, by]) => `${String(n).padStart(12, '0')}.${by}`);
const term = fc.oneof(fc.constant(''), realTerm);
const position: fc.Arbitrary<Position> = fc
  .tuple(fc.integer({ min: 0, max: 1e6 }), realTerm)
  .map(([at, held]) => ({ index: at, term: at === 0 ? '' : held }));
const entryPosition = position.filter((at) => at.index > 0);
const wave = fc.record({ source: fc.record({ id, priority: fc.nat(100) }), number: index });
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
const members = fc.uniqueArray(member, { maxLength: 4, selector: (one) => one.id });
const votingMembers = fc
  .tuple(members, member)
  .map(([others, one]) => [
    { ...one, voter: true },
    ...others.filter(({ id: other }) => other !== one.id),
  ]);
const generationId = fc.stringMatching(/^[a-z0-9]{1,32}$/);
const generation: fc.Arbitrary<Generation> = fc.record({
  id: generationId,
  at: entryPosition,
});
const generations = fc
  .uniqueArray(generation, { maxLength: 3, selector: ({ at }) => at.index })
  .map((list) => list.sort((a, b) => a.at.index - b.at.index));
const json = fc
  .jsonValue({ maxDepth: 3 })
  .map((value) => JSON.parse(JSON.stringify(value).replaceAll('__proto__', 'proto')) as Json);
export const operation: fc.Arbitrary<Operation> = fc
  .record({
    id: fc.record({ node: id, sequence: index }),
    settledBelow: index,
    under: maybe(token),
    body: json,
  })
  .map((one) => ({ ...one, settledBelow: Math.min(one.settledBelow, one.id.sequence) }));
const counted = fc.integer({ min: 1, max: 1e9 });
const incarnation = fc.stringMatching(/^[a-z0-9]{8}$/);
const multicast: fc.Arbitrary<Multicast> = fc.record({
  from: id,
  incarnation,
  number: counted,
  text: fc.string({ maxLength: 100 }),
});
const toldMulticast = multicast.map((one) => ({ ...one, text: one.text.slice(0, 80) }));
const placed: fc.Arbitrary<Placed> = fc.record({ place: counted, multicast });
const view: fc.Arbitrary<View> = fc.record({
  number: counted,
  start: index,
  members: fc.uniqueArray(fc.record({ id, incarnation, delivered: index }), {
    maxLength: 4,
    selector: (one) => one.id,
  }),
});
const settings = fc.record({
  capacity: fc.nat(1e9),
  election: fc.constantFrom('bully', 'ring', 'wireless'),
  topology: fc.constantFrom('mesh', 'sample', 'ring', 'grid', 'random'),
  multicast: fc.constantFrom('sequencer', 'lamport'),
});
const founding: fc.Arbitrary<EntryCommand> = fc.record({
  kind: fc.constant('founding'),
  generation: generationId,
  settings,
  members: votingMembers,
});
const order = fc.constantFrom(...MULTICASTS);
/** Of any entry but the first. */
const command: fc.Arbitrary<EntryCommand> = fc.oneof(
  fc.record({ kind: fc.constant('opening') }),
  fc.record({
    kind: fc.constant('membership'),
    change: fc.constantFrom('join', 'promote', 'demote', 'leave', 'evict'),
    subject: id,
    members: votingMembers,
  }),
  fc.record({
    kind: fc.constant('generation'),
    generation: generationId,
    without: fc.array(id),
    members: votingMembers,
  }),
  fc.record({
    kind: fc.constant('view'),
    order,
    view,
    base: index,
    cut: fc.array(multicast, { maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant('operation'), operation, token }),
);

/** Entries that follow a position without a gap, in terms that do not fall. */
export function entriesAfter(before: Position): fc.Arbitrary<LogEntry[]> {
  const one = fc.record({ term: realTerm, at: fc.nat(), command });
  return fc.tuple(fc.array(one, { maxLength: 3 }), founding).map(([list, first]) => {
    const terms = list.map((entry) => entry.term).sort();
    return list.map((entry, i): LogEntry => {
      const at = before.index + 1 + i;
      const held = terms[i] ?? '';
      const inTerm = held < before.term ? before.term : held;
      return { ...entry, index: at, term: inTerm, ...(at === 1 ? { command: first } : {}) };
    });
  });
}

const result = fc.record({ sequence: index, index, outcome: json });

/** One arbitrary for every type: a new message without one does not compile. */
export const MESSAGES: {
  readonly [T in MessageType]: fc.Arbitrary<Extract<Message, { type: T }>>;
} = {
  HELLO: fc.record({
    type: fc.constant('HELLO'),
    peer,
    generations,
    last: position,
    holdsOperations: fc.boolean(),
    settled: fc.boolean(),
    leader: maybe(id),
    knowsYou: fc.boolean(),
    countsOnYou: fc.boolean(),
    wantsReply: fc.boolean(),
  }),
  JOIN: fc.record({ type: fc.constant('JOIN'), peer }),
  LEAVE: fc.record({ type: fc.constant('LEAVE') }),
  ADOPT: fc.record({
    type: fc.constant('ADOPT'),
    generation: generationId,
    instead: generationId,
    nonce: index,
  }),
  ADOPT_REPLY: fc.record({ type: fc.constant('ADOPT_REPLY'), nonce: index, ok: fc.boolean() }),
  GAVE_WAY: fc.record({ type: fc.constant('GAVE_WAY') }),
  PROBE: fc.record({ type: fc.constant('PROBE'), nonce: index }),
  GOT_IT: fc.record({
    type: fc.constant('GOT_IT'),
    to: fc.constantFrom('PROBE', 'ELECT'),
    nonce: index,
    leads: maybe(term),
  }),
  ELECT: fc.record({ type: fc.constant('ELECT'), members: fc.array(peer) }),
  TOKEN: fc.record({ type: fc.constant('TOKEN'), candidate: peer, hops: fc.nat(400) }),
  ELECTION_STARTED: fc.record({ type: fc.constant('ELECTION_STARTED'), wave }),
  ELECTION_VOTE: fc.record({ type: fc.constant('ELECTION_VOTE'), wave, best: maybe(peer) }),
  ELECTION_FINISHED: fc.record({ type: fc.constant('ELECTION_FINISHED'), wave, winner: peer }),
  I_AM_LEADER: fc.record({ type: fc.constant('I_AM_LEADER'), term }),
  RESIGN: fc.record({ type: fc.constant('RESIGN'), term }),
  LEADER_REMOVED: fc.record({ type: fc.constant('LEADER_REMOVED'), term }),
  PREPARE: fc.record({
    type: fc.constant('PREPARE'),
    term,
    peer,
    last: position,
    committed: position,
    without: maybe(fc.array(id)),
  }),
  PROMISE: position.chain((before) =>
    fc.record({ term, members, tail: entriesAfter(before) }).map(({ tail, ...rest }) => {
      const end = tail.at(-1) ?? before;
      return { type: 'PROMISE', ...rest, last: { index: end.index, term: end.term }, tail };
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
  FETCHED: position.chain((after) =>
    fc.record({
      type: fc.constant('FETCHED'),
      term,
      after: fc.constant(after),
      entries: entriesAfter(after),
    }),
  ),
  APPEND: position.chain((previous) =>
    fc
      .record({
        type: fc.constant('APPEND'),
        previous: fc.constant(previous),
        entries: entriesAfter(previous),
        commit: index,
        beat: index,
        quorum: fc.boolean(),
      })
      .map((append) => ({ ...append, term: (append.entries.at(-1) ?? previous).term })),
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
    at: entryPosition,
    size: fc.integer({ min: 1, max: 1e8 }),
  }),
  SNAPSHOT_FETCH: fc.record({
    type: fc.constant('SNAPSHOT_FETCH'),
    at: position,
    offset: fc.nat(1e8),
  }),
  SNAPSHOT_CHUNK: fc
    .record({ at: entryPosition, offset: fc.nat(1e8), more: fc.nat(1e8), data: fc.string() })
    .map(({ at, offset, more, data }) => {
      const size = offset + data.length + more + 1;
      return { type: 'SNAPSHOT_CHUNK', at, offset, size, data };
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
  GROUP_JOIN: fc.record({ type: fc.constant('GROUP_JOIN'), order, incarnation }),
  FLUSH: fc.record({ type: fc.constant('FLUSH'), order, term, view: counted }),
  FLUSHED: fc.record({
    type: fc.constant('FLUSHED'),
    order,
    term,
    view: counted,
    incarnation,
    installed: index,
    delivered: fc.array(index, { maxLength: 4 }),
    held: fc.array(placed, { maxLength: 3 }),
  }),
  ORDER: fc.record({
    type: fc.constant('ORDER'),
    view: counted,
    multicast,
    lateMs: fc.nat(3_600_000),
  }),
  NUMBERED: fc.record({
    type: fc.constant('NUMBERED'),
    view: counted,
    number: counted,
    upTo: index,
    multicast,
  }),
  HELD: fc.record({ type: fc.constant('HELD'), view: counted, upTo: index, asks: fc.boolean() }),
  DELIVER: fc.record({ type: fc.constant('DELIVER'), view: counted, upTo: index }),
  STAMPED: fc.record({ type: fc.constant('STAMPED'), view: counted, time: counted, multicast }),
  ACKNOWLEDGED: fc.record({
    type: fc.constant('ACKNOWLEDGED'),
    view: counted,
    has: fc.array(index, { maxLength: 4 }),
    purpose: fc.constantFrom('news', 'asks', 'answers'),
  }),
  INSPECT: fc.record({ type: fc.constant('INSPECT'), order, nonce: index }),
  INSPECTED: fc
    .record({
      type: fc.constant('INSPECTED'),
      nonce: index,
      view: index,
      pending: index,
      sent: index,
      delivered: fc.nat(1e6),
      recent: fc.array(toldMulticast, { maxLength: 4 }),
      heldBack: fc.nat(1e6),
      held: fc.array(toldMulticast, { maxLength: 4 }),
    })
    .map((one) => ({
      ...one,
      delivered: one.delivered + one.recent.length,
      heldBack: one.heldBack + one.held.length,
    })),
};

export const TYPES = Object.keys(MESSAGES) as MessageType[];
export const message: fc.Arbitrary<Message> = fc.oneof(
  ...TYPES.map((type) => MESSAGES[type] as fc.Arbitrary<Message>),
);

export const snapshot: fc.Arbitrary<Snapshot> = fc
  .record({
    settings,
    members: votingMembers,
    before: generations,
    newest: generation,
    term: realTerm,
  })
  .map(({ before, newest, ...rest }) => {
    const at = { index: (before.at(-1)?.at.index ?? 0) + newest.at.index, term: rest.term };
    const list = [...before, { ...newest, at: { ...newest.at, index: at.index } }];
    const machine = { park: { capacity: rest.settings.capacity, inside: [] } };
    const { settings: decided, members: listed } = rest;
    return { at, settings: decided, members: listed, generations: list, sessions: [], machine };
  });
