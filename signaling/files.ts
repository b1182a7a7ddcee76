/**
 * The built page, held in memory: what a name leads to is looked up in a table, so no name leads
 * anywhere else, and no request opens a file.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface StaticFile {
  readonly body: Buffer;
  readonly type: string;
  readonly etag: string;
}

/** By the path of its address, such as `/` and `/assets/main-1234.js`. */
export type Files = ReadonlyMap<string, StaticFile>;

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.woff2': 'font/woff2',
};

/** Reads everything below a folder. Throws when the folder is not there. */
export function loadFiles(dir: string): Files {
  const files = new Map<string, StaticFile>();
  for (const name of namesBelow(dir)) {
    const file = load(path.join(dir, name));
    const address = `/${name.split(path.sep).map(encodeURIComponent).join('/')}`;
    files.set(address, file);
    if (path.basename(name) === 'index.html')
      files.set(address.slice(0, -'index.html'.length), file);
  }
  return files;
}

function namesBelow(dir: string): string[] {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)));
}

function load(file: string): StaticFile {
  const body = readFileSync(file);
  const type = TYPES[path.extname(file)] ?? 'application/octet-stream';
  const digest = createHash('sha256').update(body).digest('base64url');
  return { body, type, etag: `"${digest.slice(0, 22)}"` };
}
