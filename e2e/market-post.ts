/** The trading post as people see it in a tab, and what must hold of it at all of them. */
import { expect, type Locator } from '@playwright/test';
import type { MarketAct, MarketRun, MarketState } from '../src/runtime/gatehouse.ts';
import type { Park } from './park.ts';
import type { Tab } from './tab.ts';

export type Goods = 'salt' | 'boar' | 'fish';

/** The market view of one tab. */
export class Post {
  constructor(readonly tab: Tab) {}

  get trader(): Locator {
    return this.tab.page.getByTestId('trader');
  }
  get answers(): Locator {
    return this.tab.page.getByTestId('answers');
  }
  /** The answer to what was asked for last. */
  get answer(): Locator {
    return this.answers.locator('.answer .words').first();
  }
  /** The vector clock that came with it. */
  get clock(): Locator {
    return this.answers.locator('.answer').first().locator('.clock');
  }
  /** What this gate is told as a seller, the newest first. */
  get sold(): Locator {
    return this.tab.page.getByTestId('sold').getByRole('paragraph');
  }
  get pending(): Locator {
    return this.tab.page.getByTestId('pending');
  }
  get moneyCheck(): Locator {
    return this.tab.page.getByTestId('money-check');
  }
  button(name: string | RegExp): Locator {
    return this.tab.page.getByRole('button', { name, exact: true });
  }
  shelf(product: Goods): Locator {
    return this.tab.page.getByTestId(`shelf-${product}`);
  }
  money(name: string): Locator {
    const accounts = this.tab.page.getByRole('region', { name: 'Accounts' });
    return accounts.getByRole('listitem').filter({ hasText: name }).locator('.money');
  }

  async buy(product: Goods, quantity: number): Promise<void> {
    await this.fillIn(product, quantity);
    await this.button('Buy').click();
  }

  /** What is bought when the button is pressed. */
  async fillIn(product: Goods, quantity: number): Promise<void> {
    const form = this.tab.page.getByRole('form', { name: 'Buy' });
    await form.locator('label').filter({ hasText: product }).click();
    await form.getByLabel('Pieces').fill(String(quantity));
  }

  async deposit(product: Goods, quantity: number, price: number): Promise<void> {
    const form = this.tab.page.getByRole('form', { name: 'Sell' });
    await form.locator('label').filter({ hasText: product }).click();
    await form.getByLabel('Pieces').fill(String(quantity));
    await form.getByLabel('Price of one').fill(String(price));
    await form.getByRole('button', { name: 'Deposit' }).click();
    await expect(this.answer).toHaveText(`Deposited ${quantity} ${product} at ${price} each.`);
  }

  /** Chooses two events, and tells what the page says of them. */
  async compare(a: number, b: number): Promise<string> {
    const chosen = this.tab.page.locator('gh-acts button[aria-pressed="true"]');
    while ((await chosen.count()) > 0) await chosen.first().click();
    await this.button(`Compare no. ${a}`).click();
    await this.button(`Compare no. ${b}`).click();
    const verdict = this.tab.page.getByTestId('comparison').locator('.verdict');
    return verdict.innerText();
  }

  state(): Promise<MarketState> {
    return this.tab.page.evaluate(() => window.gatehouse!.market.state());
  }
  acts(): Promise<MarketAct[]> {
    return this.tab.page.evaluate(() => window.gatehouse!.market.acts());
  }
  measured(): Promise<MarketRun[]> {
    return this.tab.page.evaluate(() => window.gatehouse!.market.measured());
  }
}

/** Nothing is under way at these, and all have the same market, in which nothing was made or lost. Returns it. */
export async function settled(park: Park, posts: readonly Post[]): Promise<MarketState> {
  await park.settle(posts.map(({ tab }) => tab));
  const states = await Promise.all(posts.map((post) => post.state()));
  const acts = await Promise.all(posts.map((post) => post.acts()));
  // Who is the trader is what each gate knows just now; all else is the log's.
  const log = states.map(({ trader: _trader, ...applied }) => applied);
  for (const other of log) expect(other).toEqual(log[0]);
  for (const other of acts) expect(other).toEqual(acts[0]);
  const [state] = states;
  const money = Object.values(state!.accounts);
  expect(sum(money), 'the money of all').toBe(1000 * money.length);
  expect(Math.min(...money)).toBeGreaterThanOrEqual(0);
  for (const product of ['salt', 'boar', 'fish']) {
    const lots = state!.stock.filter((lot) => lot.product === product);
    const left = sum(lots.map(({ quantity }) => quantity));
    expect(state!.sold[product]! + left, `all ${product}`).toBe(state!.deposited[product]);
  }
  return state!;
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
