import { writeFile } from 'node:fs/promises';
import { test as base, expect, type TestInfo } from '@playwright/test';
import { Park } from './park.ts';
import { TestServer } from './server.ts';
import { within, type Tab } from './tab.ts';

export { expect };
export { insideOf } from './checks.ts';
export { Park } from './park.ts';
export type { Load } from './load.ts';
export { within, type Tab } from './tab.ts';

/** Each test has a server of its own, and a park of its own name on it. */
export const test = base.extend<{ server: TestServer; park: Park }>({
  server: async ({ browserName: _ }, use) => {
    const server = new TestServer();
    await server.start();
    await use(server);
    await server.stop();
  },

  park: async ({ server, browser }, use, testInfo) => {
    const park = new Park(`Test ${testInfo.testId.slice(-12)}`, server, browser);
    await use(park);
    if (testInfo.status !== testInfo.expectedStatus) await keepTraces(park.tabs, testInfo);
    const errors = park.tabs.flatMap((tab) => tab.errors.map((error) => `${tab.label}: ${error}`));
    await park.close();
    expect(errors, 'uncaught errors in the pages').toEqual([]);
  },
});

/** What the tabs saw, in the order of time, and where they ended: for people who look into a failure. */
async function keepTraces(tabs: readonly Tab[], testInfo: TestInfo): Promise<void> {
  const present = tabs.filter(({ isOpen }) => isOpen);
  const looks = present.map(async (tab) => {
    const look = Promise.all([tab.status(), tab.trace()]);
    return within(3000, look, async () => 'no trace');
  });
  const seen = (await Promise.allSettled(looks)).flatMap((result) =>
    result.status === 'fulfilled' ? [result.value] : [],
  );
  const lines = seen.flatMap(([, trace]) => trace).sort((a, b) => a.at - b.at);
  const text = [
    ...present.map((tab, place) => `${tab.label}: ${JSON.stringify(seen[place]?.[0])}`),
    ...lines.map(({ line }) => line),
  ].join('\n');
  const file = testInfo.outputPath('trace.txt');
  await writeFile(file, text);
  await testInfo.attach('trace.txt', { path: file, contentType: 'text/plain' });
}
