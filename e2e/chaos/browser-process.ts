import { once } from 'node:events';
import type { BrowserContext, CDPSession, Page } from '@playwright/test';
import { throttledBrowser, type ThrottledBrowser } from '../browser.ts';
import { within } from '../tab.ts';

/** How long a page is waited for that may not answer any more, ms. */
const PATIENCE = 2000;

/** The groups that run. No terminal ends them with us: they are groups of their own. */
const groups = new Set<number>();
process.once('exit', () => {
  for (const pid of groups) signalGroup(pid, 'SIGKILL');
});

/** A browser as a group of processes, on a profile that outlives it. */
export class BrowserProcess {
  #running: ThrottledBrowser | null = null;
  /** A blank page that is brought to the front when the others are to be hidden. */
  #front: Page | null = null;
  #stopped = false;

  constructor(private readonly profile: string) {}

  get isRunning(): boolean {
    return this.#running !== null;
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  get device(): BrowserContext {
    if (!this.#running) throw new Error('the browser does not run');
    return this.#running.device;
  }

  async start(): Promise<void> {
    if (this.#running) return;
    const running = await throttledBrowser(this.profile, { ownGroup: true });
    this.#running = running;
    const { pid } = running.process;
    if (pid !== undefined) groups.add(pid);
    this.#front = running.device.pages()[0] ?? (await running.device.newPage());
  }

  /** SIGKILL, to all of its processes at once. Resolves when it has ended; false when it did not run. */
  async kill(): Promise<boolean> {
    const running = this.#running;
    if (!running) return false;
    this.#running = null;
    this.#stopped = false;
    const { process: child, browser } = running;
    const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null;
    const disconnected = new Promise<void>((resolve) => {
      if (!browser.isConnected()) resolve();
      else browser.once('disconnected', () => resolve());
    });
    signalGroup(child.pid, 'SIGKILL');
    if (child.pid !== undefined) groups.delete(child.pid);
    await Promise.all([ended, disconnected]);
    return true;
  }

  /** SIGSTOP: none of its processes runs, and none is told. False when there is none to stop. */
  stop(): boolean {
    if (this.#stopped || !signalGroup(this.#running?.process.pid, 'SIGSTOP')) return false;
    this.#stopped = true;
    return true;
  }

  continue(): void {
    this.#stopped = false;
    signalGroup(this.#running?.process.pid, 'SIGCONT');
  }

  /**
   * Another page is in sight, and all the others are hidden. Of the pages of a browser only one is in front: false when
   * that was none of the others, so that nothing has changed for them.
   */
  async hideAll(): Promise<boolean> {
    const others = this.device.pages().filter((page) => page !== this.#front);
    const answers = await Promise.all(others.map(isInSight));
    await this.#front?.bringToFront();
    const shown = others.filter((_, place) => answers[place]);
    await Promise.all(shown.map(hidden));
    return shown.length > 0;
  }
}

/** Whether a page is the one in front. One that does not answer, for it is frozen or gone, is not. */
async function isInSight(page: Page): Promise<boolean> {
  const asked = page.evaluate(() => !document.hidden);
  return within(PATIENCE, asked, async () => 'no answer').catch(() => false);
}

/** Resolves when the page knows that it is hidden. */
function hidden(page: Page): Promise<void> {
  const told = page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const look = (): void => {
          if (!document.hidden) return;
          document.removeEventListener('visibilitychange', look);
          resolve();
        };
        document.addEventListener('visibilitychange', look);
        look();
      }),
  );
  return within(PATIENCE, told, async () => 'the page is still in sight');
}

/** False when the group has ended. */
function signalGroup(pid: number | undefined, signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): boolean {
  if (pid === undefined) return false;
  try {
    // A group is named by the negative id of its first process.
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}

/** SIGKILL to the process that renders a page. Other pages may live in it too. Resolves when the page has crashed. */
export async function killRenderer(page: Page): Promise<void> {
  const pid = await rendererOf(page);
  const crashed = page.waitForEvent('crash');
  process.kill(pid, 'SIGKILL');
  await crashed;
}

/** The id of the process that renders a page, which the browser tells only in the head of a trace. */
async function rendererOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  try {
    const processes = traceHead(session);
    await session.send('Tracing.start', {
      transferMode: 'ReportEvents',
      traceConfig: { includedCategories: ['disabled-by-default-devtools.timeline'] },
    });
    await session.send('Tracing.end');
    const [pid] = await processes;
    if (pid === undefined) throw new Error('the browser does not tell who renders the page');
    return pid;
  } finally {
    await session.detach();
  }
}

/** Resolves with the processes that a trace names at its beginning, when it is complete. */
function traceHead(session: CDPSession): Promise<number[]> {
  const found: number[] = [];
  session.on('Tracing.dataCollected', ({ value }) => {
    for (const event of value as unknown[]) found.push(...processesIn(event));
  });
  return new Promise((resolve) => session.once('Tracing.tracingComplete', () => resolve(found)));
}

function processesIn(event: unknown): number[] {
  const { name, args } = Object(event) as { name?: unknown; args?: unknown };
  if (name !== 'TracingStartedInBrowser') return [];
  const { data } = Object(args) as { data?: unknown };
  const { frames } = Object(data) as { frames?: unknown };
  if (!Array.isArray(frames)) return [];
  return frames.flatMap((frame: unknown) => {
    const { processId } = Object(frame) as { processId?: unknown };
    return typeof processId === 'number' ? [processId] : [];
  });
}

/** Sets whether the browser lets a hidden page run. */
export async function setFrozen(page: Page, frozen: boolean): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Page.setWebLifecycleState', { state: frozen ? 'frozen' : 'active' });
  await session.detach();
}

/** Clears all that a site has stored in a page's browser, as a person can, while its pages are open. */
export async function clearData(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { origin } = new URL(page.url());
  await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' });
  await session.detach();
}
