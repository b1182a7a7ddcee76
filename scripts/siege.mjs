/**
 * `npm run siege [-- --only idle|flood|restarts]`: the signaling server under attack, on this machine
 * alone. Two parts speak to it directly; the third restarts it below a park of real tabs.
 */
import process from 'node:process';
import { buildIfStale } from './build.mjs';
import { runBundled } from './bundle.mjs';
import { runE2e } from './e2e.mjs';
import { ensureBrowser } from './find-browser.mjs';
import { explain, parseSiege, SIEGE_HELP } from './options.mjs';
import { setup } from './setup.mjs';

try {
  const { help, only } = parseSiege(process.argv.slice(2));
  if (help) console.log(SIEGE_HELP);
  else await attack(only);
} catch (error) {
  process.exitCode = explain(error, 'npm run siege');
}

/** @param {string | null} only */
async function attack(only) {
  await setup();
  await buildIfStale();
  if (only !== 'restarts') await runBundled('signaling/siege/main.ts', ['signaling']);
  if (only === null || only === 'restarts') {
    process.env['CHROME_PATH'] = await ensureBrowser();
    const status = await runE2e(['restarts.spec.ts'], { RESTARTS: '100', ...process.env });
    if (status !== 0) process.exitCode = status;
  }
}
