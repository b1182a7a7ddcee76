import { mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright';
import { BROWSER_ARGS, findBrowser, runsAsRoot } from '../scripts/find-browser.mjs';

/** How every browser of the benchmarks is started. */
export function launchOptions(): NonNullable<Parameters<typeof chromium.launch>[0]> {
  const executablePath = findBrowser();
  return {
    ...(executablePath === undefined ? {} : { executablePath }),
    args: [...BROWSER_ARGS],
    chromiumSandbox: !runsAsRoot(),
  };
}

/** A browser whose pages keep nothing: for what has nothing to do with the disk. */
export function launch(): Promise<Browser> {
  return chromium.launch(launchOptions());
}

/** A page in a context of its own, and so in a renderer of its own: tabs of one context share one. */
export async function newTab(browser: Browser): Promise<Page> {
  return (await browser.newContext()).newPage();
}

export function newTabs(browser: Browser, count: number): Promise<Page[]> {
  return Promise.all(Array.from({ length: count }, () => newTab(browser)));
}

export async function closeTabs(pages: readonly Page[]): Promise<void> {
  await Promise.all(pages.map((page) => page.context().close()));
}

/** A browser with its profile on the disk, as a device has it. */
export class Device {
  private constructor(
    readonly context: BrowserContext,
    readonly profile: string,
  ) {}

  /** @param profile where there is one already; else it begins with an empty one */
  static async open(profile = newProfile()): Promise<Device> {
    return new Device(await chromium.launchPersistentContext(profile, launchOptions()), profile);
  }

  static openAll(count: number): Promise<Device[]> {
    return Promise.all(Array.from({ length: count }, () => Device.open()));
  }

  /** Ends it and leaves the profile where it is. */
  async quit(): Promise<void> {
    await this.context.close();
  }

  /** Ends it and removes the profile. */
  async discard(): Promise<void> {
    await this.quit();
    await removeProfile(this.profile);
  }
}

/** Those that are there. A run that is interrupted removes them at its end. */
const profiles = new Set<string>();
process.once('exit', () => {
  for (const profile of profiles) rmSync(profile, { recursive: true, force: true });
});

export function newProfile(): string {
  const profile = mkdtempSync(path.join(tmpdir(), 'gatehouse-bench-'));
  profiles.add(profile);
  return profile;
}

export async function removeProfile(profile: string): Promise<void> {
  // A browser that has just ended may still be writing.
  await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  profiles.delete(profile);
}
