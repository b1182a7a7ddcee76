/** The server: pages and signaling on one port. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { answerAndClose } from './answer.ts';
import { TrustedProxies } from './client-address.ts';
import { loadFiles } from './files.ts';
import { createGuardedServer } from './http-guard.ts';
import { createRequestHandler } from './http.ts';
import { Hub } from './hub.ts';
import { DEFAULT_LIMITS, type ServerLimits } from './limits.ts';
import { isOriginAllowed } from './origin.ts';
import { SIGNALING_PATH } from './protocol.ts';
import { Refusals } from './refusals.ts';
import type { IceServers } from './settings.ts';

export interface SignalingOptions {
  /** Origins that may connect beside the server's own. */
  allowedOrigins?: readonly string[];
  /** Whose X-Forwarded-For is believed: nobody's by default. */
  trustedProxies?: TrustedProxies;
  /** What to do with upgrades on other paths: another listener's business, or answered with 404. */
  otherPaths?: 'ignore' | 'refuse';
  limits?: Partial<ServerLimits>;
  /** Where refusals are counted. */
  refusals?: Refusals;
}

/** What signaling needs of a server: Node's own, and Vite's. */
export interface UpgradeSource {
  on(event: 'upgrade', listener: UpgradeListener): unknown;
  off(event: 'upgrade', listener: UpgradeListener): unknown;
}
type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

export interface Signaling {
  /** What it holds at the moment. */
  readonly held: Hub['held'];
  /** Closes every socket with 1001, and ends within some `graceMs` milliseconds in any case. */
  close(graceMs?: number): Promise<void>;
}

/** Serves signaling on SIGNALING_PATH of a server that exists already. */
export function attachSignaling(source: UpgradeSource, options: SignalingOptions = {}): Signaling {
  const { allowedOrigins = [], otherPaths = 'refuse', refusals = new Refusals() } = options;
  const { trustedProxies = new TrustedProxies([]) } = options;
  const hub = new Hub({ ...DEFAULT_LIMITS, ...options.limits }, trustedProxies, refusals);
  const listener: UpgradeListener = (request, socket, head) => {
    const { origin, host } = request.headers;
    if (request.url?.split('?', 1)[0] !== SIGNALING_PATH) {
      if (otherPaths === 'ignore') return;
      refusals.count('wrong-path');
      answerAndClose(socket, '404 Not Found');
    } else if (!isOriginAllowed(origin, host, allowedOrigins)) {
      refusals.count('foreign-origin');
      answerAndClose(socket, '403 Forbidden');
    } else hub.upgrade(request, socket, head);
  };
  source.on('upgrade', listener);
  return {
    get held() {
      return hub.held;
    },
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

export interface ServerOptions {
  /** Where the built page is. It is read once, at the start. */
  clientDir: string;
  iceServers: IceServers;
  allowedOrigins?: readonly string[];
  trustedProxies?: TrustedProxies;
  limits?: Partial<ServerLimits>;
}

/** The built page, `/healthz`, `/config.json` and signaling behind one port. */
export function createGatehouseServer(options: ServerOptions): GatehouseServer {
  const { clientDir, iceServers, trustedProxies = new TrustedProxies([]) } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const refusals = new Refusals();
  const health = () => ({ ...signaling.held, connections: connections(), refusals });
  const listener = createRequestHandler({
    files: loadFiles(clientDir),
    iceServers,
    refusals,
    health,
  });
  const { http, connections } = createGuardedServer(listener, limits, trustedProxies, refusals);
  const signaling = attachSignaling(http, { ...options, limits, trustedProxies, refusals });
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
