import type { Browser, BrowserContext, Page } from 'playwright';
import { closeTabs, launch, newTabs } from '../browsers.ts';
import type { Environment } from '../environment.ts';
import { openRawDoors } from '../devices.ts';
import { interleave } from '../interleave.ts';
import { newRoom } from '../joining.ts';
import type {} from '../pages/lib/locker.ts';
import { openPark } from '../park.ts';
import { toResult, type BenchResult } from '../result.ts';

const GATES = 3;
/** How long is asked in one try, ms. */
const ASKED_MS = 2000;

/**
 * Grants a second, when all gates but the leader ask for the mutex again and again: each has to come over a link. (What the
 * floor's leader granted itself would cost nothing, and say nothing.)
 */
export async function mutex(environment: Environment): Promise<BenchResult[]> {
  const browser = await launch();
  try {
    const [samples] = await interleave(environment.tries, [
      {
        ours: () => inTabs(browser, (pages) => openLockers(pages, environment)),
        floor: () => inTabs(browser, (pages) => openRawDoors(pages, environment, 'raw-mutex')),
        peers: { 'Web Locks': () => webLocks(browser, environment) },
      },
    ]);
    if (!samples) return [];
    const params = { gates: GATES, asking: GATES - 1 };
    return [toResult({ name: 'mutex', params, unit: 'grants a second', samples })];
  } finally {
    await browser.close();
  }
}

async function openLockers(pages: readonly Page[], { gatehouse }: Environment): Promise<void> {
  await openPark(pages, gatehouse);
  await Promise.all(
    pages.map((page) =>
      page.evaluate(() => {
        const { gatehouse } = window;
        if (!gatehouse) throw new Error('no gate here');
        window.locker = {
          lock: async () => {
            const held = await gatehouse.lock();
            return () => held.release();
          },
        };
      }),
    ),
  );
}

async function inTabs(
  browser: Browser,
  open: (pages: readonly Page[]) => Promise<void>,
): Promise<number> {
  const pages = await newTabs(browser, GATES);
  try {
    await open(pages);
    return await grantsASecond(pages.slice(0, -1));
  } finally {
    await closeTabs(pages);
  }
}

/** In tabs of one context: others share no locks. */
async function webLocks(browser: Browser, environment: Environment): Promise<number> {
  const context: BrowserContext = await browser.newContext();
  try {
    const pages: Page[] = [];
    const room = newRoom();
    for (let i = 1; i < GATES; i++) {
      const page = await context.newPage();
      await page.goto(`${environment.pages}/peers/web-locks?room=${room}`);
      pages.push(page);
    }
    return await grantsASecond(pages);
  } finally {
    await context.close();
  }
}

async function grantsASecond(pages: readonly Page[]): Promise<number> {
  const rates = await Promise.all(pages.map((page) => page.evaluate(lockAndRelease, ASKED_MS)));
  return rates.reduce((sum, rate) => sum + rate, 0);
}

/** Runs in the page. */
async function lockAndRelease(forMs: number): Promise<number> {
  const { locker } = window;
  if (!locker) throw new Error('no lock here');
  const from = performance.now();
  let grants = 0;
  while (performance.now() - from < forMs) {
    const release = await locker.lock();
    grants += 1;
    await release();
  }
  return (grants / (performance.now() - from)) * 1000;
}
