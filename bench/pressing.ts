import type { Page } from 'playwright';
import type {} from './pages/lib/door.ts';
import type {} from './park.ts';

/** Gives a gate's page a door. */
export async function installDoor(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { gatehouse } = window;
    if (!gatehouse) throw new Error('no gate here');
    window.door = {
      admit: () => gatehouse.enter(),
      admitMany: async (count) => (await gatehouse.stress(count)).allowed,
    };
  });
}

/** Lets visitors in, one after the other with a pause between; how long each took, ms. The first tenth is practice. */
export function pressInTurn(page: Page, count: number): Promise<number[]> {
  return page.evaluate(async (count) => {
    const { door } = window;
    if (!door) throw new Error('no door here');
    const latencies: number[] = [];
    for (let i = 0; i < count; i++) {
      const from = performance.now();
      await door.admit();
      latencies.push(performance.now() - from);
      // Out of step with everything that beats regularly.
      await new Promise((resolve) => setTimeout(resolve, 5 + 10 * Math.random()));
    }
    return latencies.slice(Math.floor(count / 10));
  }, count);
}

/** Lets visitors in until it is told to stop, always `atOnce` of them under way. */
export async function keepPressing(page: Page, atOnce: number): Promise<void> {
  await page.evaluate((atOnce) => {
    const { door } = window;
    if (!door) throw new Error('no door here');
    window.stopPressing = false;
    const press = async (): Promise<void> => {
      while (window.stopPressing !== true) await door.admit();
    };
    for (let i = 0; i < atOnce; i++) void press();
  }, atOnce);
}

export async function stopPressing(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.stopPressing = true;
  });
}

/** Lets visitors in at all these pages for so long, 256 at a time at each; how many a second, over all. */
export async function pressTogether(pages: readonly Page[], forMs: number): Promise<number> {
  const pressed = await Promise.all(pages.map((page) => page.evaluate(pressForMs, forMs)));
  return pressed.reduce((sum, { admitted, ms }) => sum + (admitted / ms) * 1000, 0);
}

/** Runs in the page. */
async function pressForMs(forMs: number): Promise<{ admitted: number; ms: number }> {
  const { door } = window;
  if (!door) throw new Error('no door here');
  const from = performance.now();
  let admitted = 0;
  while (performance.now() - from < forMs) admitted += await door.admitMany(256);
  return { admitted, ms: performance.now() - from };
}

/** An admission of the load: when it was asked for and committed, ms since 1970, and who led then. */
export interface Admission {
  readonly at: number;
  readonly committed: number;
  readonly leader: string | null;
}

declare global {
  interface Window {
    /** The load's, in their order. */
    admissions?: Admission[];
  }
}

/** Lets visitors in at this gate, one after the other, until the page goes away. */
export async function pressForEver(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { gatehouse } = window;
    if (!gatehouse) throw new Error('no gate here');
    const admissions: Admission[] = [];
    window.admissions = admissions;
    const now = (): number => performance.timeOrigin + performance.now();
    const next = async (): Promise<void> => {
      const at = now();
      try {
        await gatehouse.enter();
        admissions.push({ at, committed: now(), leader: gatehouse.status().leader });
      } catch {
        // Given up after 5 s: the next one is measured.
      }
      void next();
    };
    void next();
  });
}

/** When the first admission was committed that was asked for at `since` or later, ms since 1970. */
export async function nextAdmission(page: Page, since: number): Promise<number> {
  return Number(
    await patiently(
      page,
      (from) => window.admissions?.find(({ at }) => at >= from)?.committed,
      since,
    ),
  );
}

/** When the first admission was committed under another leader, ms since 1970. */
export async function admissionWithout(page: Page, former: string): Promise<number> {
  return Number(
    await patiently(
      page,
      (former) => window.admissions?.find(({ leader }) => leader !== former)?.committed,
      former,
    ),
  );
}

/** What `look` finds in the page, once it finds something. Rejects after 30 s. */
async function patiently<T>(page: Page, look: (asked: T) => unknown, asked: T): Promise<unknown> {
  const options = { timeout: 30_000, polling: 10 };
  // The types of Playwright would see through anything that T may be.
  const found = await page.waitForFunction(look as (asked: unknown) => unknown, asked, options);
  return found.jsonValue();
}
