import { readFileSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, CDPSession, Page } from 'playwright';
import { launch, newTabs } from '../browsers.ts';
import type { Environment } from '../environment.ts';
import { interleave, pick, type Rounds } from '../interleave.ts';
import { floors, joined, newRoom, openMember } from '../joining.ts';
import { openPark } from '../park.ts';
import { toResult, type BenchResult, type Params } from '../result.ts';
import { growth } from '../statistics.ts';
import { atMost, atMostTimesFloor } from '../target.ts';
import { countWire, wireOf } from '../wire.ts';

const SIZES = [4, 8, 16, 24];
/** A try of all sizes takes minutes. */
const MOST_TRIES = 3;
const SETTLE_MS = 15_000;
const WATCHED_MS = 20_000;
const SOAKED = 16;
/** Until a follower's trace, which keeps its last 5000 events, is full: with no more than heartbeats that takes seven minutes. */
const TRACE_FULL_MS = 10 * 60_000;
/** How often memory is looked at in that time. */
const LOOKS = 12;
/** No growth: what garbage collection leaves differs from one time to the next by so much, times. */
const NO_GROWTH = 1.1;

interface Idle {
  /** Of all processes of the browser, in percent of one core. */
  readonly processor: number;
  /** Of all processes of the browser, a tab, MB; null where the system does not tell. */
  readonly resident: number | null;
  /** The JavaScript heap of a tab after garbage collection, MB, on average. */
  readonly heap: number;
  /** What all tabs send to each other, a second. */
  readonly messages: number;
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
  const results = sizes.flatMap((tabs, at) => resultsOf(tabs, rounds[at]));
  return soakMinutes === 0 ? results : [...results, ...(await soakIfPossible(soakMinutes, gates))];
}

function resultsOf(tabs: number, rounds: Rounds<Idle> = { ours: [], peers: {} }): BenchResult[] {
  const about = { name: 'idle', params: { tabs } satisfies Params };
  const target = tabs === 16 ? { target: atMostTimesFloor(1.3) } : {};
  const processor = pick(rounds, (idle) => idle.processor);
  const results = [
    toResult({ ...about, unit: '% of a core, all tabs', samples: processor, ...target }),
    toResult({
      ...about,
      unit: 'messages a second, all tabs',
      samples: pick(rounds, ({ messages }) => messages),
    }),
    toResult({ ...about, unit: 'MB of heap a tab', samples: pick(rounds, ({ heap }) => heap) }),
  ];
  if (![...rounds.ours, ...(rounds.floor ?? [])].every(({ resident }) => resident !== null))
    return results;
  const resident = pick(rounds, (idle) => idle.resident ?? 0);
  const unit = 'MB of memory a tab, of all processes';
  return [...results, toResult({ ...about, unit, samples: resident })];
}

/** What was measured before is told all the same. */
async function soakIfPossible(
  minutes: number,
  gates: (pages: readonly Page[]) => Promise<unknown>,
): Promise<BenchResult[]> {
  try {
    return [await soak(minutes, gates)];
  } catch (error) {
    console.error('The soak failed and is left out:', error);
    process.exitCode = 1;
    return [];
  }
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
    await Promise.all(pages.map(countWire));
    await open(pages);
    await sleep(SETTLE_MS);
    const heaps = await Promise.all(pages.map(heapOf));
    const session = await browser.newBrowserCDPSession();
    const resident = await residentOf(session);
    const before = await processorSeconds(session);
    const wireBefore = await wireOf(pages);
    const from = performance.now();
    await sleep(WATCHED_MS);
    const used = (await processorSeconds(session)) - before;
    const seconds = (performance.now() - from) / 1000;
    return {
      processor: (used / seconds) * 100,
      resident: resident === null ? null : resident / tabs,
      heap: sumOf(heaps) / tabs,
      messages: ((await wireOf(pages)).frames - wireBefore.frames) / seconds,
    };
  });
}

/** How many times as much heap each gate has at the end as in the beginning, once what is bounded is full. */
async function soak(
  minutes: number,
  open: (pages: readonly Page[]) => Promise<unknown>,
): Promise<BenchResult> {
  const looks = await inBrowser(SOAKED, async (_browser, pages) => {
    await open(pages);
    await sleep(TRACE_FULL_MS);
    const looks = [await Promise.all(pages.map(heapOf))];
    while (looks.length <= LOOKS) {
      await sleep((minutes * 60_000) / LOOKS);
      looks.push(await Promise.all(pages.map(heapOf)));
    }
    return looks;
  });
  const ours = Array.from({ length: SOAKED }, (_, tab) =>
    growth(looks.map((heaps) => heaps[tab] ?? 0)),
  );
  const params = { tabs: SOAKED, minutes };
  const unit = 'times the heap at first, tab by tab';
  return toResult({ name: 'idle', params, unit, samples: { ours }, target: atMost(NO_GROWTH) });
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

/**
 * Of all processes, MB: what several share counts in part at each (the proportional set size). Null where the system does not tell.
 */
async function residentOf(session: CDPSession): Promise<number | null> {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  try {
    return sumOf(processInfo.map(({ id }) => proportionalSet(id))) / 1000;
  } catch {
    return null;
  }
}

/** Linux alone has it. KB. */
function proportionalSet(pid: number): number {
  const [, kilobytes] =
    /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
  if (kilobytes === undefined) throw new Error('no Pss');
  return Number(kilobytes);
}

/** The JavaScript heap after garbage collection, MB. */
async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 1e6;
}

function sumOf(figures: readonly number[]): number {
  return figures.reduce((sum, figure) => sum + figure, 0);
}
