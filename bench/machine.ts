import { availableParallelism, cpus, platform, totalmem } from 'node:os';
import process from 'node:process';
import type { Browser } from 'playwright';

/** Where something was measured: what may matter for the figures, and nothing that tells whose machine it is. */
export interface Machine {
  readonly cores: number;
  readonly processor: string;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly browser: string;
}

export function describeMachine(browser: Browser): Machine {
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: platform(),
    node: process.version,
    browser: `Chromium ${browser.version()}`,
  };
}
