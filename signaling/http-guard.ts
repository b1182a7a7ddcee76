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
  const http = createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: Math.ceil(limits.headersMs / 10),
      keepAliveTimeout: Math.min(5000, limits.stallMs),
    },
    limitPipelines(listener, limits.pipelined, refusals),
  );
  // Whoever does not read its answer. A WebSocket's heartbeat looks after itself.
  http.timeout = limits.stallMs;
  http.on('clientError', (error, stream) => refuseRequest(error, stream, refusals));
  // Such as no more file descriptors: those who are connected already can still be served.
  http.on('error', () => refusals.count('accept-error'));
  return { http, connections: capConnections(http, limits, proxies, refusals) };
}

/** Counts a connection from its beginning until it ends or becomes a WebSocket, which is counted elsewhere. */
function capConnections(
  http: Server,
  { connections, connectionsPerAddress }: ServerLimits,
  proxies: TrustedProxies,
  refusals: Refusals,
): () => number {
  const tally = new Tally({ total: connections, perKey: connectionsPerAddress });
  const keys = new WeakMap<Duplex, string>();
  const release = (stream: Duplex): void => {
    const key = keys.get(stream);
    if (key !== undefined) tally.release(key);
    keys.delete(stream);
  };
  http.on('connection', (socket) => {
    const key = keyOf(socket, proxies);
    const taken = tally.take(key);
    if (taken === 'taken') {
      keys.set(socket, key);
      socket.once('close', () => release(socket));
      return;
    }
    refusals.count(taken === 'total' ? 'connections' : 'connections-per-address');
    socket.destroy();
  });
  http.on('upgrade', (_request, stream) => release(stream));
  return () => tally.total;
}

/** A proxy's connections are many people's, so each is counted as one address of its own. */
function keyOf(socket: Socket, proxies: TrustedProxies): string {
  const address = socket.remoteAddress ?? '';
  if (proxies.has(address)) return `${address} ${socket.remotePort ?? ''}`;
  return addressKey(address);
}

/** Ends a connection that asks on and on without waiting for answers. */
function limitPipelines(
  listener: RequestListener,
  most: number,
  refusals: Refusals,
): RequestListener {
  const waiting = new WeakMap<Socket, number>();
  return (request, response) => {
    const { socket } = request;
    if (socket.destroyed) return;
    const others = waiting.get(socket) ?? 0;
    if (others >= most) {
      refusals.count('pipelined');
      socket.destroy();
      return;
    }
    waiting.set(socket, others + 1);
    response.once('close', () => waiting.set(socket, (waiting.get(socket) ?? 1) - 1));
    listener(request, response);
  };
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
