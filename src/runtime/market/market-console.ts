import { assert } from '../../core/assert.ts';
import { NO_EVENTS, rowsOf } from '../../core/clocks.ts';
import type { Applied } from '../../core/replica.ts';
import {
  decodeMarketOutcome,
  type MarketOutcome,
  type MarketWish,
} from '../../machines/market/operations.ts';
import type { Clock } from '../clock.ts';
import type { Driver } from '../driver.ts';
import { GatehouseError } from '../gatehouse.ts';
import type { Host } from '../host.ts';
import { terminated, type NodeCalls } from '../node-calls.ts';
import { AutoTrader } from './auto-trader.ts';
import type {
  AutoOptions,
  LotInput,
  MarketAct,
  MarketCalls,
  MarketPending,
  MarketRun,
  MarketState,
  Purchase,
  Trading,
  WantInput,
} from './calls.ts';
import { marketEntry, pendingEntry } from './entry.ts';
import { parseAuto, parseWish } from './input.ts';
import { Measurements, type Moment, type Office } from './measurements.ts';

/** So far back in the log `acts` looks. */
const MOST_ENTRIES = 5000;
const BLOCK = 250;

/** `gatehouse.market` on one host. */
export class MarketConsole implements MarketCalls {
  readonly #measurements = new Measurements();
  #auto: AutoTrader | null = null;

  constructor(
    private readonly host: Host,
    private readonly calls: NodeCalls,
    private readonly clock: Clock,
    private readonly random: () => number,
    /** Feigns a failure of this node, once. */
    private readonly fail: () => void,
  ) {
    host.subscribe(() => this.#look());
  }

  state(): MarketState {
    const { life } = this.host;
    const market = life?.market;
    return {
      trader: life?.driver.view().leader ?? null,
      accounts: { ...market?.accounts },
      stock: (market?.lots ?? []).map(({ seller, product, quantity, price }) => {
        return { seller, product, quantity, price };
      }),
      deposited: { ...market?.deposited },
      sold: { ...market?.sold },
      clock: Object.fromEntries(market?.clock ?? []),
    };
  }

  async deposit(lot: LotInput): Promise<void> {
    const { outcome } = await this.#act(parseWish('deposit', lot));
    if (!outcome.success) throw new GatehouseError('invalid', true, refusal(outcome.reason));
  }

  async buy(want: WantInput): Promise<Purchase> {
    const wish = parseWish('buy', want);
    const asked = this.#moment();
    try {
      const { operation, outcome } = await this.#act(wish);
      const result = outcome.success ? 'bought' : 'refused';
      this.#measurements.purchased(asked, this.clock.now(), result);
      return purchaseOf(wish, operation, outcome);
    } catch (error) {
      this.#measurements.purchased(asked, this.clock.now(), 'failed');
      throw error;
    }
  }

  commission(): number | null {
    return this.host.life?.market.commission ?? null;
  }

  async setCommission(percent: number): Promise<void> {
    await this.#act(parseWish('commission', { percent }));
  }

  pending(): MarketPending[] {
    const operations = this.host.life?.driver.node.outbox.operations ?? [];
    return operations.flatMap((operation) => pendingEntry(operation) ?? []);
  }

  auto(options: AutoOptions | false = {}): void {
    const constants = options === false ? null : parseAuto(options);
    if (constants && this.host.condition === 'terminated') throw terminated();
    this.host.command(constants ? 'market: trade by itself' : 'market: trade by hand');
    this.#auto?.stop();
    this.#auto = null;
    if (this.#measurements.runs().at(-1)?.constants || constants)
      this.#measurements.begin(constants, this.#moment());
    if (!constants) return;
    this.#auto = new AutoTrader(this.host, this.clock, this.random, constants, {
      buy: (want) => this.buy(want),
      do: async (wish) => {
        await this.#act(wish);
      },
      fail: () => this.fail(),
    });
  }

  trading(): Trading | null {
    return this.#auto?.trading() ?? null;
  }

  acts(most = 200): MarketAct[] {
    if (!Number.isInteger(most) || most < 1) {
      throw new GatehouseError('invalid', true, 'most: a whole number from 1');
    }
    const { driver } = this.host.life ?? {};
    if (!driver) return [];
    const end = driver.node.replica.commitIndex;
    const acts: MarketAct[] = [];
    // Backwards from the end, and no further than needed: the page asks after every commit.
    for (let to = end; to > Math.max(0, end - MOST_ENTRIES) && acts.length < most; to -= BLOCK) {
      acts.unshift(...driver.committed(Math.max(1, to - BLOCK + 1), to).flatMap(actOf));
    }
    return acts.slice(-most);
  }

  measured(): MarketRun[] {
    return this.#measurements.runs();
  }

  /** Puts the clock of this node on a wish, and hands it to the trader (rule K4). */
  async #act(
    wish: MarketWish,
  ): Promise<{ readonly operation: string; readonly outcome: MarketOutcome }> {
    const clock = rowsOf(this.host.life?.market.clock ?? NO_EVENTS);
    const body = { machine: 'market', ...wish, clock };
    const { operation, outcome } = await this.calls.operate(body);
    const decoded = decodeMarketOutcome(outcome);
    assert(decoded.ok, 'what the market has applied has an outcome of its own');
    return { operation, outcome: decoded.value };
  }

  /** Follows who is the trader. */
  #look(): void {
    const { life } = this.host;
    // Runs after every change: a whole view would be too much work.
    if (life) this.#measurements.saw(officeOf(life.driver.node), this.#moment());
    else this.#measurements.lost();
  }

  #moment(): Moment {
    return { now: this.clock.now(), wall: this.clock.wall() };
  }
}

/** Its act, if the entry is one. */
function actOf({ entry, outcome, duplicate }: Applied): MarketAct[] {
  if (entry.command.kind !== 'operation' || duplicate) return [];
  const { id, body } = entry.command.operation;
  const market = marketEntry(body, outcome);
  return market ? [{ ...market, index: entry.index, node: id.node, at: entry.at }] : [];
}

/** Who takes operations now, as far as a node knows. */
function officeOf(node: Driver['node']): Office | null {
  const { leadership, follower } = node;
  if (leadership?.replication.opened === false) return null;
  const trader = node.liveLeader()?.id;
  return trader === undefined ? null : { trader, term: leadership?.term ?? follower.term };
}

function purchaseOf(wish: MarketWish, request: string, outcome: MarketOutcome): Purchase {
  const clock = Object.fromEntries(outcome.clock);
  if (!outcome.success) {
    // Who has no account yet has no money either.
    const reason = outcome.reason === 'out-of-stock' ? 'out-of-stock' : 'no-money';
    return { success: false, quantity: 0, paid: 0, reason, request, clock };
  }
  const { seller, paid } = 'sale' in outcome ? outcome.sale : { seller: '', paid: 0 };
  const quantity = wish.kind === 'commission' ? 0 : wish.quantity;
  return { success: true, quantity, paid, seller, request, clock };
}

function refusal(reason: string): string {
  return reason === 'market-full'
    ? 'the market is full: it takes no more lots until one is sold out'
    : `the market refuses: ${reason}`;
}
