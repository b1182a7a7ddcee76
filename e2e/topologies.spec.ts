/** `TABS=20 npm run test:e2e -- topologies.spec.ts -g 'tabs in one park'`: as many tabs as the machine can hold. */
import type { Locator } from '@playwright/test';
import { beganWith, noted, silence, startAtOnce } from './elections.ts';
import { expect, sharePark, test, type Park, type Tab } from './fixture.ts';
import { undisturbed } from './undisturbed.ts';

const TABS = Number(process.env['TABS'] ?? 16);

/** So many tabs, P1 first, which shows this view, once all of them are voters, as far as nine go, and follow the greatest. */
async function openSparse(
  park: Park,
  count: number,
  topology: 'sample' | 'ring' | 'grid' | 'random',
  ofFirst = 'park',
): Promise<Tab[]> {
  const tabs: Tab[] = [];
  for (let priority = 1; priority <= count; priority++) {
    const view = priority === 1 ? ofFirst : 'park';
    const name = `P${priority}`;
    tabs.push(await park.open({ priority, name, view, topology, election: 'wireless' }));
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

test.describe('wireless elections on the sample network', () => {
  let park: Park;
  let tabs: Tab[];

  sharePark('Wireless', async (made) => {
    park = made;
    tabs = await openSparse(park, 7, 'sample', 'lab');
  });

  /** Removes the leader. Resolves when all know that there is none, and the next election counts as another. */
  async function vacate(): Promise<void> {
    await tabs[0]!.page.evaluate(() => window.gatehouse!.removeLeader());
    await Promise.all(
      tabs.map((tab) => tab.until(({ vacant, leader }) => vacant && leader === null)),
    );
    await Promise.all(tabs.map(silence));
    // An election that was under way may have filled the office meanwhile (rule E6).
    for (const tab of tabs) expect((await tab.status()).vacant).toBe(true);
  }

  function picture(): Locator {
    return tabs[0]!.page.getByRole('img', { name: /Picture of the network/ });
  }

  /** The tree that the lab draws, as it describes it: who is under whom. */
  async function drawnTree(): Promise<Map<string, string>> {
    const told = (await picture().locator('desc').textContent()) ?? '';
    const branches = told.matchAll(/(P\d) under (P\d)/g);
    return new Map([...branches].map(([, child = '', parent = '']) => [child, parent]));
  }

  /** The lab draws a tree of all gates over links that are kept, and its root is the source of the wave. */
  async function expectTree(source: Tab): Promise<void> {
    const others = tabs.map(({ label }) => label).filter((label) => label !== source.label);
    // The lab asks the tabs once a second.
    await expect.poll(async () => [...(await drawnTree()).keys()].sort()).toEqual(others);
    const parents = await drawnTree();
    const labels = new Map<string, string>();
    for (const tab of tabs) labels.set((await tab.status()).id, tab.label);
    const kept = (await links(tabs[0]!)).map((pair) => pair.map((id) => labels.get(id)).sort());
    for (const pair of parents) expect(kept).toContainEqual([...pair].sort());
    for (const label of others) {
      const path = [label];
      while (parents.has(path.at(-1)!) && path.length <= tabs.length)
        path.push(parents.get(path.at(-1)!)!);
      expect(path.at(-1), path.join(' under ')).toBe(source.label);
    }
    await expect(picture()).toHaveAccessibleDescription(/P\d under P\d/);
    await expect(picture().locator('[data-branch]')).toHaveCount(others.length);
  }

  test('three gates of the sample network start a wireless election at once: one leader, the greatest', async () => {
    // Elections that a busy machine has disturbed are held again.
    test.setTimeout(120_000);
    const starters = tabs.slice(0, 3);
    for (const { page } of tabs)
      await page.evaluate(() => window.gatehouse!.faults([{ delayMs: [60, 60] }]));
    // Each begins before it can have heard of the others. Where a busy machine was slower than that, they begin again.
    let since: number[] = [];
    await expect(async () => {
      const began = await undisturbed(tabs, async () => {
        await vacate();
        since = await Promise.all(starters.map((tab) => tab.lastSequence()));
        await startAtOnce(starters);
        await park.connected(tabs);
        return Promise.all(
          starters.map((tab, place) => beganWith(tab, since[place]!, ['ELECTION_STARTED'])),
        );
      });
      expect(began).toEqual(['sent', 'sent', 'sent']);
    }).toPass();
    // Of the three waves that of the greatest source goes through all, and comes back to it (rules E10, E11).
    const ended = await Promise.all(
      starters.map((tab, place) => noted(tab, since[place]!, 'wave-over')),
    );
    expect(ended).toEqual([false, false, true]);
    await expectTree(tabs[2]!);
    const statuses = await Promise.all(tabs.map((tab) => tab.status()));
    expect(statuses.map(({ role }) => role === 'leader')).toEqual([
      ...Array<boolean>(6).fill(false),
      true,
    ]);
    await Promise.all(tabs.map((tab) => tab.heal()));
    await Promise.all(tabs.map((tab) => tab.enter()));
    await park.settle(tabs);
  });

  test('the lab draws the echo tree of a wireless election', async () => {
    test.setTimeout(120_000);
    await expect(() =>
      undisturbed(tabs, async () => {
        await vacate();
        await tabs[1]!.page.evaluate(() => window.gatehouse!.startElection());
        await park.connected(tabs);
      }),
    ).toPass();
    await expectTree(tabs[1]!);
  });

  test('a wireless election that is started while there is a leader elects the same leader', async () => {
    const [least, other, greatest] = [tabs[0]!, tabs[3]!, tabs[6]!];
    const { leader } = await greatest.status();
    for (const starter of [least, other, greatest]) {
      const [began, before, after] = await undisturbed(tabs, async () => {
        const { term } = await starter.status();
        const since = await starter.lastSequence();
        await starter.page.evaluate(() => window.gatehouse!.startElection());
        await park.connected(tabs);
        // The leader itself knows the result, and starts no wave.
        const began =
          starter === greatest || (await beganWith(starter, since, ['ELECTION_STARTED']));
        return [began, term, await starter.status()] as const;
      });
      expect(began, starter.label).toBe(starter === greatest || 'sent');
      expect(after.leader, starter.label).toBe(leader);
      // The leader says that it leads (rule E10), and no new term begins.
      expect(after.term, starter.label).toBe(before);
    }
    await tabs[0]!.enter();
    await park.settle(tabs);
  });

  test('wireless election by priority over the sample network, with a crash in the middle', async () => {
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
});

test(`${TABS} tabs in one park through a sparse topology`, { tag: '@long' }, async ({ park }) => {
  test.setTimeout(TABS * 7500);
  const tabs = await openSparse(park, TABS, 'random');
  for (const tab of tabs) {
    const { peers } = await tab.until(
      (status) => status.peers.filter(({ link }) => link === 'open').length <= 4,
      undefined,
      30_000,
    );
    expect(peers).toHaveLength(TABS - 1);
  }
  await Promise.all(tabs.map((tab) => tab.enter()));
  const log = await park.settle(tabs);
  expect(log.filter(({ kind }) => kind === 'enter')).toHaveLength(TABS);
});
