/** The server under attack: the production build in a process of its own, on the loopback interface only. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';

export class Target {
  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {}

  /** Rejects when the server ends before it listens. */
  static async start(env: Record<string, string> = {}): Promise<Target> {
    const child = spawn(process.execPath, [path.resolve('dist', 'server', 'main.js')], {
      env: { ...process.env, ...env, PORT: '0', HOST: '127.0.0.1' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit').then(() => {
      throw new Error('The server ended. Build it with `npm run build`.');
    });
    const [line] = (await Promise.race([
      once(createInterface(child.stdout), 'line'),
      ended,
    ])) as unknown[];
    ended.catch(() => undefined);
    const port = /:(\d+)\//.exec(String(line))?.[1];
    if (port === undefined) throw new Error(`The server named no port but said: ${String(line)}`);
    return new Target(child, Number(port));
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** The memory of the process that is in RAM, in MiB. */
  rss(): number {
    return residentMiB(this.child.pid ?? 0);
  }

  /** What the server tells of itself. */
  async health(): Promise<unknown> {
    return (await fetch(`http://127.0.0.1:${this.port}/healthz`)).json();
  }

  async stop(): Promise<void> {
    if (!this.isAlive) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
  }
}

function residentMiB(pid: number): number {
  const kilobytes = process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
  if (!(kilobytes > 0)) throw new Error(`Cannot tell the memory of process ${pid} here.`);
  return Math.round(kilobytes / 102.4) / 10;
}

function fromProc(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

function fromPs(pid: number): number {
  return Number(spawnSync('ps', ['-o', 'rss=', '-p', String(pid)]).stdout.toString());
}
