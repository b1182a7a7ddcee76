import { DEFAULT_TIMING } from '../src/core/timers.ts';
import { throttledBrowser } from './browser.ts';
import { expect, test, type Tab } from './fixture.ts';

/** What a tab noted about others since an event of its trace. */
function notesSince(tab: Tab, sequence: number): Promise<string[]> {
  return tab.page.evaluate(
    (since) =>
      window
        .gatehouse!.trace()
        .filter((event) => event.sequence > since && event.kind === 'note')
        .map(({ what }) => what),
    sequence,
  );
}

test('hidden tabs, slowed down by the browser, keep one leader and replace one that is killed', async ({
  park,
}, testInfo) => {
  const { device, close } = await throttledBrowser(testInfo.outputPath('profile'));
  park.afterwards(close);
  const tabs = await park.openAll(4, { device, capacity: 1000 });
  await device.newPage().then((page) => page.bringToFront());
  const isHidden = (tab: Tab): Promise<boolean> => tab.page.evaluate(() => document.hidden);
  for (const tab of tabs) expect(await isHidden(tab)).toBe(true);
  // The browser does slow its timers down, or this test would show nothing.
  const lateness = await tabs[0].page.evaluate(async () => {
    const started = performance.now();
    for (let n = 0; n < 3; n++) await new Promise((resolve) => setTimeout(resolve, 10));
    return performance.now() - started;
  });
  expect(lateness).toBeGreaterThan(1000);

  // Five heartbeats a second all the same, by the clock in a worker: the pages' own timers would need half a minute.
  const { term } = await tabs[0].status();
  const before = await tabs[0].lastSequence();
  const heartbeats = (): Promise<number> =>
    tabs[0].page.evaluate((since) => {
      const events = window.gatehouse!.trace().filter(({ sequence }) => sequence > since);
      return events.filter(({ kind, what }) => kind === 'received' && what === 'APPEND').length;
    }, before);
  await expect.poll(heartbeats, { timeout: 15_000 }).toBeGreaterThan(25);

  const load = park.load();
  await load.more(300);
  for (const tab of tabs) expect((await tab.status()).term).toBe(term);
  await tabs[3].kill();
  const survivors = tabs.slice(0, 3);
  await park.united(survivors, 8000);
  await load.more(30);
  await load.stop();
  await park.settle(survivors);
});

test('a frozen leader is replaced; thawed it blames nobody, follows, and then leads again', async ({
  park,
}, testInfo) => {
  // Only a hidden page can be frozen.
  const { device, close } = await throttledBrowser(testInfo.outputPath('profile'));
  park.afterwards(close);
  const tabs = await park.openAll(4, { device, capacity: 1000 });
  await tabs[0].page.bringToFront();
  const frozen = tabs[3];
  const others = tabs.slice(0, 3);
  const heir = (await tabs[2].status()).id;
  const session = await frozen.page.context().newCDPSession(frozen.page);
  const load = park.load(others);
  await load.more(30);
  const since = await frozen.lastSequence();
  await session.send('Page.setWebLifecycleState', { state: 'frozen' });
  const frozenAt = Date.now();
  await Promise.all(
    others.map((tab) => tab.until(({ leader, quorum }, id) => quorum && leader === id, heir)),
  );
  // A shorter stop is no sleep (F4).
  while (Date.now() < frozenAt + 1.5 * DEFAULT_TIMING.slept) await load.more(10);
  const thawed = await Promise.all(others.map((tab) => tab.lastSequence()));
  await session.send('Page.setWebLifecycleState', { state: 'active' });
  await park.united(tabs, 30_000);
  await load.more(30);
  await load.stop();
  await park.settle(tabs);
  const notes = await notesSince(frozen, since);
  expect(notes).toContain('slept');
  expect(notes).not.toContain('failed');
  // One takeover, and nobody took anybody else for dead on the way.
  for (const [place, tab] of others.entries()) {
    expect(await notesSince(tab, thawed[place]!)).not.toContain('failed');
  }
});
