import type { Browser, Page } from 'playwright';
import type { BenchResult } from './result.ts';
import { summarize } from './result.ts';
import { Server } from './server.ts';
import { launch, nextAdmission, openPark, press } from './tabs.ts';

/** How the leader fails. */
interface Failure {
  readonly name: string;
  /** What the project promises, ms. */
  readonly limitMs: number;
  readonly signaling: 'up' | 'down';
  fail(leader: Page): Promise<void>;
}

const crashRenderer = async (leader: Page): Promise<void> => {
  const session = await leader.context().newCDPSession(leader);
  // The answer never comes: the renderer that should give it is gone.
  session.send('Page.crash').catch(() => undefined);
};

const FAILURES: readonly Failure[] = [
  { name: 'closed', limitMs: 300, signaling: 'up', fail: (leader) => leader.close() },
  { name: 'killed', limitMs: 1000, signaling: 'up', fail: crashRenderer },
  { name: 'killed', limitMs: 2500, signaling: 'down', fail: crashRenderer },
  {
    name: 'hung',
    limitMs: 2500,
    signaling: 'up',
    fail: (leader) => leader.evaluate(() => window.gatehouse?.crash('hang')),
  },
];

/** Three gates, the leader fails: how long until the next admission is committed at another gate. */
export async function failover(tries: number): Promise<BenchResult[]> {
  const browser = await launch();
  try {
    const times = FAILURES.map((): number[] => []);
    // Interleaved, so that a change of the machine's speed meets all alike.
    for (let i = 0; i < tries; i++) {
      for (const [at, failure] of FAILURES.entries()) times[at]?.push(await once(browser, failure));
    }
    return FAILURES.map(({ name, limitMs, signaling }, at) => ({
      name: 'failover',
      params: { leader: name, signaling, gates: 3, tries },
      ...summarize(times[at] ?? [], limitMs),
      peers: {},
      unit: 'ms',
    }));
  } finally {
    await browser.close();
  }
}

async function once(browser: Browser, failure: Failure): Promise<number> {
  const server = await Server.start();
  try {
    const pages = await openPark(browser, server.url, 3);
    const leader = pages[2];
    const witness = pages[0];
    if (!leader || !witness) throw new Error('three gates were opened');
    await press(witness);
    await nextAdmission(witness, Date.now());
    if (failure.signaling === 'down') {
      await server.stop();
      await witness.waitForFunction(() => window.gatehouse?.status().signaling === 'disconnected');
    }
    const since = Date.now();
    await failure.fail(leader);
    const elapsed = await nextAdmission(witness, since);
    await Promise.all(pages.map((page) => page.context().close()));
    return elapsed;
  } finally {
    await server.stop();
  }
}
