import { chromium, type Browser, type Page } from 'playwright';
import { BROWSER_ARGS, findBrowser, runsAsRoot } from '../scripts/find-browser.mjs';
import type { Gatehouse } from '../src/runtime/gatehouse.ts';

declare global {
  interface Window {
    gatehouse?: Gatehouse;
    /** When each admission of the load that was asked for at `at` was committed, ms since 1970. */
    admissions?: { at: number; committed: number }[];
  }
}

export async function launch(): Promise<Browser> {
  const executablePath = findBrowser();
  return chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: [...BROWSER_ARGS],
    chromiumSandbox: !runsAsRoot(),
  });
}

/** Gates of a new park, each in a context and so a renderer of its own; the last one leads. */
export async function openPark(browser: Browser, url: string, gates: number): Promise<Page[]> {
  const park = `bench-${Math.random().toString(36).slice(2)}`;
  const pages: Page[] = [];
  for (let priority = 1; priority <= gates; priority++) {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${url}/?park=${park}&priority=${priority}&capacity=1000000`);
    await page.waitForFunction(() => window.gatehouse !== undefined);
    await page.evaluate(() => window.gatehouse?.ready());
    pages.push(page);
  }
  await Promise.all(pages.map((page) => page.evaluate(untilSettled, gates)));
  return pages;
}

/** In the page: every gate is a member and the greatest leads. */
async function untilSettled(gates: number): Promise<void> {
  const gatehouse = window.gatehouse;
  if (!gatehouse) throw new Error('no gatehouse here');
  await new Promise<void>((resolve) => {
    const look = (): void => {
      const { members, leader, priority, peers, id, quorum } = gatehouse.status();
      const voters = peers.filter((peer) => peer.voter).length;
      const best = Math.max(priority, ...peers.map((peer) => peer.priority));
      const leads = leader === id ? priority : peers.find((peer) => peer.id === leader)?.priority;
      if (!quorum || members < gates || voters < gates - 1 || leads !== best) return;
      end();
      resolve();
    };
    const end = gatehouse.subscribe(look);
    look();
  });
}

/** Lets visitors in at this gate, one after the other, until the page goes away. */
export async function press(page: Page): Promise<void> {
  await page.evaluate(() => {
    const admissions: { at: number; committed: number }[] = [];
    window.admissions = admissions;
    const next = async (): Promise<void> => {
      const at = Date.now();
      try {
        await window.gatehouse?.enter();
        admissions.push({ at, committed: Date.now() });
      } catch {
        // Given up after 5 s: the next one is measured.
      }
      void next();
    };
    void next();
  });
}

/** How long after `since` the first admission was committed that was asked for after it, ms. */
export async function nextAdmission(page: Page, since: number): Promise<number> {
  const found = await page.waitForFunction(
    (from) => window.admissions?.find(({ at }) => at >= from)?.committed,
    since,
    { timeout: 30_000, polling: 10 },
  );
  return Number(await found.jsonValue()) - since;
}
