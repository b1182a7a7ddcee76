import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowsOf, type ClockRows } from '../../core/clocks.ts';
import type { EntryCommand } from '../../core/entry.ts';
import type { Json } from '../../core/json.ts';
import {
  entry,
  founding,
  member,
  membership,
  operation,
  term,
} from '../../core/testing/fixtures.ts';
import { Machines } from '../../machines/machine.ts';
import { Market } from '../../machines/market.ts';
import { brokenTrade, checkMarket } from './market-checker.ts';
import { MarketModel, readTrade, type Due } from './market-model.ts';

const IDS = ['anna', 'bert', 'carl', 'dora'];

/** The machine and the model on one log. */
class Both {
  readonly market = new Market();
  readonly machines = new Machines([this.market]);
  readonly model = new MarketModel();
  #index = 0;
  /** What replicas that lag have seen. */
  #seen: ClockRows[] = [[]];

  constructor() {
    this.members(IDS);
  }

  members(ids: readonly string[]): void {
    const all = ids.map((id) => member(id, 1));
    this.#apply('anna', this.#index === 0 ? founding(all) : membership('evict', 'carl', all));
    this.model.join(ids);
  }

  act(node: string, leader: string, wish: object, lag: number): { said: Json; due: Due | null } {
    const clock = this.#seen[Math.max(0, this.#seen.length - 1 - lag)] ?? [];
    const body = { machine: 'market', ...wish, clock };
    const said = this.#apply(leader, operation(node, this.#index, body, ''));
    const place = { node, index: this.#index, term: term(this.#index, leader) };
    return { said, due: this.model.apply(body, place) };
  }

  #apply(leader: string, command: EntryCommand): Json {
    this.#index += 1;
    const said = this.market.apply(entry(this.#index, term(this.#index, leader), command));
    this.#seen.push(rowsOf(this.market.clock));
    return said;
  }
}

const who = fc.constantFrom(...IDS);
const product = fc.constantFrom('salt', 'boar', 'fish');
const few = fc.integer({ min: 1, max: 4 });
const price = fc.constantFrom(3, 5, 45, 400);
const wish = fc.oneof(
  fc.record({ kind: fc.constant('deposit'), product, quantity: few, price }),
  fc.record({ kind: fc.constant('buy'), product, quantity: few }),
  fc.record({ kind: fc.constant('commission'), percent: fc.constantFrom(0, 10, 33) }),
);
const acts = fc.array(
  fc.record({ node: who, leader: who, wish, lag: fc.nat(8), leaves: fc.nat(9) }),
  {
    maxLength: 60,
  },
);

describe('the model of the market', () => {
  it('K1 to K7: says what the machine does, without a vector clock of its own', () => {
    fc.assert(
      fc.property(acts, (all) => {
        const both = new Both();
        for (const { node, leader, wish: wanted, lag, leaves } of all) {
          if (leaves === 0) both.members(IDS.filter((id) => id !== 'carl'));
          if (leaves === 1) both.members(IDS);
          const { said, due } = both.act(node, leader, wanted, lag);
          expect(due && brokenTrade(due, said, node, both.model.actsOf(node))).toBeNull();
          checkMarket(both.machines.snapshot(), both.model, 'anna');
        }
      }),
      { numRuns: 300 },
    );
  });

  it('reads what the log holds, and nothing else', () => {
    const buy = { machine: 'market', kind: 'buy', product: 'salt', quantity: 1, clock: [] };
    expect(readTrade(buy)).toEqual({ kind: 'buy', product: 'salt', quantity: 1 });
    for (const body of [null, 7, {}, { ...buy, machine: 'park' }, { ...buy, kind: 'deposit' }])
      expect(readTrade(body)).toBeNull();
  });
});

describe('the checker of the market', () => {
  const sale = { buyer: 'bert', seller: 'anna', trader: 'carl', paid: 20, commission: 2 };
  const due: Due = { success: true, ...sale };
  const clock = [['bert', 3]];
  const judged = (told: unknown): string | null => brokenTrade(due, told, 'bert', 3);

  it('finds the rule that an answer breaks', () => {
    expect(judged({ success: true, sale, clock })).toBeNull();
    expect(judged({ success: true, sale, clock: [['bert', 2]] })).toBe('K4');
    expect(judged({ success: false, reason: 'no-money', clock })).toBe('K5');
    expect(judged({ success: true, sale: { ...sale, seller: 'dora' }, clock })).toBe('K5');
    expect(judged({ success: true, sale: { ...sale, trader: 'dora' }, clock })).toBe('K2');
    expect(judged({ success: true, sale: { ...sale, commission: 1 }, clock })).toBe('K2');
    expect(judged(null)).toBe('K4');
    const none: Due = { success: false, reason: 'out-of-stock' };
    expect(brokenTrade(none, { success: false, reason: 'no-money', clock }, 'bert', 3)).toBe('K5');
    expect(brokenTrade({ success: true }, { success: true, sale, clock }, 'bert', 3)).toBe('K5');
  });

  it('finds money and goods that were made or lost', () => {
    const both = new Both();
    both.act('anna', 'carl', { kind: 'deposit', product: 'salt', quantity: 5, price: 10 }, 0);
    both.act('bert', 'carl', { kind: 'buy', product: 'salt', quantity: 2 }, 0);
    const good = both.market.snapshot() as Record<string, Json>;
    const check = (change: object) => () => {
      checkMarket({ market: { ...good, ...change } }, both.model, 'anna');
    };
    const accounts = good['accounts'] as readonly (readonly [string, number])[];
    const moved = accounts.map(([id, money]) => [
      id,
      money + (id === 'anna' ? 1 : id === 'bert' ? -1 : 0),
    ]);
    expect(check({})).not.toThrow();
    expect(check({ accounts: accounts.map(([id]) => [id, 999]) })).toThrow('K2');
    expect(check({ accounts: moved })).toThrow('K2');
    expect(check({ accounts: [...accounts, ['zoey', 1000]] })).toThrow('K1');
    expect(check({ lots: [] })).toThrow('K3');
    expect(check({ lots: [], deposited: { salt: 2, boar: 0, fish: 0 } })).toThrow('K3');
    const [lot] = good['lots'] as readonly object[];
    expect(check({ lots: [{ ...lot, seller: 'bert' }] })).toThrow('K3');
    expect(() => checkMarket({}, both.model, 'anna')).toThrow('K1');
  });
});
