import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLOSE, LIMITS } from './protocol.ts';
import type { ServerLimits } from './limits.ts';
import { createGatehouseServer, type GatehouseServer } from './server.ts';
import { TestClient } from './test-client.ts';

let clientDir: string;
let server: GatehouseServer | undefined;
const sockets: TestClient[] = [];

beforeEach(async () => {
  clientDir = await mkdtemp(path.join(os.tmpdir(), 'gatehouse-'));
});

afterEach(async () => {
  for (const client of sockets.splice(0)) client.socket.terminate();
  await server?.close();
  server = undefined;
  await rm(clientDir, { recursive: true });
});

/** Starts a server and resolves to its port. */
async function serve(
  limits: Partial<ServerLimits> = {},
  allowedOrigins: string[] = [],
): Promise<number> {
  server = createGatehouseServer({
    clientDir,
    iceServers: [],
    limits,
    allowedOrigins,
  });
  return server.listen(0, '127.0.0.1');
}

async function open(...args: Parameters<typeof TestClient.open>): Promise<TestClient> {
  const client = await TestClient.open(...args);
  sockets.push(client);
  return client;
}

async function join(...args: Parameters<typeof TestClient.join>): Promise<TestClient> {
  const client = await TestClient.join(...args);
  sockets.push(client);
  return client;
}

describe('a park', () => {
  it('welcomes, tells the others, and relays between two', async () => {
    const port = await serve();
    const a = await join(port, 'a');
    const b = await open(port);
    b.howdy('b');
    const member = (id: string) => ({ id, priority: 1 });
    // A tab that finds nobody must know that the server cannot know yet.
    const welcome = { type: 'welcome', members: [member('a')], you: 'b', fresh: true };
    expect(await b.next('welcome')).toEqual(welcome);
    expect(await a.next('joined')).toEqual({ type: 'joined', member: member('b') });

    b.send({ type: 'signal', to: 'a', signal: { type: 'offer', sdp: 'ü\r\n' } });
    expect(await a.next('signal')).toEqual({
      type: 'signal',
      from: 'b',
      signal: { type: 'offer', sdp: 'ü\r\n' },
    });
    a.send({ type: 'list' });
    expect(await a.next('members')).toEqual({ type: 'members', members: [member('b')] });
  });

  it('relays the largest signal that the protocol allows', async () => {
    const port = await serve();
    const a = await join(port, 'a');
    const b = await join(port, 'b');
    await a.next('joined');
    const signal = 'x'.repeat(LIMITS.signalBytes - 2);
    b.send({ type: 'signal', to: 'a', signal });
    expect((await a.next('signal')).signal).toBe(signal);
  });

  it('keeps parks apart', async () => {
    const port = await serve();
    const a = await join(port, 'a', { park: 'one' });
    const b = await join(port, 'b', { park: 'two' });
    b.send({ type: 'signal', to: 'a', signal: 1 });
    expect((await b.next('error')).code).toBe('unknown-peer');
    await a.settle();
  });

  it.each([
    ['closes', (client: TestClient) => client.socket.close()],
    ['breaks', (client: TestClient) => client.socket.terminate()],
    ['says bye', (client: TestClient) => client.send({ type: 'bye' })],
  ])('gives a hint as soon as a socket %s', async (_how, end) => {
    const port = await serve();
    const a = await join(port, 'a');
    const b = await join(port, 'b');
    await a.next('joined');
    end(b);
    expect(await a.next('gone')).toEqual({ type: 'gone', id: 'b' });
    await b.closed;
    a.send({ type: 'list' });
    expect((await a.next('members')).members).toEqual([]);
  });

  it('takes a bye at its word: at once, and nothing after it', async () => {
    const port = await serve();
    const a = await join(port, 'a');
    const b = await join(port, 'b');
    await a.next('joined');
    b.send({ type: 'bye' });
    b.howdy('b');
    b.socket.pause(); // so that it does not even answer the closing of its socket
    await a.next('gone');
    await a.settle();
    b.socket.resume();
    expect(await b.closed).toBe(CLOSE.bye);
    await a.settle();
  });

  it('gives an id to a new socket with its secret, and only with it', async () => {
    const port = await serve();
    const a = await join(port, 'a');
    const old = await join(port, 'b');
    await a.next('joined');
    const thief = await open(port);
    thief.howdy('b', { secret: 'secret-guess' });
    expect((await thief.next('error')).code).toBe('id-taken');
    await old.settle();

    const renewed = await join(port, 'b');
    expect(await old.closed).toBe(CLOSE.replaced);
    await a.next('joined');
    a.send({ type: 'signal', to: 'b', signal: 'still there' });
    expect((await renewed.next('signal')).signal).toBe('still there');
    await a.settle(); // and no hint that b was gone
  });

  it('asks for a howdy first', async () => {
    const client = await open(await serve());
    client.send({ type: 'list' });
    expect((await client.next('error')).code).toBe('not-registered');
  });
});

describe('limits', () => {
  it('refuses what is too fast, and serves again later', async () => {
    const port = await serve({ burst: 3, perSecond: 50 });
    const client = await join(port, 'a');
    for (let i = 0; i < 4; i++) client.send({ type: 'ping', nonce: '' });
    await client.next('pong');
    await client.next('pong');
    expect((await client.next('error')).code).toBe('too-fast');
    expect((await client.next('error')).code).toBe('too-fast');
    await expect.poll(() => isServed(client)).toBe(true);
  });

  async function isServed(client: TestClient): Promise<boolean> {
    client.send({ type: 'ping', nonce: '' });
    return client.next('pong').then(
      () => true,
      () => false,
    );
  }

  it('closes a socket that does not stop', async () => {
    const port = await serve({ burst: 5, perSecond: 0.001 });
    const client = await join(port, 'a');
    for (let i = 0; i < 20; i++) client.send({ type: 'list' });
    expect(await client.closed).toBe(CLOSE.overload);
  });

  it('counts a large message for more', async () => {
    const port = await serve({ burst: 5, perSecond: 0.001 });
    const client = await join(port, 'a');
    client.send({ type: 'signal', to: 'x', signal: 'x'.repeat(16_000) });
    client.send({ type: 'signal', to: 'x', signal: 'x'.repeat(10) });
    expect((await client.next('error')).code).toBe('unknown-peer');
    expect((await client.next('error')).code).toBe('too-fast');
  });

  it('refuses a message that is too large, and ends a socket for a huge one', async () => {
    const port = await serve();
    const client = await join(port, 'a');
    client.socket.send(' '.repeat(LIMITS.messageBytes + 1));
    expect((await client.next('error')).code).toBe('too-large');
    await client.settle();
    client.socket.send(' '.repeat(65 * 1024));
    expect(await client.closed).toBe(1009);
  });

  it('closes a socket that never says howdy, and no other', async () => {
    const port = await serve({ howdyMs: 50 });
    const registered = await join(port, 'a');
    const silent = await open(port);
    expect(await silent.closed).toBe(CLOSE.silent);
    await registered.settle();
  });

  it('drops a socket that answers no ping, and tells its park', async () => {
    const port = await serve({ heartbeatMs: 50 });
    const a = await join(port, 'a');
    const silent = await open(port, { autoPong: false });
    silent.howdy('b');
    await a.next('joined');
    expect(await a.next('gone')).toEqual({ type: 'gone', id: 'b' });
    expect(await silent.closed).toBe(1006);
    await a.settle();
  });

  it('drops a socket that reads too slowly', async () => {
    const port = await serve({ bufferedBytes: 64 * 1024, burst: 1e9 });
    const a = await join(port, 'a');
    const slow = await join(port, 'slow');
    await a.next('joined');
    slow.socket.pause();
    const signal = 'x'.repeat(16_000);
    const state = { isGone: false };
    const gone = a.next('gone').then(() => (state.isGone = true));
    while (!state.isGone) {
      a.send({ type: 'signal', to: 'slow', signal });
      await new Promise(setImmediate); // until the buffers of the system are full too
    }
    await gone;
    slow.socket.resume();
    expect(await slow.closed).toBe(1006);
  });

  it('bounds the sockets of one address, and counts those that closed no longer', async () => {
    const port = await serve({ socketsPerAddress: 2 });
    const a = await join(port, 'a');
    const b = await join(port, 'b');
    await a.next('joined');
    await expect(open(port)).rejects.toThrow('503');
    b.socket.close();
    await a.next('gone');
    await expect.poll(() => open(port).then(() => 'open')).toBe('open');
  });

  it('bounds the sockets altogether', async () => {
    const port = await serve({ sockets: 1 });
    await open(port);
    await expect(open(port)).rejects.toThrow('503');
  });
});

describe('upgrades', () => {
  it('come from pages of this host or of an allowed origin only', async () => {
    const port = await serve({}, ['https://park.example']);
    await open(port, { origin: `http://127.0.0.1:${port}` });
    await open(port, { origin: 'https://park.example' });
    await expect(open(port, { origin: 'https://evil.example' })).rejects.toThrow('403');
    await expect(open(port, { origin: 'null' })).rejects.toThrow('403');
  });

  it.each(['/', '/signaling/', '/signalin', '//signaling', '/%73ignaling', '/healthz'])(
    'are refused at %s',
    async (url) => {
      await expect(open(await serve(), { path: url })).rejects.toThrow('404');
    },
  );

  it('may carry a query', async () => {
    await open(await serve(), { path: '/signaling?v=1' });
  });
});

describe('bad input', () => {
  it('never ends the process, and harms nobody else', async () => {
    const port = await serve({ socketsPerAddress: 4096 });
    const witness = await join(port, 'witness');
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 8 }), async (frames) => {
        const client = await open(port);
        for (const data of frames) client.socket.send(data);
        client.socket.close();
        await client.closed;
      }),
      { numRuns: 60 },
    );
    await fc.assert(
      fc.asyncProperty(garbage, async (text) => {
        await exchange(port, text);
        await breakOff(port, text);
      }),
      { numRuns: 60 },
    );
    await witness.settle();
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  });

  const frame = fc.oneof(
    fc.string(),
    fc.json(),
    fc.uint8Array({ maxLength: 200 }),
    fc.constantFrom(
      '{"type":"howdy"}',
      '{"type":"signal","to":"witness","signal":1}',
      '{"type":"__proto__"}',
      '['.repeat(20_000),
      'x'.repeat(70_000),
    ),
  );

  const upgrade = (headers: string, path = '/signaling') =>
    `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${headers}\r\n`;
  const key = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
  const garbage = fc.oneof(
    fc.string(),
    fc.constantFrom(
      upgrade(''),
      upgrade(key, '/%'),
      upgrade(key, '/elsewhere'),
      upgrade(key, '*'),
      upgrade(key, 'http://[/signaling'),
      upgrade(`${key}Origin: http://[\r\n`),
      upgrade('Sec-WebSocket-Version: 99\r\n'),
      upgrade('Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n'),
      upgrade(key) + '\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff',
      'GET /%E0%A4%A HTTP/1.1\r\nHost: x\r\n\r\n',
      'GET / HTTP/1.1\r\n\r\n',
      'GET //[ HTTP/1.1\r\nHost: x\r\n\r\n',
      'POST /signaling HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx',
    ),
  );

  /** Sends raw bytes and resets the connection, so that an answer meets an error. */
  function breakOff(port: number, text: string): Promise<void> {
    return new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.on('close', () => resolve());
      socket.write(Buffer.from(text, 'latin1'), () => socket.resetAndDestroy());
    });
  }

  /** Sends raw bytes, half-closes, and waits until the server has closed too. */
  function exchange(port: number, text: string): Promise<void> {
    return new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.on('close', () => resolve());
      socket.resume();
      socket.end(Buffer.from(text, 'latin1'));
    });
  }
});

describe('the end', () => {
  it('closes every socket with 1001 and frees the port', async () => {
    const port = await serve();
    const clients = [await join(port, 'a'), await open(port)];
    await server?.close();
    expect(await Promise.all(clients.map((client) => client.closed))).toEqual([1001, 1001]);
    await expect(open(port)).rejects.toThrow('ECONNREFUSED');
  });

  it('comes within 2 s, even if a client does not answer', async () => {
    const port = await serve();
    const stuck = await open(port);
    stuck.socket.pause();
    const download = connect(port, '127.0.0.1'); // a request that never ends
    await new Promise((resolve) => download.write('GET / HTTP/1.1\r\n', resolve));
    const started = performance.now();
    await server?.close();
    expect(performance.now() - started).toBeLessThan(2000);
    download.destroy();
  });
});
