/** Runs a TypeScript command: bundles it for Node when its sources changed, then starts it. */
import { existsSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { newestChange, root, run } from './lib.mjs';
import { setup } from './setup.mjs';

/**
 * Prints nothing of its own on stdout, which belongs to the command. Sets the exit status.
 * @param {string} entry the command's file, relative to the repository
 * @param {readonly string[]} sources what it is made of, relative to the repository
 * @param {{ endsItself?: boolean }} [options] `endsItself`: at Ctrl-C, which goes to it too, it tells what it has found so far
 */
export async function runBundled(entry, sources, { endsItself = false } = {}) {
  try {
    await setup();
    const file = await bundle(entry, [...sources, 'package-lock.json', 'scripts/bundle.mjs']);
    // Only now: until the command runs, Ctrl-C ends it all.
    if (endsItself) process.on('SIGINT', () => undefined);
    process.exitCode = await run(process.execPath, [
      '--enable-source-maps',
      file,
      ...process.argv.slice(2),
    ]);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

/**
 * @param {string} entry
 * @param {readonly string[]} sources
 * @returns {Promise<string>} the bundle's file
 */
async function bundle(entry, sources) {
  const outDir = path.join(root, '.cache', path.basename(path.dirname(entry)));
  const file = path.join(outDir, 'main.js');
  if (existsSync(file) && statSync(file).mtimeMs >= newestChange(sources)) return file;
  const started = new Date();
  const { build } = await import('vite');
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: entry,
      outDir,
      emptyOutDir: true,
      target: 'node20',
      sourcemap: true,
      rolldownOptions: { output: { entryFileNames: 'main.js' } },
    },
  });
  utimesSync(file, started, started);
  return file;
}
