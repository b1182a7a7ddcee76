import type { Browser } from 'playwright';
import { closeTabs, launch, newTab } from '../browsers.ts';
import type { Environment } from '../environment.ts';
import { gateTimes, noteTimes } from '../gate-times.ts';
import { interleave, type Measure } from '../interleave.ts';
import { floors, joined, listed, newRoom, openMember, peers, type Network } from '../joining.ts';
import { openGate } from '../park.ts';
import { toResult, type BenchResult } from '../result.ts';
import { atMostTimesFloor } from '../target.ts';

/** From the list of who is there to the first link, with one other page. Peers: from their open socket on. */
export async function link(environment: Environment): Promise<BenchResult[]> {
  const browser = await launch();
  try {
    const [samples] = await interleave(environment.tries, [
      {
        ours: () => gateLink(browser, environment),
        floor: pageLink(browser, environment, floors(environment).raw),
        peers: Object.fromEntries(
          Object.entries(peers(environment)).map(([name, network]) => [
            name,
            pageLink(browser, environment, network),
          ]),
        ),
      },
    ]);
    if (!samples) return [];
    const params = { pages: 2 };
    const target = atMostTimesFloor(1.25);
    return [toResult({ name: 'link', params, unit: 'ms', samples, target })];
  } finally {
    await browser.close();
  }
}

async function gateLink(browser: Browser, { gatehouse }: Environment): Promise<number> {
  const park = newRoom();
  const first = await newTab(browser);
  const second = await newTab(browser);
  try {
    await openGate(first, gatehouse, { park, priority: 2 });
    await noteTimes(second, 1);
    await openGate(second, gatehouse, { park, priority: 1 });
    const times = await gateTimes(second);
    return times.first - times.listed;
  } finally {
    await closeTabs([first, second]);
  }
}

function pageLink(browser: Browser, { pages }: Environment, network: Network): Measure<number> {
  return async () => {
    const room = newRoom();
    const first = await newTab(browser);
    const second = await newTab(browser);
    try {
      await openMember(first, pages, network, { room, id: '0', others: 1 });
      await listed(first);
      await openMember(second, pages, network, { room, id: '1', others: 1 });
      await joined(first);
      const times = await joined(second);
      return times.first - times.listed;
    } finally {
      await closeTabs([first, second]);
    }
  };
}
