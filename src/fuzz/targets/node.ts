import { decodeFrom } from '../../core/decode.ts';
import type { LogEntry, Position } from '../../core/entry.ts';
import type { Message } from '../../core/messages.ts';
import { entry, member, operation, SETTINGS, stored, term } from '../../core/testing/fixtures.ts';
import { DEFAULT_TIMING } from '../../core/timers.ts';
import { Chat } from '../../machines/chat.ts';
import { Machines } from '../../machines/machine.ts';
import { Market } from '../../machines/market.ts';
import { Park } from '../../machines/park.ts';
import { Driver, type Trouble } from '../../runtime/driver.ts';
import { MOST_REASONS, Refusals } from '../../runtime/refusals.ts';
import type { Random } from '../../sim/random.ts';
import { VirtualClock } from '../../sim/virtual-clock.ts';
import { MemoryDisk } from '../../storage/memory.ts';
import type { Transport, TransportEvents } from '../../transport/transport.ts';
import { mutateJson } from '../mutate.ts';
import { pass, saidMessages, type Said } from '../samples.ts';
import { must, type Target } from '../target.ts';
import { asParsed } from './decode.ts';

const MEMBERS = [member('anna', 1), member('bert', 2), member('carl', 3)];
const OTHERS = ['bert', 'carl', 'dora'];
/** A node is taken through so many inputs; then a new one. */
const LIFE = 200;

function visit(index: number, visitor: string): LogEntry {
  const body = { machine: 'park', kind: 'enter', visitor };
  return entry(index, term(2, 'carl'), operation('bert', index, body, term(2, 'carl')));
}

/** What anna finds on her disk: a park of three, some visitors inside. */
const STORED = stored(
  'anna',
  MEMBERS,
  [entry(2, term(2, 'carl')), ...['Ada', 'Bob', 'Cid'].map((name, i) => visit(3 + i, name))],
  { committed: 4, nextSequence: 9 },
);

/** One node on a disk in memory, whose peers are played by the fuzzer. */
class Gate {
  readonly clock = new VirtualClock();
  readonly refusals = new Refusals();
  readonly driver: Driver;
  events: TransportEvents | null = null;
  trouble: Trouble | null = null;
  sent = 0;
  refused = 0;
  readonly #disk = new MemoryDisk({ defer: (ms, done) => this.clock.schedule(ms, done) });

  constructor() {
    const transport: Transport = {
      start: (_self, events) => {
        this.events = events;
      },
      send: () => {
        this.sent += 1;
      },
      meet: () => undefined,
      keepLinks: () => undefined,
      requestMembers: () => undefined,
      setFaults: () => undefined,
      close: () => undefined,
    };
    this.#fill();
    this.driver = new Driver(
      {
        self: { id: 'anna', priority: 1, name: 'Gate anna' },
        settings: SETTINGS,
        timing: DEFAULT_TIMING,
        random: () => 0.5,
        machine: new Machines([new Park(), new Chat(), new Market()]),
        snapshotInterval: 20,
      },
      { transport, storage: this.#disk.open(), clock: this.clock },
      {
        refused: (refusal) => {
          this.refused += 1;
          this.refusals.add(refusal, 0);
        },
        stopped: (trouble) => {
          this.trouble = trouble;
        },
      },
    );
    this.driver.start();
    pass(this.clock, 20);
  }

  /** Everything that must stay as it is when a message is refused. */
  state(): string {
    return JSON.stringify([this.driver.view(), this.#disk.peek(), this.sent]);
  }

  #fill(): void {
    const storage = this.#disk.open();
    storage.load(() => undefined);
    pass(this.clock, 1);
    storage.write(
      [
        { type: 'meta', meta: STORED.meta },
        { type: 'append', entries: STORED.entries },
      ],
      () => undefined,
    );
    pass(this.clock, 1);
    storage.close();
  }
}

/** A message that could be meant: of this node's generation, about its log and the terms that it knows. */
function plausible({ driver }: Gate, random: Random): Said {
  const { replica } = driver.node;
  const from = random.pick(OTHERS) ?? 'bert';
  const count = Number(replica.promised.slice(0, 12)) + random.int(-1, 1);
  const inTerm = term(Math.max(1, count), from);
  const end = replica.log.lastIndex;
  const index = Math.max(replica.log.base.index, random.int(Math.max(0, end - 4), end + 1));
  const before: Position = {
    index,
    term: replica.log.termAt(index) ?? (index === 0 ? '' : inTerm),
  };
  const message = aboutLog(random, from, inTerm, before);
  return { from, envelope: { generation: replica.context.generation, message } };
}

function aboutLog(random: Random, from: string, inTerm: string, before: Position): Message {
  const peer = { id: from, priority: random.int(0, 5), name: '' };
  const last = random.chance(0.5) ? before : { index: random.int(1, 60), term: inTerm };
  const next = Array.from({ length: random.int(0, 3) }, (_, i) =>
    visitIn(inTerm, before.index + 1 + i),
  );
  const request = random.int(0, 3);
  const committed = { index: 1, term: term(1, 'anna') };
  const messages: readonly Message[] = [
    { type: 'I_AM_LEADER', term: inTerm },
    { type: 'LEADER_REMOVED', term: inTerm },
    { type: 'ELECT', members: [peer] },
    { type: 'LEAVE' },
    { type: 'GAVE_WAY' },
    { type: 'ADOPT', generation: 'another', instead: 'yetanother', nonce: request },
    { type: 'ADOPT_REPLY', nonce: request, ok: random.chance(0.5) },
    { type: 'RESIGN', term: inTerm },
    { type: 'JOIN', peer },
    {
      type: 'PREPARE',
      term: inTerm,
      peer,
      last,
      committed,
      without: random.chance(0.2) ? ['bert'] : null,
    },
    {
      type: 'PROMISE',
      term: random.chance(0.5) ? inTerm : term(3, 'anna'),
      last,
      members: MEMBERS,
      tail: [],
    },
    { type: 'FETCH', term: inTerm, after: before },
    { type: 'FETCHED', term: term(3, 'anna'), after: before, entries: next },
    {
      type: 'APPEND',
      term: inTerm,
      previous: before,
      entries: next,
      commit: random.int(0, 60),
      beat: 1,
      quorum: random.chance(0.8),
    },
    { type: 'APPENDED', term: term(3, 'anna'), ok: random.chance(0.7), match: last, beat: 1 },
    {
      type: 'SNAPSHOT_OFFER',
      term: inTerm,
      at: last.index === 0 ? committed : last,
      size: random.int(1, 500),
    },
    { type: 'SNAPSHOT_FETCH', at: before, offset: 0 },
    { type: 'SUBMIT', operations: [] },
    { type: 'LOCK', request, ticket: null },
    { type: 'GRANT', request, token: { term: inTerm, number: request }, leaseMs: 10 },
    { type: 'RELEASE', request },
    { type: 'PROBE', nonce: request },
  ];
  return random.pick(messages) ?? { type: 'LEAVE' };
}

function visitIn(inTerm: string, index: number): LogEntry {
  const body = { machine: 'park', kind: 'enter', visitor: `No. ${index}` };
  return entry(index, inTerm, index === 1 ? undefined : operation('bert', index, body, inTerm));
}

/** Nodes do not lie, so one that is lied to of what is committed, or held of its own log, may stop; nothing else stops it. */
const LIED_TO = /^(S6: |log holds index )/;

export const node: Target = {
  name: 'node',
  about: 'a running node: what is refused changes nothing, and nothing stops the page',
  open: () => {
    const samples = saidMessages(20);
    let gate = new Gate();
    let shots = 0;
    let stopped = 0;
    return {
      shoot: (random) => {
        shots += 1;
        if (shots % LIFE === 0 || !gate.driver.running) gate = new Gate();
        const { from, envelope } = random.chance(0.6)
          ? plausible(gate, random)
          : (random.pick(samples) ?? plausible(gate, random));
        const bad = random.chance(0.5) ? mutateJson(envelope, random) : envelope;
        const data = asParsed(bad);
        const isRefused = !decodeFrom(from, data).ok;
        const before = isRefused ? gate.state() : '';
        const refused = gate.refused;
        gate.events?.message(from, data);
        if (isRefused) {
          must(gate.state() === before, 'what is refused changes nothing');
          must(gate.refused === refused + 1, 'what is refused is counted');
        }
        pass(gate.clock, random.int(0, 30));
        if (!gate.driver.running) {
          stopped += 1;
          const { trouble } = gate;
          const why = trouble?.message ?? 'nothing';
          must(LIED_TO.test(why), `a node stops for ${why}`);
        }
        return isRefused ? 'refused' : 'accepted';
      },
      sizes: () => [
        { what: 'reasons', size: gate.refusals.list().length, most: MOST_REASONS + 4 },
        { what: 'peers', size: gate.driver.view().peers.length, most: LIFE * 12 },
        // About one in three hundred.
        { what: 'nodes that stopped', size: stopped, most: 10 + shots / 100 },
      ],
    };
  },
};
