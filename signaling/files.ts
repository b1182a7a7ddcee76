/**
 * The built page, held in memory: what a name leads to is looked up in a table, so no name leads
 * anywhere else, and no request opens a file.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The bytes of a file, as they are or compressed. */
export interface Representation {
  readonly body: Buffer;
  readonly etag: string;
}

/** How a file may be compressed, the smallest first: what HTTP calls it, and what the build adds to the name. */
const CODINGS = [
  { coding: 'br', suffix: '.br' },
  { coding: 'gzip', suffix: '.gz' },
] as const;

export interface StaticFile extends Representation {
  readonly type: string;
  /** The smallest first. */
  readonly compressed: readonly (Representation & { readonly coding: string })[];
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
    .filter(({ name }) => !CODINGS.some(({ suffix }) => name.endsWith(suffix)))
    .map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)));
}

function load(file: string): StaticFile {
  const type = TYPES[path.extname(file)] ?? 'application/octet-stream';
  const compressed = CODINGS.filter(({ suffix }) => existsSync(file + suffix)).map(
    ({ coding, suffix }) => ({ coding, ...read(file + suffix) }),
  );
  return { ...read(file), type, compressed };
}

function read(file: string): Representation {
  const body = readFileSync(file);
  const digest = createHash('sha256').update(body).digest('base64url');
  return { body, etag: `"${digest.slice(0, 22)}"` };
}
