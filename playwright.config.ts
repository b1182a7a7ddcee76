import { defineConfig } from '@playwright/test';
import { launchOptions } from './e2e/browser.ts';

/** What would show nothing on a busy machine but that it is busy. */
const ALONE = ['**/sleep.spec.ts', '**/chaos/*.spec.ts'];

export default defineConfig({
  testDir: 'e2e',
  // The rest that is called a test runs in Node alone.
  testMatch: '**/*.spec.ts',
  // One test at a time unless told otherwise: `npm test` runs two files of tabs side by side.
  workers: 1,
  fullyParallel: false,
  projects: [
    { name: 'tabs', testIgnore: ALONE, outputDir: 'test-results/tabs' },
    { name: 'alone', testMatch: ALONE, outputDir: 'test-results/alone' },
  ],
  retries: 0,
  forbidOnly: process.env['CI'] !== undefined,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: 'list',
  // The fixture starts a server for each test, and keeps what the tabs saw when one fails.
  use: { launchOptions, actionTimeout: 10_000 },
});
