import { afterEach, expect, test, vi } from 'vitest';
import { GatehouseError, type LotInput, type MarketPending } from '../../runtime/gatehouse.ts';
import { FakeGatehouse } from '../dev/fake-gatehouse.ts';
import { FakeMarket } from '../dev/fake-market.ts';
import { Session } from '../session.ts';
import { Dealings, dealingsOf, GRACE_MS, type Counterparty } from './dealings.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

interface Stage {
  readonly dealings: Dealings;
  newest(): string | undefined;
  /** Something has changed at the gate. */
  changed(): void;
}

/** The answers at a market. */
function at(market: FakeMarket): Stage {
  const listeners = new Set<() => void>();
  const gate: Counterparty = {
    market,
    status: () => ({ id: 'herona1b2c3', quorum: true }),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const dealings = new Dealings(gate, (id) => `Gate ${id.slice(0, 5)}`);
  const newest = (): string | undefined => {
    const [answer] = dealings.answers;
    return answer && `${answer.phase}: ${answer.words}`;
  };
  const changed = (): void => listeners.forEach((listener) => listener());
  return { dealings, newest, changed };
}

/** A log that counts on. */
function counting(): () => number {
  let index = 0;
  return () => (index += 1);
}

class FailingMarket extends FakeMarket {
  waiting: MarketPending[] = [];
  constructor(private readonly definite: boolean) {
    super(counting());
  }
  override pending(): MarketPending[] {
    return this.waiting;
  }
  /** What the outbox had is committed. */
  commit(lot: LotInput): Promise<void> {
    this.waiting = [];
    return super.deposit(lot);
  }
  override async deposit(_lot: LotInput): Promise<void> {
    throw new GatehouseError(this.definite ? 'no-quorum' : 'timeout', this.definite, 'so it is');
  }
}

test('what was deposited can be bought, and what is not there is told, with what is', async () => {
  const { dealings, newest } = at(new FakeMarket());
  await dealings.deposit({ product: 'salt', quantity: 3, price: 12 });
  expect(newest()).toBe('done: Deposited 3 salt at 12 each.');
  const buying = dealings.buy({ product: 'salt', quantity: 2 });
  expect(newest()).toBe('pending: Asking the trader to buy 2 salt …');
  await buying;
  expect(newest()).toBe('done: Bought 2 salt for 24 from Gate heron.');
  expect(dealings.answers[0]?.clock).toEqual({ herona1b2c3: 2 });
  await dealings.buy({ product: 'fish', quantity: 1 });
  expect(newest()).toBe(
    'refused: Out of stock: no seller has 1 fish. Look for something else. In stock: salt.',
  );
  await dealings.buy({ product: 'salt', quantity: 1 });
  await dealings.buy({ product: 'salt', quantity: 1 });
  expect(newest()).toMatch(/Nothing else is in stock either\.$/);
  expect(dealings.answers).toHaveLength(4);
});

test.each([
  [true, /^failed: Not done, to deposit 1 salt at 2 each\. Too few gates are in reach/],
  [false, /^unknown: Not known yet, to deposit 1 salt at 2 each\./],
])('a call that failed, definitely: %s', async (definite, words) => {
  const { dealings, newest } = at(new FailingMarket(definite));
  await dealings.deposit({ product: 'salt', quantity: 1, price: 2 });
  expect(newest()).toMatch(words);
});

test('older answers are forgotten, but not what is still open', async () => {
  const { dealings, newest } = at(new FailingMarket(false));
  await dealings.deposit({ product: 'salt', quantity: 1, price: 2 });
  await dealings.buy({ product: 'fish', quantity: 1 });
  expect(newest()).toMatch(/^refused/);
  dealings.forget();
  expect(newest()).toMatch(/^unknown/);
  expect(dealings.answers).toHaveLength(1);
});

const SALT = { product: 'salt', quantity: 1, price: 2 } as const;
const WAITING: MarketPending = { kind: 'deposit', ...SALT, request: 'heron.1', clock: {} };

test('what is not known is told once it is in the log, also where it was asked for twice', async () => {
  const market = new FailingMarket(false);
  const { dealings, newest, changed } = at(market);
  market.waiting = [WAITING];
  await dealings.deposit(SALT);
  changed();
  expect(newest()).toMatch(/^unknown/);
  await dealings.deposit(SALT);
  await market.commit(SALT);
  changed();
  expect(dealings.answers.map(({ phase }) => phase)).toEqual(['unknown', 'done']);
  await market.commit(SALT);
  changed();
  expect(newest()).toBe('done: Deposited 1 salt at 2 each.');
});

test('what does not come into the log was not done', async () => {
  vi.useFakeTimers();
  const market = new FailingMarket(false);
  const { dealings, newest, changed } = at(market);
  market.waiting = [WAITING];
  await dealings.deposit(SALT);
  await vi.advanceTimersByTimeAsync(GRACE_MS);
  expect(newest()).toMatch(/^unknown/);
  market.waiting = [];
  changed();
  await vi.advanceTimersByTimeAsync(GRACE_MS - 1);
  expect(newest()).toMatch(/^unknown/);
  await vi.advanceTimersByTimeAsync(1);
  expect(newest()).toBe(
    'failed: Not done, to deposit 1 salt at 2 each: it is not in the log. Ask again.',
  );
});

test('newer answers push none out that is still open', async () => {
  const { dealings } = at(new FailingMarket(false));
  await dealings.deposit(SALT);
  for (let more = 0; more < 5; more += 1) await dealings.buy({ product: 'fish', quantity: 1 });
  expect(dealings.answers.map(({ phase }) => phase)).toEqual([
    ...Array.from({ length: 4 }, () => 'refused'),
    'unknown',
  ]);
});

test('a page has the same ones in each of its views', () => {
  vi.stubGlobal('location', new URL('http://localhost/'));
  const session = new Session(new FakeGatehouse());
  expect(dealingsOf(session)).toBe(dealingsOf(session));
  session.close();
});
