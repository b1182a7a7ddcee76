/**
 * All the WebSockets of one server, and the rooms that they are in. Nothing that comes in over a
 * socket can end the process, make it hold more than the limits, or keep the others waiting: a socket
 * has one message a turn of the event loop, however many it sends.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { answerAndClose } from './answer.ts';
import { addressKey, clientAddress, type TrustedProxies } from './client-address.ts';
import { hear } from './hear.ts';
import type { ServerLimits } from './limits.ts';
import { CLOSE, LIMITS, type ServerMessage } from './protocol.ts';
import type { Refusal, Refusals } from './refusals.ts';
import { refuse, Rooms, type RoomEffect } from './rooms.ts';
import { Tally } from './tally.ts';
import { TokenBucket } from './token-bucket.ts';

/** For so long after its start a server does not know who is in a park: the tabs are still coming back, ms. */
const FRESH_MS = 2000;
/** A heartbeat comes in so many parts, each to some of the sockets, so that ten thousand are not one long pause. */
const BEATS = 16;

/** What is known of one socket. */
interface Guest {
  readonly socket: WebSocket;
  readonly bucket: TokenBucket;
  /** Which part of the heartbeat asks for it. */
  readonly beat: number;
  /** It has answered since the last ping. */
  alive: boolean;
}

export class Hub {
  readonly #limits: ServerLimits;
  readonly #proxies: TrustedProxies;
  readonly #refusals: Refusals;
  readonly #rooms: Rooms<WebSocket>;
  readonly #sockets: Tally;
  readonly #server: WebSocketServer;
  readonly #startedAt = performance.now();
  readonly #guests = new Map<WebSocket, Guest>();
  readonly #heartbeat: NodeJS.Timeout;
  #beats = 0;
  #guestsEver = 0;
  /** Bytes that wait for sockets to take them, all together. */
  #waiting = 0;

  constructor(limits: ServerLimits, proxies: TrustedProxies, refusals: Refusals) {
    this.#limits = limits;
    this.#proxies = proxies;
    this.#refusals = refusals;
    this.#rooms = new Rooms(limits, () => performance.now());
    this.#sockets = new Tally({ total: limits.sockets, perKey: limits.socketsPerAddress });
    // Not in place, since the types of ws lack `closeTimeout`.
    const options = {
      noServer: true,
      // A few bytes could unpack to many.
      perMessageDeflate: false,
      maxPayload: limits.frameBytes,
      maxFragments: limits.fragments,
      maxBufferedChunks: 4 * limits.fragments,
      closeTimeout: limits.closeMs,
      // At most one message a turn of each socket: a flood from some is no wait for the others.
      allowSynchronousEvents: false,
    };
    this.#server = new WebSocketServer(options);
    this.#heartbeat = setInterval(() => this.#beat(), limits.heartbeatMs / BEATS);
    this.#heartbeat.unref(); // it must not keep a process alive that has nothing else to do
  }

  /** What is held at the moment. */
  get held(): { sockets: number; parks: number; formerMembers: number; waitingBytes: number } {
    const { parks, formerMembers } = this.#rooms;
    return { sockets: this.#sockets.total, parks, formerMembers, waitingBytes: this.#waiting };
  }

  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const { remoteAddress } = request.socket;
    const forwardedFor = request.headers['x-forwarded-for'];
    const address = addressKey(clientAddress(remoteAddress, forwardedFor, this.#proxies));
    const taken = this.#sockets.take(address);
    if (taken !== 'taken') {
      this.#refusals.count(taken === 'total' ? 'sockets' : 'sockets-per-address');
      answerAndClose(stream, '503 Service Unavailable');
      return;
    }
    const handshake = { succeeded: false };
    this.#server.handleUpgrade(request, stream, head, (socket) => {
      handshake.succeeded = true;
      socket.once('close', () => this.#sockets.release(address));
      this.#welcome(socket, stream);
    });
    if (handshake.succeeded) return;
    // ws has answered it already.
    this.#sockets.release(address);
    this.#refusals.count('bad-handshake');
  }

  async close(graceMs: number): Promise<void> {
    clearInterval(this.#heartbeat);
    const sockets = [...this.#guests.keys()];
    const closed = Promise.all(sockets.map((socket) => closing(socket)));
    for (const socket of sockets) socket.close(1001, 'The server is going away.');
    const timer = setTimeout(() => sockets.forEach((socket) => socket.terminate()), graceMs);
    await closed;
    clearTimeout(timer);
  }

  #welcome(socket: WebSocket, stream: Duplex): void {
    const { howdyMs, burst, perSecond } = this.#limits;
    const guest: Guest = {
      socket,
      bucket: new TokenBucket({ capacity: burst, perSecond, now: performance.now() }),
      beat: this.#guestsEver++ % BEATS,
      alive: true,
    };
    this.#guests.set(socket, guest);
    const silence = setTimeout(() => {
      if (!this.#rooms.isRegistered(socket)) this.#dismiss(socket, 'no-howdy');
    }, howdyMs);
    socket.on('message', (data, isBinary) => this.#receive(guest, data, isBinary));
    socket.on('ping', () => this.#heard(guest));
    socket.on('pong', () => this.#heard(guest));
    socket.on('error', (error) => {
      // A breach of the protocol: ws says goodbye by itself, and `close` follows. Until then it would
      // read on for nothing, as fast as the other side can write.
      this.#refusals.count(frameRefusal(error));
      setImmediate(() => stream.pause());
    });
    socket.once('close', () => {
      clearTimeout(silence);
      this.#guests.delete(socket);
      this.#perform(this.#rooms.leave(socket));
    });
  }

  /** A control frame, which costs what a message costs, and which ws has answered. */
  #heard(guest: Guest): void {
    guest.alive = true;
    const verdict = guest.bucket.take(1, performance.now());
    if (verdict === 'abuse') this.#dismiss(guest.socket, 'too-many-messages');
  }

  #receive(guest: Guest, data: RawData, isBinary: boolean): void {
    const { socket, bucket } = guest;
    guest.alive = true;
    if (socket.readyState !== socket.OPEN) return; // what was under way when we closed it
    const bytes = sizeOf(data);
    const cost = costOf(bytes);
    const verdict = bucket.take(cost, performance.now());
    if (verdict === 'abuse') this.#dismiss(socket, 'too-many-messages');
    else if (verdict === 'refuse') this.#perform(refuse(socket, 'too-fast', 'Slow down.'));
    else if (bytes > LIMITS.messageBytes) {
      this.#perform(refuse(socket, 'too-large', `At most ${LIMITS.messageBytes} bytes a message.`));
    } else if (isBinary) this.#perform(refuse(socket, 'bad-message', 'Text frames only.'));
    else {
      const caused = this.#perform(hear(this.#rooms, socket, textOf(data)));
      // Few bytes that set off many are not cheap: a howdy to a park of 64, a list of its members.
      bucket.take(Math.max(0, caused - cost), performance.now());
    }
  }

  /** Returns what it costs, in tokens. */
  #perform(effects: RoomEffect<WebSocket>[]): number {
    let cost = 0;
    let last: ServerMessage | undefined;
    let data = Buffer.alloc(0);
    for (const effect of effects) {
      switch (effect.type) {
        case 'send':
          if (effect.message.type === 'error') this.#refusals.count(effect.message.code);
          // One message to a whole park is encoded once.
          if (effect.message !== last) {
            data = Buffer.from(JSON.stringify(this.#dated(effect.message)));
          }
          last = effect.message;
          cost += costOf(data.length);
          this.#send(effect.to, data);
          break;
        case 'close':
          effect.socket.close(effect.code, effect.reason);
          break;
      }
    }
    return cost;
  }

  #dated(message: ServerMessage): ServerMessage {
    const fresh = performance.now() - this.#startedAt < FRESH_MS;
    return message.type === 'welcome' && fresh ? { ...message, fresh } : message;
  }

  #send(socket: WebSocket, data: Buffer): void {
    if (socket.readyState !== socket.OPEN) return;
    const { bufferedBytes, bufferedBytesTotal } = this.#limits;
    const isTight = this.#waiting > bufferedBytesTotal;
    const most = isTight ? Math.min(bufferedBytes, LIMITS.messageBytes) : bufferedBytes;
    if (socket.bufferedAmount > most) {
      // A close frame would queue behind what it does not read, so a slow socket is cut off.
      this.#refusals.count('reads-too-slowly');
      socket.terminate();
      return;
    }
    this.#waiting += data.length;
    socket.send(data, { binary: false }, () => (this.#waiting -= data.length));
  }

  #beat(): void {
    this.#beats = (this.#beats + 1) % BEATS;
    for (const guest of this.#guests.values()) {
      if (guest.beat !== this.#beats) continue;
      if (guest.alive) {
        guest.alive = false;
        guest.socket.ping();
      } else {
        this.#refusals.count('no-pong');
        guest.socket.terminate();
      }
    }
  }

  #dismiss(socket: WebSocket, reason: 'no-howdy' | 'too-many-messages'): void {
    if (socket.readyState !== socket.OPEN) return;
    this.#refusals.count(reason);
    if (reason === 'no-howdy') socket.close(CLOSE.silent, 'No howdy came.');
    else socket.close(CLOSE.overload, 'Too many messages.');
  }
}

/** In tokens: one, and one more for every 4 KiB. */
function costOf(bytes: number): number {
  return 1 + Math.floor(bytes / 4096);
}

function frameRefusal(error: Error): Refusal {
  switch ('code' in error ? error.code : undefined) {
    case 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH':
    case 'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH':
      return 'frame-too-large';
    default:
      return 'bad-frame';
  }
}

function closing(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState === socket.CLOSED) resolve();
    else socket.once('close', () => resolve());
  });
}

function sizeOf(data: RawData): number {
  if (!Array.isArray(data)) return data.byteLength;
  return data.reduce((sum, part) => sum + part.byteLength, 0);
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data).toString('utf8');
}
