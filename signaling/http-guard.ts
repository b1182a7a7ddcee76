/**
 * Guards a server's connections before they are WebSockets: how many there may be, how long a
 * request may take, and what happens to one that is no HTTP.
 */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { answerAndClose } from './answer.ts';
import { addressKey, type TrustedProxies } from './client-address.ts';
import type { ServerLimits } from './limits.ts';
import type { Refusals } from './refusals.ts';
import { Tally } from './tally.ts';

export interface GuardedServer {
  readonly http: Server;
  /** How many connections are no WebSockets. */
  readonly connections: () => number;
}

/** A server that gives up those who are slow or too many. It ends with no error, whoever causes one. */
export function createGuardedServer(
  listener: RequestListener,
  limits: ServerLimits,
  proxies: TrustedProxies,
  refusals: Refusals,
): GuardedServer {
  const gate = new Gate(limits, proxies, refusals);
  const http = createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: Math.ceil(limits.headersMs / 10),
      keepAliveTimeout: Math.min(5000, limits.stallMs),
    },
    (request, response) => {
      if (!gate.admits(request.socket)) return;
      response.once('close', () => gate.answered(request.socket));
      listener(request, response);
    },
  );
  // Whoever does not read its answer. A WebSocket's heartbeat looks after itself.
  http.timeout = limits.stallMs;
  http.on('connection', (socket) => gate.enter(socket));
  http.on('upgrade', (_request, stream) => gate.leave(stream));
  http.on('clientError', (error, stream) => refuseRequest(error, stream, refusals));
  // Such as no more file descriptors: those who are connected already can still be served.
  http.on('error', () => refusals.count('accept-error'));
  return { http, connections: () => gate.size };
}

interface Visit {
  readonly key: string;
  /** Requests without an answer so far. */
  waiting: number;
}

/** All connections, each from its beginning until it ends or becomes a WebSocket, which is counted elsewhere. */
class Gate {
  readonly #limits: ServerLimits;
  readonly #proxies: TrustedProxies;
  readonly #refusals: Refusals;
  readonly #tally: Tally;
  readonly #visits = new Map<Duplex, Visit>();
  /** Until when, by address. */
  readonly #barred = new Map<string, number>();

  constructor(limits: ServerLimits, proxies: TrustedProxies, refusals: Refusals) {
    const { connections, connectionsPerAddress } = limits;
    this.#limits = limits;
    this.#proxies = proxies;
    this.#refusals = refusals;
    this.#tally = new Tally({ total: connections, perKey: connectionsPerAddress });
  }

  get size(): number {
    return this.#tally.total;
  }

  enter(socket: Socket): void {
    const key = this.#keyOf(socket);
    const taken = this.#isBarred(key) ? 'barred' : this.#tally.take(key);
    if (taken === 'taken') {
      this.#visits.set(socket, { key, waiting: 0 });
      socket.once('close', () => this.leave(socket));
      return;
    }
    if (taken === 'barred') this.#refusals.count('barred');
    else this.#refusals.count(taken === 'total' ? 'connections' : 'connections-per-address');
    socket.destroy();
  }

  /** Does nothing twice. */
  leave(stream: Duplex): void {
    const visit = this.#visits.get(stream);
    if (visit !== undefined) this.#tally.release(visit.key);
    this.#visits.delete(stream);
  }

  /** Whether a request is served. */
  admits(socket: Socket): boolean {
    const visit = this.#visits.get(socket);
    if (socket.destroyed || visit === undefined) return false;
    if (visit.waiting >= this.#limits.pipelined) {
      this.#refusals.count('pipelined');
      this.#bar(visit.key);
      return false;
    }
    visit.waiting++;
    return true;
  }

  answered(socket: Socket): void {
    const visit = this.#visits.get(socket);
    if (visit !== undefined) visit.waiting--;
  }

  /**
   * Whoever asks on and on without waiting for answers puts thousands of requests into one packet,
   * and each is parsed before the connection can be ended. So all that this address has ends with it.
   */
  #bar(key: string): void {
    const now = performance.now();
    for (const [other, until] of this.#barred) if (until <= now) this.#barred.delete(other);
    this.#barred.set(key, now + this.#limits.barMs);
    for (const [stream, visit] of this.#visits) if (visit.key === key) stream.destroy();
  }

  #isBarred(key: string): boolean {
    return (this.#barred.get(key) ?? 0) > performance.now();
  }

  /** A proxy's connections are many people's, so each is counted as one address of its own. */
  #keyOf(socket: Socket): string {
    const address = socket.remoteAddress ?? '';
    if (this.#proxies.has(address)) return `${address} ${socket.remotePort ?? ''}`;
    return addressKey(address);
  }
}

function refuseRequest(error: NodeJS.ErrnoException, stream: Duplex, refusals: Refusals): void {
  // After an answer has begun, another one would only be taken for a part of it.
  const isFresh = !('bytesWritten' in stream) || stream.bytesWritten === 0;
  switch (error.code) {
    case 'ECONNRESET':
    case 'EPIPE':
      stream.destroy(); // the other side went away, and nothing was refused
      return;
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      refusals.count('slow-request');
      if (isFresh) answerAndClose(stream, '408 Request Timeout');
      else stream.destroy();
      return;
    default:
      refusals.count('bad-request');
      if (isFresh) answerAndClose(stream, '400 Bad Request');
      else stream.destroy();
  }
}
