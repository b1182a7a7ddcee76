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
/** How long the load is looked at after a takeover, ms. */
const AFTER_MS = 1000;

interface Felt {
  /** The longest admission around the takeover, ms. */
  readonly longest: number;
  /** Of as long a while after it. The median, ms: what clients are used to. */
  readonly usual: number;
  /** The longest of that while, ms: there is a longest one without a takeover, too. */
  readonly longestWithout: number;
}

/** A greater gate that had crashed comes back, catches up and takes over: the longest admission that a client has meanwhile. */
export async function takeover({ tries, gatehouse }: Environment): Promise<BenchResult[]> {
  const browser = await launch();
  try {
    const [rounds] = await interleave(tries, [{ ours: () => recoverOnce(browser, gatehouse) }]);
    if (!rounds) return [];
    const { ours } = pick(rounds, ({ longest }) => longest);
    const floor = rounds.ours.map(({ usual }) => usual);
    const peers = {
      'the longest in as long without': rounds.ours.map(({ longestWithout }) => longestWithout),
    };
    const params = { gates: GATES, floor: 'a usual admission' };
    const measured = { name: 'takeover', params, unit: 'ms', samples: { ours, floor, peers } };
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
    await nextAdmission(client, Date.now());
    const from = Date.now();
    await greatest.evaluate(() => window.gatehouse?.recover());
    await united(pages);
    const until = Date.now() + AFTER_MS;
    const end = until + (until - from);
    await nextAdmission(client, end);
    return await felt(client, from, until, end);
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

async function felt(page: Page, from: number, until: number, end: number): Promise<Felt> {
  const admissions = await page.evaluate(() => window.admissions ?? []);
  const took = (since: number, before: number): number[] =>
    admissions
      .filter(({ at, committed }) => committed >= since && at < before)
      .map(({ at, committed }) => committed - at);
  const without = took(until, end);
  return {
    longest: Math.max(...took(from, until)),
    usual: quantile(without, 0.5),
    longestWithout: Math.max(...without),
  };
}
