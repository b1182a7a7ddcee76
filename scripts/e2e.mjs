/** `npm run test:e2e [-- playwright arguments]`: the end-to-end tests against a production build. */
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { buildIfStale } from './build.mjs';
import { ensureBrowser } from './find-browser.mjs';
import { runModule } from './lib.mjs';
import { setup } from './setup.mjs';

/**
 * Runs Playwright, whose tests start servers of their own. Resolves to its exit status.
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env] more environment
 */
export async function runE2e(args, env = {}) {
  return runModule('@playwright/test/cli.js', ['test', ...args], {
    env: { ...process.env, ...env },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await setup();
    await buildIfStale();
    process.env['CHROME_PATH'] = await ensureBrowser();
    process.exitCode = await runE2e(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
