import type { Browser } from 'playwright';
import { closeTabs, launch, newTabs } from '../browsers.ts';
import type { Environment } from '../environment.ts';
import { gateTimes, noteTimes } from '../gate-times.ts';
import { interleave } from '../interleave.ts';
import { floors, joined, newRoom, openMember } from '../joining.ts';
import { openGate, openPark } from '../park.ts';
import { toResult, type BenchResult } from '../result.ts';
import { atMostOverFloor } from '../target.ts';

const GATES = 3;

/** From a page's address being opened until it is a follower of a running park of 3 and ready for visitors. */
export async function ready(environment: Environment): Promise<BenchResult[]> {
  const browser = await launch();
  try {
    const [samples] = await interleave(environment.tries, [
      {
        ours: () => gateReady(browser, environment),
        floor: () => pageLinked(browser, environment),
      },
    ]);
    if (!samples) return [];
    const params = { gates: GATES };
    return [toResult({ name: 'ready', params, unit: 'ms', samples, target: atMostOverFloor(300) })];
  } finally {
    await browser.close();
  }
}

async function gateReady(browser: Browser, { gatehouse }: Environment): Promise<number> {
  const pages = await newTabs(browser, GATES + 1);
  const [last, ...others] = pages;
  try {
    if (!last) throw new Error('pages were opened');
    const park = await openPark(others, gatehouse);
    await noteTimes(last, GATES);
    await openGate(last, gatehouse, { park, priority: 0 });
    const times = await gateTimes(last);
    return times.ready - times.opened;
  } finally {
    await closeTabs(pages);
  }
}

/** A page is opened and has a raw link to one of three others, which are linked already. */
async function pageLinked(browser: Browser, environment: Environment): Promise<number> {
  const pages = await newTabs(browser, GATES + 1);
  const [last, ...others] = pages;
  const { raw } = floors(environment);
  const room = newRoom();
  try {
    if (!last) throw new Error('pages were opened');
    for (const [at, page] of others.entries()) {
      const id = `other-${at}`;
      await openMember(page, environment.pages, raw, { room, id, others: GATES - 1 });
    }
    // As the gates of a running park, they are linked and have nothing else to do.
    await Promise.all(others.map(joined));
    await openMember(last, environment.pages, raw, { room, id: 'last', others: GATES });
    const times = await joined(last);
    return times.first - times.opened;
  } finally {
    await closeTabs(pages);
  }
}
