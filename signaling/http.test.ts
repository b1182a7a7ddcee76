import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGatehouseServer, type GatehouseServer } from './server.ts';

describe('pages', () => {
  let dir: string;
  let server: GatehouseServer;
  let base: string;

  beforeAll(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'gatehouse-'));
    await mkdir(path.join(dir, 'client', 'assets'), { recursive: true });
    await writeFile(path.join(dir, 'client', 'index.html'), '<p>page</p>');
    const script = path.join(dir, 'client', 'assets', 'main-1234.js');
    await writeFile(script, 'export {};');
    await writeFile(`${script}.br`, brotliCompressSync('export {};'));
    await writeFile(`${script}.gz`, gzipSync('export {};'));
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

  it.each([
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip;q=0.5, br;q=1.0', 'br'],
    ['gzip, deflate', 'gzip'],
    ['br;q=0, GZIP', 'gzip'],
    ['br; q=0.000', null],
    ['zstd', null],
    ['', null],
  ])('compresses for who accepts %j as %s, whom it tells apart', async (accepted, coding) => {
    const headers = { 'accept-encoding': accepted };
    const response = await fetch(`${base}/assets/main-1234.js`, { headers });
    expect(response.headers.get('content-encoding')).toBe(coding);
    expect(response.headers.get('vary')).toBe('Accept-Encoding');
    expect(response.headers.get('content-type')).toContain('javascript');
    expect(await response.text()).toBe('export {};');
    const etag = response.headers.get('etag') ?? '';
    const plain = await fetch(`${base}/assets/main-1234.js`, {
      headers: { 'accept-encoding': '' },
    });
    expect(plain.headers.get('etag') === etag).toBe(coding === null);
    const again = { headers: { ...headers, 'if-none-match': etag } };
    expect((await fetch(`${base}/assets/main-1234.js`, again)).status).toBe(304);
  });

  it('answers health and configuration', async () => {
    const health: unknown = await (await fetch(`${base}/healthz`)).json();
    const config: unknown = await (await fetch(`${base}/config.json?x=1`)).json();
    expect(health).toMatchObject({ ok: true, sockets: 0, parks: 0, formerMembers: 0 });
    expect(config).toEqual({ iceServers: [{ urls: 'stun:stun.example' }] });
  });

  it.each([
    '/nothing.js',
    '/assets/main-1234.js.br',
    '/private.txt',
    '/..%2fprivate.txt',
    '/%2e%2e/private.txt',
    '/assets/..%5c..%5cprivate.txt',
    '/assets',
    '/%',
    '/%00',
    '/signaling',
    '/__proto__',
  ])('has nothing at %s', async (url) => {
    const response = await fetch(base + url);
    expect(response.status).toBe(404);
    expect(await response.text()).not.toContain('private');
  });

  // A client that tidies its paths up would never ask for these.
  it.each(['/../private.txt', '/assets/../../private.txt', '//../private.txt', 'private.txt', '*'])(
    'has nothing at %s, asked for as it stands',
    async (target) => {
      const answer = await exchange(
        `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1.1 40[04] /);
      expect(answer).not.toContain('private');
    },
  );

  function exchange(request: string): Promise<string> {
    return new Promise((resolve) => {
      let answer = '';
      const socket = connect(Number(new URL(base).port), '127.0.0.1');
      socket.on('data', (data) => (answer += data.toString()));
      socket.on('close', () => resolve(answer));
      socket.write(request);
    });
  }

  it('sends no body again that the browser has', async () => {
    const first = await fetch(base);
    const etag = first.headers.get('etag') ?? '';
    expect(etag).not.toBe('');
    const again = await fetch(base, { headers: { 'If-None-Match': etag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const other = await fetch(base, { headers: { 'If-None-Match': '"other"' } });
    expect([other.status, await other.text()]).toEqual([200, '<p>page</p>']);
  });

  it('answers HEAD like GET, without the body', async () => {
    const response = await fetch(base, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length')]).toEqual([200, '11']);
    expect(await response.text()).toBe('');
  });

  it.each(['bytes=10-3', 'bytes=-', 'bytes=99999-', 'bytes=0-1,3-4', 'bytes=x'])(
    'outlives a request for the range %s',
    async (range) => {
      const response = await fetch(base, { headers: { Range: range } });
      expect(await response.text()).toBe('<p>page</p>');
    },
  );

  it('serves what it read at its start, whatever becomes of the folder', async () => {
    await rm(path.join(dir, 'client', 'assets', 'main-1234.js'));
    expect(await (await fetch(`${base}/assets/main-1234.js`)).text()).toBe('export {};');
  });

  it('takes no other methods', async () => {
    expect((await fetch(base, { method: 'POST', body: 'x' })).status).toBe(405);
  });
});
