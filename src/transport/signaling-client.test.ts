import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { CLOSE, SIGNALING_PATH } from '../../signaling/protocol.ts';
import { attachSignaling, type Signaling } from '../../signaling/server.ts';
import type { Identity, Peer } from '../core/identity.ts';
import type { Clock } from '../runtime/clock.ts';
import { SignalingClient, type Socket } from './signaling-client.ts';
import { seeded, TestClock } from './test-clock.ts';

const heron: Peer = { id: 'heron', priority: 3, name: 'Gate Heron' };
const raven: Identity = { id: 'raven', priority: 5 };

/** What a client told its owner, one line each. */
class Record {
  readonly lines: string[] = [];

  events(): Parameters<SignalingClient['start']>[1] {
    return {
      state: (state) => this.lines.push(state),
      members: (members) => this.lines.push(`members ${members.map(({ id }) => id).join(' ')}`),
      arrived: (members) => this.lines.push(`arrived ${members.map(({ id }) => id).join(' ')}`),
      joined: ({ id }) => this.lines.push(`joined ${id}`),
      gone: (id) => this.lines.push(`gone ${id}`),
      signal: (from, signal) => this.lines.push(`signal ${from} ${JSON.stringify(signal)}`),
      refused: (reason) => this.lines.push(`refused ${reason}`),
    };
  }
}

class FakeSocket implements Socket {
  onopen: Socket['onopen'] = null;
  onmessage: Socket['onmessage'] = null;
  onclose: Socket['onclose'] = null;
  onerror: Socket['onerror'] = null;
  readonly sent: { type: string; nonce?: string }[] = [];
  closed = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as { type: string });
  }

  close(): void {
    this.closed = true;
  }

  hear(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  welcomeOfFreshServer(...members: Identity[]): void {
    this.onopen?.();
    this.hear({ type: 'welcome', you: 'heron', members, fresh: true });
  }

  welcome(...members: Identity[]): void {
    this.onopen?.();
    this.hear({ type: 'welcome', you: 'heron', members });
  }
}

/** A client of a server that the test plays. */
function bench() {
  const clock = new TestClock();
  const sockets: FakeSocket[] = [];
  const record = new Record();
  const client = new SignalingClient({
    url: 'ws://example.test/signaling',
    park: 'main',
    secret: 'a secret of heron',
    clock,
    random: seeded(2),
    connect: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
  });
  client.start(heron, record.events());
  return { clock, sockets, client, lines: record.lines };
}

/** Runs the clock until there is another socket. Returns how long it took, ms. */
function nextSocket({ clock, sockets }: ReturnType<typeof bench>): number {
  const start = clock.now();
  const count = sockets.length;
  while (sockets.length === count) expect(clock.step()).toBe(true);
  return clock.now() - start;
}

describe('the client of the signaling server', () => {
  it('registers once the socket is open, without a name, and tells the members', () => {
    const { sockets, lines } = bench();
    expect(sockets[0]!.sent).toEqual([]);
    sockets[0]!.welcome(raven);
    expect(sockets[0]!.sent).toEqual([
      { type: 'howdy', park: 'main', id: 'heron', priority: 3, secret: 'a secret of heron' },
    ]);
    expect(lines).toEqual(['connected', 'members raven']);
  });

  it('registers again by itself, fast at first, then with growing pauses', () => {
    const made = bench();
    made.sockets[0]!.welcome();
    made.clock.advance(6_000);
    made.sockets[0]!.onclose?.({ code: 1006 });
    expect(made.lines).toEqual(['connected', 'members ', 'disconnected']);
    const pauses = Array.from({ length: 8 }, () => {
      const pause = nextSocket(made);
      made.sockets.at(-1)!.onclose?.({ code: 1006 });
      return pause;
    });
    expect(pauses[0]).toBeLessThanOrEqual(300);
    expect(pauses[3]).toBeGreaterThan(pauses[0]!);
    // A fresh server counts on it that everybody is back within two seconds.
    expect(Math.max(...pauses)).toBeLessThanOrEqual(2_000);
    expect(pauses.at(-1)).toBeGreaterThanOrEqual(600);
    expect(made.lines, 'told once').toHaveLength(3);
    nextSocket(made);
    made.sockets.at(-1)!.welcome();
    expect(made.lines.at(-2)).toBe('connected');
  });

  it('takes no list from a server that has just started: it asks again when all can be back', () => {
    const { clock, sockets, lines } = bench();
    sockets[0]!.welcomeOfFreshServer();
    expect(lines, 'nobody would found a park on that').toEqual(['connected']);
    clock.advance(1_900);
    expect(sockets[0]!.sent.map(({ type }) => type)).toEqual(['howdy']);
    clock.advance(200);
    expect(sockets[0]!.sent.map(({ type }) => type)).toEqual(['howdy', 'list']);
    sockets[0]!.hear({ type: 'members', members: [] });
    expect(lines).toEqual(['connected', 'members ']);
  });

  it('asks once, however often the server says that it has just started', () => {
    const { clock, sockets } = bench();
    for (let n = 0; n < 5; n++) sockets[0]!.welcomeOfFreshServer();
    clock.advance(2_100);
    expect(sockets[0]!.sent.filter(({ type }) => type === 'list')).toHaveLength(1);
    sockets[0]!.hear({ type: 'members', members: [] });
    clock.advance(10_000);
    expect(sockets[0]!.sent.filter(({ type }) => type === 'list')).toHaveLength(1);
  });

  it('tells whom a server that has just started lists, and who joins, to link to and no more (J1)', () => {
    const { clock, sockets, lines } = bench();
    sockets[0]!.welcomeOfFreshServer(raven);
    clock.advance(1_000);
    sockets[0]!.hear({ type: 'joined', member: { id: 'stork', priority: 1 } });
    clock.advance(1_100);
    expect(lines).toEqual(['connected', 'arrived raven', 'arrived stork']);
    sockets[0]!.hear({ type: 'members', members: [raven] });
    sockets[0]!.hear({ type: 'joined', member: { id: 'stork', priority: 1 } });
    expect(lines.slice(3)).toEqual(['members raven', 'joined stork']);
  });

  it('asks a server that has just started for no list before all can be back, whoever wants it', () => {
    const { client, clock, sockets, lines } = bench();
    sockets[0]!.welcomeOfFreshServer();
    clock.advance(500);
    client.list();
    expect(sockets[0]!.sent.map(({ type }) => type)).toEqual(['howdy']);
    clock.advance(1_600);
    expect(sockets[0]!.sent.map(({ type }) => type)).toEqual(['howdy', 'list']);
    // Until it has come, what is known is not the list that was asked for.
    sockets[0]!.hear({ type: 'joined', member: raven });
    expect(lines).toEqual(['connected', 'arrived raven']);
    client.list();
    expect(sockets[0]!.sent.map(({ type }) => type)).toEqual(['howdy', 'list', 'list']);
  });

  it('takes the next server at its word, though the last one had just started', () => {
    const made = bench();
    made.sockets[0]!.welcomeOfFreshServer(raven);
    made.sockets[0]!.onclose?.({ code: 1006 });
    nextSocket(made);
    made.sockets[1]!.welcome(raven);
    made.sockets[1]!.hear({ type: 'joined', member: { id: 'stork', priority: 1 } });
    expect(made.lines.slice(-2)).toEqual(['members raven', 'joined stork']);
    made.clock.advance(5_000);
    expect(made.sockets[1]!.sent.map(({ type }) => type)).toEqual(['howdy']);
  });

  it('gives up a server that never welcomes it', () => {
    const made = bench();
    made.sockets[0]!.onopen?.();
    nextSocket(made);
    expect(made.sockets[0]!.closed).toBe(true);
    made.sockets[0]!.hear({ type: 'welcome', you: 'heron', members: [] });
    expect(made.lines).toEqual([]);
  });

  it('notices a silent server by pings, and takes any message for life', () => {
    const made = bench();
    const [socket] = made.sockets as [FakeSocket];
    socket.welcome();
    made.clock.advance(9_000);
    socket.hear({ type: 'gone', id: 'raven' });
    made.clock.advance(9_000);
    expect(socket.sent.filter(({ type }) => type === 'ping')).toEqual([]);
    made.clock.advance(2_000);
    const ping = socket.sent.at(-1)!;
    expect(ping.type).toBe('ping');
    socket.hear({ type: 'pong', nonce: ping.nonce });
    made.clock.advance(12_000);
    expect(made.lines).not.toContain('disconnected');
    made.clock.advance(5_000);
    expect(made.lines.at(-1)).toBe('disconnected');
    expect(socket.closed).toBe(true);
  });

  it.each(['id-taken', 'park-full', 'server-full'])('reports %s and comes back later', (code) => {
    const made = bench();
    made.sockets[0]!.onopen?.();
    made.sockets[0]!.hear({ type: 'error', code, message: 'No.' });
    expect(made.lines).toEqual([`refused the server says ${code}`]);
    expect(made.sockets[0]!.closed).toBe(true);
    expect(nextSocket(made)).toBeGreaterThanOrEqual(2_500);
    made.sockets[1]!.welcome();
    expect(made.lines.at(-1)).toBe('members ');
  });

  it('does not fight over its id with another page that has its secret', () => {
    const made = bench();
    made.sockets[0]!.welcome();
    made.sockets[0]!.onclose?.({ code: CLOSE.replaced });
    expect(nextSocket(made)).toBeGreaterThanOrEqual(2_500);
  });

  it('refuses what does not fit, and goes on', () => {
    const { sockets, lines } = bench();
    sockets[0]!.welcome();
    lines.length = 0;
    sockets[0]!.onmessage?.({ data: 'no JSON' });
    sockets[0]!.onmessage?.({ data: new ArrayBuffer(3) });
    sockets[0]!.hear({ type: 'joined', member: { ...raven, name: 'Gate Raven' } });
    sockets[0]!.hear({ type: 'joined', member: { ...raven, id: 'No id of ours' } });
    sockets[0]!.hear({ type: 'error', code: 'unknown-peer', message: 'Gone.' });
    sockets[0]!.hear({ type: 'members', members: [{ ...raven, priority: 1e300 }] });
    expect(lines).toEqual([
      'refused no message of the protocol',
      'refused no message of the protocol',
      'refused no message of the protocol',
      'refused a member that can be no node',
      'refused a member that can be no node',
      'members ',
    ]);
    sockets[0]!.hear({ type: 'signal', from: 'some1', signal: 1, role: 'visitor' });
    expect(lines.pop()).toBe('refused a signal of a visitor, where none are received');
    sockets[0]!.hear({ type: 'joined', member: raven });
    expect(lines.at(-1)).toBe('joined raven');
  });

  it('sends nothing while it is not registered, nor what is too large', () => {
    const { client, sockets } = bench();
    expect(client.signal('raven', 1)).toBe(false);
    sockets[0]!.onopen?.();
    expect(client.signal('raven', 1)).toBe(false);
    sockets[0]!.welcome();
    expect(client.signal('raven', 'x'.repeat(30_000))).toBe(false);
    expect(client.signal('raven', 1)).toBe(true);
  });

  it('says goodbye and is silent after it', () => {
    const made = bench();
    const [socket] = made.sockets as [FakeSocket];
    socket.welcome();
    made.client.close();
    expect(socket.sent.at(-1)).toEqual({ type: 'bye' });
    expect(socket.closed).toBe(true);
    socket.onclose?.({ code: CLOSE.bye });
    socket.hear({ type: 'joined', member: raven });
    expect(made.lines).toEqual(['connected', 'members ']);
    expect(made.clock.pending).toBe(0);
  });

  it('survives an address that no socket can be made of', () => {
    const clock = new TestClock();
    let tries = 0;
    const client = new SignalingClient({
      url: 'nonsense',
      park: 'main',
      secret: 'a secret of heron',
      clock,
      random: seeded(3),
      connect: () => {
        tries++;
        throw new SyntaxError('nonsense');
      },
    });
    client.start(heron, new Record().events());
    clock.advance(5_000);
    expect(tries).toBeGreaterThan(2);
    client.close();
    expect(clock.pending).toBe(0);
  });
});

describe('with the real server', () => {
  const clients: SignalingClient[] = [];
  let stop: (() => Promise<void>) | undefined;

  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await stop?.();
    stop = undefined;
  });

  const clock: Clock = {
    now: () => performance.now(),
    wall: () => Date.now(),
    schedule: (delayMs, callback) => Number(setTimeout(callback, delayMs)),
    cancel: (handle) => clearTimeout(handle),
  };

  async function serve(port = 0): Promise<number> {
    const http = createServer();
    const signaling: Signaling = attachSignaling(http);
    await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
    stop = async () => {
      await signaling.close();
      await new Promise((resolve) => http.close(resolve));
    };
    return (http.address() as { port: number }).port;
  }

  function connect(port: number, self: Identity, secret = `the secret of ${self.id}`) {
    const record = new Record();
    const client = new SignalingClient({
      url: `ws://127.0.0.1:${port}${SIGNALING_PATH}`,
      park: 'main',
      secret,
      clock,
      random: seeded(4),
      connect: (url) => new WebSocket(url) as unknown as Socket,
    });
    clients.push(client);
    client.start(self, record.events());
    return { client, lines: record.lines };
  }

  async function line(lines: readonly string[], wanted: string, from = 0): Promise<void> {
    await expect.poll(() => lines.slice(from), { interval: 5, timeout: 5_000 }).toContain(wanted);
  }

  it('introduces two nodes, relays between them, and tells when one goes', async () => {
    const port = await serve();
    const a = connect(port, heron);
    await line(a.lines, 'members ');
    const b = connect(port, raven);
    await line(b.lines, 'members heron');
    await line(a.lines, 'joined raven');
    a.client.signal('raven', { n: 1 });
    a.client.signal('raven', { n: 2 });
    await line(b.lines, 'signal heron {"n":2}');
    expect(b.lines.filter((each) => each.startsWith('signal'))).toEqual([
      'signal heron {"n":1}',
      'signal heron {"n":2}',
    ]);
    a.client.list();
    await line(a.lines, 'members raven');
    b.client.close();
    await line(a.lines, 'gone raven');
  });

  it('registers again after the server was away', async () => {
    const port = await serve();
    const a = connect(port, heron);
    await line(a.lines, 'connected');
    await stop?.();
    await line(a.lines, 'disconnected');
    const before = a.lines.length;
    await serve(port);
    await line(a.lines, 'connected', before);
  });

  it('is told when its id belongs to somebody else', async () => {
    const port = await serve();
    await line(connect(port, heron).lines, 'connected');
    const thief = connect(port, heron, 'not the secret');
    await expect.poll(() => thief.lines, { interval: 5 }).toHaveLength(1);
    expect(thief.lines[0]).toBe('refused the server says id-taken');
  });
});
