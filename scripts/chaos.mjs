/** `npm run chaos -- ...`: real browsers that fail in every way, against the production build. */
import path from 'node:path';
import process from 'node:process';
import { buildIfStale } from './build.mjs';
import { runBundled } from './bundle.mjs';
import { ensureBrowser } from './find-browser.mjs';
import { root } from './lib.mjs';
import { CHAOS_HELP, checkWritable, explain, parseChaos } from './options.mjs';
import { setup } from './setup.mjs';

try {
  const { help, history } = parseChaos(process.argv.slice(2));
  if (help) {
    console.log(CHAOS_HELP);
  } else {
    checkWritable('--history', history);
    await prepare();
    await runBundled('e2e/chaos/main.ts', ['e2e', 'src', 'scripts'], { endsItself: true });
  }
} catch (error) {
  process.exitCode = explain(error, 'npm run chaos');
}

async function prepare() {
  await setup();
  if (process.env['E2E_DIST'] === undefined) {
    await buildIfStale();
    process.env['E2E_DIST'] = path.join(root, 'dist');
  }
  process.env['CHROME_PATH'] = await ensureBrowser();
}
