import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The build under test. */
const dist =
  process.env['E2E_DIST'] ?? path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../dist');

/** A production server of its own for one test, which may stop it and start it again on its port. */
export class TestServer {
  #process: ChildProcess | undefined;
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Resolves when it answers. The first start chooses the port. */
  async start(): Promise<void> {
    if (this.#process) throw new Error('the server runs already');
    const child = spawn(process.execPath, [path.join(dist, 'server', 'main.js')], {
      env: { ...process.env, PORT: String(this.#port), HOST: '127.0.0.1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    this.#port = await greeting(child);
  }

  /** Resolves when the process has ended and its port is free. `SIGKILL`: without a goodbye to anybody. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}

/** The port that the server says it listens on. Rejects with what it said when it says anything else. */
function greeting(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = '';
    const listen = (chunk: Buffer): void => {
      said += chunk.toString();
      const match = /^Gatehouse is open: http:\/\/[^\s]*:(\d+)/m.exec(said);
      if (match) resolve(Number(match[1]));
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.once('exit', () => reject(new Error(`the server ended: ${said}`)));
  });
}
