import type { Browser, Page } from 'playwright';
import { closeTabs, launch, newTabs } from '../browsers.ts';
import type { Environment } from '../environment.ts';
import { interleave, pick } from '../interleave.ts';
import { openPark, united } from '../park.ts';
import { nextAdmission, pressForEver } from '../pressing.ts';
import { toResult, type BenchResult } from '../result.ts';
import { quantile } from '../statistics.ts';
import { atMostTimesFloor } from '../target.ts';

const GATES = 3;
/** How long before and after a takeover the load is looked at, ms. */
const AROUND_MS = 1000;

interface Felt {
  /** The longest admission around the takeover, ms. */
  readonly longest: number;
  /** The median of those before and after, ms: what clients are used to. */
  readonly usual: number;
}

/** A greater gate that had crashed comes back, catches up and takes over: the longest admission that a client has meanwhile. */
export async function takeover({ tries, gatehouse }: Environment): Promise<BenchResult[]> {
  const browser = await launch();
  try {
    const [rounds] = await interleave(tries, [{ ours: () => recoverOnce(browser, gatehouse) }]);
    if (!rounds) return [];
    const { ours } = pick(rounds, ({ longest }) => longest);
    const floor = rounds.ours.map(({ usual }) => usual);
    const params = { gates: GATES, floor: 'a usual admission' };
    const measured = { name: 'takeover', params, unit: 'ms', samples: { ours, floor } };
    return [toResult({ ...measured, target: atMostTimesFloor(3) })];
  } finally {
    await browser.close();
  }
}

async function recoverOnce(browser: Browser, url: string): Promise<Felt> {
  const pages = await newTabs(browser, GATES);
  try {
    await openPark(pages, url);
    const [client, , greatest] = pages;
    if (!client || !greatest) throw new Error('pages were opened');
    const { id } = await greatest.evaluate(async () => {
      const { gatehouse } = window;
      if (!gatehouse) throw new Error('no gate here');
      gatehouse.crash();
      return gatehouse.status();
    });
    await replaced(client, id);
    await pressForEver(client);
    // So much of the usual before, and as much after.
    await nextAdmission(client, Date.now() + AROUND_MS);
    const from = Date.now();
    await greatest.evaluate(() => window.gatehouse?.recover());
    await united(pages);
    const until = Date.now() + AROUND_MS;
    await nextAdmission(client, until);
    return await felt(client, { from, until });
  } finally {
    await closeTabs(pages);
  }
}

/** Resolves when somebody else leads, with a quorum. */
async function replaced(page: Page, former: string): Promise<void> {
  await page.waitForFunction((former) => {
    const status = window.gatehouse?.status();
    return status?.quorum === true && status.leader !== former;
  }, former);
}

async function felt(page: Page, { from, until }: { from: number; until: number }): Promise<Felt> {
  const admissions = await page.evaluate(() => window.admissions ?? []);
  const took = ({ at, committed }: { at: number; committed: number }): number => committed - at;
  const during = admissions.filter(({ at, committed }) => committed >= from && at <= until);
  const usual = admissions.filter(
    ({ committed, at }) => committed < from || at > until - AROUND_MS,
  );
  return { longest: Math.max(...during.map(took)), usual: quantile(usual.map(took), 0.5) };
}
