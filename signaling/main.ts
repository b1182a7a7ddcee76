/** The server's process: its environment, its signals, its exit status. */
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { startServer } from './program.ts';

try {
  const server = await startServer({
    env: process.env,
    // Built, this file is dist/server/main.js.
    clientDir: path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../client'),
    interfaces: os.networkInterfaces(),
    isTerminal: process.stdout.isTTY,
    print: (line) => console.log(line),
  });
  let stopping = false;
  const stop = () => {
    // Ctrl-C reaches this process twice under npm: from the terminal, and passed on by npm.
    if (stopping) return;
    stopping = true;
    server.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
