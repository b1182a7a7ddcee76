import { expect, test, type Park, type Tab } from './fixture.ts';

/** So many tabs, the first of the least priority, once all of them are voters and follow the greatest. */
async function openSparse(
  park: Park,
  count: number,
  topology: 'sample' | 'ring' | 'grid' | 'random',
): Promise<Tab[]> {
  const tabs: Tab[] = [];
  for (let priority = 1; priority <= count; priority++) {
    tabs.push(await park.open({ priority, topology, election: 'wireless' }));
    // The first founds the park, and no second one beside it.
    if (priority === 1) await tabs[0]!.ready();
  }
  await park.connected(tabs);
  return tabs;
}

function links(tab: Tab): Promise<[string, string][]> {
  return tab.page.evaluate(() => window.gatehouse!.links());
}

/** Resolves when this gate has links to these and to nobody else. */
async function linkedTo(tab: Tab, neighbours: readonly string[]): Promise<void> {
  await tab.until(
    ({ peers }, wanted) => {
      const open = peers.filter(({ link }) => link === 'open').map(({ id }) => id);
      return open.sort().join() === wanted;
    },
    [...neighbours].sort().join(),
    30_000,
  );
}

function neighboursOf(id: string, pairs: readonly (readonly [string, string])[]): string[] {
  return pairs.flatMap(([a, b]) => (a === id ? [b] : b === id ? [a] : []));
}

/** Every gate knows the same graph, and has links to its neighbours there alone. Returns who is linked to whom. */
async function expectNeighboursOnly(
  tabs: readonly Tab[],
  most: number,
): Promise<[string, string][]> {
  const pairs = await links(tabs[0]!);
  for (const tab of tabs) {
    const { id } = await tab.status();
    expect(await links(tab)).toEqual(pairs);
    const neighbours = neighboursOf(id, pairs);
    expect(neighbours.length).toBeLessThanOrEqual(most);
    await linkedTo(tab, neighbours);
  }
  return pairs;
}

/** Somebody who has no link to the leader lets a visitor in: what it asks, and the answer, goes by way of others. */
async function admitFarFrom(leader: Tab, tabs: readonly Tab[]): Promise<void> {
  const { id: leading } = await leader.status();
  const statuses = await Promise.all(tabs.map((tab) => tab.status()));
  const far = statuses.findIndex(({ peers }) =>
    peers.some(({ id, link }) => id === leading && link === 'relayed'),
  );
  expect(await tabs[far]!.enter()).toMatchObject({ allowed: true });
}

/** What each of them costs is the opening of its tabs: `npm test` has the sample network. */
for (const [topology, most] of [
  ['ring', 2],
  ['grid', 4],
  ['random', 4],
] as const)
  test(
    `${topology}: gates link only to their neighbours, and messages to others are routed`,
    { tag: '@long' },
    async ({ park }) => {
      const tabs = await openSparse(park, 6, topology);
      await expectNeighboursOnly(tabs, most);
      await admitFarFrom(tabs[5]!, tabs);
      await park.settle(tabs);
    },
  );

test('the sample network of ten gates: gates link only to their neighbours, and messages to others are routed', async ({
  park,
}) => {
  test.setTimeout(120_000);
  const tabs = await openSparse(park, 10, 'sample');
  const pairs = await expectNeighboursOnly(tabs, 4);
  expect(pairs).toHaveLength(13);
  await admitFarFrom(tabs[9]!, tabs);

  await test.step('hello check: every gate greets its neighbours and is greeted back', async () => {
    for (const tab of tabs) {
      const answers = await tab.page.evaluate(() => window.gatehouse!.hello());
      const greeted = answers.map(({ peer }) => peer).sort();
      expect(greeted).toEqual(neighboursOf((await tab.status()).id, pairs).sort());
      for (const { peer, ms } of answers) expect(ms, `${tab.label} to ${peer}`).not.toBeNull();
    }
  });
  await park.settle(tabs);
});

test('wireless election by priority over the sample network, with a crash in the middle', async ({
  park,
}) => {
  const tabs = await openSparse(park, 7, 'sample');
  const [first, second] = tabs as [Tab, Tab];
  const greatest = tabs[6]!;
  const next = tabs[5]!;

  await test.step('removeLeader floods; then there is none until the next election', async () => {
    await second.page.evaluate(() => window.gatehouse!.removeLeader());
    await Promise.all(
      tabs.map((tab) => tab.until(({ vacant, leader }) => vacant && leader === null)),
    );
    expect(await first.tryEnter()).toMatchObject({ ok: false });
  });

  // The one that must win dies as soon as the wave has come to it.
  const dies = greatest.page.evaluate(
    (since) =>
      new Promise<void>((resolve) => {
        const look = setInterval(() => {
          const wave = window
            .gatehouse!.trace()
            .some(({ what, sequence }) => what === 'ELECTION_STARTED' && sequence > since);
          if (!wave) return;
          clearInterval(look);
          window.gatehouse!.crash();
          resolve();
        }, 1);
      }),
    await greatest.page.evaluate(() => window.gatehouse!.trace().at(-1)?.sequence ?? 0),
  );
  const elected = first.page.evaluate(() => window.gatehouse!.startElection());
  await dies;
  const { id } = await next.status();
  const alive = tabs.filter((tab) => tab !== greatest);
  await Promise.all(
    alive.map((tab) =>
      tab.until(({ leader, quorum }, who) => quorum && leader === who, id, 30_000),
    ),
  );
  await elected;
  await first.enter();
  await greatest.recover();
  await park.connected(tabs);

  await test.step('a gate that terminates is forgotten by its neighbours', async () => {
    const gone = (await first.status()).id;
    await first.page.evaluate(() => window.gatehouse!.terminate());
    const rest = tabs.filter((tab) => tab !== first);
    await Promise.all(
      rest.map((tab) =>
        tab.until(({ peers }, who) => !peers.some((peer) => peer.id === who), gone, 30_000),
      ),
    );
    const pairs = await links(second);
    expect(pairs.flat()).not.toContain(gone);
    for (const tab of rest) await linkedTo(tab, neighboursOf((await tab.status()).id, pairs));
    await park.settle(rest);
  });
});

test('sixteen tabs in one park through a sparse topology', { tag: '@long' }, async ({ park }) => {
  test.setTimeout(120_000);
  const tabs = await openSparse(park, 16, 'random');
  for (const tab of tabs) {
    const { peers } = await tab.until(
      (status) => status.peers.filter(({ link }) => link === 'open').length <= 4,
      undefined,
      30_000,
    );
    expect(peers).toHaveLength(15);
  }
  await Promise.all(tabs.map((tab) => tab.enter()));
  const log = await park.settle(tabs);
  expect(log.filter(({ kind }) => kind === 'enter')).toHaveLength(16);
});
