/**
 * Attackers, each with one socket at a time, who write prepared bytes as fast as the server takes
 * them, and come back at once when they are thrown out.
 */
import { connect, type Socket } from 'node:net';
import process from 'node:process';
import { LIMITS, SIGNALING_PATH, type ClientMessage } from '../protocol.ts';

/** What an attacker sends over and over, after a HOWDY. */
export const ATTACKS = [
  'small messages',
  'lists of a full park',
  'HOWDY again in a full park',
  'large signals to one that does not read',
  'no JSON',
  'control frames',
  'fragments',
  'half a frame',
  'connections',
  'requests',
] as const;
export type Attack = (typeof ATTACKS)[number];

/** From where an attack comes that is barred by its address. Linux has all of 127.0.0.0/8. */
const BARRED_FROM = process.platform === 'linux' ? '127.0.0.2' : '127.0.0.1';
const CHUNK_BYTES = 64 * 1024;
const HANDSHAKE = [
  `GET ${SIGNALING_PATH} HTTP/1.1`,
  'Host: 127.0.0.1',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  '\r\n',
].join('\r\n');

export class Flood {
  readonly #attackers: Attacker[];

  /** The attackers take turns in the attacks. */
  constructor(port: number, count: number, attacks: readonly Attack[] = ATTACKS) {
    this.#attackers = Array.from({ length: count }, (_, number) => {
      const attack = attacks[number % attacks.length];
      if (attack === undefined) throw new RangeError('no attack');
      return new Attacker(port, number, attack);
    });
  }

  /** Resolves when every attacker has got something through. */
  async start(): Promise<void> {
    await Promise.all(this.#attackers.map((attacker) => attacker.start()));
  }

  stop(): void {
    for (const attacker of this.#attackers) attacker.stop();
  }

  get seen(): { megabytes: number; connections: number } {
    const bytes = this.#attackers.reduce((sum, { sent }) => sum + sent, 0);
    const connections = this.#attackers.reduce((sum, attacker) => sum + attacker.connections, 0);
    return { megabytes: Math.round(bytes / 2 ** 20), connections };
  }
}

class Attacker {
  sent = 0;
  connections = 0;
  #socket: Socket | undefined;
  #running = false;
  #started: () => void = () => undefined;
  readonly #opening: Buffer;
  readonly #chunk: Buffer;

  constructor(
    private readonly port: number,
    number: number,
    private readonly attack: Attack,
  ) {
    const hello = attack === 'requests' ? '' : HANDSHAKE;
    this.#opening = Buffer.concat([Buffer.from(hello), frame(howdy(number))]);
    if (attack === 'requests') this.#opening = request();
    this.#chunk = repeated(ammunition(attack, number));
  }

  start(): Promise<void> {
    this.#running = true;
    this.#connect();
    return new Promise((resolve) => (this.#started = resolve));
  }

  stop(): void {
    this.#running = false;
    this.#socket?.destroy();
  }

  #connect(): void {
    const localAddress = this.attack === 'requests' ? BARRED_FROM : '127.0.0.1';
    const socket = connect({ port: this.port, host: '127.0.0.1', localAddress });
    this.#socket = socket;
    this.connections++;
    socket.on('error', () => undefined); // a close follows
    socket.on('close', () => {
      if (this.#running) setImmediate(() => this.#connect());
    });
    socket.on('drain', () => this.#fire(socket));
    socket.on('connect', () => {
      socket.write(this.#opening);
      this.#started();
      if (this.attack === 'half a frame')
        socket.write(this.#chunk.subarray(0, LIMITS.messageBytes / 2));
      else if (this.attack !== 'connections') this.#fire(socket);
    });
    // Whoever does not read must not see the end of the connection either.
    if (this.attack === 'large signals to one that does not read') return;
    // The welcome is answered by going away, to come again.
    socket.on('data', () => {
      if (this.attack === 'connections') socket.resetAndDestroy();
    });
  }

  #fire(socket: Socket): void {
    while (this.#running && !socket.destroyed) {
      this.sent += this.#chunk.length;
      if (!socket.write(this.#chunk)) return; // more when it has drained
    }
  }
}

function howdy(number: number): string {
  const id = `attacker-${number}`;
  // A full park each.
  const park = `under attack ${Math.floor(number / LIMITS.members)}`;
  return json({ type: 'howdy', park, id, priority: 1, secret: `secret of ${id}` });
}

function ammunition(attack: Attack, number: number): Buffer {
  switch (attack) {
    case 'small messages':
    case 'connections':
      return frame(json({ type: 'ping', nonce: '' }));
    case 'lists of a full park':
      return frame(json({ type: 'list' }));
    case 'HOWDY again in a full park':
      return frame(howdy(number));
    case 'large signals to one that does not read':
      return frame(
        json({
          type: 'signal',
          to: `attacker-${number}`,
          signal: 'x'.repeat(LIMITS.signalBytes - 2),
        }),
      );
    case 'no JSON':
      return frame('{'.repeat(100));
    case 'control frames':
      return frame('ping', 0x89);
    case 'fragments':
      return Buffer.concat([frame('', 0x01), ...Array.from({ length: 9 }, () => frame('', 0x00))]);
    case 'half a frame':
      return frame('x'.repeat(LIMITS.messageBytes));
    case 'requests':
      return request();
  }
}

/** Asks for the page. */
function request(): Buffer {
  return Buffer.from('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
}

/** As a browser sends it, but for the mask, which is zero. `opcode` with the bit that says it is the last fragment. */
function frame(text: string, opcode = 0x81): Buffer {
  const payload = Buffer.from(text);
  const mask = Buffer.alloc(4);
  if (payload.length < 126) {
    return Buffer.concat([Buffer.from([opcode, 0x80 | payload.length]), mask, payload]);
  }
  const head = Buffer.from([opcode, 0x80 | 126, payload.length >> 8, payload.length & 0xff]);
  return Buffer.concat([head, mask, payload]);
}

/** As many as fit a chunk, and at least one. */
function repeated(piece: Buffer): Buffer {
  const count = Math.max(1, Math.floor(CHUNK_BYTES / piece.length));
  return Buffer.concat(Array.from({ length: count }, () => piece));
}

function json(message: ClientMessage): string {
  return JSON.stringify(message);
}
