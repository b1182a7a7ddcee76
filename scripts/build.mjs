/** Builds the page into dist/client and the server into dist/server, if the sources are newer. */
import { existsSync, mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { newestChange, root, runModule } from './lib.mjs';
import { setup } from './setup.mjs';

const SOURCES = ['src', 'signaling', 'public', 'index.html', 'vite.config.ts', 'package-lock.json'];
const STAMP = path.join(root, 'dist', '.built');

/** Builds. Throws when a build fails, and then leaves no stamp: the next start builds again. */
export async function build() {
  const started = new Date();
  rmSync(STAMP, { force: true });
  for (const args of [['build'], ['build', '--ssr', 'signaling/main.ts']]) {
    const status = await runModule('vite/bin/vite.js', [...args, '--logLevel', 'warn']);
    if (status !== 0) throw new Error(`vite ${args.join(' ')} failed: see above.`);
  }
  mkdirSync(path.dirname(STAMP), { recursive: true });
  writeFileSync(STAMP, '');
  // What changed while the build ran is newer than it.
  utimesSync(STAMP, started, started);
}

/** Builds when there is no build or the sources changed since. */
export async function buildIfStale() {
  if (existsSync(STAMP) && statSync(STAMP).mtimeMs >= newestChange(SOURCES)) return;
  console.log('Building.');
  await build();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await setup();
    await build();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
