import { expect, test, type Park, type Tab } from './fixture.ts';

/** Five gates under load lose their leader; the next one takes over, and nothing that was told is lost or doubled. */
async function loseLeader(
  park: Park,
  fail: (leader: Tab) => Promise<void>,
): Promise<[Tab, Tab, Tab, Tab, Tab]> {
  const tabs = await park.openAll(5, { capacity: 1000 });
  const survivors = tabs.slice(0, 4);
  const heir = (await survivors[3]!.status()).id;
  const load = park.load();
  await load.more(50);
  await fail(tabs[4]);
  await Promise.all(
    survivors.map((tab) =>
      tab.until(({ leader, quorum }, id) => quorum && leader === id, heir, 8000),
    ),
  );
  await load.more(50);
  await load.stop();
  await park.settle(survivors);
  return tabs;
}

test('a leader that crashed by its button is replaced, recovers by its button and leads again', async ({
  park,
}) => {
  const tabs = await loseLeader(park, async ({ page }) => {
    await page.goto(page.url().replace('#/park', '#/lab'));
    await page.getByRole('button', { name: 'Crash', exact: true }).click();
  });
  const [, , , , { page }] = tabs;
  expect((await tabs[4].status()).role).toBe('crashed');
  await page.getByRole('button', { name: 'Recover', exact: true }).click();
  await park.united(tabs);
  await Promise.all(tabs.map((tab) => tab.enter()));
  await park.settle(tabs);
});

test('a leader whose tab is closed is replaced', async ({ park }) => {
  await loseLeader(park, (leader) => leader.close());
});

test('a leader whose renderer is killed is replaced', async ({ park }) => {
  await loseLeader(park, (leader) => leader.kill());
});

test('a leader whose renderer is killed while the signaling server is away is replaced', async ({
  park,
}) => {
  await loseLeader(park, async (leader) => {
    await park.server.stop();
    await Promise.all(
      park.tabs.map((tab) => tab.until(({ signaling }) => signaling === 'disconnected')),
    );
    await leader.kill();
  });
});

test('a leader that hangs is replaced, recovers and leads again', async ({ park }) => {
  const tabs = await loseLeader(park, (leader) => leader.crash('hang'));
  await tabs[4].recover();
  await park.united(tabs);
  await park.settle(tabs);
});

test('a greater node recovers and takes over under load, without a lost or doubled admission', async ({
  park,
}) => {
  const tabs = await park.openAll(5, { capacity: 1000 });
  const ids = await Promise.all(tabs.map(async (tab) => (await tab.status()).id));
  const load = park.load(tabs);
  for (const place of [4, 4, 3]) {
    await tabs[place]!.crash();
    const others = tabs.filter((_, other) => other !== place);
    const heir = place === 4 ? ids[3] : ids[4];
    await Promise.all(
      others.map((tab) => tab.until(({ leader, quorum }, id) => quorum && leader === id, heir)),
    );
    await load.more(30);
    await tabs[place]!.recover();
    await park.united(tabs);
    await load.more(30);
  }
  await load.stop();
  await park.settle(tabs);
});

test('two leaders in a row fail, and the third gate goes on', async ({ park }) => {
  const tabs = await park.openAll(5);
  await tabs[4].kill();
  await tabs[3].close();
  const survivors = tabs.slice(0, 3);
  await park.united(survivors);
  await Promise.all(survivors.map((tab) => tab.enter()));
  await park.settle(survivors);
});
