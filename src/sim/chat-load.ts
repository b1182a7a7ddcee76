import { MULTICASTS, operationKey, type MulticastKind } from '../core/entry.ts';
import type { Json } from '../core/json.ts';
import type { Reply } from '../core/effects.ts';
import { readChatAction, readChatAnswer } from './checkers/chat-model.ts';
import { ChatLedger, type Said } from './checkers/chat-ledger.ts';
import { Violation } from './checkers/violation.ts';
import { ChatOrders, type Tagged } from './chat-orders.ts';
import type { Gate, Life } from './gate.ts';
import { finalLineage } from './park-history.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** A person at a gate who chats: asks for one thing at a time. */
interface Chatter {
  readonly gate: Gate;
  readonly name: string;
  readonly random: Random;
  isRegistered: boolean;
  readonly orders: Random;
  /** The rooms that it was let into. */
  readonly joined: Map<string, Joined>;
  /** No text is said twice, so that one that stands twice was doubled on its way. */
  said: number;
  epoch: number;
}

interface JsonObject {
  readonly [key: string]: Json;
}

/** What a person knows of a room that it was let into. */
interface Joined {
  readonly isLocked: boolean;
  /** In which multicast's order its messages stand; null for the log's. */
  readonly order: MulticastKind | null;
}

/** Names are few, so that two want the same one; one of them is a room's, too. */
const NAMES = ['Ada', 'Bob', 'Cid', 'Dot', 'Eve', 'red'];
const ROOMS = ['red', 'blue', 'Eve'];
/** No log comes so far. */
const LAST_VIEW = Number.MAX_SAFE_INTEGER;
const SALTS = ['s'.repeat(22), 't'.repeat(22)];

/** People who chat at the gates of some parks: they want the same names and rooms, and talk all at once. */
export class ChatLoad {
  asked = 0;
  readonly #world: World;
  readonly #random: Random;
  /** This park has a chat that is used. */
  readonly #thinkMs: number;
  readonly #chatters: Chatter[] = [];
  readonly #active = new Set<string>();
  readonly #ledger = new ChatLedger();
  /** How the rooms are ordered, where people choose that. */
  readonly #orders: ChatOrders;
  #stopped = false;

  /** @param only the people who ask for anything; null for all */
  constructor(
    world: World,
    private readonly only: ReadonlySet<string> | null,
    multicast: MulticastKind | null,
  ) {
    this.#world = world;
    this.#random = world.random.split('chat');
    this.#thinkMs = this.#random.logBetween(1000, 10_000);
    this.#orders = new ChatOrders(world, multicast);
  }

  activeChatters(): string[] {
    return [...this.#active];
  }

  join(gate: Gate): void {
    const name = `g${gate.index}.chat`;
    if (this.only?.has(name) === false) return;
    const random = this.#random.split(name);
    const joined = new Map<string, Joined>();
    const orders = this.#random.split(`${name}/orders`);
    const chatter = { gate, name, random, orders, isRegistered: false, joined, said: 0, epoch: 0 };
    this.#chatters.push(chatter);
    this.#think(chatter);
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Its page is gone, and with it whoever would have been answered. */
  lost(gate: Gate): void {
    for (const chatter of this.#chatters) {
      if (chatter.gate !== gate) continue;
      chatter.epoch += 1;
      this.#think(chatter);
    }
  }

  /** In the end, when all logs are equal. */
  judge(): void {
    const { checks, gates } = this.#world;
    const lineage = finalLineage(this.#world);
    if (!lineage) return;
    const snapshots = gates.flatMap(({ id, life }) => {
      return life ? [[id, life.driver.node.replica.machine.snapshot()] as const] : [];
    });
    this.#ledger.judge(snapshots, (key) => checks.holds(lineage, key));
    const [first] = snapshots;
    if (first) this.#orders.judge(first[1]);
  }

  #think(chatter: Chatter): void {
    const { epoch } = chatter;
    this.#world.clock.schedule(chatter.random.exponential(this.#thinkMs), () => {
      if (chatter.epoch === epoch) this.#act(chatter);
    });
  }

  #act(chatter: Chatter): void {
    if (this.#stopped) return;
    const { gate } = chatter;
    const { life } = gate;
    const isFounded = (life?.driver.node.replica.commitIndex ?? 0) > 0;
    if (!gate.awake || life?.ready !== true || gate.isSecond || !isFounded) this.#think(chatter);
    else this.#ask(chatter, life);
  }

  #ask(chatter: Chatter, life: Life): void {
    this.#active.add(chatter.name);
    const body = this.#operation(chatter);
    const action = readChatAction(body);
    const order = action?.kind === 'say' ? chatter.joined.get(action.room)?.order : null;
    if (!order || action?.kind !== 'say') this.#submit(chatter, life, body);
    else if (chatter.orders.chance(0.05))
      this.#submit(chatter, life, chatter.said % 2 === 0 ? body : behindAll(body));
    else this.#sayInOrder(chatter, life, body, { text: action.text, order });
  }

  /** Rule C9: what has no position was not said, for sure. */
  #sayInOrder(
    chatter: Chatter,
    life: Life,
    body: JsonObject,
    said: Pick<Tagged, 'text' | 'order'>,
  ): void {
    const { epoch, gate, name } = chatter;
    this.#orders.tag(gate, life, { client: name, ...said }, (told) => {
      if (chatter.epoch !== epoch || this.#stopped) return;
      if (!told) {
        this.#think(chatter);
        return;
      }
      const { position, generation } = told;
      this.#submit(chatter, life, { ...body, kind: 'say-ordered', position }, generation);
    });
  }

  /** @param generation of the log in which the body has its position; null when it was told none */
  #submit(chatter: Chatter, life: Life, body: Json, generation: string | null = null): void {
    const world = this.#world;
    const { node } = life.driver;
    const key = operationKey({ node: life.peer.id, sequence: node.replica.nextSequence });
    const said = this.#ledger.asked(key, body);
    this.asked += 1;
    world.checks.invoked(key);
    world.trace('invoke', chatter.gate, `${chatter.name} ${JSON.stringify(body)}`, 'command');
    const { epoch } = chatter;
    life.driver.submit([body], (reply) => {
      if (chatter.epoch !== epoch) return;
      world.check(() => {
        this.#answered(life, said, reply);
        const isElsewhere = generation !== null && generation !== node.context.generation;
        if (!isElsewhere && !isBehindAll(body)) mustHaveView(said, reply);
        if (said.result === 'allowed') learn(chatter, body);
      });
      this.#think(chatter);
    });
  }

  #answered(life: Life, said: Said, reply: Reply): void {
    const world = this.#world;
    if (!reply.ok) {
      if (reply.definite) said.result = 'fail';
      return;
    }
    const { value } = reply;
    if (value.type !== 'outcome')
      throw new Violation('S8', `${said.key} is answered with ${JSON.stringify(value)}`);
    const key = operationKey({ node: life.peer.id, sequence: value.sequence });
    if (key !== said.key) throw new Violation('S7', `${said.key} gets the answer to ${key}`);
    world.checks.told(life.driver.node, key, value.index, value.outcome);
    this.#ledger.told(said, value.outcome);
    world.trace('ok', null, `${key} ${JSON.stringify(value.outcome)}`);
  }

  /** Mostly what makes sense for who has got so far, and sometimes anything. */
  #operation(chatter: Chatter): JsonObject {
    const { random, isRegistered, joined } = chatter;
    const what = random.next();
    if (what < (isRegistered ? 0.08 : 0.7)) return this.#register(chatter);
    if (what < (joined.size > 0 ? 0.2 : 0.8)) return this.#join(chatter);
    const text = `${chatter.name} ${++chatter.said}`;
    if (what < 0.4) {
      const to = random.pick(this.#world.gates)?.id ?? chatter.gate.id;
      return { machine: 'chat', kind: 'tell', to, text: sealed(text) };
    }
    const room = random.pick(random.chance(0.9) ? [...joined.keys()] : ROOMS) ?? 'red';
    const isSealed = random.chance(0.95) ? joined.get(room)?.isLocked === true : random.chance(0.5);
    const said = isSealed ? sealed(text) : { kind: 'plain', text };
    return { machine: 'chat', kind: 'say', room, text: said };
  }

  #register({ random, gate }: Chatter): JsonObject {
    const name = random.chance(0.5) ? `No. ${gate.index}` : (random.pick(NAMES) ?? 'Ada');
    const key = random.chance(0.5) ? 'k'.repeat(87) : null;
    return { machine: 'chat', kind: 'register', name, key };
  }

  #join({ random, orders }: Chatter): JsonObject {
    const room = random.pick(ROOMS) ?? 'red';
    const salt = random.pick(SALTS) ?? '';
    const isLocked = random.chance(room === 'red' ? 0.1 : 0.8);
    const lock = isLocked ? { salt, iterations: 600_000, check: sealed('check') } : null;
    const order = this.#orders.wanted(room, orders);
    if (order === null) return { machine: 'chat', kind: 'join', room, lock };
    return { machine: 'chat', kind: 'join-ordered', room, lock, order };
  }
}

/** Whoever was told a position has applied its view, so that stands before in the log of that generation. */
function mustHaveView({ key }: Said, reply: Reply): void {
  if (!reply.ok || reply.value.type !== 'outcome') return;
  if (readChatAnswer(reply.value.outcome) === 'no-view')
    throw new Violation('C9', `${key} has a position in no view of the log`);
}

/** As somebody could ask who changes the page: to stand behind all that is ever said. */
function behindAll(body: JsonObject): JsonObject {
  return { ...body, kind: 'say-ordered', position: { view: LAST_VIEW, number: 1 } };
}

function isBehindAll(body: Json): boolean {
  const action = readChatAction(body);
  return action?.kind === 'say' && action.position?.[0] === LAST_VIEW;
}

/** Who was let in remembers. */
function learn(chatter: Chatter, body: Json): void {
  const action = readChatAction(body);
  if (action?.kind === 'register') chatter.isRegistered = true;
  if (action?.kind !== 'join') return;
  const order = MULTICASTS.find((kind) => kind === action.order) ?? null;
  chatter.joined.set(action.room, { isLocked: action.lock !== null, order });
}

/** As a sealed text looks: nobody here reads it. */
function sealed(text: string): Json {
  const data = text.replaceAll(/[^\w-]/g, '-').padEnd(24, '_');
  return { kind: 'sealed', iv: 'i'.repeat(16), data };
}
