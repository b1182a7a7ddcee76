import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestClient } from './test-client.ts';

let dir: string;
const children: ChildProcessWithoutNullStreams[] = [];

beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'gatehouse-'));
  await mkdir(path.join(dir, 'client'));
  await writeFile(path.join(dir, 'client', 'index.html'), '<p>page</p>');
  // Node runs no TypeScript: build the real program, to where no node_modules is in reach.
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true, external: ['bufferutil', 'utf-8-validate'] },
    build: { ssr: 'signaling/main.ts', outDir: path.join(dir, 'server') },
  });
  await writeFile(path.join(dir, 'package.json'), '{"type":"module"}');
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(dir, { recursive: true });
});

function start(env: Record<string, string>) {
  const child = spawn(process.execPath, [path.join(dir, 'server', 'main.js')], {
    env: { ...process.env, PORT: '0', HOST: '127.0.0.1', ...env },
  });
  children.push(child);
  const output = { out: '', err: '' };
  child.stdout.on('data', (data: Buffer) => (output.out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (output.err += data.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, output, exited };
}

async function portOf(output: { out: string }): Promise<number> {
  const address = /http:\/\/\S+:(\d+)\//;
  await expect.poll(() => output.out, { timeout: 5000 }).toMatch(address);
  return Number(address.exec(output.out)?.[1]);
}

describe('the program', () => {
  it('prints its address and serves there', async () => {
    const { output } = start({});
    const port = await portOf(output);
    expect(output.out).toBe(`Gatehouse is open: http://127.0.0.1:${port}/\n`);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('<p>page</p>');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends cleanly on %s, even when told twice',
    async (signal) => {
      const { child, output, exited } = start({});
      const client = await TestClient.join(await portOf(output), 'a');
      const started = performance.now();
      child.kill(signal);
      child.kill(signal);
      expect(await client.closed).toBe(1001);
      expect(await exited).toBe(0);
      expect(performance.now() - started).toBeLessThan(2000);
      expect(output.err).toBe('');
    },
  );

  it('says so when the port is taken', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as AddressInfo;
    const { output, exited } = start({ PORT: String(port) });
    expect(await exited).toBe(1);
    expect(output.err).toBe(
      `Port ${port} is taken. Stop what uses it, or choose another: PORT=${port + 1} npm start\n`,
    );
    holder.close();
  });

  it.each([
    ['ICE_SERVERS', 'stun:stun.example'],
    ['PORT', 'http'],
  ])('says so when %s makes no sense', async (name, value) => {
    const { output, exited } = start({ [name]: value });
    expect(await exited).toBe(1);
    expect(output.err).toMatch(new RegExp(`^${name} must be [^\\n]*\\n$`));
  });
});
