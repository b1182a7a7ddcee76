/**
 * `npm run siege [-- --only idle|flood|restarts]`: the signaling server under attack, on this machine
 * alone. Two parts speak to it directly; the third restarts it below a park of real tabs.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { buildIfStale } from './build.mjs';
import { runBundled } from './bundle.mjs';
import { runE2e } from './e2e.mjs';
import { ensureBrowser } from './find-browser.mjs';
import { setup } from './setup.mjs';

try {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  await setup();
  await buildIfStale();
  if (values.only !== 'restarts') await runBundled('signaling/siege/main.ts', ['signaling']);
  if (values.only === undefined || values.only === 'restarts') {
    process.env['CHROME_PATH'] = await ensureBrowser();
    const status = await runE2e(['restarts.spec.ts'], { RESTARTS: '100', ...process.env });
    if (status !== 0) process.exitCode = status;
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
