/** The server's pages: the built client, `/healthz` and `/config.json`, with security headers. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import sirv from 'sirv';
import * as v from 'valibot';

const iceServersSchema = v.array(
  v.strictObject({
    urls: v.union([v.string(), v.array(v.string())]),
    username: v.optional(v.string()),
    credential: v.optional(v.string()),
  }),
);

/** What a page hands to RTCPeerConnection. */
export type IceServers = v.InferOutput<typeof iceServersSchema>;

/** What the environment decides. */
export interface EnvironmentOptions {
  port: number;
  /** Undefined means all interfaces. */
  host: string | undefined;
  iceServers: IceServers;
  /** Origins that may connect beside the server's own, such as `https://park.example`. */
  allowedOrigins: string[];
  /** Undefined means the default. Behind a proxy all sockets come from one address. */
  socketsPerAddress: number | undefined;
}

/**
 * Reads PORT, HOST, ICE_SERVERS (JSON), ALLOWED_ORIGINS (separated by commas) and
 * SOCKETS_PER_ADDRESS.
 * Throws an Error whose message names the variable and what it may hold.
 */
export function readOptions(env: Readonly<Record<string, string | undefined>>): EnvironmentOptions {
  return {
    port: readNumber('PORT', env['PORT'], 65_535) ?? 8080,
    host: env['HOST'] === '' ? undefined : env['HOST'],
    iceServers: readIceServers(env['ICE_SERVERS']),
    allowedOrigins: readOrigins(env['ALLOWED_ORIGINS']),
    socketsPerAddress: readNumber('SOCKETS_PER_ADDRESS', env['SOCKETS_PER_ADDRESS'], 65_536),
  };
}

function readNumber(name: string, text: string | undefined, greatest: number): number | undefined {
  if (text === undefined || text === '') return undefined;
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= greatest) return number;
  throw new Error(`${name} must be a number from 0 to ${greatest}, not ${JSON.stringify(text)}.`);
}

function readIceServers(text: string | undefined): IceServers {
  if (text === undefined || text === '') return [];
  const example = '[{"urls":"stun:stun.example:3478"}]';
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Error(`ICE_SERVERS must be JSON, such as ${example}.`);
  }
  const result = v.safeParse(iceServersSchema, parsed);
  if (result.success) return result.output;
  throw new Error(`ICE_SERVERS must be a list of servers, such as ${example}.`);
}

function readOrigins(text: string | undefined): string[] {
  const entries = (text ?? '').split(',').map((entry) => entry.trim());
  return entries.filter((entry) => entry !== '').map(readOrigin);
}

function readOrigin(entry: string): string {
  const origin = URL.canParse(entry) ? new URL(entry).origin : 'null';
  if (origin !== 'null') return origin;
  throw new Error(
    `ALLOWED_ORIGINS must be a list of origins such as https://park.example, not ${JSON.stringify(entry)}.`,
  );
}

type Next = () => void;
export type Middleware = (request: IncomingMessage, response: ServerResponse, next: Next) => void;

/** Answers `/config.json`, for every server that serves the page. */
export function configMiddleware(iceServers: IceServers): Middleware {
  return (request, response, next) => {
    if (pathOf(request) === '/config.json') sendJson(response, { iceServers });
    else next();
  };
}

/**
 * Scripts and workers come from here alone (a timer's worker may be a blob). Lit sets `style`
 * attributes, which `unsafe-inline` for styles permits. Older Safari does not count sockets as
 * 'self', hence ws: and wss:.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "connect-src 'self' ws: wss:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'self'",
].join('; ');

/** Handles every request: small answers first, then files, then 404. Never throws. */
export function createRequestHandler(options: { clientDir: string; iceServers: IceServers }) {
  const files = sirv(options.clientDir, { etag: true, setHeaders: setCaching });
  const config = configMiddleware(options.iceServers);
  return (request: IncomingMessage, response: ServerResponse): void => {
    response.setHeader('Content-Security-Policy', CONTENT_SECURITY_POLICY);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Referrer-Policy', 'no-referrer');
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      sendText(response, 405, 'Only GET and HEAD are answered here.\n');
    } else if (pathOf(request) === '/healthz') sendJson(response, { ok: true });
    else {
      config(request, response, () => {
        files(request, response, () => sendText(response, 404, 'Not found.\n'));
      });
    }
  };
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/';
}

/** Names with a hash never change what they hold; everything else is asked for again. */
function setCaching(response: ServerResponse, pathname: string): void {
  const hashed = pathname.startsWith('/assets/');
  response.setHeader('Cache-Control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Cache-Control', 'no-store');
  response.end(JSON.stringify(value));
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(text);
}
