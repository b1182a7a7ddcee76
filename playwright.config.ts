import { defineConfig } from '@playwright/test';
import { launchOptions } from './e2e/browser.ts';

export default defineConfig({
  testDir: 'e2e',
  // The rest that is called a test runs in Node alone.
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  // Each test opens several tabs, and the machine may have two cores: one test at a time.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  forbidOnly: process.env['CI'] !== undefined,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: 'list',
  // The fixture starts a server for each test, and keeps what the tabs saw when one fails.
  use: { launchOptions, actionTimeout: 10_000 },
});
