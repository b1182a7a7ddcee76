import { decodeFrom } from '../../core/decode.ts';
import type { LogEntry, Position } from '../../core/entry.ts';
import type { Message, SnapshotOffer } from '../../core/messages.ts';
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
import { must, type Size, type Target } from '../target.ts';
import { WatchedClock } from '../watched-clock.ts';
import { asParsed } from './decode.ts';

const MEMBERS = [member('anna', 1), member('bert', 2), member('carl', 3)];
const OTHERS = ['bert', 'carl', 'dora'];
/** A node is taken through so many inputs; then a new one. */
const LIFE = 200;
/** What else a message may bring about: an entry of its own, a change of the term. */
const BESIDES = 400;

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
  /** The last small snapshot that it was offered. */
  offer: { readonly from: string; readonly offer: SnapshotOffer } | null = null;
  /** How long its state may be, written out: as all that it began with and took. */
  most = 0;
  readonly #machine = new Machines([new Park(), new Chat(), new Market()]);
  readonly #watched = new WatchedClock(this.clock);
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
        machine: this.#machine,
        snapshotInterval: 20,
      },
      { transport, storage: this.#disk.open(), clock: this.#watched },
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
    this.most = this.kept().length;
  }

  /** Everything that must stay as it is when a message is refused. */
  state(): string {
    return JSON.stringify([this.driver.view(), this.sent, this.#watched.deeds, this.kept()]);
  }

  /** What it goes on from: of a snapshot that came whole, all is taken over or nothing. */
  kept(): string {
    const { commitIndex, lastIndex } = this.driver.view();
    return JSON.stringify([commitIndex, lastIndex, this.#machine.snapshot(), this.#disk.peek()]);
  }

  sizes(): Size[] {
    return [
      { what: 'reasons', size: this.refusals.list().length, most: MOST_REASONS + 4 },
      { what: 'peers', size: this.driver.view().peers.length, most: LIFE },
      { what: 'timers', size: this.#watched.pending, most: 32 },
      { what: 'state and disk, written out', size: this.kept().length, most: this.most },
    ];
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
function plausible(gate: Gate, random: Random): Said {
  const { driver } = gate;
  const { replica } = driver.node;
  const rest = random.chance(0.3) ? chunk(gate, random) : null;
  if (rest) {
    gate.offer = null;
    return { ...rest, envelope: { ...rest.envelope, generation: replica.context.generation } };
  }
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

/** The rest of the snapshot that was offered last: good ones of the right size are rare. */
function chunk({ offer }: Gate, random: Random): Said | null {
  if (!offer) return null;
  const { at, size } = offer.offer;
  const data = 'x'.repeat(random.chance(0.9) ? size : random.int(1, size));
  const told = random.chance(0.9) ? size : size + 1;
  const message: Message = { type: 'SNAPSHOT_CHUNK', at, offset: 0, size: told, data };
  return { from: offer.from, envelope: { generation: '', message } };
}

function isChunk(decoded: ReturnType<typeof decodeFrom>): boolean {
  return decoded.ok && decoded.value.message.type === 'SNAPSHOT_CHUNK';
}

function noteOffer(gate: Gate, from: string, decoded: ReturnType<typeof decodeFrom>): void {
  if (!decoded.ok || decoded.value.message.type !== 'SNAPSHOT_OFFER') return;
  const offer = decoded.value.message;
  if (offer.size <= 1000) gate.offer = { from, offer };
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
        const decoded = decodeFrom(from, data);
        const isRefused = !decoded.ok;
        const before = isRefused ? gate.state() : '';
        const kept = isChunk(decoded) ? gate.kept() : '';
        const refused = gate.refused;
        gate.events?.message(from, data);
        if (isRefused) {
          must(gate.state() === before, 'what is refused changes nothing');
          must(gate.refused === refused + 1, 'what is refused is counted');
        } else if (kept !== '' && gate.refused > refused) {
          must(gate.kept() === kept, 'of a snapshot that is refused nothing is taken over');
        }
        // An entry stands on the disk and shows in the state.
        if (!isRefused) gate.most += 2 * JSON.stringify(data).length + BESIDES;
        noteOffer(gate, from, decoded);
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
        ...gate.sizes(),
        // About one in three hundred.
        { what: 'nodes that stopped', size: stopped, most: 10 + shots / 100 },
      ],
    };
  },
};
