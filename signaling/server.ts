/**
 * The server: pages and signaling on one port. Nothing that comes in over a socket can end the
 * process or make it hold more than the bounds below.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { createRequestHandler, type IceServers } from './http.ts';
import { isOriginAllowed } from './origin.ts';
import {
  CLOSE,
  decodeClientMessage,
  LIMITS,
  parseFrame,
  SIGNALING_PATH,
  type ClientMessage,
  type ServerMessage,
} from './protocol.ts';
import { refuse, Rooms, type RoomEffect } from './rooms.ts';
import { TokenBucket } from './token-bucket.ts';

export interface SignalingOptions {
  /** Origins that may connect beside the server's own. */
  allowedOrigins?: readonly string[];
  /** What to do with upgrades on other paths: another listener's business, or answered with 404. */
  otherPaths?: 'ignore' | 'refuse';
  /** Bounds, for tests and for unusual places. */
  limits?: Partial<SocketLimits>;
}

export interface SocketLimits {
  /** A socket that has not said HOWDY by then is closed, in milliseconds. */
  howdyMs: number;
  /** Time between two pings; a socket that answered none in between is dropped, in milliseconds. */
  heartbeatMs: number;
  /** Sockets from one address: all the tabs of a class behind one router. */
  socketsPerAddress: number;
  /** Sockets altogether. */
  sockets: number;
  /** A frame above this many bytes ends its socket; above LIMITS.messageBytes it is refused. */
  frameBytes: number;
  /** Tokens at once. A message costs one, and one more for every 4 KiB. A tab that joins a park of
   *  64 sends some 400 messages at once. */
  burst: number;
  /** Tokens a second, in the long run. */
  perSecond: number;
  /** Bytes that may wait for a socket that reads too slowly; above, it is dropped. */
  bufferedBytes: number;
}

export const DEFAULT_LIMITS: Readonly<SocketLimits> = {
  howdyMs: 10_000,
  heartbeatMs: 15_000,
  socketsPerAddress: 256,
  sockets: 4096,
  frameBytes: 64 * 1024,
  burst: 1000,
  perSecond: 100,
  bufferedBytes: 1024 * 1024,
};

/** What signaling needs of a server: Node's own, and Vite's. */
export interface UpgradeSource {
  on(event: 'upgrade', listener: UpgradeListener): unknown;
  off(event: 'upgrade', listener: UpgradeListener): unknown;
}
type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

export interface Signaling {
  /** Closes every socket with 1001, and ends within some `graceMs` milliseconds in any case. */
  close(graceMs?: number): Promise<void>;
}

/** Serves signaling on SIGNALING_PATH of a server that exists already. */
export function attachSignaling(source: UpgradeSource, options: SignalingOptions = {}): Signaling {
  const hub = new Hub({ ...DEFAULT_LIMITS, ...options.limits });
  const listener: UpgradeListener = (request, socket, head) => {
    if (request.url?.split('?', 1)[0] !== SIGNALING_PATH) {
      if (options.otherPaths !== 'ignore') refuseUpgrade(socket, '404 Not Found');
    } else if (!isAllowed(request, options.allowedOrigins ?? [])) {
      refuseUpgrade(socket, '403 Forbidden');
    } else hub.upgrade(request, socket, head);
  };
  source.on('upgrade', listener);
  return {
    close: (graceMs = 1000) => {
      source.off('upgrade', listener);
      return hub.close(graceMs);
    },
  };
}

export interface GatehouseServer {
  readonly http: Server;
  /** Resolves to the port. Rejects with the error of the socket, such as EADDRINUSE. */
  listen(port: number, host?: string): Promise<number>;
  /** Ends within 2 s: sockets with 1001, requests after their answer or a second. */
  close(): Promise<void>;
}

/** The built page, `/healthz`, `/config.json` and signaling behind one port. */
export function createGatehouseServer(options: {
  clientDir: string;
  iceServers: IceServers;
  signaling?: SignalingOptions;
}): GatehouseServer {
  const http = createServer(createRequestHandler(options));
  const signaling = attachSignaling(http, options.signaling);
  return {
    http,
    listen: (port, host) => listen(http, port, host),
    close: async () => {
      const closed = new Promise<void>((resolve) => http.close(() => resolve()));
      http.closeIdleConnections();
      await signaling.close();
      http.closeAllConnections();
      await closed;
    },
  };
}

function listen(http: Server, port: number, host: string | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, host, () => {
      http.off('error', reject);
      const address = http.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** For so long after its start a server does not know who is in a park: the tabs are still coming back, ms. */
export const FRESH_MS = 2000;

/** All the sockets of one server, and the rooms that they are in. */
class Hub {
  readonly #limits: SocketLimits;
  readonly #rooms = new Rooms<WebSocket>();
  readonly #server: WebSocketServer;
  readonly #startedAt = performance.now();
  readonly #perAddress = new Map<string, number>();
  /** Sockets that have answered since the last ping. */
  readonly #alive = new WeakSet<WebSocket>();
  readonly #heartbeat: NodeJS.Timeout;

  constructor(limits: SocketLimits) {
    this.#limits = limits;
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload: limits.frameBytes,
      perMessageDeflate: false,
    });
    this.#heartbeat = setInterval(() => this.#beat(), limits.heartbeatMs);
    this.#heartbeat.unref(); // it must not keep a process alive that has nothing else to do
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const address = request.socket.remoteAddress ?? '';
    const here = this.#perAddress.get(address) ?? 0;
    const isFull = this.#server.clients.size >= this.#limits.sockets;
    if (isFull || here >= this.#limits.socketsPerAddress) {
      refuseUpgrade(socket, '503 Service Unavailable');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      this.#perAddress.set(address, (this.#perAddress.get(address) ?? 0) + 1);
      webSocket.once('close', () => this.#release(address));
      this.#welcome(webSocket);
    });
  }

  async close(graceMs: number): Promise<void> {
    clearInterval(this.#heartbeat);
    const sockets = [...this.#server.clients];
    const closed = Promise.all(sockets.map((socket) => closing(socket)));
    for (const socket of sockets) socket.close(1001, 'The server is going away.');
    const timer = setTimeout(() => sockets.forEach((socket) => socket.terminate()), graceMs);
    await closed;
    clearTimeout(timer);
  }

  #welcome(socket: WebSocket): void {
    const { howdyMs, burst, perSecond } = this.#limits;
    const bucket = new TokenBucket({ capacity: burst, perSecond, now: performance.now() });
    const silence = setTimeout(() => {
      if (!this.#rooms.isRegistered(socket)) socket.close(CLOSE.silent, 'No howdy came.');
    }, howdyMs);
    this.#alive.add(socket);
    socket.on('pong', () => this.#alive.add(socket));
    socket.on('message', (data, isBinary) => {
      this.#alive.add(socket);
      this.#receive(socket, bucket, data, isBinary);
    });
    // Protocol errors: ws closes the socket by itself, and `close` follows.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearTimeout(silence);
      this.#perform(this.#rooms.leave(socket));
    });
  }

  #receive(socket: WebSocket, bucket: TokenBucket, data: RawData, isBinary: boolean): void {
    if (socket.readyState !== socket.OPEN) return; // what was under way when we closed it
    const bytes = sizeOf(data);
    const verdict = bucket.take(1 + Math.floor(bytes / 4096), performance.now());
    if (verdict === 'abuse') socket.close(CLOSE.overload, 'Too many messages.');
    else if (verdict === 'refuse') this.#perform(refuse(socket, 'too-fast', 'Slow down.'));
    else if (bytes > LIMITS.messageBytes) {
      this.#perform(refuse(socket, 'too-large', `At most ${LIMITS.messageBytes} bytes a message.`));
    } else if (isBinary) this.#perform(refuse(socket, 'bad-message', 'Text frames only.'));
    else this.#perform(this.#answer(socket, textOf(data)));
  }

  #answer(socket: WebSocket, text: string): RoomEffect<WebSocket>[] {
    const decoded = decodeClientMessage(parseFrame(text));
    if (!decoded.ok) return refuse(socket, 'bad-message', decoded.reason);
    return this.#dispatch(socket, decoded.message);
  }

  #dispatch(socket: WebSocket, message: ClientMessage): RoomEffect<WebSocket>[] {
    switch (message.type) {
      case 'howdy':
        return this.#rooms.register(socket, message);
      case 'signal':
        return this.#rooms.relay(socket, message);
      case 'list':
        return this.#rooms.list(socket);
      case 'ping':
        return [{ type: 'send', to: socket, message: { type: 'pong', nonce: message.nonce } }];
      case 'bye':
        return [
          ...this.#rooms.leave(socket),
          { type: 'close', socket, code: CLOSE.bye, reason: 'Bye.' },
        ];
    }
  }

  #perform(effects: RoomEffect<WebSocket>[]): void {
    for (const effect of effects) {
      switch (effect.type) {
        case 'send':
          this.#send(effect.to, JSON.stringify(this.#dated(effect.message)));
          break;
        case 'close':
          effect.socket.close(effect.code, effect.reason);
          break;
      }
    }
  }

  #dated(message: ServerMessage): ServerMessage {
    const fresh = performance.now() - this.#startedAt < FRESH_MS;
    return message.type === 'welcome' && fresh ? { ...message, fresh } : message;
  }

  #send(socket: WebSocket, text: string): void {
    if (socket.readyState !== socket.OPEN) return;
    // A close frame would queue behind what it does not read, so a slow socket is cut off.
    if (socket.bufferedAmount > this.#limits.bufferedBytes) socket.terminate();
    else socket.send(text);
  }

  #beat(): void {
    for (const socket of this.#server.clients) {
      if (this.#alive.delete(socket)) socket.ping();
      else socket.terminate();
    }
  }

  #release(address: string): void {
    const left = (this.#perAddress.get(address) ?? 1) - 1;
    if (left > 0) this.#perAddress.set(address, left);
    else this.#perAddress.delete(address);
  }
}

function isAllowed(request: IncomingMessage, allowedOrigins: readonly string[]): boolean {
  return isOriginAllowed(request.headers.origin, request.headers.host, allowedOrigins);
}

/** Answers an upgrade with a plain HTTP error. The other side may be gone already. */
function refuseUpgrade(socket: Duplex, status: string): void {
  socket.on('error', () => undefined);
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  socket.once('finish', () => socket.destroy());
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
