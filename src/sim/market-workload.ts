import type { Reply } from '../core/effects.ts';
import { rowsOf } from '../core/clocks.ts';
import { operationKey } from '../core/entry.ts';
import { PRODUCTS, type MarketOperation } from '../machines/market/operations.ts';
import { logKey, type Call } from './checkers/history.ts';
import { Violation } from './checkers/violation.ts';
import type { Gate, Life } from './gate.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** A purchase, a deposit, or another commission, that somebody asked for. */
export type Trade = Pick<Call, 'key' | 'result'>;

/** Somebody who trades at a gate: asks for one thing at a time, and waits for the answer. */
interface Trader {
  readonly gate: Gate;
  readonly name: string;
  readonly random: Random;
  open: Trade | null;
  /** Grows when the page is gone: what is under way then concerns nobody. */
  epoch: number;
}

/** Few prices, so that they are equal at times, and some whose commission is half a unit. */
const PRICES = [1, 5, 5, 15, 20, 45, 300, 1200];

/** Sellers and buyers at the gates. The park's clients do not notice but for the time it takes. */
export class MarketWorkload {
  readonly trades: Trade[] = [];
  readonly #world: World;
  readonly #random: Random;
  readonly #traders: Trader[] = [];
  readonly #active = new Set<string>();
  readonly #thinkMs: number;
  readonly #commissionRate: number;
  #stopped = false;

  /** @param only the clients that ask for anything; null for all */
  constructor(
    world: World,
    private readonly only: ReadonlySet<string> | null,
  ) {
    this.#world = world;
    this.#random = world.random.split('market');
    this.#thinkMs = this.#random.logBetween(400, 6000);
    this.#commissionRate = this.#random.chance(0.3) ? 0.03 : 0;
  }

  /** The names of the traders that asked for something. */
  get active(): readonly string[] {
    return [...this.#active];
  }

  get openTrades(): readonly Trade[] {
    return this.#traders.flatMap(({ open }) => open ?? []);
  }

  join(gate: Gate): void {
    const random = this.#random.split(`traders of ${gate.index}`);
    const count = random.int(gate.index === 0 ? 1 : 0, 2);
    for (let i = 0; i < count; i++) {
      const name = `m${gate.index}.${i}`;
      if (this.only?.has(name) === false) continue;
      const trader = { gate, name, random: random.split(name), open: null, epoch: 0 };
      this.#traders.push(trader);
      this.#think(trader);
    }
  }

  /** No new operations. */
  stop(): void {
    this.#stopped = true;
  }

  /** Its page is gone, and with it whoever would have been answered. */
  lost(gate: Gate): void {
    for (const trader of this.#traders) {
      if (trader.gate !== gate) continue;
      trader.epoch += 1;
      if (trader.open) this.#unknown(trader, trader.open, 'crashed');
      this.#think(trader);
    }
  }

  #think(trader: Trader): void {
    const { epoch } = trader;
    this.#world.clock.schedule(trader.random.exponential(this.#thinkMs), () => {
      if (trader.epoch === epoch) this.#act(trader);
    });
  }

  #act(trader: Trader): void {
    if (this.#stopped) return;
    const { gate } = trader;
    const { life } = gate;
    const isFounded = (life?.driver.node.replica.commitIndex ?? 0) > 0;
    if (!gate.awake || life?.ready !== true || gate.isSecond || !isFounded) this.#think(trader);
    else this.#submit(trader, life);
  }

  #submit(trader: Trader, life: Life): void {
    const world = this.#world;
    const { epoch, gate } = trader;
    this.#active.add(trader.name);
    const operation = this.#operation(trader.random, life);
    const { nextSequence } = life.driver.node.replica;
    const key = `${life.peer.id}#m${this.trades.length + 1}.${nextSequence}`;
    const trade: Trade = { key, result: 'open' };
    trader.open = trade;
    this.trades.push(trade);
    world.checks.invoked(logKey(key));
    world.trace('invoke', gate, `${trader.name} ${key} ${JSON.stringify(operation)}`, 'command');
    life.driver.submit([operation], (reply) => {
      if (trader.epoch !== epoch || trader.open !== trade) return;
      world.check(() => {
        this.#answered(trader, life, trade, reply);
      });
      this.#think(trader);
    });
  }

  #answered(trader: Trader, life: Life, trade: Trade, reply: Reply): void {
    const world = this.#world;
    if (!reply.ok && !reply.definite) {
      this.#unknown(trader, trade, reply.code);
      return;
    }
    trader.open = null;
    if (!reply.ok) {
      trade.result = 'fail';
      world.trace('fail', trader.gate, `${trader.name} ${trade.key} ${reply.code}`);
      return;
    }
    const { value } = reply;
    if (value.type !== 'outcome')
      throw new Violation('S8', `${trade.key} is answered with ${JSON.stringify(value)}`);
    const key = operationKey({ node: life.peer.id, sequence: value.sequence });
    if (key !== logKey(trade.key))
      throw new Violation('S7', `${trade.key} gets the answer to ${key}`);
    world.checks.told(life.driver.node, key, value.index, value.outcome);
    trade.result = 'ok';
    world.trace('ok', trader.gate, `${trader.name} ${key} ${JSON.stringify(value.outcome)}`);
  }

  #unknown(trader: Trader, trade: Trade, reason: string): void {
    trader.open = null;
    trade.result = 'info';
    this.#world.trace('info', trader.gate, `${trader.name} ${trade.key} ${reason}`);
  }

  #operation(random: Random, life: Life): MarketOperation {
    const base = { machine: 'market', clock: rowsOf(life.market.clock) } as const;
    const product = random.pick(PRODUCTS) ?? 'salt';
    const quantity = random.int(1, 4);
    const price = random.pick(PRICES) ?? 1;
    if (random.chance(this.#commissionRate))
      return { ...base, kind: 'commission', percent: random.int(0, 100) };
    return random.chance(0.45)
      ? { ...base, kind: 'deposit', product, quantity, price }
      : { ...base, kind: 'buy', product, quantity };
  }
}
