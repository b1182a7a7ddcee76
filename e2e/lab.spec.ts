import { expectAccessibleInLightAndDark, sticksOut } from './accessible.ts';
import { expect, test, type Tab } from './fixture.ts';

/** Resolves when nothing has been said in an election for so long that the next one counts as another. */
async function silence(tab: Tab): Promise<void> {
  await expect
    .poll(
      () =>
        tab.page.evaluate(() => {
          const said = window.gatehouse!.trace().filter(({ what }) => /ELECT|LEADER/.test(what));
          return Date.now() - (said.at(-1)?.at ?? 0);
        }),
      { timeout: 20_000 },
    )
    .toBeGreaterThan(2500);
}

test('election message counts equal the formula', async ({ park }) => {
  const tabs = await park.openAll(4, { view: 'lab' });
  const { page } = tabs[0];
  // Of four nodes number P starts: (N-P+1)(N-P)+N-1.
  for (const [p, messages] of [
    [4, '3'],
    [3, '5'],
    [2, '9'],
  ] as const) {
    await tabs[0].page.evaluate(() => window.gatehouse!.removeLeader());
    await Promise.all(tabs.map((tab) => tab.until(({ vacant }) => vacant)));
    await Promise.all(tabs.map(silence));
    const starter = tabs[p - 1]!.page;
    await starter.getByRole('button', { name: 'Start election' }).click();
    await park.united();
    const newest = page.getByTestId('election').first();
    await expect(newest).toContainText(`, ${p} of 4`);
    await expect(newest.getByTestId('expected')).toHaveText(messages);
    await expect(newest.getByTestId('measured')).toHaveText(messages);
  }
  await expect(page.getByRole('img', { name: /9 messages among 4/ })).toBeVisible();
});

test('feigned failure on one and on all nodes, from the page', async ({ park }) => {
  const tabs = await park.openAll(3, { view: 'lab' });
  const { page } = tabs[0];
  for (const [field, ms] of [
    ['Fails after, at most, ms', '300'],
    ['Fails for, at least, ms', '300'],
    ['Fails for, at most, ms', '600'],
  ] as const) {
    await page.getByLabel(field).fill(ms);
  }
  const feign = page.getByRole('button', { name: 'Feign failure' });
  await feign.click();
  await tabs[0].until(({ role, feigning }) => feigning && role === 'crashed');
  await tabs[0].until(({ role }) => role !== 'crashed');
  for (const other of tabs.slice(1)) expect((await other.status()).feigning).toBe(false);

  await page.getByRole('button', { name: 'Feign on all tabs' }).click();
  await page.getByRole('button', { name: 'Let them fail' }).click();
  await Promise.all(
    tabs.map(async (tab) => {
      await tab.until(({ role, feigning }) => feigning && role === 'crashed');
      await tab.until(({ role }) => role !== 'crashed');
    }),
  );
  await page.getByRole('button', { name: 'Stop all' }).click();
  await Promise.all(tabs.map((tab) => tab.until(({ feigning }) => !feigning)));
  await park.united(tabs, 30_000);
  await tabs[0].enter();

  await page.getByRole('button', { name: 'Greet the neighbours' }).click();
  await expect(page.getByText('2 of 2 neighbours greeted back.')).toBeVisible();
  await park.settle();
});

const SYSTEMS = [
  { link: 'Open the park', view: 'Park' },
  { link: 'Open the laboratory', view: 'Lab' },
  { link: 'Open GroupCast', view: 'Multicast' },
  { link: 'Open the chat', view: 'Chat' },
  { link: 'Open the trading post', view: 'Market' },
];

test('each of the five systems is found from the start page and runs by clicking', async ({
  park,
  server,
}) => {
  const device = await park.newDevice({ viewport: { width: 360, height: 640 } });
  const page = await device.newPage();
  const tab = park.follow(page, 'first');
  for (const { link, view } of SYSTEMS) {
    await test.step(link, async () => {
      await page.goto(server.url);
      await expect(page.getByRole('heading', { name: 'Gatehouse' })).toBeVisible();
      expect(await sticksOut(page), 'start').toEqual([]);
      await page.getByRole('link', { name: link }).click();
      await expect(page.getByText('This gate is alone: open more tabs.')).toBeVisible();
      await expect(
        page.getByRole('main', { name: view }).getByRole('heading').first(),
      ).toBeVisible();
      expect(await sticksOut(page), view).toEqual([]);
      const opening = device.waitForEvent('page');
      await page.getByRole('link', { name: 'Open another tab here' }).click();
      const second = await park.follow(await opening, 'second').opened();
      for (const gate of [tab, second]) {
        await gate.until(({ members, quorum }) => quorum && members === 2);
      }
      await expect(second.page.getByRole('main', { name: view })).toBeVisible();
      await expect(page.getByText('This gate is alone: open more tabs.')).toBeHidden();
      await second.close();
    });
  }
});

test('axe finds nothing wrong with the start page and a lab that has elected, light and dark', async ({
  park,
  server,
}) => {
  const device = await park.newDevice({ reducedMotion: 'reduce' });
  const start = await device.newPage();
  await start.goto(server.url);
  await expect(start.getByRole('heading', { name: 'Gatehouse' })).toBeVisible();
  await expectAccessibleInLightAndDark(start);
  await start.close();
  const options = { device, view: 'lab', topology: 'sample', election: 'wireless' } as const;
  const { page } = await park.open({ ...options, priority: 1 });
  await park.open({ ...options, priority: 2 });
  await park.connected();
  await expect(page.getByTestId('election').first()).toBeVisible();
  await page.getByRole('button', { name: 'Greet the neighbours' }).click();
  await expect(page.getByText('1 of 1 neighbour greeted back.')).toBeVisible();
  await expectAccessibleInLightAndDark(page);
});
