import type { Outcome } from '../src/runtime/gatehouse.ts';
import { persistentBrowser } from './browser.ts';
import { expect, sharePark, test, type Park, type Tab } from './fixture.ts';
import { stored } from './stored.ts';

/** How often a visitor was let in, by the log. */
async function admissions(tab: Tab, visitor: string): Promise<number> {
  const log = await tab.log();
  return log.filter((entry) => entry.kind === 'enter' && entry.visitor === visitor).length;
}

test.describe('three gates of one device', () => {
  let park: Park;
  let tabs: [Tab, Tab, Tab];

  sharePark('Durability', async (made) => {
    park = made;
    tabs = await park.openAll(3);
  });

  test('a page that is reloaded while its admission is under way lets the visitor in at most once', async () => {
    const [gate] = tabs;
    const { id } = await gate.status();
    // From a follower and from the leader, and as early as can be and once the operation is on the disk.
    for (const when of ['at once', 'when written', 'at once', 'when written']) {
      for (const tab of [tabs[0], tabs[2]]) {
        const visitor = tab.newVisitor();
        const reloaded = tab.page.waitForEvent('load');
        await tab.page.evaluate(
          ([who, moment]) => {
            const { gatehouse } = window;
            void gatehouse!.enter(who);
            if (moment === 'at once') {
              location.reload();
              return;
            }
            // Once: a page that begins to reload again while it goes makes the browser's renderer crash now and then.
            const stop = gatehouse!.subscribe(() => {
              stop();
              location.reload();
            });
          },
          [visitor, when] as const,
        );
        await reloaded;
        await tab.opened();
        await park.united(tabs);
        await park.settle(tabs);
        expect(await admissions(tab, visitor)).toBeLessThanOrEqual(1);
      }
    }
    expect((await gate.status()).id).toBe(id);
  });

  test('an admission that was written but not sent before a reload happens exactly once', async () => {
    const [gate, other, leader] = tabs;
    await gate.cutFrom(other, leader);
    const visitor = gate.newVisitor();
    const answer = gate.tryEnter(visitor);
    await expect.poll(() => stored(gate.page), 'what is on the disk').toContain(visitor);
    await gate.page.reload();
    await answer;
    await gate.opened();
    await park.united(tabs);
    await park.settle(tabs);
    expect(await admissions(other, visitor)).toBe(1);
  });

  test('an admission whose answer was lost, and then the page, happens exactly once', async () => {
    const [gate, other, leader] = tabs;
    const { id } = await gate.status();
    await leader.page.evaluate((to) => window.gatehouse!.faults([{ to: [to], drop: 1 }]), id);
    const visitor = gate.newVisitor();
    const answer = gate.tryEnter(visitor);
    await other.until(({ visitors }, who) => visitors.includes(who), visitor);
    expect((await gate.status()).visitors).not.toContain(visitor);
    await gate.page.reload();
    expect(await answer).toMatchObject({ ok: false, definite: false });
    await gate.opened();
    await leader.heal();
    await park.united(tabs);
    await park.settle(tabs);
    expect(await admissions(gate, visitor)).toBe(1);
  });

  test('a duplicated tab is another gate', async () => {
    const [first] = tabs;
    const { id } = await first.status();
    const opening = first.page.context().waitForEvent('page');
    // It starts with a copy of this tab's sessionStorage, as a duplicated tab does.
    await first.page.evaluate(() => window.open(location.href));
    const copy = park.follow(await opening, 'copy');
    await copy.opened();
    const stored = await copy.page.evaluate(() => sessionStorage.length);
    expect(stored).toBeGreaterThan(0);
    await copy.until(({ members, quorum }) => quorum && members === 4);
    await Promise.all(park.present.map((tab) => tab.until(({ inStep }) => inStep === 4)));
    expect((await copy.status()).id).not.toBe(id);
    expect((await first.status()).id).toBe(id);
    await Promise.all(park.present.map((tab) => tab.enter()));
    await park.settle();
    await copy.close();
    await park.united(tabs);
  });

  test('a tab closed and opened again is the same gate, and its visitors are still inside', async () => {
    const { id } = await tabs[2].status();
    const visitor = tabs[2].newVisitor();
    await tabs[2].enter(visitor);
    await tabs[2].close();
    await park.united();
    const again = await park.open({ priority: 3 });
    tabs[2] = again;
    await park.united();
    expect(await again.status()).toMatchObject({ id, role: 'leader' });
    expect((await again.status()).visitors).toContain(visitor);
    await park.settle();
  });

  test('a visitor who is let in before the gate has read its disk is let in once', async () => {
    const [gate] = tabs;
    for (let n = 0; n < 3; n++) await gate.enter();
    // Asks in the very moment in which the page offers its console.
    await gate.page.addInitScript(() => {
      Object.defineProperty(window, 'gatehouse', {
        configurable: true,
        set(value: NonNullable<typeof window.gatehouse>) {
          Object.defineProperty(window, 'gatehouse', { value });
          Object.assign(window, { early: value.enter('Early') });
        },
      });
    });
    await gate.page.reload();
    await gate.opened();
    const outcome = await gate.page.evaluate(
      () => (window as unknown as { early: Promise<Outcome> }).early,
    );
    expect(outcome).toMatchObject({ visitor: 'Early', allowed: true });
    await park.united(tabs);
    const log = await park.settle(tabs);
    expect(log[outcome.index - 1]).toMatchObject({ kind: 'enter', visitor: 'Early' });
    expect(await admissions(tabs[1], 'Early')).toBe(1);
  });
});

/** Three gates of one profile; then `end` ends the browser, and three tabs open in a new one. */
async function reopen(
  park: Park,
  profile: string,
  end: (first: Awaited<ReturnType<typeof persistentBrowser>>) => Promise<void>,
): Promise<void> {
  const first = await persistentBrowser(profile);
  const before = await park.openAll(3, { device: first.device, capacity: 50 });
  for (const tab of before) for (let n = 0; n < 3; n++) await tab.enter();
  await before[0].leave('P1 visitor 1');
  const load = park.load(before);
  await load.more(50);
  await load.stop();
  const log = await park.settle(before);
  const ids = await Promise.all(before.map(async (tab) => (await tab.status()).id));
  const { visitors } = await before[0].status();
  expect(visitors).toContain('P3 visitor 3');
  await end(first);

  const second = await persistentBrowser(profile);
  park.afterwards(() => second.close());
  const after = [
    await park.open({ device: second.device }),
    await park.open({ device: second.device }),
    await park.open({ device: second.device }),
  ];
  await park.united(after);
  const now = await Promise.all(after.map((tab) => tab.status()));
  expect(now.map(({ id }) => id).sort()).toEqual(ids.sort());
  expect(now.map(({ priority }) => priority).sort()).toEqual([1, 2, 3]);
  for (const status of now) expect(status).toMatchObject({ visitors, capacity: 50 });
  await after[0]!.enter('Zoe');
  const longer = await park.settle(after);
  expect(longer.slice(0, log.length)).toEqual(log);
}

test('all tabs closed and opened again: every visitor is where they were', async ({
  park,
}, testInfo) => {
  await reopen(park, testInfo.outputPath('profile'), async (first) => {
    for (const { page } of park.tabs) await page.close();
    await first.close();
  });
});

test('the browser is killed and started again: every visitor is where they were', async ({
  park,
}, testInfo) => {
  await reopen(park, testInfo.outputPath('profile'), async ({ device }) => {
    const session = await device.browser()!.newBrowserCDPSession();
    const closed = device.waitForEvent('close');
    session.send('Browser.crash').catch(() => undefined);
    await closed;
  });
});

test('a gate whose storage is cleared while it runs comes back as a new member and never votes as the old one', async ({
  park,
}) => {
  const [a, b, c] = [
    await park.open({ priority: 3, device: await park.newDevice() }),
    await park.open({ priority: 2, device: await park.newDevice() }),
    await park.open({ priority: 1, device: await park.newDevice() }),
  ];
  await park.united();
  await a.enter();
  const { id: oldId } = await c.status();

  // Of three voters one is down and one has lost its memory: nothing may be told any more.
  await b.crash();
  await a.until(({ inStep }) => inStep === 2);
  const session = await c.page.context().newCDPSession(c.page);
  const origin = new URL(c.page.url()).origin;
  await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
  const answer = await a.tryEnter();
  expect(answer).toMatchObject({ ok: false });
  const { id: newId } = await c.until(({ id }, old) => id !== old, oldId);
  expect(newId).not.toBe(oldId);

  await b.recover();
  await Promise.all(
    [a, b, c].map((tab) =>
      tab.until(
        ({ quorum, members, inStep, peers }, old) =>
          quorum &&
          members === 3 &&
          inStep === 3 &&
          !peers.some(({ id, voter }) => id === old && voter),
        oldId,
        30_000,
      ),
    ),
  );
  await Promise.all([a, b, c].map((tab) => tab.enter()));
  await park.settle();
  for (const tab of [a, b]) {
    const votes = await tab.page.evaluate(
      ([old, renewed]) => {
        const trace = window.gatehouse!.trace();
        const since = trace.findIndex(({ peer }) => peer === renewed);
        const fromOld = trace
          .slice(since)
          .filter(({ kind, peer }) => kind === 'received' && peer === old);
        return fromOld.map(({ what }) => what).filter((what) => /PROMISE|APPENDED/.test(what));
      },
      [oldId, newId] as const,
    );
    expect(votes).toEqual([]);
  }
});

test('a gate whose storage is cleared while it is down, or while it writes, comes back as a new member', async ({
  park,
}) => {
  const [a, b, c] = [
    await park.open({ priority: 3, device: await park.newDevice() }),
    await park.open({ priority: 2, device: await park.newDevice() }),
    await park.open({ priority: 1, device: await park.newDevice() }),
  ];
  await park.united();
  const session = await c.page.context().newCDPSession(c.page);
  const { origin } = new URL(c.page.url());
  const clear = () =>
    session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });

  const { id: first } = await c.status();
  await c.crash();
  await clear();
  await c.recover();
  const { id: second } = await c.until(({ id }, old) => id !== old, first);
  // Until the one that is gone is evicted it counts: of four voters two would be lost with the next.
  await a.until(
    ({ members, peers }, id) => members === 3 && peers.some((peer) => peer.id === id && peer.voter),
    second,
    30_000,
  );

  // With a write under way all the time, the browser aborts one.
  const load = park.load([c]);
  await load.more(20);
  await clear();
  const { id: third } = await c.until(({ id }, old) => id !== old, second);
  await load.stop();
  const ids = { gone: [first, second], there: third };
  await Promise.all(
    [a, b].map((tab) =>
      tab.until(
        ({ members, inStep, peers }, { gone, there }) =>
          members === 3 &&
          inStep === 3 &&
          peers.some(({ id, voter }) => voter && id === there) &&
          !peers.some(({ id, voter }) => voter && gone.includes(id)),
        ids,
        30_000,
      ),
    ),
  );
  await park.settle();
});

test('a tab that opens after all data of the site was cleared is another gate than the tabs that were open', async ({
  park,
}) => {
  const [elsewhere, device] = [await park.newDevice(), await park.newDevice()];
  const a = await park.open({ priority: 4, device: elsewhere });
  const b = await park.open({ priority: 3, device: elsewhere });
  const c = await park.open({ priority: 2, device: elsewhere });
  const d = await park.open({ priority: 1, device });
  await park.united();
  const { id: old } = await d.status();
  const session = await d.page.context().newCDPSession(d.page);
  const { origin } = new URL(d.page.url());
  await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' });
  await a.enter();
  await d.until(({ id, quorum }, before) => id !== before && quorum, old);

  const e = await park.open({ device });
  const tabs = [a, b, c, d, e];
  await Promise.all(
    tabs.map((tab) =>
      tab.until(({ members, inStep }) => members === 5 && inStep === 5, undefined, 30_000),
    ),
  );
  const ids = await Promise.all(tabs.map(async (tab) => (await tab.status()).id));
  expect(new Set([...ids, old]).size).toBe(6);
  await Promise.all(tabs.map((tab) => tab.enter()));
  await park.settle(tabs);
});
