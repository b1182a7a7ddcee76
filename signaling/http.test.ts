import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readOptions } from './http.ts';
import { createGatehouseServer, type GatehouseServer } from './server.ts';

describe('readOptions', () => {
  it('has a default for everything', () => {
    expect(readOptions({ PORT: '', HOST: '' })).toEqual({
      port: 8080,
      host: undefined,
      iceServers: [],
      allowedOrigins: [],
      socketsPerAddress: undefined,
    });
  });

  it('reads everything', () => {
    const iceServers = [{ urls: ['turn:turn.example'], username: 'u', credential: 'c' }];
    const options = readOptions({
      PORT: '0',
      HOST: '127.0.0.1',
      ICE_SERVERS: JSON.stringify(iceServers),
      ALLOWED_ORIGINS: 'https://park.example/, http://other.example:81',
      SOCKETS_PER_ADDRESS: '5',
    });
    expect(options).toEqual({
      port: 0,
      host: '127.0.0.1',
      iceServers,
      allowedOrigins: ['https://park.example', 'http://other.example:81'],
      socketsPerAddress: 5,
    });
  });

  it.each([
    ['PORT', 'http'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['ICE_SERVERS', 'stun:stun.example'],
    ['ICE_SERVERS', '{"urls":"stun:stun.example"}'],
    ['ICE_SERVERS', '[{"url":"stun:stun.example"}]'],
    ['ALLOWED_ORIGINS', 'park.example'],
    ['SOCKETS_PER_ADDRESS', 'many'],
  ])('names the variable when %s is %s', (name, value) => {
    expect(() => readOptions({ [name]: value })).toThrow(name);
  });
});

describe('pages', () => {
  let dir: string;
  let server: GatehouseServer;
  let base: string;

  beforeAll(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'gatehouse-'));
    await mkdir(path.join(dir, 'client', 'assets'), { recursive: true });
    await writeFile(path.join(dir, 'client', 'index.html'), '<p>page</p>');
    await writeFile(path.join(dir, 'client', 'assets', 'main-1234.js'), 'export {};');
    await writeFile(path.join(dir, 'private.txt'), 'private');
    const iceServers = [{ urls: 'stun:stun.example' }];
    server = createGatehouseServer({ clientDir: path.join(dir, 'client'), iceServers });
    base = `http://127.0.0.1:${await server.listen(0, '127.0.0.1')}`;
  });

  afterAll(async () => {
    await server.close();
    await rm(dir, { recursive: true });
  });

  it('serves the page with security headers, and asks for it again each time', async () => {
    const response = await fetch(`${base}/?park=main`);
    expect(await response.text()).toBe('<p>page</p>');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("worker-src 'self' blob:");
    expect(policy).toContain("connect-src 'self' ws: wss:");
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cache-control')).toBe('no-cache');
  });

  it('lets browsers keep what has a hash in its name', async () => {
    const response = await fetch(`${base}/assets/main-1234.js`);
    expect(response.headers.get('content-type')).toContain('javascript');
    expect(response.headers.get('cache-control')).toContain('immutable');
  });

  it('answers health and configuration', async () => {
    const health: unknown = await (await fetch(`${base}/healthz`)).json();
    const config: unknown = await (await fetch(`${base}/config.json?x=1`)).json();
    expect(health).toEqual({ ok: true });
    expect(config).toEqual({ iceServers: [{ urls: 'stun:stun.example' }] });
  });

  it.each(['/nothing.js', '/..%2fprivate.txt', '/%2e%2e/private.txt', '/%', '/%00', '/signaling'])(
    'has nothing at %s',
    async (url) => {
      const response = await fetch(base + url);
      expect(response.status).toBe(404);
      expect(await response.text()).not.toContain('private');
    },
  );

  it('takes no other methods', async () => {
    expect((await fetch(base, { method: 'POST', body: 'x' })).status).toBe(405);
  });
});
