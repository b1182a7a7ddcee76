import { expect, test } from 'vitest';
import { GatehouseError, type LotInput, type MarketCalls } from '../../runtime/gatehouse.ts';
import { FakeMarket } from '../dev/fake-market.ts';
import { Dealings } from './dealings.ts';

/** The answers at a market. */
function at(market: MarketCalls): { dealings: Dealings; newest: () => string | undefined } {
  const dealings = new Dealings(market, (id) => `Gate ${id.slice(0, 5)}`);
  const newest = (): string | undefined => {
    const [answer] = dealings.answers;
    return answer && `${answer.phase}: ${answer.words}`;
  };
  return { dealings, newest };
}

class FailingMarket extends FakeMarket {
  constructor(private readonly definite: boolean) {
    super();
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
