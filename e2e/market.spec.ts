/** The test cases of the trading post, one after the other in one park: North, South and East, the greatest. */
import type { Page } from '@playwright/test';
import type { AutoOptions } from '../src/runtime/gatehouse.ts';
import { expectAccessible } from './accessible.ts';
import { expect, keepTraces, Park, test, TestServer } from './fixture.ts';
import { Post, settled, sum } from './market-post.ts';

test.describe.configure({ mode: 'serial' });

const server = new TestServer();
let park: Park;
let north: Post;
let south: Post;
let east: Post;
/** Comes later, on another device. */
let west: Post;
let all: readonly Post[];

test.beforeAll(async ({ browser }) => {
  await server.start();
  park = new Park('Trading post', server, browser);
  const posts: Post[] = [];
  for (const [place, name] of ['North', 'South', 'East'].entries()) {
    posts.push(new Post(await park.open({ name, priority: place + 1, view: 'market' })));
  }
  all = posts;
  [north, south, east] = posts as [Post, Post, Post];
  await park.united();
});

test.afterEach(async ({ browserName: _ }, testInfo) => {
  if (testInfo.status !== testInfo.expectedStatus) await keepTraces(park.tabs, testInfo);
  const errors = park.tabs.flatMap((tab) => tab.errors.map((error) => `${tab.label}: ${error}`));
  expect(errors, 'uncaught errors in the pages').toEqual([]);
});

test.afterAll(async () => {
  await park.close();
  await server.stop();
});

test('commission reaches the trader', async () => {
  for (const post of all) await expect(post.trader).toContainText('East is the trader');
  await north.deposit('salt', 5, 20);
  await expect(south.shelf('salt')).toContainText('5 at 20');
  await south.buy('salt', 5);
  await expect(south.answer).toHaveText('Bought 5 salt for 100 from North.');
  for (const ticks of ['North 1', 'South 1']) await expect(south.clock).toContainText(ticks);
  for (const post of all) await expect(post.money('East')).toHaveText('1010');
});

test('the seller gets the money less commission', async () => {
  await expect(north.sold).toContainText([
    'Sold 5 salt to South: 90 of 100 to you, 10 to the trader East.',
  ]);
  for (const post of all) {
    await expect(post.money('North')).toHaveText('1090');
    await expect(post.money('South')).toHaveText('900');
    await expect(post.moneyCheck).toContainText('3000 = 3 members that ever joined × 1000');
    await expect(post.shelf('salt')).toContainText('5 deposited = 5 sold + 0 in stock');
  }
  await south.tab.page.getByLabel('Set it to, %').fill('25');
  await south.button('Set for all').click();
  await expect(north.tab.page.getByTestId('commission')).toContainText('25 %');
  await north.deposit('salt', 1, 40);
  await south.buy('salt', 1);
  await expect(north.money('North')).toHaveText('1120');
  await expect(north.money('East')).toHaveText('1020');
  await expect(north.sold).toContainText([
    'Sold 1 salt to South: 30 of 40 to you, 10 to the trader East.',
    'Sold 5 salt to South',
  ]);
  await expect(south.sold).toHaveCount(0);
  await settled(park, all);
});

test('concurrent requests are served in a definite order', async () => {
  await north.deposit('fish', 1, 30);
  await settled(park, all);
  // Without a trader both requests wait where they were made: neither gate can know of the other's.
  const buyers = [north, south];
  await Promise.all(buyers.map((post) => post.fillIn('fish', 1)));
  await north.tab.page.evaluate(() => window.gatehouse!.removeLeader());
  await Promise.all(buyers.map((post) => post.button('Buy').click()));
  await Promise.all(buyers.map((post) => expect(post.pending).toContainText('To buy 1 fish')));
  await expect(north.trader).toContainText('No trader: trading halts');
  await east.button('Start election').click();
  await expect(south.trader).toContainText('East is the trader');
  await Promise.all(buyers.map((post) => expect(post.pending).toBeHidden()));
  await settled(park, all);
  const [deposit, first, second] = (await south.acts()).slice(-3);
  expect([first!.success, second!.success]).toEqual([true, false]);
  const [served, other] =
    first!.node === (await north.tab.status()).id ? [north, south] : [south, north];
  await expect(served.answer).toHaveText('Bought 1 fish for 30 from North.');
  await expect(other.answer).toContainText('Out of stock: no seller has 1 fish.');
  // Each stands there with its clock, its own gate's among it.
  const events = south.tab.page.getByTestId('acts').getByRole('listitem');
  await expect(events.filter({ has: south.tab.page.locator('.clock .own') })).toHaveCount(
    await events.count(),
  );
  expect(await events.count()).toBeGreaterThan(2);
  // The acts are the same at all three, so one page is enough to see what it says of them.
  expect(await south.compare(first!.index, second!.index)).toContain('are concurrent');
  expect(await south.compare(deposit!.index, second!.index)).toContain('happened before');
});

test('no seller available', async () => {
  await south.buy('boar', 1);
  await expect(south.answer).toHaveText(
    'Out of stock: no seller has 1 boar. Look for something else. Nothing else is in stock either.',
  );
  await north.deposit('boar', 1, 5000);
  await expect(south.shelf('boar')).toContainText('1 at 5000');
  await south.buy('boar', 1);
  await expect(south.answer).toHaveText('Not enough money for 1 boar: nothing was bought.');
  await south.buy('salt', 1);
  await expect(south.answer).toContainText('Look for something else. In stock: boar.');
  await settled(park, all);
});

test('axe finds nothing wrong with the market, light, dark and on a phone', async () => {
  const { page } = south.tab;
  const acts = await south.acts();
  await south.compare(acts.at(-1)!.index, acts.at(-2)!.index);
  await page.getByText('Constants', { exact: true }).click();
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await expectAccessible(page);
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await page.setViewportSize({ width: 360, height: 740 });
  await expectAccessible(page);
  const [wide, screen] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  expect(wide).toBe(screen);
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.getByText('Constants', { exact: true }).click();
});

test('the election of a trader', async () => {
  await north.deposit('salt', 6, 10);
  await settled(park, all);
  const before = await north.state();
  await east.button('Crash the trader (this gate)').click();
  await north.buy('salt', 2);
  await expect(north.answer).toHaveText('Bought 2 salt for 20 from North.');
  await expect(north.trader).toContainText('South is the trader');
  await expect(east.trader).toContainText('No trader: trading halts');
  await expect(north.tab.page.getByTestId('former')).toContainText('East until');
  const { accounts } = await settled(park, [north, south]);
  const { id } = await south.tab.status();
  expect(accounts[id], 'the commission reaches the new trader').toBe(before.accounts[id]! + 5);
});

test('the former leader trades on as a peer', async () => {
  // East is the greatest, so it is the trader again when it is back (L2). Who trades on as a peer is South, the trader
  // of the time between.
  await east.button('Recover').click();
  await park.united();
  await expect(north.trader).toContainText('East is the trader');
  await south.deposit('fish', 3, 10);
  await south.buy('salt', 1);
  await expect(south.answer).toHaveText('Bought 1 salt for 10 from North.');
  await expect(north.tab.page.getByTestId('former')).toContainText(
    /South until [\d:]+, trades on as a peer: bought 1, deposited 3/,
  );
  await east.buy('fish', 1);
  await expect(east.answer).toHaveText('Bought 1 fish for 10 from South.');
  await settled(park, all);
});

test('the market survives the trader', async () => {
  await east.tab.crash('hang');
  await expect(north.trader).toContainText('South is the trader');
  await expect(north.shelf('salt')).toContainText('3 at 10');
  await north.buy('salt', 1);
  await expect(north.answer).toContainText('Bought 1 salt');
  await east.tab.recover();
  await park.united();
  await expect(east.shelf('salt')).toContainText('2 at 10');
  await settled(park, all);
});

test('a peer that joins later', async () => {
  await south.deposit('boar', 4, 3);
  const device = await park.newDevice();
  west = new Post(await park.open({ name: 'West', priority: 0, view: 'market', device }));
  await park.united();
  await expect(west.money('West')).toHaveText('1000');
  await expect(north.moneyCheck).toContainText('4000 = 4 members that ever joined × 1000');
  await west.deposit('fish', 2, 1);
  await west.buy('boar', 1);
  await expect(west.answer).toContainText('Bought 1 boar for');
  all = [...all, west];
  await settled(park, all);
});

test('no corruption under concurrency', async () => {
  const { page } = north.tab;
  await page.getByText('Constants', { exact: true }).click();
  await page.getByLabel('Probability to buy again').fill('1');
  await page.getByLabel('Transactions per buyer').fill('500');
  await page.getByLabel('Pause, ms to').fill('100');
  await page.getByLabel('Pause, ms from').fill('20');
  await page.getByLabel('Role').selectOption('buyer');
  await north.button('Trade by itself').click();
  await expect(page.getByTestId('automatic')).toContainText('This gate is a buyer');
  const options = { stock: 6, pauseMs: [20, 100], quantumMs: 2000, leaderFailure: 1 };
  for (const [post, role] of [
    [south, { role: 'seller' }],
    [east, { role: 'buyer' }],
    // On another device, so nothing but messages passes between it and the others.
    [west, { role: 'buyer', transactions: 10 }],
  ] as const) {
    await post.tab.page.evaluate((own) => window.gatehouse!.market.auto(own), {
      ...options,
      ...role,
    } as AutoOptions);
  }
  // The trader fails, and the others elect; it comes back, and fails again.
  await expect
    .poll(async () => (await north.measured()).at(-1)!.elections.length, { timeout: 20_000 })
    .toBeGreaterThanOrEqual(3);
  for (const post of [north, west]) {
    await expect
      .poll(async () => (await post.measured()).at(-1)!.purchases.length)
      .toBeGreaterThan(9);
  }
  await north.button('Stop trading').click();
  for (const { tab } of [south, east, west]) {
    await tab.page.evaluate(() => window.gatehouse!.market.auto(false));
  }
  await park.united();
  const { sold } = await settled(park, all);
  expect(sum(Object.values(sold))).toBeGreaterThan(15);
  for (const post of all) await expect(post.moneyCheck).toContainText('4000 = 4 members');
});

test('a buyer or seller that dies leaves no sale half done', async () => {
  const { id } = await west.tab.status();
  await south.deposit('boar', 4, 3);
  await west.deposit('fish', 40, 1);
  const before = await settled(park, all);
  const last = (await south.acts()).at(-1)!;
  // As a seller: its renderer is gone. What it has left is sold, and its account is paid.
  // As a buyer: it has asked a moment before, and has bought all or nothing.
  await west.tab.page.evaluate(() => {
    void window.gatehouse!.market.buy({ product: 'boar', quantity: 2 });
  });
  await west.tab.kill();
  all = [north, south, east];
  await south.buy('fish', 40);
  await expect(south.answer).toHaveText('Bought 40 fish for 40 from West.');
  const after = await settled(park, all);
  const bought = after.sold['boar']! - before.sold['boar']!;
  expect([0, 2]).toContain(bought);
  const acts = (await south.acts()).filter(({ index }) => index > last.index);
  const purchases = acts.filter(({ node, sale }) => sale && node === id);
  expect(sum(purchases.map(({ quantity = 0 }) => quantity))).toBe(bought);
  await expect(south.money('West')).toHaveText(String(after.accounts[id]));
});

test('an evaluation with too few gates says how many it takes', async () => {
  await south.button('Run the evaluation').click();
  await expect(south.tab.page.getByTestId('evaluation')).toHaveText(
    'It takes four gates in tabs of this browser: the trader, which fails, the one that takes over, a seller and a buyer. 3 are running here: open 1 more.',
  );
});

test('the two plots are drawn from a real run: the peaks are requests that waited for the next trader', async () => {
  // The trader really fails four times, for four seconds each.
  test.setTimeout(120_000);
  const fourth = new Post(await park.open({ name: 'Harbour', priority: 0, view: 'market' }));
  await park.united();
  all = [...all, fourth];
  await settled(park, all);
  const { page } = south.tab;
  await expect(page.getByTestId('plot-averages')).toBeHidden();
  await south.button('Run the evaluation').click();
  const told = page.getByTestId('evaluation');
  await expect(told).toContainText('Measuring with elections', { timeout: 20_000 });
  await expect(east.trader).toContainText('No trader: trading halts');
  await expect(told).toBeEmpty({ timeout: 60_000 });
  const averages = page.getByTestId('plot-averages');
  await expect(averages.locator('.without .dot')).toHaveCount(7);
  await expect(averages.locator('.with .dot')).toHaveCount(7);
  for (const words of ['transactions', 'average round trip, ms', 'without', 'with']) {
    await expect(averages.getByText(words, { exact: true })).toBeVisible();
  }
  const course = page.getByTestId('plot-course');
  await expect(course.locator('.bar')).toHaveCount(40);
  await expect(course.locator('.peak')).toHaveCount(4);
  await expect(course.getByText('response time, ms')).toBeVisible();
  await page.getByText('The figures', { exact: true }).click();
  const requests = await figures(page);
  const [waited, others] = [true, false].map((during) =>
    requests.filter((request) => request.during === during).map(({ ms }) => ms),
  );
  expect([waited!.length, others!.length]).toEqual([4, 36]);
  for (const ms of waited!) expect(ms).toBeGreaterThan(median(others!));
  const mean = sum(requests.map(({ ms }) => ms)) / 40;
  const row = page.getByTestId('figures-averages').getByRole('row', { name: /^40/ });
  const shown = parseFloat(await row.getByRole('cell').last().innerText());
  expect(Math.abs(shown - mean)).toBeLessThan(0.2);
});

test('after the evaluation all gates run, and money and goods are conserved', async () => {
  await park.united();
  for (const { tab } of all) expect((await tab.status()).role).not.toBe('crashed');
  await expect(north.trader).toContainText('East is the trader');
  const { accounts } = await settled(park, all);
  const members = Object.keys(accounts).length;
  const words = `${1000 * members} = ${members} members that ever joined`;
  for (const post of all) await expect(post.moneyCheck).toContainText(words);
  // Of each sale another gate was the buyer, the seller and the trader, and it had its commission.
  const sales = (await south.acts()).slice(-80).flatMap(({ sale }) => sale ?? []);
  expect(sales).toHaveLength(80);
  for (const { buyer, seller, trader, paid, commission } of sales) {
    expect(new Set([buyer, seller, trader]).size).toBe(3);
    expect(paid).toBe(10);
    expect(commission).toBeGreaterThan(0);
  }
});

/** Each request of the run, as the page tells. */
async function figures(page: Page): Promise<{ ms: number; during: boolean }[]> {
  const rows = page.getByTestId('figures-course').locator('tbody tr');
  const texts = await rows.evaluateAll((found) =>
    found.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent.trim())),
  );
  return texts.map(([, ms, during]) => ({ ms: Number(ms), during: during === 'yes' }));
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
}
