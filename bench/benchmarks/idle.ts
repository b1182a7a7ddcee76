import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, CDPSession, Page } from 'playwright';
import { launch, newTabs } from '../browsers.ts';
import type { Environment } from '../environment.ts';
import { interleave, pick } from '../interleave.ts';
import { floors, joined, newRoom, openMember } from '../joining.ts';
import { openPark } from '../park.ts';
import { toResult, type BenchResult, type Params } from '../result.ts';
import { atMost, atMostTimesFloor } from '../target.ts';

const SIZES = [4, 8, 16, 24];
/** A try of all sizes takes minutes. */
const MOST_TRIES = 3;
const SETTLE_MS = 15_000;
const WATCHED_MS = 20_000;
const SOAKED = 16;
/** Until a follower's trace, which keeps its last 5000 events, is full: with no more than heartbeats that takes seven minutes. */
const TRACE_FULL_MS = 10 * 60_000;
/** Memory is allowed to grow by so much, times. */
const NO_GROWTH = 1.1;

interface Idle {
  /** Of all processes of the browser, in percent of one core. */
  readonly processor: number;
  /** The JavaScript heap of a tab after garbage collection, MB, on average. */
  readonly heap: number;
}

/** What gates cost that nobody uses, beside a bare mesh whose followers probe their leader once a second. */
export async function idle(environment: Environment): Promise<BenchResult[]> {
  const { tries, soakMinutes } = environment;
  // Whoever wants to see one try only does not want to wait for many tabs.
  const sizes = tries === 1 ? SIZES.slice(0, 1) : SIZES;
  const gates = (pages: readonly Page[]): Promise<unknown> =>
    openPark(pages, environment.gatehouse);
  const bare = (pages: readonly Page[]): Promise<void> => openProbing(pages, environment);
  const rounds = await interleave(
    Math.min(tries, MOST_TRIES),
    sizes.map((size) => ({ ours: () => watch(size, gates), floor: () => watch(size, bare) })),
  );
  const results = sizes.flatMap((tabs, at) => {
    const idles = rounds[at] ?? { ours: [], peers: {} };
    const about = { name: 'idle', params: { tabs } satisfies Params };
    const processor = pick(idles, (idle) => idle.processor);
    const target = tabs === 16 ? { target: atMostTimesFloor(1.3) } : {};
    return [
      toResult({ ...about, unit: '% of a core, all tabs', samples: processor, ...target }),
      toResult({ ...about, unit: 'MB of heap a tab', samples: pick(idles, ({ heap }) => heap) }),
    ];
  });
  return soakMinutes === 0 ? results : [...results, await soak(soakMinutes, gates)];
}

async function openProbing(pages: readonly Page[], environment: Environment): Promise<void> {
  const room = newRoom();
  const others = pages.length - 1;
  for (const [at, page] of pages.entries()) {
    const id = at === 0 ? 'leader' : `follower-${at}`;
    const member = { room, id, others, query: { probe: '1' } };
    await openMember(page, environment.pages, floors(environment).simplePeer, member);
  }
  await Promise.all(pages.map(joined));
}

async function watch(
  tabs: number,
  open: (pages: readonly Page[]) => Promise<unknown>,
): Promise<Idle> {
  return inBrowser(tabs, async (browser, pages) => {
    await open(pages);
    await sleep(SETTLE_MS);
    const heap = await heapOf(pages);
    const session = await browser.newBrowserCDPSession();
    const before = await processorSeconds(session);
    const from = performance.now();
    await sleep(WATCHED_MS);
    const used = (await processorSeconds(session)) - before;
    return { processor: (used / (performance.now() - from)) * 1e5, heap };
  });
}

/** How many times as much memory the gates have at the end as in the beginning, once what is bounded is full. */
async function soak(
  minutes: number,
  open: (pages: readonly Page[]) => Promise<unknown>,
): Promise<BenchResult> {
  const growth = await inBrowser(SOAKED, async (_browser, pages) => {
    await open(pages);
    await sleep(TRACE_FULL_MS);
    const before = await heapOf(pages);
    await sleep(minutes * 60_000);
    return (await heapOf(pages)) / before;
  });
  const params = { tabs: SOAKED, minutes };
  const unit = 'times the heap at first';
  const samples = { ours: [growth] };
  return toResult({ name: 'idle', params, unit, samples, target: atMost(NO_GROWTH) });
}

/** In a browser of its own, so that nothing of another try runs in its processes. */
async function inBrowser<T>(
  tabs: number,
  use: (browser: Browser, pages: readonly Page[]) => Promise<T>,
): Promise<T> {
  const browser = await launch();
  try {
    return await use(browser, await newTabs(browser, tabs));
  } finally {
    await browser.close();
  }
}

async function processorSeconds(session: CDPSession): Promise<number> {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

async function heapOf(pages: readonly Page[]): Promise<number> {
  const heaps = await Promise.all(
    pages.map(async (page) => {
      const session = await page.context().newCDPSession(page);
      await session.send('HeapProfiler.collectGarbage');
      const { usedSize } = await session.send('Runtime.getHeapUsage');
      await session.detach();
      return usedSize / 1e6;
    }),
  );
  return heaps.reduce((sum, heap) => sum + heap, 0) / pages.length;
}
