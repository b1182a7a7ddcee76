/** The server over real sockets, against clients that mean no good. The limits are small, so that nothing has to last. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TrustedProxies } from './client-address.ts';
import type { ServerLimits } from './limits.ts';
import { CLOSE } from './protocol.ts';
import { createGatehouseServer, type GatehouseServer } from './server.ts';
import { TestClient } from './test-client.ts';

let clientDir: string;
let server: GatehouseServer | undefined;
let port = 0;
const clients: TestClient[] = [];
const streams: Socket[] = [];

beforeEach(async () => {
  clientDir = await mkdtemp(path.join(os.tmpdir(), 'gatehouse-'));
  await writeFile(path.join(clientDir, 'index.html'), 'x'.repeat(1024 * 1024));
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.terminate();
  for (const stream of streams.splice(0)) stream.destroy();
  await server?.close();
  server = undefined;
  await rm(clientDir, { recursive: true });
});

async function serve(limits: Partial<ServerLimits> = {}, proxies: string[] = []): Promise<void> {
  const trustedProxies = new TrustedProxies(proxies);
  server = createGatehouseServer({ clientDir, iceServers: [], limits, trustedProxies });
  port = await server.listen(0, '127.0.0.1');
}

async function join(id: string, ...more: [{ park?: string; secret?: string }?]) {
  const client = await TestClient.join(port, id, ...more);
  clients.push(client);
  return client;
}

async function open(options: Parameters<typeof TestClient.open>[1] = {}): Promise<TestClient> {
  const client = await TestClient.open(port, options);
  clients.push(client);
  return client;
}

/** A raw connection: what it hears, and the promise that the server ends it. */
function raw(text = '') {
  const stream = connect(port, '127.0.0.1');
  streams.push(stream);
  const heard = { text: '' };
  stream.on('error', () => undefined); // a close follows
  stream.on('data', (data) => (heard.text += data.toString('latin1')));
  if (text !== '') stream.write(Buffer.from(text, 'latin1'));
  const closed = new Promise<void>((resolve) => stream.once('close', () => resolve()));
  return { stream, heard, closed };
}

interface Health {
  sockets: number;
  connections: number;
  parks: number;
  formerMembers: number;
  waitingBytes: number;
  refusals: Record<string, number>;
}

async function health(): Promise<Health> {
  const response = await fetch(`http://127.0.0.1:${port}/healthz`, {
    headers: { Connection: 'close' },
  });
  return (await response.json()) as Health;
}

/** The reasons that were counted, and how often. */
async function refusals(): Promise<Record<string, number>> {
  const { refusals: counts } = await health();
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

const UPGRADE = [
  'GET /signaling HTTP/1.1',
  'Host: x',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  '\r\n',
].join('\r\n');

describe('slow HTTP', () => {
  const slow = { headersMs: 50, requestMs: 100 };

  it.each([
    ['says nothing', '', ''],
    ['never ends its headers', 'GET / HTTP/1.1\r\nHost: x\r\nX: ', '408'],
    ['never ends its body', 'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx', '200'],
  ])('gives up a connection that %s', async (_how, text, answer) => {
    await serve(slow);
    const { heard, closed } = raw(text);
    await closed;
    expect(heard.text).toContain(answer);
    expect(await refusals()).toEqual({ 'slow-request': 1 });
    expect((await health()).connections).toBe(1); // the one that asks
  });

  it('gives up one that adds to its headers forever', async () => {
    await serve(slow);
    const { stream, closed } = raw('GET / HTTP/1.1\r\n');
    const drip = setInterval(() => stream.write('X: y\r\n'), 5);
    await closed;
    clearInterval(drip);
    expect(await refusals()).toEqual({ 'slow-request': 1 });
  });

  it('gives up one that does not read its answer', async () => {
    await serve({ stallMs: 50 });
    const { stream, closed } = raw();
    stream.pause();
    for (let asked = 0; asked < 8; asked++) stream.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await expect.poll(async () => (await health()).connections).toBe(1);
    stream.resume();
    await closed;
  });

  it('ends a WebSocket for none of this', async () => {
    await serve({ ...slow, stallMs: 50 });
    const client = await join('a');
    await raw('GET / HTTP/1.1\r\n').closed; // longer than every limit
    await client.settle();
  });
});

describe('connections that are no WebSockets', () => {
  it('are bounded for one address, and count no longer as soon as they are WebSockets', async () => {
    await serve({ connectionsPerAddress: 2 });
    for (const id of ['a', 'b', 'c']) await join(id);
    const waiting = raw('GET');
    raw('GET');
    await expect(health()).rejects.toThrow();
    waiting.stream.destroy();
    const sockets = () =>
      health().then(
        (answer) => answer.sockets,
        () => 'refused',
      );
    await expect.poll(sockets).toBe(3);
    expect((await refusals())['connections-per-address']).toBeGreaterThan(0);
  });

  it('are bounded altogether', async () => {
    await serve({ connections: 1 });
    const first = raw('GET');
    await raw('GET').closed;
    first.stream.destroy();
    await expect.poll(() => refusals().catch(() => ({}))).toHaveProperty('connections');
  });

  const PIPELINE = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(2000);

  it('end with all of their address when one asks without waiting for answers', async () => {
    await serve({ barMs: 60_000 });
    const client = await join('a');
    const other = raw('GET');
    await raw(PIPELINE).closed;
    await other.closed;
    await raw('GET').closed;
    await expect(open()).rejects.toThrow();
    await client.settle(); // who is in stays in
  });

  it('may come again after a while', async () => {
    await serve({ barMs: 1 });
    await raw(PIPELINE).closed;
    await expect.poll(() => refusals().catch(() => ({}))).toHaveProperty('pipelined', 1);
  });

  it('are told apart by what a trusted proxy says, and by that alone', async () => {
    const from = (address: string) => open({ headers: { 'X-Forwarded-For': address } });
    await serve({ socketsPerAddress: 1, connectionsPerAddress: 1 }, ['127.0.0.1']);
    await from('203.0.113.1');
    await from('203.0.113.2');
    await expect(from('203.0.113.1')).rejects.toThrow('503');
    await expect(from('198.51.100.9, 203.0.113.1')).rejects.toThrow('503');
    await server?.close();
    await serve({ socketsPerAddress: 1 });
    await from('203.0.113.1');
    await expect(from('203.0.113.2')).rejects.toThrow('503');
    expect(await refusals()).toEqual({ 'sockets-per-address': 1 });
  });
});

describe('frames', () => {
  /** Upgrades, sends these bytes, and resolves when the server has ended the connection. */
  async function send(...bytes: number[][]): Promise<string> {
    const { stream, heard, closed } = raw(UPGRADE);
    await expect.poll(() => heard.text, { interval: 5 }).toContain('101 Switching Protocols');
    stream.write(Buffer.from(bytes.flat()));
    await closed;
    return heard.text;
  }
  const masked = (opcode: number, ...payload: number[]) => [
    ...[opcode, 0x80 | payload.length, 0, 0, 0, 0],
    ...payload,
  ];
  const many = (count: number, frame: number[]) => Array.from({ length: count }, () => frame);

  it.each([
    ['text that is not UTF-8', [masked(0x81, 0xff, 0xfe)]],
    ['half a character in two fragments', [masked(0x01, 0xc3), masked(0x80, 0x28)]],
    ['more fragments than anybody needs', [masked(0x01), ...many(100, masked(0x00))]],
    ['a fragment of nothing', [masked(0x80)]],
    ['a frame without a mask', [[0x81, 0x01, 0x78]]],
    ['a compressed frame, which nobody offered', [masked(0xc1, 0x01, 0x02)]],
    ['an unknown opcode', [masked(0x83)]],
    ['a control frame in fragments', [masked(0x09)]],
    ['a reserved close code', [masked(0x88, 0x03, 0xed)]],
  ])('%s ends its socket, and no other', async (_what, bytes) => {
    await serve({ closeMs: 20 });
    const witness = await join('witness');
    await send(...bytes);
    await witness.settle();
    expect(await refusals()).toEqual({ 'bad-frame': 1 });
  });

  it('are read no more from one that broke the rules', async () => {
    await serve({ closeMs: 300 });
    let bytesRead = () => 0;
    server?.http.once('connection', (side) => (bytesRead = () => side.bytesRead));
    const { stream, heard, closed } = raw(UPGRADE);
    await expect.poll(() => heard.text, { interval: 5 }).toContain('101 Switching Protocols');
    stream.write(Buffer.from(masked(0x83)));
    stream.write(Buffer.alloc(64 * 1024 * 1024));
    await closed;
    expect(bytesRead()).toBeLessThan(8 * 1024 * 1024);
  });

  it('of 2^63 bytes are not waited for', async () => {
    await serve({ closeMs: 20 });
    await send([0x81, 0xff, 0x7f, ...many(7, [0xff]).flat(), 0, 0, 0, 0]);
    expect(await refusals()).toEqual({ 'frame-too-large': 1 });
  });

  it('are never compressed, though a client offers it', async () => {
    await serve();
    const client = await open({ perMessageDeflate: true });
    expect(client.socket.extensions).toBe('');
  });

  it('for control are bounded like messages', async () => {
    await serve({ burst: 10, perSecond: 0.001 });
    const client = await join('a');
    for (let sent = 0; sent < 30; sent++) client.socket.ping();
    expect(await client.closed).toBe(CLOSE.overload);
    expect(await refusals()).toEqual({ 'too-many-messages': 1 });
  });
});

describe('what a message sets off', () => {
  it('costs its sender, so that a park is no loudspeaker', async () => {
    await serve({ burst: 40, perSecond: 0.001 });
    const listeners = await Promise.all(Array.from({ length: 9 }, (_, n) => join(`listener ${n}`)));
    const client = await join('a'); // which the nine are told of: ten messages
    client.howdy('a');
    client.howdy('a');
    await client.next('welcome');
    await client.next('welcome');
    for (let sent = 0; sent < 12; sent++) client.howdy('a');
    await client.next('welcome');
    expect((await client.next('error')).code).toBe('too-fast');
    expect(listeners).toHaveLength(9);
  });

  it('is one turn at a time, whatever a socket sends: nobody waits for a flood', async () => {
    await serve({ burst: 1e9 });
    const flooder = await join('flooder');
    const answered: string[] = [];
    flooder.socket.on('message', () => answered.push('flooder'));
    for (let sent = 0; sent < 2000; sent++) flooder.send({ type: 'list' });
    await new Promise<void>((resolve) => flooder.socket.once('message', () => resolve()));
    const honest = await open();
    honest.howdy('honest');
    await honest.next('welcome');
    expect(answered.length).toBeLessThan(1900);
  });
});

describe('memory', () => {
  it('that waits for slow readers is bounded for all of them together', async () => {
    await serve({ bufferedBytesTotal: 1024 * 1024, bufferedBytes: 2 ** 30, burst: 1e9 });
    const sender = await join('sender', { park: 'p' });
    const slow = [await join('0', { park: 'p' }), await join('1', { park: 'p' })];
    for (const client of slow) client.socket.pause();
    const signal = 'x'.repeat(16_000);
    const gone = new Set<string>();
    sender.socket.on('message', (data) => {
      const text = (data as Buffer).toString();
      if (text.startsWith('{"type":"gone"')) gone.add(text);
    });
    while (gone.size < 2) {
      for (const to of ['0', '1']) sender.send({ type: 'signal', to, signal });
      await new Promise(setImmediate); // until the buffers of the system are full too
    }
    expect((await refusals())['reads-too-slowly']).toBe(2);
    await expect.poll(async () => (await health()).waitingBytes).toBe(0);
  });

  it('is not kept for anybody who left', async () => {
    await serve();
    const visitors = await Promise.all(Array.from({ length: 20 }, (_, n) => join(`${n}`)));
    expect(await health()).toMatchObject({ sockets: 20, parks: 1 });
    for (const client of visitors) client.socket.terminate();
    const nothing = { sockets: 0, parks: 0, formerMembers: 0, waitingBytes: 0 };
    await expect.poll(health).toMatchObject(nothing);
  });
});

describe('ids', () => {
  it('are taken back at once by who has the secret, though the old socket is not known to be dead', async () => {
    await serve();
    const witness = await join('witness');
    const dead = await join('a');
    dead.socket.pause(); // as when its network is gone
    await witness.next('joined');
    const back = await join('a');
    await witness.next('joined');
    witness.send({ type: 'signal', to: 'a', signal: 1 });
    expect((await back.next('signal')).from).toBe('witness');
    dead.socket.resume();
    expect(await dead.closed).toBe(CLOSE.replaced);
    await witness.settle(); // no hint that it was gone
  });

  it('are kept for who lost its connection', async () => {
    await serve();
    const witness = await join('witness');
    const lost = await join('a');
    lost.socket.terminate();
    await witness.next('joined');
    await witness.next('gone');
    expect((await health()).formerMembers).toBe(1);
    const thief = await open();
    thief.howdy('a', { secret: 'a wrong guess' });
    expect(await thief.next('error')).toMatchObject({ code: 'id-taken' });
    await witness.settle();
    await join('a');
    expect(await refusals()).toEqual({ 'id-taken': 1 });
  });

  it('cannot be forged: a signal with a sender of its own is refused', async () => {
    await serve();
    const client = await join('a');
    await join('b');
    await client.next('joined');
    client.socket.send(JSON.stringify({ type: 'signal', to: 'b', from: 'c', signal: 1 }));
    expect((await client.next('error')).code).toBe('bad-message');
  });
});

describe('/healthz', () => {
  it('counts refusals by reason, and names no park', async () => {
    await serve({ parks: 1 });
    const client = await join('a', { park: 'a secret place' });
    client.socket.send('{');
    await client.next('error');
    const late = await open();
    late.howdy('b', { park: 'another place' });
    expect((await late.next('error')).code).toBe('server-full');
    await expect(open({ path: '/elsewhere' })).rejects.toThrow('404');
    await expect(open({ origin: 'https://evil.example' })).rejects.toThrow('403');
    expect(await refusals()).toEqual({
      ...{ 'bad-message': 1, 'server-full': 1, 'wrong-path': 1, 'foreign-origin': 1 },
    });
    const text = JSON.stringify(await health());
    expect(text).not.toMatch(/place|secret/);
  });

  it('counts what is no request, and requests for nothing that it has', async () => {
    await serve();
    const base = `http://127.0.0.1:${port}`;
    const headers = { Connection: 'close' };
    expect((await fetch(`${base}/nothing`, { headers })).status).toBe(404);
    expect((await fetch(base, { method: 'DELETE', headers })).status).toBe(405);
    await raw('no request\r\n\r\n').closed;
    await raw(UPGRADE.replace('Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n', '')).closed;
    expect(await refusals()).toEqual({
      ...{ 'not-found': 1, 'bad-method': 1, 'bad-request': 1, 'bad-handshake': 1 },
    });
  });

  it('counts who does not register, and who does not answer a ping', async () => {
    await serve({ howdyMs: 50, heartbeatMs: 50 });
    await (
      await open()
    ).closed;
    const silent = await open({ autoPong: false });
    silent.howdy('b');
    await silent.closed;
    expect(await refusals()).toEqual({ 'no-howdy': 1, 'no-pong': 1 });
  });

  it('goes on when the system refuses a connection', async () => {
    await serve();
    server?.http.emit('error', new Error('accept EMFILE'));
    expect(await refusals()).toEqual({ 'accept-error': 1 });
  });
});
