import { operationKey } from '../core/entry.ts';
import type { MulticastKind, Token } from '../core/entry.ts';
import type { Reply } from '../core/effects.ts';
import type { ParkOperation } from '../machines/park.ts';
import { decodeOutcome } from './checkers/outcome.ts';
import { Violation } from './checkers/violation.ts';
import { logKey, type Call } from './checkers/history.ts';
import type { Outcome } from './checkers/park-model.ts';
import { ChatLoad } from './chat-load.ts';
import type { Gate, Life } from './gate.ts';
import { MarketWorkload, type Trade } from './market-workload.ts';
import { Multicasting } from './multicasting.ts';
import type { Random } from './random.ts';
import type { System } from './systems.ts';
import { VisitorLoad } from './visitors/visitor-load.ts';
import type { World } from './world.ts';

/** What is asked at a gate; a visitor's own tab asks in another way. */
type GateOperation = Exclude<ParkOperation, { kind: 'visit' }>;

/** A person at a gate: asks for one thing at a time, and waits for the answer. */
interface Client {
  readonly gate: Gate;
  readonly name: string;
  readonly random: Random;
  /** Processes that it speaks as, one for each operation of a critical section. */
  readonly lanes: Lane[];
  /** Calls that are not answered yet. */
  open: number;
  /** Grows when the page is gone: what is under way then concerns nobody. */
  epoch: number;
}

interface Lane {
  /** A process whose operation's fate is unknown is not used again. */
  incarnation: number;
  call: Call | null;
}

/** Clients that enter and leave visitors, collide on purpose, and sometimes hold the mutex by hand. */
export class Workload {
  readonly calls: Call[] = [];
  readonly chat: ChatLoad;
  readonly market: MarketWorkload;
  readonly visits: VisitorLoad;
  readonly #world: World;
  readonly #random: Random;
  readonly #visitors: readonly string[];
  /** Whom the gates let in and out. */
  #known: readonly string[];
  readonly #clients: Client[] = [];
  readonly #active = new Set<string>();
  readonly #thinkMs: number;
  readonly #batch: number;
  readonly #capacityRate: number;
  readonly #multicasting: Multicasting | null;
  #lockRate = 0;
  /** Called once, when somebody asks for the mutex by hand. */
  #whenLocked: (() => void) | null = null;
  #stopped = false;

  /**
   * @param only the clients that ask for anything; null for all
   * @param busy the systems besides the park whose clients come at all
   */
  constructor(
    world: World,
    private readonly only: ReadonlySet<string> | null,
    multicast: MulticastKind | null,
    private readonly busy: ReadonlySet<System>,
  ) {
    this.#world = world;
    this.chat = new ChatLoad(world, only, multicast);
    this.market = new MarketWorkload(world, only);
    this.visits = new VisitorLoad(world, only);
    this.#multicasting = multicast ? new Multicasting(world, only, multicast) : null;
    this.#random = world.random.split('workload');
    const visitors = this.#random.int(3, 24);
    this.#visitors = Array.from({ length: visitors }, (_, i) => `v${i}`);
    this.#known = this.#visitors;
    this.#thinkMs = this.#random.logBetween(400, 6000);
    this.#batch = this.#random.chance(0.3) ? this.#random.int(2, 6) : 1;
    this.#capacityRate = this.#random.chance(0.5) ? 0.05 : 0;
  }

  get visitors(): number {
    return this.#visitors.length;
  }

  /** The names of the clients that asked for something. */
  activeClients(): string[] {
    return [
      ...this.#active,
      ...this.chat.activeChatters(),
      ...this.market.active,
      ...this.visits.active,
      ...(this.#multicasting?.active ?? []),
    ];
  }

  get openCalls(): readonly Trade[] {
    const calls = this.#clients.flatMap(({ lanes }) => lanes.flatMap(({ call }) => call ?? []));
    return [...calls, ...this.market.openTrades, ...this.visits.openCalls];
  }

  locks(rate: number, asked: (() => void) | null = null): void {
    this.#lockRate = rate;
    this.#whenLocked = asked;
  }

  /** The visitors with tabs of their own come. The door knows them by name. */
  start(): void {
    if (!this.busy.has('visits')) return;
    this.visits.start();
    this.#known = [...this.#visitors, ...this.visits.names];
  }

  join(gate: Gate): void {
    if (this.busy.has('chat')) this.chat.join(gate);
    if (this.busy.has('market')) this.market.join(gate);
    this.#multicasting?.join(gate);
    const random = this.#random.split(`clients of ${gate.index}`);
    const clients = random.int(1, 3);
    for (let i = 0; i < clients; i++) {
      const lanes = Array.from({ length: this.#batch }, () => ({ incarnation: 1, call: null }));
      const name = `g${gate.index}.${i}`;
      if (this.only?.has(name) === false) continue;
      const client = { gate, name, random: random.split(name), lanes, open: 0, epoch: 0 };
      this.#clients.push(client);
      this.#think(client);
    }
  }

  /** No new operations. */
  stop(): void {
    this.#stopped = true;
    this.chat.stop();
    this.market.stop();
    this.visits.stop();
    this.#multicasting?.stop();
  }

  /** One last operation at a gate, to see that it works. */
  probe(gate: Gate, done: (ok: boolean) => void): void {
    const { life } = gate;
    if (!life) {
      done(false);
      return;
    }
    const operation: GateOperation = { machine: 'park', kind: 'leave', visitor: 'nobody' };
    life.driver.submit([operation], (reply) => {
      done(reply.ok);
    });
  }

  /** Its page is gone, and with it whoever would have been answered. */
  lost(gate: Gate): void {
    this.chat.lost(gate);
    this.market.lost(gate);
    for (const client of this.#clients) {
      if (client.gate !== gate) continue;
      client.epoch += 1;
      client.open = 0;
      for (const lane of client.lanes) if (lane.call) this.#unknown(lane, 'crashed');
      this.#think(client);
    }
  }

  #think(client: Client): void {
    const { epoch } = client;
    this.#world.clock.schedule(client.random.exponential(this.#thinkMs), () => {
      if (client.epoch === epoch) this.#act(client);
    });
  }

  #act(client: Client): void {
    if (this.#stopped) return;
    const { life } = client.gate;
    // A page that belongs to no park yet takes nobody in, and of two with one identity people use the first.
    const isFounded = (life?.driver.node.replica.commitIndex ?? 0) > 0;
    const isUsed = !client.gate.isSecond && isFounded;
    if (!client.gate.awake || life?.ready !== true || !isUsed) {
      this.#think(client);
      return;
    }
    this.#active.add(client.name);
    if (client.random.chance(this.#lockRate)) this.#lock(client, life);
    else this.#submit(client, life);
  }

  #submit(client: Client, life: Life): void {
    const size = client.random.int(1, client.lanes.length);
    const lanes = client.lanes.slice(0, size);
    const operations = lanes.map(() => this.#operation(client.random));
    const { node } = life.driver;
    const world = this.#world;
    const first = node.replica.nextSequence;
    const { epoch } = client;
    lanes.forEach((lane, place) => {
      const operation = operations[place];
      if (!operation) return;
      const key = `${life.peer.id}#${this.calls.length + 1}.${first + place}`;
      world.checks.invoked(logKey(key));
      this.#invoke(client, lane, place, key, operation);
    });
    client.open = size;
    life.driver.submit(operations, (reply, place) => {
      const lane = lanes[place];
      if (client.epoch !== epoch || !lane?.call) return;
      const { call } = lane;
      this.#world.check(() => {
        this.#answered(life, lane, call, reply);
      });
      // What was told is no answer to it, and the run goes on.
      if (call.result === 'open') this.#unknown(lane, 'no-answer');
      if (--client.open === 0) this.#think(client);
    });
  }

  #invoke(client: Client, lane: Lane, place: number, key: string, operation: GateOperation): void {
    const world = this.#world;
    const call: Call = {
      key,
      process: `${client.name}.${place}#${lane.incarnation}`,
      operation,
      invokedAt: world.clock.now(),
      returnedAt: Infinity,
      result: 'open',
      outcome: null,
    };
    lane.call = call;
    this.calls.push(call);
    world.record(call, 'invoke', null);
  }

  #answered(life: Life, lane: Lane, call: Call, reply: Reply): void {
    const world = this.#world;
    if (!reply.ok) {
      if (!reply.definite) {
        this.#unknown(lane, reply.code);
        return;
      }
      if (reply.code === 'invalid') world.checks.refused(life.driver.node, logKey(call.key));
      lane.call = null;
      call.result = 'fail';
      call.returnedAt = world.clock.now();
      world.record(call, 'fail', reply.code);
      return;
    }
    const { value } = reply;
    const outcome = value.type === 'outcome' ? decodeOutcome(value.outcome) : null;
    if (value.type !== 'outcome' || !outcome)
      throw new Violation('S8', `${call.key} is answered with ${JSON.stringify(value)}`);
    const key = operationKey({ node: life.peer.id, sequence: value.sequence });
    if (key !== logKey(call.key))
      throw new Violation('S7', `${call.key} gets the answer to ${key}`);
    world.check(() => {
      world.checks.told(life.driver.node, key, value.index, value.outcome, call.operation);
    });
    lane.call = null;
    this.#done(call, outcome);
  }

  #done(call: Call, outcome: Outcome): void {
    call.result = 'ok';
    call.outcome = outcome;
    call.returnedAt = this.#world.clock.now();
    this.#world.record(call, 'ok', null);
  }

  #unknown(lane: Lane, reason: string): void {
    const { call } = lane;
    if (!call) return;
    lane.call = null;
    lane.incarnation += 1;
    call.result = 'info';
    this.#world.record(call, 'info', reason);
  }

  /** Holds the mutex for a while, does something under it, and mostly gives it back. */
  #lock(client: Client, life: Life): void {
    const { epoch, random } = client;
    this.#whenLocked?.();
    this.#whenLocked = null;
    life.driver.command({ type: 'lock' }, (reply) => {
      if (client.epoch !== epoch) return;
      if (!reply.ok || reply.value.type !== 'granted') {
        this.#think(client);
        return;
      }
      const { token } = reply.value;
      this.#world.check(() => {
        this.#world.checks.granted(life.peer.id, token);
      });
      const later = random.logBetween(1, 3000);
      this.#world.clock.schedule(later, () => {
        if (client.epoch === epoch) this.#underLock(client, life, token);
      });
    });
  }

  #underLock(client: Client, life: Life, token: Token): void {
    const { random, epoch } = client;
    if (random.chance(0.8)) {
      this.#world.clock.schedule(random.logBetween(10, 12_000), () => {
        if (client.epoch === epoch && client.gate.awake)
          life.driver.command({ type: 'release', token }, () => undefined);
      });
    }
    this.#act(client);
  }

  #operation(random: Random): GateOperation {
    const visitor = random.pick(this.#known) ?? 'v0';
    if (random.chance(this.#capacityRate)) {
      const capacity = random.int(0, this.#visitors.length);
      return { machine: 'park', kind: 'capacity', capacity };
    }
    return { machine: 'park', kind: random.chance(0.55) ? 'enter' : 'leave', visitor };
  }
}
