/** `npm run chaos -- ...`: real browsers that fail in every way, against the production build. */
import path from 'node:path';
import process from 'node:process';
import { buildIfStale } from './build.mjs';
import { runBundled } from './bundle.mjs';
import { ensureBrowser } from './find-browser.mjs';
import { root } from './lib.mjs';
import { setup } from './setup.mjs';

// Ctrl-C goes to the run too, which ends with what it has seen so far.
process.on('SIGINT', () => undefined);
try {
  await setup();
  if (process.env['E2E_DIST'] === undefined) {
    await buildIfStale();
    process.env['E2E_DIST'] = path.join(root, 'dist');
  }
  process.env['CHROME_PATH'] = await ensureBrowser();
  await runBundled('e2e/chaos/main.ts', ['e2e', 'src', 'scripts']);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
