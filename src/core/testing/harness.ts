import { assert } from '../assert.ts';
import { decodeFrom } from '../decode.ts';
import type { Effect, Reply } from '../effects.ts';
import type { ParkSettings } from '../entry.ts';
import type { Command, Event } from '../events.ts';
import type { Identity, NodeId } from '../identity.ts';
import type { Json } from '../json.ts';
import type { Envelope, Message } from '../messages.ts';
import { Node, type NodeConfig } from '../node.ts';
import { DEFAULT_TIMING, type Timer, type Timing } from '../timers.ts';
import { TestDisk } from './disk.ts';
import { LogWitness } from './log-witness.ts';
import { seeded } from './random.ts';
import { Tally } from './tally.ts';

const SETTINGS: ParkSettings = {
  capacity: 10,
  election: 'bully',
  topology: 'mesh',
  multicast: 'sequencer',
};

/** One way of a message, ms. */
const LATENCY = 1;
/** A write to the disk, ms. */
const WRITE = 1;
/** When the coordinator tells that it saw a socket close, ms. */
const HINT = 40;

type PersistEffect = Extract<Effect, { type: 'persist' }>;

/** A plain Omit would lose the union. */
export type Undated<E> = E extends unknown ? Omit<E, 'now' | 'wall'> : never;

/** What becomes of a message on its way. Delayed by so many ms it may be overtaken, twice it may arrive doubled. */
export type Fate = 'pass' | 'lose' | 'hold' | number | readonly [number, number];

/** One thing that happened, for transcripts and for counting. */
export type Happening =
  | {
      readonly kind: 'sent';
      readonly at: number;
      readonly from: NodeId;
      readonly to: NodeId;
      readonly message: Message;
      readonly lost: boolean;
    }
  | {
      readonly kind: 'note';
      readonly at: number;
      readonly node: NodeId;
      readonly what: string;
      readonly detail: string;
    }
  /** What a test did, and what it was answered. */
  | { readonly kind: 'act'; readonly at: number; readonly text: string }
  | {
      readonly kind: 'told';
      readonly at: number;
      readonly node: NodeId;
      readonly command: Command;
      readonly reply: Reply;
    };

/** Everything that one life of a node was given and wanted done: enough to live it again. */
export interface Life {
  readonly config: Omit<NodeConfig, 'random' | 'machine'>;
  readonly seed: number;
  readonly events: Event[];
  readonly effects: (readonly Effect[])[];
}

interface Running {
  readonly life: Life;
  readonly node: Node;
  readonly tally: Tally;
  readonly disk: TestDisk;
  readonly timers: Map<Timer, number>;
  readonly replies: Map<number, (reply: Reply) => unknown>;
  alive: boolean;
  /** Said goodbye: what it sent before still arrives. */
  left: boolean;
  /** Events that wait for the thaw; null when it is not frozen. */
  frozen: Undated<Event>[] | null;
  /** Given to the disk, and waiting for the transaction under way. */
  unwritten: PersistEffect[];
  writing: boolean;
}

interface Due {
  readonly at: number;
  readonly run: () => void;
}

export interface HarnessOptions {
  readonly settings?: Partial<ParkSettings>;
  readonly timing?: Partial<Timing>;
  readonly snapshotInterval?: number;
  readonly seed?: number;
  readonly record?: boolean;
}

/**
 * Some nodes on a virtual network, all in one process: for unit tests and transcripts of whole scenarios. It knows
 * no faults but those that a test asks for; the simulator knows them all. Every message goes through the decoder,
 * and after every step the committed logs are compared (rules S4 and S6).
 */
export class Harness {
  now = 0;
  readonly happenings: Happening[] = [];
  /** Every life of every node, in the order in which they began; empty unless `record` is on. */
  readonly lives: Life[] = [];
  /** Decides about every message that is sent between linked nodes. */
  fate: (from: NodeId, to: NodeId, message: Message) => Fate = () => 'pass';
  readonly #running = new Map<NodeId, Running>();
  readonly #cut = new Set<string>();
  readonly #witness = new LogWitness();
  /** Dead, but the coordinator has not noticed. */
  #listed: readonly Identity[] = [];
  #held: (() => void)[] = [];
  #queue: Due[] = [];
  #nextRequest = 1;
  #nextTimer = 1;
  readonly #random: () => number;

  /** With which the next node that starts would found a park. */
  settings: Partial<ParkSettings>;

  constructor(private readonly options: HarnessOptions = {}) {
    this.settings = options.settings ?? {};
    this.#random = seeded(options.seed ?? 1);
  }

  // --- Nodes ----------------------------------------------------------------------------------------------------

  /**
   * Starts a node, on its old disk if it ran before, and links it to all that run.
   * @param listed whom the coordinator lists from now on besides those that run
   */
  start(id: NodeId, priority = 0, listed: readonly Identity[] = []): Node {
    const before = this.#running.get(id);
    if (before?.alive) this.crash(id);
    const running = this.#boot(id, priority, before?.disk ?? new TestDisk());
    const others = this.#others(id);
    this.#running.set(id, running);
    this.#listed = listed;
    this.act(before ? `${id} starts again from its disk` : `${id} starts`);
    this.event(id, { type: 'started', stored: running.disk.load() });
    this.event(id, { type: 'members', members: this.#members(id) });
    for (const other of others) if (!this.#isCut(id, other)) this.#link(id, other);
    return running.node;
  }

  /** Memory lost, links closed: the others notice that the other side closed them. */
  crash(id: NodeId): void {
    this.act(`${id} crashes`);
    this.#get(id).alive = false;
    this.#closeLinks(id);
    this.#later(HINT, () => this.#tellCoordinator(id));
  }

  /** Gets no event until it thaws; its links stay open. Its clock goes on. */
  freeze(id: NodeId): void {
    this.act(`${id} hangs`);
    this.#get(id).frozen = [];
  }

  thaw(id: NodeId): void {
    const running = this.#get(id);
    const missed = running.frozen ?? [];
    running.frozen = null;
    this.act(`${id} goes on`);
    for (const event of missed) this.event(id, event);
  }

  /** Says goodbye, then its links close. What its disk had under way may be lost. */
  leave(id: NodeId): void {
    this.act(`${id} leaves`);
    this.ask(id, { type: 'leave' });
    const running = this.#get(id);
    running.left = true;
    running.alive = false;
    this.#later(LATENCY, () => this.#closeLinks(id));
    this.#later(HINT, () => this.#tellCoordinator(id));
  }

  // --- Network --------------------------------------------------------------------------------------------------

  /** Nothing passes between the two sides, and both see their links close. */
  partition(one: readonly NodeId[], other: readonly NodeId[]): void {
    this.act(`cut: ${one.join(' ')} | ${other.join(' ')}`);
    for (const a of one) {
      for (const b of other) {
        this.#cut.add(pair(a, b));
        this.event(a, { type: 'link', peer: b, state: 'closed', closedByPeer: false });
        this.event(b, { type: 'link', peer: a, state: 'closed', closedByPeer: false });
      }
    }
  }

  heal(): void {
    this.act('all links are mended');
    const cut = [...this.#cut];
    this.#cut.clear();
    for (const ends of cut) {
      const [a, b] = ends.split('~');
      if (a !== undefined && b !== undefined && this.#isAlive(a) && this.#isAlive(b)) {
        this.#link(a, b);
      }
    }
  }

  /** The coordinator has noticed who is dead. */
  unlist(): void {
    this.#listed = [];
  }

  /** Lets go what `fate` held. */
  release(): void {
    const held = this.#held;
    this.#held = [];
    for (const arrive of held) this.#later(LATENCY, arrive);
  }

  /** A message out of the blue, as if `from` had sent it. */
  deliver(to: NodeId, from: NodeId, message: Message, generation?: string): void {
    const envelope = { generation: generation ?? this.node(to).context.generation, message };
    this.event(to, { type: 'message', from, envelope });
  }

  // --- Commands -------------------------------------------------------------------------------------------------

  /** Gives a command and runs until it is answered. */
  command(id: NodeId, command: Command, withinMs = 10_000): Reply {
    const answers: Reply[] = [];
    this.ask(id, command, (reply) => answers.push(reply));
    this.runUntil(() => answers.length > 0, withinMs);
    const [answer] = answers;
    assert(answer !== undefined, 'the command was answered');
    return answer;
  }

  /** Gives a command and does not wait. One call of `done` for each body of a submit. */
  ask(id: NodeId, command: Command, done: (reply: Reply) => unknown = () => undefined): void {
    const request = this.#nextRequest;
    const count = command.type === 'submit' ? command.bodies.length : 1;
    this.#nextRequest += count;
    const told = (reply: Reply): void => {
      this.happenings.push({ kind: 'told', at: this.now, node: id, command, reply });
      done(reply);
    };
    for (let i = 0; i < count; i++) this.#get(id).replies.set(request + i, told);
    if (command.type !== 'leave') this.act(`${id} asks: ${describe(command)}`);
    this.event(id, { type: 'command', request, command });
  }

  /** Submits one body and runs until it is answered. */
  submit(id: NodeId, body: Json, withinMs = 10_000): Reply {
    return this.command(id, { type: 'submit', bodies: [body] }, withinMs);
  }

  // --- Time -----------------------------------------------------------------------------------------------------

  run(ms: number): void {
    const end = this.now + ms;
    while ((this.#queue[0]?.at ?? Infinity) <= end) this.#runNext();
    this.now = end;
  }

  /** Throws when the condition does not come true in virtual time. */
  runUntil(condition: () => boolean, withinMs: number): void {
    const end = this.now + withinMs;
    while (!condition()) {
      if ((this.#queue[0]?.at ?? Infinity) > end) {
        throw new Error(`condition not met within ${String(withinMs)} ms`);
      }
      this.#runNext();
    }
  }

  /** Runs until everybody who runs follows the same leader, all is committed everywhere, and returns it. */
  settle(withinMs = 10_000): Node {
    this.runUntil(() => this.#isSettled(), withinMs);
    const leader = this.leader();
    assert(leader !== undefined, 'a settled network has a leader');
    return leader;
  }

  // --- What there is to see -------------------------------------------------------------------------------------

  node(id: NodeId): Node {
    return this.#get(id).node;
  }

  disk(id: NodeId): TestDisk {
    return this.#get(id).disk;
  }

  /** What the node's state machine has applied, in order. */
  bodies(id: NodeId): readonly Json[] {
    return this.#get(id).tally.bodies;
  }

  get ids(): NodeId[] {
    return [...this.#running.keys()].filter((id) => this.#isAlive(id));
  }

  /** The leader that leads with a quorum, the one of the greatest term if there are several. */
  leader(): Node | undefined {
    return this.ids
      .filter((id) => this.#get(id).frozen === null)
      .map((id) => this.node(id))
      .filter((node) => node.leadership?.replication.quorum)
      .sort((a, b) => (a.replica.promised < b.replica.promised ? -1 : 1))
      .pop();
  }

  /** How many messages of a type were sent, since `from` on. */
  count(type: Message['type'], since = 0): number {
    return this.sent(type, since).length;
  }

  sent<T extends Message['type']>(type: T, since = 0): Extract<Message, { type: T }>[] {
    return this.happenings.flatMap((happening) =>
      happening.kind === 'sent' && happening.at >= since && happening.message.type === type
        ? [happening.message as Extract<Message, { type: T }>]
        : [],
    );
  }

  noted(what: string, since = 0): string[] {
    return this.happenings.flatMap((happening) =>
      happening.kind === 'note' && happening.at >= since && happening.what === what
        ? [`${happening.node}: ${happening.detail}`]
        : [],
    );
  }

  /** A line in the transcript. */
  act(text: string): void {
    this.happenings.push({ kind: 'act', at: this.now, text });
  }

  /** Gives an event to a node, as its driver would. */
  event(id: NodeId, event: Undated<Event>): void {
    const running = this.#get(id);
    if (!running.alive) return;
    if (running.frozen) {
      running.frozen.push(event);
      return;
    }
    const dated: Event = { ...event, now: this.now, wall: 1_000_000 + this.now };
    const effects = running.node.step(dated);
    if (this.options.record) {
      running.life.events.push(freeze(dated));
      running.life.effects.push(freeze(effects));
    }
    for (const effect of effects) this.#perform(id, running, effect);
    this.#witness.see(running.node);
  }

  // --- Inside ---------------------------------------------------------------------------------------------------

  #boot(id: NodeId, priority: number, disk: TestDisk): Running {
    const tally = new Tally();
    const config = {
      self: { id, priority, name: `Gate ${id}` },
      settings: { ...SETTINGS, ...this.settings },
      timing: { ...DEFAULT_TIMING, ...this.options.timing },
      snapshotInterval: this.options.snapshotInterval ?? 1_000_000,
    };
    const seed = Math.floor(this.#random() * 2 ** 32);
    const life: Life = { config, seed, events: [], effects: [] };
    if (this.options.record) this.lives.push(life);
    return {
      life,
      node: new Node({ ...config, random: seeded(seed), machine: tally }),
      tally,
      disk,
      timers: new Map(),
      replies: new Map(),
      alive: true,
      left: false,
      frozen: null,
      unwritten: [],
      writing: false,
    };
  }

  #perform(id: NodeId, running: Running, effect: Effect): void {
    switch (effect.type) {
      case 'send':
        this.#send(id, running, effect.to, effect.envelope);
        return;
      case 'persist':
        running.unwritten.push(effect);
        if (!running.writing) this.#write(id, running);
        return;
      case 'set-timer':
        this.#setTimer(id, running, effect.timer, effect.delayMs);
        return;
      case 'clear-timer':
        running.timers.delete(effect.timer);
        return;
      case 'reply':
        running.replies.get(effect.request)?.(effect.reply);
        running.replies.delete(effect.request);
        return;
      case 'refused':
        assert(false, `nobody sends ${id} what it refuses: ${effect.reason}`);
        return;
      case 'note':
        this.happenings.push({
          kind: 'note',
          at: this.now,
          node: id,
          what: effect.what,
          detail: effect.detail,
        });
        return;
      case 'meet':
      case 'links':
        return;
      case 'request-members':
        this.#later(LATENCY, () => this.event(id, { type: 'members', members: this.#members(id) }));
        return;
    }
  }

  /** One transaction at a time: what comes while it is under way joins the next. */
  #write(id: NodeId, running: Running): void {
    const batch = running.unwritten;
    running.unwritten = [];
    running.writing = batch.length > 0;
    if (!running.writing) return;
    const writes = batch.flatMap((effect) => effect.writes);
    this.#later(writes.length > 0 ? WRITE : 0, () => {
      if (!running.alive) return;
      running.disk.write(writes);
      for (const effect of batch) {
        for (const release of effect.releases) this.#perform(id, running, release);
        this.event(id, { type: 'persisted', ticket: effect.ticket });
      }
      this.#write(id, running);
    });
  }

  #setTimer(id: NodeId, running: Running, timer: Timer, delayMs: number): void {
    const number = this.#nextTimer++;
    running.timers.set(timer, number);
    this.#later(delayMs, () => {
      if (running.timers.get(timer) !== number || this.#running.get(id) !== running) return;
      running.timers.delete(timer);
      this.event(id, { type: 'timer', timer });
    });
  }

  #send(from: NodeId, sender: Running, to: NodeId, sent: Envelope): void {
    // As on the wire: copied, and nothing but what the schemas allow.
    const decoded = decodeFrom(from, JSON.parse(JSON.stringify(sent)));
    assert(decoded.ok, `sends what the decoder accepts: ${decoded.ok ? '' : decoded.reason}`);
    const receiver = this.#running.get(to);
    const linked = this.#isAlive(to) && !this.#isCut(from, to);
    const fate = linked ? this.fate(from, to, sent.message) : 'lose';
    const { message } = decoded.value;
    const lost = fate === 'lose';
    this.happenings.push({ kind: 'sent', at: this.now, from, to, message, lost });
    if (lost || !receiver) return;
    const arrive = (): void => {
      const reachable = (sender.alive || sender.left) && !this.#isCut(from, to);
      if (!reachable || this.#running.get(to) !== receiver) return;
      this.event(to, { type: 'message', from, envelope: decoded.value });
    };
    if (fate === 'hold') this.#held.push(arrive);
    else if (typeof fate === 'object') {
      for (const delay of fate) this.#later(LATENCY + delay, arrive);
    } else this.#later(LATENCY + (fate === 'pass' ? 0 : fate), arrive);
  }

  #link(a: NodeId, b: NodeId): void {
    this.#later(LATENCY, () => {
      if (this.#isCut(a, b)) return;
      this.event(a, { type: 'link', peer: b, state: 'open', closedByPeer: false });
      this.event(b, { type: 'link', peer: a, state: 'open', closedByPeer: false });
    });
  }

  #closeLinks(id: NodeId): void {
    for (const other of this.#others(id)) {
      if (this.#isCut(id, other)) continue;
      this.event(other, { type: 'link', peer: id, state: 'closed', closedByPeer: true });
    }
  }

  #isSettled(): boolean {
    const leader = this.leader();
    if (!leader?.leadership?.replication.opened) return false;
    const { commitIndex, log } = leader.replica;
    return this.ids
      .filter((id) => this.#get(id).frozen === null)
      .map((id) => this.node(id))
      .every(
        (node) =>
          node.liveLeader()?.id === leader.self.id &&
          node.replica.commitIndex === log.lastIndex &&
          commitIndex === log.lastIndex &&
          node.replica.membership.find(node.self.id) !== undefined &&
          node.outbox.size === 0,
      );
  }

  /** The coordinator's list: it can be reached by all, whatever links are cut. */
  #members(id: NodeId): Identity[] {
    const others = this.#others(id).map((other) => this.node(other).self);
    return [...this.#listed, ...others].map(({ id, priority }) => ({ id, priority }));
  }

  #tellCoordinator(gone: NodeId): void {
    if (this.#isAlive(gone)) return;
    for (const id of this.#others(gone)) this.event(id, { type: 'hint', peer: gone });
  }

  #others(id: NodeId): NodeId[] {
    return this.ids.filter((other) => other !== id);
  }

  #isAlive(id: NodeId): boolean {
    return this.#running.get(id)?.alive === true;
  }

  #isCut(a: NodeId, b: NodeId): boolean {
    return this.#cut.has(pair(a, b)) || this.#cut.has(pair(b, a));
  }

  #later(delayMs: number, run: () => void): void {
    const due: Due = { at: this.now + delayMs, run };
    let place = this.#queue.length;
    while (place > 0 && (this.#queue[place - 1]?.at ?? 0) > due.at) place -= 1;
    this.#queue.splice(place, 0, due);
  }

  #runNext(): void {
    const due = this.#queue.shift();
    assert(due !== undefined, 'something is due');
    this.now = due.at;
    due.run();
  }

  #get(id: NodeId): Running {
    const running = this.#running.get(id);
    assert(running !== undefined, `node ${id} was started`);
    return running;
  }
}

/** Frozen through and through: whoever changes what was given away throws. */
function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}

function describe(command: Command): string {
  switch (command.type) {
    case 'submit':
      return command.bodies.map((body) => JSON.stringify(body)).join(', ');
    case 'proceed-without':
      return `go on without ${command.ids.join(' ')}`;
    default:
      return command.type;
  }
}

function pair(a: NodeId, b: NodeId): string {
  return `${a}~${b}`;
}
