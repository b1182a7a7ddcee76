/** `npm run bench -- ...`: the benchmarks, against the production build. They have dependencies of their own. */
import { existsSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { buildIfStale } from './build.mjs';
import { runBundled } from './bundle.mjs';
import { ensureBrowser } from './find-browser.mjs';
import { npm, root, run } from './lib.mjs';
import { BENCH_HELP, explain, parseBench } from './options.mjs';
import { setup } from './setup.mjs';

const FOLDER = path.join(root, 'bench');

try {
  const { help } = parseBench(process.argv.slice(2));
  if (help) {
    console.log(BENCH_HELP);
  } else {
    await setup();
    await installPeers();
    await buildIfStale();
    process.env['CHROME_PATH'] = await ensureBrowser();
    await runBundled('bench/main.ts', ['bench', 'e2e/browser.ts', 'scripts', 'src', 'signaling']);
  }
} catch (error) {
  process.exitCode = explain(error, 'npm run bench');
}

/** On first use, and when the lock file has changed since. */
async function installPeers() {
  const lock = path.join(FOLDER, 'package-lock.json');
  const stamp = path.join(FOLDER, 'node_modules', '.package-lock.json');
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= statSync(lock).mtimeMs) return;
  console.error('Installing what the benchmarks compare with (npm ci in bench/).');
  const args = npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
  // What belongs to the command goes to stdout.
  const status = await run(...args, { cwd: FOLDER, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('npm ci failed: see above. Is the package registry in reach?');
  const now = new Date();
  utimesSync(stamp, now, now);
}
