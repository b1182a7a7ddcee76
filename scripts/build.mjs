/** Builds the page into dist/client and the server into dist/server, if the sources are newer. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { measureFirstLoad } from './first-load.mjs';
import { newestChange, root, runModule } from './lib.mjs';
import { setup } from './setup.mjs';

const SOURCES = [
  ...['src', 'signaling', 'public', 'index.html', 'vite.config.ts', 'package-lock.json'],
  'scripts/simple-peer.mjs',
];
const STAMP = path.join(root, 'dist', '.built');

/**
 * Builds. Throws when a build fails or the page has become too heavy, and then leaves no stamp: the next start builds
 * again.
 */
export async function build() {
  const started = new Date();
  rmSync(STAMP, { force: true });
  for (const args of [['build'], ['build', '--ssr', 'signaling/main.ts']]) {
    const status = await runModule('vite/bin/vite.js', [...args, '--logLevel', 'warn']);
    if (status !== 0) throw new Error(`vite ${args.join(' ')} failed: see above.`);
  }
  const client = path.join(root, 'dist', 'client');
  compressBelow(client);
  console.error(measureFirstLoad(client));
  mkdirSync(path.dirname(STAMP), { recursive: true });
  writeFileSync(STAMP, '');
  // What changed while the build ran is newer than it.
  utimesSync(STAMP, started, started);
}

/**
 * Writes what the page loads a second and a third time, compressed as far as it goes: the server has
 * no time for that. Source maps stay as they are, since only who looks into the page loads them.
 * @param {string} dir
 */
function compressBelow(dir) {
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(css|html|js|svg)$/.test(entry.name)) continue;
    const file = path.join(entry.parentPath, entry.name);
    const bytes = readFileSync(file);
    writeFileSync(`${file}.br`, brotliCompressSync(bytes));
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  }
}

/** Builds when there is no build or the sources changed since. */
export async function buildIfStale() {
  if (existsSync(STAMP) && statSync(STAMP).mtimeMs >= newestChange(SOURCES)) return;
  // What a command prints on stdout may be for a program.
  console.error('Building.');
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
