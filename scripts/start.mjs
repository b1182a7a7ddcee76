/** `npm start`: installs what is missing, builds what is stale, and serves. */
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { buildIfStale } from './build.mjs';
import { root } from './lib.mjs';
import { setup } from './setup.mjs';

try {
  await setup();
  await buildIfStale();
  // In this very process, so that signals reach the server without a go-between.
  stopWithParent();
  await import(pathToFileURL(path.join(root, 'dist', 'server', 'main.js')).href);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/**
 * npm puts a shell between itself and this process, and that shell passes no signal on: told to
 * stop, npm and the shell end, and the server would stay behind with the port. So it looks.
 */
function stopWithParent() {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
  }, 250);
  timer.unref();
}
