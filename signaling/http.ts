/** The server's pages: the built client, `/healthz` and `/config.json`, with security headers. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Files, StaticFile } from './files.ts';
import type { Refusals } from './refusals.ts';
import type { IceServers } from './settings.ts';

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

export interface Site {
  readonly files: Files;
  readonly iceServers: IceServers;
  readonly refusals: Refusals;
  /** What `/healthz` tells beside `ok`: numbers, and no name of anybody or of any park. */
  readonly health: () => object;
}

/** Handles every request: small answers first, then files, then 404. Never throws. */
export function createRequestHandler({ files, iceServers, refusals, health }: Site) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    response.setHeader('Content-Security-Policy', CONTENT_SECURITY_POLICY);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Referrer-Policy', 'no-referrer');
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    const path = pathOf(request);
    const file = files.get(path);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      refusals.count('bad-method');
      response.setHeader('Allow', 'GET, HEAD');
      sendText(response, 405, 'Only GET and HEAD are answered here.\n');
    } else if (path === '/healthz') sendJson(response, { ok: true, ...health() });
    else if (path === '/config.json') sendJson(response, { iceServers });
    else if (file !== undefined) sendFile(request, response, file, path);
    else {
      refusals.count('not-found');
      sendText(response, 404, 'Not found.\n');
    }
  };
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/';
}

function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  file: StaticFile,
  path: string,
): void {
  const accepted = codingsIn(request.headers['accept-encoding'] ?? '');
  const compressed = file.compressed.find(({ coding }) => accepted.has(coding));
  const { body, etag } = compressed ?? file;
  // Names with a hash never change what they hold; everything else is asked for again.
  const isHashed = path.startsWith('/assets/');
  const caching = isHashed ? 'public, max-age=31536000, immutable' : 'no-cache';
  const headers = {
    'Cache-Control': caching,
    ETag: etag,
    ...(file.compressed.length > 0 ? { Vary: 'Accept-Encoding' } : {}),
  };
  if (request.headers['if-none-match'] === etag) response.writeHead(304, headers).end();
  else {
    const more = {
      'Content-Type': file.type,
      'Content-Length': body.length,
      ...(compressed ? { 'Content-Encoding': compressed.coding } : {}),
    };
    // Node leaves the body out of the answer to HEAD.
    response.writeHead(200, { ...headers, ...more }).end(body);
  }
}

/** The codings that a browser names, but for those that it gives no weight (RFC 9110, 12.5.3). */
function codingsIn(header: string): ReadonlySet<string> {
  const named = header.split(',').map((part) => part.split(';').map((piece) => piece.trim()));
  const wanted = named.filter(([, weight]) => !/^q=0(\.0*)?$/.test(weight ?? ''));
  return new Set(wanted.map(([coding = '']) => coding.toLowerCase()));
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
