import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chromium, type Browser, type BrowserContext, type LaunchOptions } from '@playwright/test';
import { BROWSER_ARGS, findBrowser, runsAsRoot } from '../scripts/find-browser.mjs';

const executablePath = findBrowser();

/** How every browser of the tests is started, whoever starts it. */
export const launchOptions: LaunchOptions = {
  ...(executablePath === undefined ? {} : { executablePath }),
  args: [...BROWSER_ARGS],
  chromiumSandbox: !runsAsRoot(),
};

export interface OwnBrowser {
  readonly device: BrowserContext;
  close(): Promise<void>;
}

export interface ThrottledBrowser extends OwnBrowser {
  readonly browser: Browser;
  readonly process: ChildProcess;
}

/** A browser whose profile is on the disk: what its tabs store outlives it. */
export async function persistentBrowser(profile: string): Promise<OwnBrowser> {
  const device = await chromium.launchPersistentContext(profile, launchOptions);
  return { device, close: () => device.close() };
}

/**
 * A browser as people have it: tabs in the background are hidden, and slowed down. Playwright starts its browsers
 * without that, and makes every page that it attaches to believe that it is in sight; so this one is started here.
 * With `ownGroup` it leads a group of processes, so that one signal meets all of it.
 */
export async function throttledBrowser(
  profile: string,
  { ownGroup = false } = {},
): Promise<ThrottledBrowser> {
  const sandbox = runsAsRoot() ? ['--no-sandbox'] : [];
  const child = spawn(
    executablePath ?? chromium.executablePath(),
    [
      ...BROWSER_ARGS,
      ...sandbox,
      '--headless',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], detached: ownGroup },
  );
  const ended = once(child, 'exit');
  const endpoint = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const match = /^DevTools listening on (ws:\S+)/m.exec(said);
      if (match?.[1] !== undefined) resolve(match[1]);
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`the browser ended: ${said}`)));
  });
  const browser = await chromium.connectOverCDP(endpoint, { noDefaults: true });
  const [device] = browser.contexts();
  if (!device) throw new Error('the browser has no profile');
  const close = async (): Promise<void> => {
    await browser.close();
    child.kill('SIGKILL');
    await ended;
  };
  return { device, close, browser, process: child };
}
