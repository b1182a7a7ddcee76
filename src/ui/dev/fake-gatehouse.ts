import {
  GatehouseError,
  type ArchiveView,
  type Entry,
  type ErrorCode,
  type FaultRuleInput,
  type FeignOptions,
  type Gatehouse,
  type MarketEntry,
  type Outcome,
  type PeerStatus,
  type Status,
  type StressResult,
  type Token,
  type TraceEvent,
  type VisitorTab,
} from '../../runtime/gatehouse.ts';
import { FakeChat } from './fake-chat.ts';
import { FakeMarket } from './fake-market.ts';
import { FakeMulticast } from './fake-multicast.ts';

const NAMES = ['Heron', 'Fox', 'Owl', 'Otter', 'Wren', 'Badger', 'Lynx', 'Swift', 'Hare', 'Crane'];
const TERM = '000000000012.herona1b2c3';
const START = Date.UTC(2026, 10, 21, 20, 0, 0);

export interface FakeOptions {
  readonly status?: Partial<Status>;
  readonly peers?: number;
  readonly inside?: number;
  readonly capacity?: number;
  /** Committed entries that were there before. */
  readonly history?: number;
  /** How long an operation takes. */
  readonly latencyMs?: number;
  /** How every operation fails. */
  readonly failure?: { readonly code: ErrorCode; readonly definite: boolean };
  readonly archives?: readonly ArchiveView[];
  readonly visitorTabs?: readonly VisitorTab[];
}

/** A park in memory that answers like the real one: for looking at every state of the page, and for its tests. */
export class FakeGatehouse implements Gatehouse {
  readonly calls: string[] = [];
  readonly chat: FakeChat;
  readonly market = new FakeMarket((act) => this.#trade(act));
  readonly multicast: FakeMulticast;
  /** How many entries `log` has handed out, to see that nothing is fetched twice. */
  fetched = 0;
  #options: FakeOptions;
  #status: Status;
  readonly #listeners = new Set<(status: Status) => void>();
  readonly #entries: Entry[] = [];
  readonly #trace: TraceEvent[] = [];
  /** What comes back with `recover`. */
  #disk: Status | null = null;
  #made = 0;
  #tokens = 0;

  constructor(options: FakeOptions = {}) {
    this.#options = options;
    const inside = Array.from({ length: options.inside ?? 0 }, (_, at) => visitorName(at));
    const peers = Array.from({ length: options.peers ?? 2 }, (_, at) => fakePeer(at + 1));
    const name = 'Gate Heron';
    this.#status = {
      id: 'herona1b2c3',
      name,
      priority: 50,
      park: 'main',
      role: 'leader',
      term: TERM,
      leader: 'herona1b2c3',
      quorum: true,
      commitIndex: 0,
      lastIndex: 0,
      capacity: options.capacity ?? 50,
      occupancy: inside.length,
      visitors: inside,
      unconfirmed: null,
      pending: 0,
      stalled: false,
      mutex: null,
      signaling: 'connected',
      peers,
      generation: 'g7f3k2m9',
      election: 'bully',
      topology: 'mesh',
      multicast: 'sequencer',
      vacant: false,
      missing: [],
      members: peers.length + 1,
      inStep: peers.length + 1,
      conflict: null,
      trouble: null,
      refused: [],
      faults: [],
      feigning: false,
    };
    this.#found(inside, options.history ?? 0);
    this.set(options.status ?? {});
    const changed = (): void => this.set({});
    this.chat = new FakeChat(this.#status.id, changed);
    this.multicast = new FakeMulticast(
      this.#status.id,
      () => this.#status.peers.map(({ id }) => id),
      changed,
    );
  }

  /** Changes the status from outside. */
  set(changes: Partial<Status>): void {
    this.#status = {
      ...this.#status,
      commitIndex: this.#entries.length,
      lastIndex: this.#entries.length,
      ...changes,
    };
    for (const listener of this.#listeners) listener(this.#status);
  }

  /** How operations go from now on. */
  configure(options: Partial<FakeOptions>): void {
    this.#options = { ...this.#options, ...options };
  }

  /** Lets a message be seen. */
  note(event: Omit<TraceEvent, 'sequence' | 'at' | 'node'>): void {
    const sequence = this.#trace.length + 1;
    this.#trace.push({ sequence, at: Date.now(), node: this.#status.id, ...event });
  }

  async ready(): Promise<Status> {
    return this.#status;
  }

  status(): Status {
    return this.#status;
  }

  subscribe(listener: (status: Status) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async enter(visitor = `Visitor ${++this.#made}`): Promise<Outcome> {
    return this.#operate('enter', visitor, ({ occupancy, capacity, visitors }) => {
      if (visitors.includes(visitor)) return 'already-inside';
      return occupancy >= capacity ? 'full' : { visitors: [...visitors, visitor] };
    });
  }

  async leave(visitor: string): Promise<Outcome> {
    return this.#operate('leave', visitor, ({ visitors }) =>
      visitors.includes(visitor)
        ? { visitors: visitors.filter((name) => name !== visitor) }
        : 'not-inside',
    );
  }

  async setCapacity(capacity: number): Promise<Outcome> {
    return this.#operate('capacity', undefined, ({ occupancy }) =>
      occupancy > capacity ? 'full' : { capacity },
    );
  }

  async stress(visitors: number): Promise<StressResult> {
    this.calls.push(`stress ${visitors}`);
    const began = performance.now();
    let allowed = 0;
    for (let at = 0; at < visitors; at += 1) if ((await this.enter()).allowed) allowed += 1;
    return { allowed, refused: visitors - allowed, failed: 0, ms: performance.now() - began };
  }

  async lock(): Promise<{ token: Token; leaseMs: number; release(): Promise<void> }> {
    this.calls.push('lock');
    await this.#pause();
    const token = { term: TERM, number: ++this.#tokens };
    this.set({ mutex: this.#status.id });
    const release = async (): Promise<void> => {
      this.calls.push('release');
      this.set({ mutex: null });
    };
    return { token, leaseMs: 10_000, release };
  }

  async hello(): Promise<{ peer: string; ms: number | null }[]> {
    const linked = this.#status.peers.filter(({ link }) => link === 'open');
    return linked.map(({ id }) => ({ peer: id, ms: 1 }));
  }

  links(): [string, string][] {
    const { id, topology, peers } = this.#status;
    if (topology === 'mesh') return [];
    const ids = [id, ...peers.map((peer) => peer.id)];
    return ids.map((one, at): [string, string] => [one, ids[(at + 1) % ids.length] ?? one]);
  }

  async startElection(): Promise<void> {
    this.calls.push('startElection');
    for (const { id } of this.#status.peers) {
      this.note({ kind: 'sent', what: 'ELECT', peer: id, bytes: 96 });
      this.note({ kind: 'received', what: 'GOT_IT', peer: id, bytes: 40 });
    }
    this.set({ vacant: false, quorum: true, leader: this.#status.id, role: 'leader' });
  }

  async removeLeader(): Promise<void> {
    this.calls.push('removeLeader');
    this.set({ vacant: true, quorum: false, leader: null, role: 'follower' });
  }

  async terminate(): Promise<void> {
    this.calls.push('terminate');
    this.#forget('terminated');
  }

  crash(mode: 'stop' | 'hang' = 'stop'): void {
    this.calls.push(`crash ${mode}`);
    this.#forget('crashed');
  }

  async recover(): Promise<void> {
    this.calls.push('recover');
    await this.#pause();
    const { feigning } = this.#status;
    this.set({ ...this.#disk, feigning });
  }

  feign(options?: FeignOptions | false): void {
    this.set({ feigning: options !== false });
  }

  async proceedWithout(ids: string[]): Promise<void> {
    this.calls.push(`proceedWithout ${ids.join(' ')}`);
    await this.#pause();
    const peers = this.#status.peers.filter(({ id }) => !ids.includes(id));
    this.set({ missing: [], quorum: true, members: 1, inStep: 1, peers, leader: this.#status.id });
  }

  async adopt(generation: string): Promise<void> {
    this.calls.push(`adopt ${generation}`);
    const unknown = this.#entries.filter(({ kind }) => kind === 'enter').slice(-3);
    const aside = { generation: this.#status.generation, at: START, compared: true, unknown };
    this.#options = { ...this.#options, archives: [aside] };
    this.set({ generation, conflict: null });
  }

  archives(): ArchiveView[] {
    return [...(this.#options.archives ?? [])];
  }

  async rename(name: string): Promise<void> {
    this.calls.push(`rename ${name}`);
    this.set({ name });
  }

  visitorTabs(): VisitorTab[] {
    return [...(this.#options.visitorTabs ?? [])];
  }

  faults(rules: FaultRuleInput[]): void {
    this.set({ faults: rules });
  }

  async log(from = 1, to = this.#entries.length): Promise<Entry[]> {
    const found = this.#entries.slice(from - 1, to);
    this.fetched += found.length;
    return found;
  }

  trace(): TraceEvent[] {
    return [...this.#trace];
  }

  /** What a node says whose memory is gone. */
  #forget(role: 'crashed' | 'terminated'): void {
    this.#disk = this.#status;
    const log = { generation: '', term: '', commitIndex: 0, lastIndex: 0, pending: 0 };
    const park = { capacity: 0, occupancy: 0, visitors: [] };
    const gates = {
      leader: null,
      quorum: false,
      peers: [],
      members: 0,
      inStep: 0,
      missing: [],
      mutex: null,
    };
    this.set({ ...log, ...park, ...gates, role, signaling: 'disconnected' });
  }

  async #operate(
    kind: 'enter' | 'leave' | 'capacity',
    visitor: string | undefined,
    decide: (status: Status) => Partial<Status> | NonNullable<Outcome['reason']>,
  ): Promise<Outcome> {
    const { failure } = this.#options;
    const named = visitor === undefined ? {} : { visitor };
    this.set({ pending: this.#status.pending + 1 });
    await this.#pause();
    if (failure !== undefined) {
      if (failure.definite) this.set({ pending: this.#status.pending - 1 });
      throw new GatehouseError(failure.code, failure.definite, 'the park said so');
    }
    const decision = decide(this.#status);
    const allowed = typeof decision !== 'string';
    const changes = allowed ? decision : {};
    const reason = allowed ? {} : { reason: decision };
    const entry = this.#append({ kind, ...named, allowed, ...reason, at: Date.now() });
    const visitors = changes.visitors ?? this.#status.visitors;
    const pending = this.#status.pending - 1;
    this.set({ ...changes, occupancy: visitors.length, pending });
    return { ...named, allowed, ...reason, operation: `op.${entry.index}`, index: entry.index };
  }

  #append(entry: Omit<Entry, 'index' | 'term'>): Entry {
    const whole: Entry = {
      index: this.#entries.length + 1,
      term: TERM,
      node: this.#status.id,
      ...entry,
    };
    this.#entries.push(whole);
    return whole;
  }

  #trade(market: MarketEntry): number {
    const { index } = this.#append({ kind: market.kind, market, at: Date.now() });
    this.set({});
    return index;
  }

  #found(inside: readonly string[], history: number): void {
    const { id, peers, capacity } = this.#status;
    this.#append({ kind: 'founding', capacity, at: START });
    this.#append({ kind: 'opening', at: START });
    for (const peer of peers) {
      this.#append({ kind: 'membership', change: 'join', subject: peer.id, at: START });
      this.#append({ kind: 'membership', change: 'promote', subject: peer.id, at: START });
    }
    for (let at = 0; at < history; at += 1) {
      const node = peers[at % (peers.length + 1)]?.id ?? id;
      const visitor = `Guest ${Math.floor(at / 2) + 1}`;
      const kind = at % 2 === 0 ? 'enter' : 'leave';
      this.#append({ kind, visitor, node, allowed: true, at: START + at * 700 });
    }
    inside.forEach((visitor, at) => {
      const node = at % 3 === 0 ? (peers[0]?.id ?? id) : id;
      const time = START + (history + at) * 9000;
      this.#append({ kind: 'enter', visitor, node, allowed: true, at: time });
    });
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, this.#options.latencyMs ?? 0));
  }
}

function fakePeer(at: number): PeerStatus {
  const name = NAMES[at % NAMES.length] ?? 'Heron';
  return {
    id: `${name.toLowerCase()}${at}x9y8z7`,
    name: `Gate ${name}`,
    priority: 50 - at * 3,
    voter: at < 9,
    suspected: false,
    link: 'open',
  };
}

const VISITORS = ['Ann', 'Bob', 'Carla', 'Dev', 'Elif', 'Femi', 'Gus', 'Hana', 'Ivo', 'June'];

function visitorName(at: number): string {
  const name = VISITORS[at % VISITORS.length] ?? 'Ann';
  const round = Math.floor(at / VISITORS.length);
  return round === 0 ? name : `${name} ${round + 1}`;
}
