import { page } from 'vitest/browser';
import { afterEach, expect, it, vi } from 'vitest';
import { AUTO_DEFAULTS } from '../../runtime/gatehouse.ts';
import { FakeGatehouse } from '../dev/fake-gatehouse.ts';
import { openPage } from '../dev/open-page.ts';
import '../page.css';
import { Session } from '../session.ts';

const button = (name: string) => page.getByRole('button', { name, exact: true });
const answers = page.getByTestId('answers');

function open(): FakeGatehouse {
  return openPage(new FakeGatehouse({ inside: 3 }), '#/market');
}

afterEach(() => {
  document.body.replaceChildren();
});

it('sells and buys by hand, and every act is in the list with its clock', async () => {
  open();
  await button('Deposit').click();
  await expect.element(answers).toHaveTextContent('Deposited 5 salt at 10 each.');
  await expect.element(page.getByTestId('shelf-salt')).toHaveTextContent('5 at 10');
  await button('Buy').click();
  await expect
    .element(answers)
    .toHaveTextContent('Bought 1 salt for 10 from Gate Heron. Clock Heron 2');
  const shelf = page.getByTestId('shelf-salt');
  await expect.element(shelf).toHaveTextContent('5 deposited = 1 sold + 4 in stock');
  await expect.element(page.getByTestId('acts')).toHaveTextContent('Heron 2');
});

it('tells a seller what was sold, and what it got of that', async () => {
  const fake = open();
  const sold = page.getByTestId('sold');
  await fake.market.deposit({ product: 'salt', quantity: 9, price: 20 });
  await expect.element(page.getByTestId('shelf-salt')).toHaveTextContent('9 at 20');
  await expect.element(sold).toHaveTextContent('');
  await fake.market.buy({ product: 'salt', quantity: 2 });
  const words = 'Sold 2 salt to Gate Heron: 36 of 40 to you, 4 to the trader Gate Heron.';
  await expect.element(sold).toHaveTextContent(words);
  // The list of all events tells the same of everybody's sales.
  const act = '36 of it to the seller, 4 to the trader Gate Heron';
  await expect.element(page.getByTestId('acts')).toHaveTextContent(act);
  for (let more = 0; more < 4; more += 1) await fake.market.buy({ product: 'salt', quantity: 1 });
  await expect.element(sold).not.toHaveTextContent(words);
  expect(sold.element().querySelectorAll('.sale')).toHaveLength(4);
});

it('compares two events, and a third takes the place of the first', async () => {
  const fake = open();
  const comparison = page.getByTestId('comparison');
  await button('Deposit').click();
  await button('Buy').click();
  await button('Buy').click();
  const indexes = fake.market.acts().map(({ index }) => index);
  expect(indexes).toEqual([10, 11, 12]);
  await button('Compare no. 10').click();
  await expect.element(comparison).toHaveTextContent('No. 10 is chosen: choose another one.');
  await button('Compare no. 11').click();
  await expect
    .element(comparison)
    .toHaveTextContent('No. 10 (Heron) happened before No. 11 (Heron)');
  await button('Compare no. 12').click();
  await expect
    .element(comparison)
    .toHaveTextContent('No. 11 (Heron) happened before No. 12 (Heron)');
  await button('Compare no. 11').click();
  await expect.element(comparison).toHaveTextContent('No. 12 is chosen: choose another one.');
});

it('shows what was last known while this gate is down', async () => {
  open();
  await button('Deposit').click();
  await expect.element(page.getByTestId('shelf-salt')).toHaveTextContent('5 at 10');
  const accounts = page.getByRole('region', { name: /^Accounts/ });
  await expect.element(accounts.getByText('trader, this gate')).toBeVisible();
  await button('Crash the trader (this gate)').click();
  await expect.element(page.getByTestId('trader')).toHaveTextContent('No trader: trading halts');
  await expect
    .element(page.getByRole('heading', { name: 'For sale, as last known' }))
    .toBeVisible();
  await expect.element(page.getByTestId('shelf-salt')).toHaveTextContent('5 at 10');
  await expect.element(accounts.getByText('this gate', { exact: true })).toBeVisible();
  await expect.element(button('Buy')).toBeDisabled();
});

it('takes the commission, and tells what is wrong with a constant', async () => {
  const fake = open();
  await page.getByLabelText('Set it to, %').fill('15');
  await button('Set for all').click();
  await expect.element(page.getByTestId('commission')).toHaveTextContent('15 %');
  fake.market.auto = () => {
    throw new Error('price: two numbers, the smaller first');
  };
  await button('Trade by itself').click();
  await expect
    .element(page.getByText('That did not work: price: two numbers, the smaller first'))
    .toBeVisible();
});

it('says at the field which numbers it takes, and leaves no older answer standing', async () => {
  const fake = open();
  await button('Deposit').click();
  await expect.element(answers).toHaveTextContent('Deposited 5 salt at 10 each.');
  await page.getByRole('form', { name: 'Buy' }).getByLabelText('Pieces').fill('0');
  await button('Buy').click();
  const problem = (words: string) => page.getByText(words, { exact: true });
  await expect.element(problem('Pieces: a whole number from 1 to 10000.')).toBeVisible();
  await expect.element(answers).not.toHaveTextContent('Deposited');
  await page.getByLabelText('Price of one').fill('1000001');
  await button('Deposit').click();
  await expect.element(problem('Price of one: a whole number from 1 to 1000000.')).toBeVisible();
  // In a shadow root: the document has only its host for active.
  const price = page.getByLabelText('Price of one');
  await expect.poll(() => price.element().matches(':focus')).toBe(true);
  await page.getByLabelText('Set it to, %').fill('101');
  await button('Set for all').click();
  await expect.element(problem('Set it to, %: a whole number from 0 to 100.')).toBeVisible();
  expect(fake.market.acts()).toHaveLength(1);
  await page.getByLabelText('Price of one').fill('12');
  await button('Deposit').click();
  await expect.element(answers).toHaveTextContent('Deposited 5 salt at 12 each.');
  await expect
    .element(page.getByLabelText('Price of one'))
    .toHaveAttribute('aria-invalid', 'false');
});

it('the constants are those that run, and one that can’t be is shown', async () => {
  const fake = open();
  const started = vi.spyOn(fake.market, 'auto');
  await button('Trade by itself').click();
  expect(started).toHaveBeenCalledOnce();
  const constants = { ...AUTO_DEFAULTS, role: 'buyer' as const, stock: 3 };
  fake.market.trading = () => ({ role: 'buyer', transactions: 2, constants });
  document.body.replaceChildren();
  openPage(fake);
  const stock = page.getByLabelText('Stock per seller');
  await expect.element(stock).toHaveValue(3);
  await expect.element(page.getByLabelText('Role')).toHaveValue('buyer');
  const running = page.getByTestId('automatic');
  await expect.element(running).toHaveTextContent('This gate is a buyer. 2 of 20 transactions.');
  await expect.element(stock).not.toBeVisible();
  const field = stock.element();
  if (field instanceof HTMLInputElement) field.value = '0';
  await button('Start anew').click();
  await expect.element(stock).toBeVisible();
  expect(started).toHaveBeenCalledOnce();
});

it('plots that can’t be fetched are told, and asked for again', async () => {
  const fake = open();
  const purchases = Array.from({ length: 10 }, () => ({ at: 0, ms: 1, result: 'bought' as const }));
  const run = { began: 0, constants: AUTO_DEFAULTS, purchases, elections: [] };
  fake.market.measured = () => [run];
  const evaluation = document.createElement('gh-evaluation');
  evaluation.session = new Session(fake);
  evaluation.status = fake.status();
  const fetched = vi.fn(() => Promise.reject(new Error('offline')));
  evaluation.fetchPlots = fetched;
  document.body.replaceChildren(evaluation);
  await expect.element(page.getByText('The plots could not be fetched')).toBeVisible();
  evaluation.status = { ...fake.status(), commitIndex: 99 };
  await evaluation.updateComplete;
  expect(fetched).toHaveBeenCalledOnce();
  evaluation.fetchPlots = () => Promise.resolve();
  await button('Try again').click();
  await expect.element(page.getByText('The plots could not be fetched')).not.toBeInTheDocument();
});
