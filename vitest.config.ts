import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { BROWSER_ARGS, findBrowser, runsAsRoot } from './scripts/find-browser.mjs';
import { simplePeer } from './scripts/simple-peer.mjs';

const executablePath = findBrowser();

export default defineConfig({
  plugins: [simplePeer()],
  test: {
    passWithNoTests: true,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          environment: 'node',
          // Files share a process, and what they import is loaded once: half of the time went into that.
          isolate: false,
          include: ['{src,signaling,scripts,e2e,bench}/**/*.test.ts'],
          exclude: ['**/*.browser.test.ts', '**/node_modules/**'],
        },
      },
      {
        extends: true,
        // Found while a test runs, a dependency reloads the page under it: name them beforehand.
        optimizeDeps: {
          include: [
            'simple-peer',
            'idb-keyval',
            'lit',
            'lit/decorators.js',
            'lit/directives/keyed.js',
            'lit/directives/repeat.js',
            'lit/directives/unsafe-svg.js',
            'uqr',
            'fast-check',
          ],
        },
        test: {
          name: 'browser',
          include: ['src/**/*.browser.test.ts'],
          // Real links and real disks, on two cores.
          testTimeout: 20_000,
          fileParallelism: false,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                ...(executablePath === undefined ? {} : { executablePath }),
                args: [...BROWSER_ARGS],
                chromiumSandbox: !runsAsRoot(),
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
