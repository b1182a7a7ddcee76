import type { Locator, Page } from '@playwright/test';
import { expectAccessibleInLightAndDark, sticksOut } from './accessible.ts';
import { expect, sharePark, test, type Park, type Tab } from './fixture.ts';

/** A gate's page by what people see of it. */
function door(page: Page): Record<'letIn' | 'letOut' | 'receipt' | 'count' | 'line', Locator> {
  return {
    letIn: page.getByRole('button', { name: 'Let in' }),
    letOut: page.getByRole('button', { name: 'Let out' }),
    receipt: page.getByTestId('receipt'),
    count: page.getByTestId('occupancy'),
    line: page.getByTestId('status-line'),
  };
}

/** Presses Tab until the control with this name has the focus, as somebody without a mouse does. */
async function tabTo(page: Page, name: string): Promise<void> {
  const target = page.getByRole('button', { name, exact: true });
  // Until the page shows what has happened, Tab passes it by.
  await expect(target).toBeEnabled();
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab');
    const isThere = await target.evaluate((element) => {
      const { activeElement } = element.getRootNode() as ShadowRoot;
      return activeElement === element && element.matches(':focus-visible');
    });
    if (isThere) return;
  }
  throw new Error(`Tab never came to ${name}`);
}

test.describe('three gates', () => {
  let park: Park;
  let tabs: [Tab, Tab, Tab];

  sharePark('Pages', async (made) => {
    park = made;
    // The founder's capacity counts, so the others come when it has founded the park.
    const north = await park.open({ priority: 1, name: 'North', capacity: 2 });
    await north.ready();
    tabs = [
      north,
      await park.open({ priority: 2, name: 'South' }),
      await park.open({ priority: 3, name: 'East' }),
    ];
    await park.united();
  });

  test('visitors are let in and out by the buttons, and a full park says so', async () => {
    const [here, there] = [door(tabs[0].page), door(tabs[1].page)];
    await expect(here.line).toContainText('3 of 3 gates in step. Admissions open.');
    await expect(here.count).toHaveText('0');

    await here.letIn.click();
    await expect(here.receipt).toContainText('is in');
    await expect(there.count).toHaveText('1');
    await tabs[1].page.getByLabel(/^Name of the next visitor/).fill('Ann');
    await there.letIn.click();
    await expect(there.receipt).toHaveText('Ann is in');
    for (const tab of tabs) {
      await expect(door(tab.page).count).toHaveText('2');
      await expect(tab.page.getByText('FULL', { exact: true })).toBeVisible();
      await expect(door(tab.page).line).toContainText('Full until somebody leaves.');
    }

    await here.letIn.click();
    await expect(here.receipt).toHaveText('Refused: the park is full');
    await here.letOut.click();
    await expect(here.receipt).toContainText('is out');
    await expect(there.count).toHaveText('1');
    await expect(there.line).toContainText('Admissions open.');
    await expect(tabs[2].page.getByText('FULL', { exact: true })).toBeHidden();
    await park.settle();
  });

  test('the status line tells who leads, and that admissions are paused without a quorum', async () => {
    const [a, b, c] = tabs;
    const { line, letIn, receipt } = door(a.page);
    await expect(line).toHaveText('Leader is East. 3 of 3 gates in step. Admissions open.');
    await c.crash();
    await expect(line).toHaveText('Leader is South. 2 of 3 gates in step. Admissions open.');
    await expect(door(c.page).line).toContainText('East has crashed');
    await b.crash();
    await expect(line).toContainText('Only 1 of 3 gates in reach: admissions paused');
    await letIn.click();
    await expect(receipt).toHaveText('Nobody was let in');
    await b.recover();
    await c.recover();
    await expect(line).toHaveText('Leader is East. 3 of 3 gates in step. Admissions open.');
    await letIn.click();
    await expect(receipt).toContainText('is in');
  });

  test('everything at the door and in the lab works by keyboard alone', async () => {
    const [tab] = tabs;
    for (const visitor of (await tab.status()).visitors) await tab.leave(visitor);
    const { page } = tab;
    const { receipt, count } = door(page);
    // Otherwise what is waited for below may be of before.
    await expect(count).toHaveText('0');
    await tabTo(page, 'Let in');
    await page.keyboard.press('Enter');
    await expect(receipt).toContainText('is in');
    await expect(count).toHaveText('1');
    await tabTo(page, 'Let out');
    await page.keyboard.press('Space');
    await expect(receipt).toContainText('is out');
    // The shortcuts, which need no focus at all.
    await page.keyboard.press('i');
    await expect(count).toHaveText('1');
    await page.keyboard.press('o');
    await expect(count).toHaveText('0');

    await page.getByRole('link', { name: 'Lab', exact: true }).focus();
    await page.keyboard.press('Enter');
    await tabTo(page, 'Crash');
    await page.keyboard.press('Enter');
    await tab.until(({ role }) => role === 'crashed');
    await tabTo(page, 'Recover');
    await page.keyboard.press('Enter');
    await park.united();
    await tabTo(page, 'Leave');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toBeHidden();
    expect((await tab.status()).role).toBe('follower');
    await page.getByRole('link', { name: 'Park', exact: true }).click();
  });

  test('the capacity is changed by its dialog, which says what it will cost', async () => {
    const [a, b] = tabs;
    await a.setCapacity(5);
    await a.page.getByRole('button', { name: 'Set capacity' }).click();
    const dialog = a.page.getByRole('dialog', { name: 'Set capacity' });
    await a.page.getByLabel('How many may be inside at most').fill('3');
    await expect(a.page.getByText('Every gate loses 2 places at once')).toBeVisible();
    await dialog.getByRole('button', { name: 'Set to 3' }).click();
    await expect(b.page.getByTestId('capacity')).toHaveText('3');
  });

  test('"Open another gate" opens one more gate of the same park', async () => {
    const [first] = tabs;
    const opening = first.page.context().waitForEvent('page');
    await first.page.getByRole('button', { name: 'Open another gate' }).click();
    const another = park.follow(await opening, 'another');
    await another.opened();
    await another.until(({ members, quorum }) => quorum && members === 4);
    await expect(door(first.page).line).toContainText('4 of 4 gates in step');
    await another.close();
    await park.united(tabs);
  });

  test('on a phone the buttons are in reach of the thumbs, and nothing sticks out', async () => {
    const device = await park.newDevice({
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
      deviceScaleFactor: 2,
    });
    const name = 'The gate by the old oak, north-east side';
    const tab = await park.open({ priority: 0, device, name });
    await park.united();
    await tab.setCapacity(20);
    const { page } = tab;
    const { letIn, letOut, count, receipt } = door(page);
    const before = (await tab.status()).occupancy;
    await letIn.tap();
    await expect(receipt).toContainText('is in');
    await expect(count).toHaveText(String(before + 1));
    await letOut.tap();
    await expect(receipt).toContainText('is out');
    await expect(count).toHaveText(String(before));
    expect(await sticksOut(page), 'park').toEqual([]);
    for (const button of [letIn, letOut]) {
      const box = (await button.boundingBox())!;
      expect(box.height).toBeGreaterThanOrEqual(64);
      expect(box.width).toBeGreaterThanOrEqual(120);
      expect(box.y).toBeGreaterThan(844 / 2);
      expect(box.y + box.height).toBeLessThanOrEqual(844);
    }
    const figure = await count.evaluate((element) =>
      parseFloat(getComputedStyle(element).fontSize),
    );
    expect(figure).toBeGreaterThanOrEqual(96);
    await page.goto(page.url().replace(/#.*/, '#/lab'));
    await expect(page.getByRole('heading', { name: 'Network', exact: true })).toBeVisible();
    expect(await sticksOut(page), 'lab').toEqual([]);
    await tab.close();
    await park.united(tabs);
  });
});

test.describe('axe', () => {
  let tabs: [Tab, Tab, Tab];

  sharePark('Accessible', async (park) => {
    const device = await park.newDevice({ reducedMotion: 'reduce' });
    tabs = await park.openAll(3, { device, capacity: 3 });
  });

  test('axe finds nothing wrong with the park and the lab, light and dark', async () => {
    const { page } = tabs[0];
    await expectAccessibleInLightAndDark(page);
    for (const tab of tabs) await tab.enter();
    await expect(page.getByText('FULL', { exact: true })).toBeVisible();
    await expectAccessibleInLightAndDark(page);
    await page.goto(page.url().replace('#/park', '#/lab'));
    await expect(page.getByRole('button', { name: 'Remove leader' })).toBeVisible();
    await expectAccessibleInLightAndDark(page);
    await page.getByRole('button', { name: 'Leave', exact: true }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await expectAccessibleInLightAndDark(page);
    await page.keyboard.press('Escape');
  });

  test('axe finds nothing wrong where gates are missing, light and dark', async () => {
    const { page } = tabs[0];
    await tabs[1].crash();
    await tabs[2].kill();
    await tabs[0].until(({ missing }) => missing.length > 0);
    await expectAccessibleInLightAndDark(page);
    await page.goto(page.url().replace('#/lab', '#/park'));
    await expect(page.getByRole('button', { name: 'Go on without …' })).toBeVisible();
    await expectAccessibleInLightAndDark(page);
    await expectAccessibleInLightAndDark(tabs[1].page);
  });
});

test('an address with bad parameters shows what is wrong with it, and opens no gate', async ({
  server,
  page,
}) => {
  await page.goto(`${server.url}/?park=%3Cscript%3E&priority=high&capacity=-1&election=coin`);
  await expect(page.getByRole('heading', { name: 'This address cannot be opened' })).toBeVisible();
  for (const what of ['park=<script>', 'priority=high', 'capacity=-1', 'election=coin']) {
    await expect(page.getByRole('listitem').filter({ hasText: what })).toBeVisible();
  }
  expect(await page.evaluate(() => window.gatehouse)).toBeUndefined();
  expect(await page.evaluate(async () => (await indexedDB.databases()).length)).toBe(0);
});

/** The indexes of the log entries that are drawn. */
async function drawn(log: Locator): Promise<number[]> {
  const texts = await log.locator('.number').allTextContents();
  return texts.map(Number);
}

test('10,000 log rows scroll from end to end, and only those in sight are drawn', async ({
  park,
}) => {
  const [a, b] = await openFull(park);
  const { page } = b;
  const log = page.getByRole('region', { name: 'Log entries' });
  await expect.poll(async () => Math.max(...(await drawn(log)))).toBeGreaterThan(10_000);
  expect((await drawn(log)).length).toBeLessThan(200);
  const scrollTo = (share: number): Promise<void> =>
    log.evaluate((element, to) => {
      element.scrollTop = to * (element.scrollHeight - element.clientHeight);
    }, share);
  for (const share of [0.25, 0.9, 0.5, 1]) {
    await scrollTo(share);
    await expect.poll(async () => (await drawn(log)).length).toBeLessThan(200);
  }
  await expect.poll(async () => Math.min(...(await drawn(log)))).toBe(1);
  // Who reads old entries keeps seeing them, whatever happens meanwhile.
  await scrollTo(0.5);
  await expect.poll(async () => Math.min(...(await drawn(log)))).toBeGreaterThan(1000);
  const before = await drawn(log);
  await a.leave((await a.status()).visitors[0]!);
  await b.until(({ occupancy }) => occupancy === 9999);
  await expect(door(page).count).toHaveText('9999');
  const after = await drawn(log);
  expect(after.filter((index) => before.includes(index)).length).toBeGreaterThan(10);
  await page.getByRole('searchbox', { name: 'Search the log' }).fill('out');
  await expect(log.getByRole('listitem')).toHaveCount(1);
});

/** Two gates, and ten thousand visitors inside. */
async function openFull(park: Park): Promise<[Tab, Tab]> {
  const tabs = await park.openAll(2, { capacity: 20_000 });
  const result = await tabs[0].page.evaluate(() => window.gatehouse!.stress(10_000));
  expect(result).toMatchObject({ allowed: 10_000, refused: 0, failed: 0 });
  await Promise.all(tabs.map((tab) => tab.until(({ occupancy }) => occupancy === 10_000)));
  return tabs;
}
