import { isDeepStrictEqual } from 'node:util';
import { rowsOf } from '../../core/clocks.ts';
import type { EntryCommand } from '../../core/entry.ts';
import type { Json } from '../../core/json.ts';
import { entry, founding, member, operation, term } from '../../core/testing/fixtures.ts';
import { Market } from '../../machines/market.ts';
import { MAX_LOTS, PRODUCTS } from '../../machines/market/operations.ts';
import { parseAuto, parseWish } from '../../runtime/market/input.ts';
import { GatehouseError } from '../../runtime/gatehouse.ts';
import type { Random } from '../../sim/random.ts';
import { mutateJson } from '../mutate.ts';
import { must, type Target } from '../target.ts';
import { asParsed } from './decode.ts';

const IDS = ['anna', 'bert', 'carl'];
/** A market is taken through so many inputs; then a new one. */
const LIFE = 200;
/** What is written of an act besides its body. */
const BESIDES = 200;
const OPTIONS = { role: 'buyer', price: [1, 9], buyAgain: 0.5, commission: 10, pauseMs: [5, 50] };

class Fair {
  readonly market = new Market();
  #index = 0;

  constructor() {
    this.apply(founding(IDS.map((id, priority) => member(id, priority))));
  }

  apply(command: EntryCommand): Json {
    this.#index += 1;
    return this.market.apply(entry(this.#index, term(this.#index, 'carl'), command));
  }

  written(): string {
    return JSON.stringify(this.market.snapshot());
  }

  act(node: string, body: Json): Json {
    return this.apply(operation(node, this.#index, body, ''));
  }
}

/** What somebody may ask, in a market with this clock. */
function wish(random: Random, { market }: Fair): Json {
  const common = {
    machine: 'market',
    product: random.pick(PRODUCTS) ?? 'salt',
    quantity: random.int(1, 9),
    clock: rowsOf(market.clock),
  };
  return random.chance(0.5)
    ? { ...common, kind: 'buy' }
    : { ...common, kind: 'deposit', price: random.int(1, 200) };
}

function mustConserve({ market }: Fair): void {
  const money = Object.values(market.accounts).reduce((sum, one) => sum + one, 0);
  must(money === 1000 * IDS.length, 'money is conserved');
  for (const product of PRODUCTS) {
    const lots = market.lots.filter((lot) => lot.product === product);
    const left = lots.reduce((sum, { quantity }) => sum + quantity, 0);
    must(left + market.sold[product] === market.deposited[product], 'goods are conserved');
  }
}

function isRefused(call: () => unknown): boolean {
  try {
    call();
    return false;
  } catch (error) {
    must(error instanceof GatehouseError && error.code === 'invalid', 'a bad call is `invalid`');
    return true;
  }
}

export const market: Target = {
  name: 'market',
  about:
    'the market: operations in the log, its snapshots, and what somebody types into the console',
  open: () => {
    let fair = new Fair();
    let written = fair.written();
    let most = written.length;
    let shots = 0;
    const begin = (): void => {
      fair = new Fair();
      written = fair.written();
      most = written.length;
    };
    return {
      shoot: (random) => {
        if (++shots % LIFE === 0) begin();
        const good = wish(random, fair);
        const body = asParsed(random.chance(0.5) ? mutateJson(good, random) : good) as Json;
        const refused = fair.market.refuse(body) !== null;
        fair.act(random.pick(IDS) ?? 'anna', body);
        const before = written;
        written = fair.written();
        if (refused) must(written === before, 'what is refused changes nothing');
        else most += JSON.stringify(body).length + BESIDES;
        mustConserve(fair);
        const snapshot = asParsed(mutateJson(JSON.parse(written), random)) as Json;
        if (fair.market.refuseSnapshot(snapshot) !== null) {
          must(fair.written() === written, 'what is refused changes nothing');
        } else {
          const other = new Fair();
          other.market.restore(snapshot);
          must(isDeepStrictEqual(asParsed(other.market.snapshot()), snapshot), 'it is what came');
        }
        isRefused(() => parseWish('deposit', mutateJson(good, random)));
        isRefused(() => parseAuto(mutateJson(OPTIONS, random)));
        return refused ? 'refused' : 'accepted';
      },
      sizes: () => {
        const { lots, accounts } = fair.market;
        return [
          { what: 'lots', size: lots.length, most: MAX_LOTS },
          { what: 'accounts', size: Object.keys(accounts).length, most: IDS.length },
          { what: 'the market, written out', size: written.length, most },
        ];
      },
    };
  },
};
