import process from 'node:process';
import type { Browser, BrowserContext, Page } from 'playwright';
import { throttledBrowser, type ThrottledBrowser } from '../../e2e/browser.ts';
import { closeTabs, launch, newProfile, newTab, newTabs, removeProfile } from '../browsers.ts';
import type { Environment } from '../environment.ts';
import { interleave } from '../interleave.ts';
import { newRoom } from '../joining.ts';
import type {} from '../pages/peers/broadcast-channel.ts';
import { openGate, united } from '../park.ts';
import { admissionWithout, nextAdmission, pressForEver } from '../pressing.ts';
import { toResult, type BenchResult } from '../result.ts';
import { Server } from '../server.ts';
import { atMost } from '../target.ts';

const GATES = 3;

/** The leader, and how to do it harm. */
interface Leader {
  readonly page: Page;
  /** Of the leader alone; null where it is in the others' browser. */
  readonly own: ThrottledBrowser | null;
}

interface Failure {
  readonly name: string;
  readonly signaling: 'up' | 'down';
  /** What is to be reached, ms; absent where nothing is asked for. */
  readonly mostMs?: number;
  /** It needs a browser of its own: only a hidden page can be frozen, and one browser is killed as a whole. */
  readonly ownBrowser?: true;
  readonly fail: (leader: Leader) => Promise<void>;
}

const FAILURES: readonly Failure[] = [
  { name: 'tab closed', signaling: 'up', mostMs: 100, fail: ({ page }) => page.close() },
  { name: 'renderer killed', signaling: 'up', mostMs: 250, fail: killRenderer },
  { name: 'renderer killed', signaling: 'down', mostMs: 1000, fail: killRenderer },
  { name: 'browser killed', signaling: 'up', ownBrowser: true, fail: killBrowser },
  {
    name: 'hung',
    signaling: 'up',
    mostMs: 1000,
    fail: ({ page }) => page.evaluate(() => window.gatehouse?.crash('hang')),
  },
  { name: 'frozen', signaling: 'up', ownBrowser: true, fail: freeze },
];

/** The leader of three gates fails under a load of visitors: until the next leader has committed one. */
export async function failover(environment: Environment): Promise<BenchResult[]> {
  const browser = await launch();
  try {
    const rounds = await interleave(
      environment.tries,
      FAILURES.map((failure) => ({
        ours: () => failOnce(browser, failure),
        peers:
          failure.name === 'tab closed'
            ? { 'broadcast-channel, a new leader': () => electOnce(browser, environment) }
            : {},
      })),
    );
    return FAILURES.map(({ name, signaling, mostMs }, at) =>
      toResult({
        name: 'failover',
        params: { leader: name, signaling, gates: GATES },
        unit: 'ms',
        samples: rounds[at] ?? { ours: [] },
        ...(mostMs === undefined ? {} : { target: atMost(mostMs) }),
      }),
    );
  } finally {
    await browser.close();
  }
}

/** With a server of its own, since it may be stopped. */
async function failOnce(browser: Browser, failure: Failure): Promise<number> {
  const server = await Server.gatehouse();
  const followers = await newTabs(browser, GATES - 1);
  const profile = newProfile();
  const leader = await openLeader(browser, failure, profile);
  try {
    const park = newRoom();
    const pages = [...followers, leader.page];
    for (const [at, page] of pages.entries()) {
      await openGate(page, server.url, { park, priority: at + 1 });
    }
    await united(pages);
    if (failure.ownBrowser) await hide(leader.page);
    return await failUnderLoad(followers[0], leader, failure, server);
  } finally {
    await closeTabs(followers);
    if (leader.own) await closeBrowser(leader.own);
    else await leader.page.context().close();
    await removeProfile(profile);
    await server.stop();
  }
}

async function openLeader(
  browser: Browser,
  { ownBrowser }: Failure,
  profile: string,
): Promise<Leader> {
  if (!ownBrowser) return { page: await newTab(browser), own: null };
  const own = await throttledBrowser(profile, { ownGroup: true });
  return { page: await own.device.newPage(), own };
}

async function failUnderLoad(
  witness: Page | undefined,
  leader: Leader,
  { signaling, fail }: Failure,
  server: Server,
): Promise<number> {
  if (!witness) throw new Error('pages were opened');
  await pressForEver(witness);
  await nextAdmission(witness, Date.now());
  if (signaling === 'down') {
    await server.stop();
    await witness.waitForFunction(() => window.gatehouse?.status().signaling === 'disconnected');
  }
  const former = await leader.page.evaluate(() => window.gatehouse?.status().id ?? '');
  const since = Date.now();
  await fail(leader);
  return (await admissionWithout(witness, former)) - since;
}

async function killRenderer({ page }: Leader): Promise<void> {
  const session = await page.context().newCDPSession(page);
  // The answer never comes: the renderer that should give it is gone.
  session.send('Page.crash').catch(() => undefined);
}

async function killBrowser({ own }: Leader): Promise<void> {
  const pid = own?.process.pid;
  if (pid === undefined) throw new Error('the leader has a browser of its own');
  process.kill(-pid, 'SIGKILL');
}

async function hide(page: Page): Promise<void> {
  const other = await page.context().newPage();
  await other.bringToFront();
  await page.waitForFunction(() => document.hidden);
}

async function freeze({ page }: Leader): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Page.setWebLifecycleState', { state: 'frozen' });
}

async function closeBrowser(own: ThrottledBrowser): Promise<void> {
  // One that was killed has closed already.
  if (own.process.exitCode === null && own.process.signalCode === null) await own.close();
}

/** Tabs of one browser: the leader's is closed, until another tab leads. */
async function electOnce(browser: Browser, { pages }: Environment): Promise<number> {
  const context: BrowserContext = await browser.newContext();
  try {
    const room = newRoom();
    const tabs: Page[] = [];
    for (let i = 0; i < GATES; i++) {
      const page = await context.newPage();
      await page.goto(`${pages}/peers/broadcast-channel?room=${room}`);
      // The first is to lead.
      if (i === 0) await ledSince(page);
      else await page.waitForFunction(() => window.ledSince !== undefined);
      tabs.push(page);
    }
    const [leader, ...others] = tabs;
    const since = Date.now();
    await leader?.close();
    return (await Promise.any(others.map(ledSince))) - since;
  } finally {
    await context.close();
  }
}

async function ledSince(page: Page): Promise<number> {
  const found = await page.waitForFunction(() => window.ledSince, undefined, { polling: 10 });
  return Number(await found.jsonValue());
}
