import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import process from 'node:process';

/** Those that run. A run that is interrupted ends them with itself. */
const children = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** A server in a process of its own, on a free port of the loopback interface: the product's or a peer's. */
export class Server {
  private constructor(
    readonly port: number,
    private readonly child: ChildProcess,
  ) {}

  /** `http://` and where it listens. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /**
   * The product, as it was built.
   * @param otherOrigins pages from elsewhere that may use its signaling: the floors
   */
  static gatehouse(otherOrigins: readonly string[] = []): Promise<Server> {
    const env = { HOST: '127.0.0.1', ALLOWED_ORIGINS: otherOrigins.join(',') };
    return Server.start(path.join('dist', 'server', 'main.js'), env);
  }

  /** y-webrtc's own: topics that anybody may subscribe to and publish under. */
  static topics(): Promise<Server> {
    return Server.start(path.join('bench', 'node_modules', 'y-webrtc', 'bin', 'server.js'), {});
  }

  static peerjs(): Promise<Server> {
    const program = path.join('bench', 'node_modules', 'peer', 'dist', 'bin', 'peerjs.js');
    return Server.start(program, {}, ['--host', '127.0.0.1']);
  }

  /** Rejects when the program is missing, or ends before it listens. */
  private static async start(
    program: string,
    env: Readonly<Record<string, string>>,
    args: readonly string[] = [],
  ): Promise<Server> {
    if (!existsSync(program)) throw new Error(`${program} is missing: run \`npm run bench\``);
    const port = await freePort();
    const child = spawn(process.execPath, [path.resolve(program), ...args], {
      env: { ...process.env, ...env, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit').then(() => {
      throw new Error(`${program} ended before it listened`);
    });
    children.add(child);
    child.once('exit', () => children.delete(child));
    // They say something once they listen, and some say more later, which nobody reads.
    await Promise.race([once(child.stdout, 'data'), ended]);
    ended.catch(() => undefined);
    child.stdout.resume();
    return new Server(port, child);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
