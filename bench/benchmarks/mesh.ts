import type { Browser, Page } from 'playwright';
import { closeTabs, launch, newTabs } from '../browsers.ts';
import type { Environment } from '../environment.ts';
import { gateTimes, noteTimes } from '../gate-times.ts';
import { interleave, type Measure, type Rounds } from '../interleave.ts';
import { floors, joined, newRoom, openMember, peers, type Network } from '../joining.ts';
import { gateAddress } from '../park.ts';
import { toResult, type BenchResult } from '../result.ts';
import { atMostTimesFloor } from '../target.ts';

const SIZES = [2, 4, 8, 16, 24];
/** The peers take minutes beyond this. */
const PEERS_UP_TO = 8;
/** A try of all sizes takes a minute or more. */
const MOST_TRIES = 5;

/** So many pages are opened at once: until all are linked to each other and, of ours, ready in one park. */
export async function mesh(environment: Environment): Promise<BenchResult[]> {
  const browser = await launch();
  const tries = Math.min(environment.tries, MOST_TRIES);
  // Whoever wants to see one try only does not want to wait for many pages.
  const sizes = environment.tries === 1 ? SIZES.slice(0, 2) : SIZES;
  try {
    const rounds = await interleave(
      tries,
      sizes.map((size) => ({
        ours: () => gatesReady(browser, environment, size),
        floor: pagesLinked(browser, environment, size, floors(environment).simplePeer),
        peers: size > PEERS_UP_TO ? {} : peerMeshes(browser, environment, size),
      })),
    );
    return sizes.map((size, at) => result(size, rounds[at]));
  } finally {
    await browser.close();
  }
}

function result(size: number, samples: Rounds<number> = { ours: [], peers: {} }): BenchResult {
  const target = size === 16 ? { target: atMostTimesFloor(1.3) } : {};
  return toResult({ name: 'mesh', params: { pages: size }, unit: 'ms', samples, ...target });
}

function peerMeshes(
  browser: Browser,
  environment: Environment,
  size: number,
): Record<string, Measure<number>> {
  return Object.fromEntries(
    Object.entries(peers(environment)).map(([name, network]) => [
      name,
      pagesLinked(browser, environment, size, network),
    ]),
  );
}

async function gatesReady(browser: Browser, { gatehouse }: Environment, size: number) {
  return inTabs(browser, size, async (pages) => {
    const park = newRoom();
    await Promise.all(pages.map((page) => noteTimes(page, size - 1)));
    await Promise.all(
      pages.map((page, at) => page.goto(gateAddress(gatehouse, { park, priority: at + 1 }))),
    );
    const times = await Promise.all(pages.map(gateTimes));
    const last = Math.max(...times.map(({ ready, complete }) => Math.max(ready, complete)));
    return last - Math.min(...times.map(({ opened }) => opened));
  });
}

function pagesLinked(
  browser: Browser,
  environment: Environment,
  size: number,
  network: Network,
): Measure<number> {
  return () =>
    inTabs(browser, size, async (pages) => {
      const room = newRoom();
      const open = (page: Page, at: number): Promise<void> =>
        openMember(page, environment.pages, network, { room, id: String(at), others: size - 1 });
      await Promise.all(pages.map(open));
      const times = await Promise.all(pages.map(joined));
      const last = Math.max(...times.map(({ all }) => all));
      return last - Math.min(...times.map(({ opened }) => opened));
    });
}

async function inTabs<T>(
  browser: Browser,
  count: number,
  use: (pages: readonly Page[]) => Promise<T>,
): Promise<T> {
  const pages = await newTabs(browser, count);
  try {
    return await use(pages);
  } finally {
    await closeTabs(pages);
  }
}
