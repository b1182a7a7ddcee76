/** Five gates lose their leader again and again. Whoever is lost comes back before the next test. */
import { expect, sharePark, test, type Park, type Tab } from './fixture.ts';

let park: Park;
let tabs: [Tab, Tab, Tab, Tab, Tab];

sharePark('Failover', async (made) => {
  park = made;
  tabs = await park.openAll(5, { capacity: 1000 });
});

/** Five gates under load lose their leader; the next one takes over, and nothing that was told is lost or doubled. */
async function loseLeader(fail: (leader: Tab) => Promise<void>): Promise<void> {
  await park.united(tabs);
  const survivors = tabs.slice(0, 4);
  const heir = (await survivors[3]!.status()).id;
  const load = park.load(tabs);
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
}

/** Opens the gate again whose tab is gone. */
async function reopenLeader(): Promise<void> {
  await tabs[4].page.close();
  tabs[4] = await park.open({ priority: 5 });
  await park.united(tabs);
}

test('a leader that crashed by its button is replaced, recovers by its button and leads again', async () => {
  await loseLeader(async ({ page }) => {
    await page.goto(page.url().replace('#/park', '#/lab'));
    await page.getByRole('button', { name: 'Crash', exact: true }).click();
  });
  const { page } = tabs[4];
  expect((await tabs[4].status()).role).toBe('crashed');
  await page.getByRole('button', { name: 'Recover', exact: true }).click();
  await park.united(tabs);
  await Promise.all(tabs.map((tab) => tab.enter()));
  await park.settle(tabs);
});

test('a leader whose tab is closed is replaced', async () => {
  await loseLeader((leader) => leader.close());
  await reopenLeader();
});

test('a leader whose renderer is killed is replaced', async () => {
  await loseLeader((leader) => leader.kill());
  await reopenLeader();
});

test('a leader whose renderer is killed while the signaling server is away is replaced', async () => {
  await loseLeader(async (leader) => {
    await park.server.stop();
    await Promise.all(
      tabs.map((tab) => tab.until(({ signaling }) => signaling === 'disconnected')),
    );
    await leader.kill();
  });
  await park.server.start();
  await reopenLeader();
});

test('a leader that hangs is replaced, recovers and leads again', async () => {
  await loseLeader((leader) => leader.crash('hang'));
  await tabs[4].recover();
  await park.united(tabs);
  await park.settle(tabs);
});

test('a greater node recovers and takes over under load, without a lost or doubled admission', async () => {
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

test('two leaders in a row fail, and the third gate goes on', async () => {
  await tabs[4].kill();
  await tabs[3].close();
  const survivors = tabs.slice(0, 3);
  await park.united(survivors);
  await Promise.all(survivors.map((tab) => tab.enter()));
  await park.settle(survivors);
});
