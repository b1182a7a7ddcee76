import { writeFile } from 'node:fs/promises';
import { test as base, expect, type TestInfo } from '@playwright/test';
import { Park } from './park.ts';
import { TestServer } from './server.ts';
import type { Tab } from './tab.ts';
import { tracesOf } from './traces.ts';

export { expect };
export { insideOf } from './checks.ts';
export { Park } from './park.ts';
export { TestServer } from './server.ts';
export type { Load } from './load.ts';
export { within, type Tab } from './tab.ts';

/** Each test that asks for them has a server of its own, and a park of its own name on it. */
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
    await park.close();
    expectNoErrors(park);
  },
});

/**
 * The tests of this file, or of this group, run one after the other in one park, which `open` is given: opening a tab
 * costs a second of processor, and most tests need a park that is well, not a new one. Each leaves it well for the
 * next; when one fails, the rest is skipped.
 */
export function sharePark(name: string, open: (park: Park) => Promise<void>): void {
  const server = new TestServer();
  let park: Park | undefined;
  test.describe.configure({ mode: 'serial' });
  test.beforeAll(async ({ browser }) => {
    await server.start();
    park = new Park(name, server, browser);
    await open(park);
  });
  test.afterEach(async ({ browserName: _ }, testInfo) => {
    if (!park) return;
    if (testInfo.status !== testInfo.expectedStatus) await keepTraces(park.tabs, testInfo);
    expectNoErrors(park);
  });
  test.afterAll(async () => {
    await park?.close();
    await server.stop();
  });
}

function expectNoErrors(park: Park): void {
  const errors = park.tabs.flatMap((tab) => tab.errors.map((error) => `${tab.label}: ${error}`));
  expect(errors, 'uncaught errors in the pages').toEqual([]);
}

/** Attaches what the tabs saw to a test that failed. */
export async function keepTraces(tabs: readonly Tab[], testInfo: TestInfo): Promise<void> {
  const file = testInfo.outputPath('trace.txt');
  await writeFile(file, await tracesOf(tabs));
  await testInfo.attach('trace.txt', { path: file, contentType: 'text/plain' });
}
