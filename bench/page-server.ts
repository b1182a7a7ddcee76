import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import path from 'node:path';
import type { BrowserContext } from 'playwright';

/** What the pages are built into, relative to the repository. */
export const PAGES_DIR = path.join('.cache', 'bench-pages');

interface Content {
  readonly contentType: string;
  readonly body: Buffer | string;
}

/** By its path: `/NAME` loads the script of that name and nothing else. */
type Pages = ReadonlyMap<string, Content>;

/** The pages of floors and peers, held in memory. */
export class PageServer {
  private constructor(
    readonly url: string,
    private readonly http: HttpServer,
  ) {}

  static async start(): Promise<PageServer> {
    const pages = loadPages();
    const http = createServer((request, response) => {
      const found = pages.get(new URL(request.url ?? '/', 'http://localhost').pathname);
      if (found) response.setHeader('Content-Type', found.contentType).end(found.body);
      else response.writeHead(404).end();
    }).listen(0, '127.0.0.1');
    await once(http, 'listening');
    const address = http.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return new PageServer(`http://127.0.0.1:${address.port}`, http);
  }

  async stop(): Promise<void> {
    this.http.closeAllConnections();
    this.http.close();
    await once(this.http, 'close');
  }
}

/**
 * Serves the same pages below `/bench` of another site: where they are to have that site's storage.
 * @returns where they are
 */
export async function servePagesAt(context: BrowserContext, site: string): Promise<string> {
  const pages = loadPages();
  const base = `${site}/bench`;
  await context.route(`${base}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    const found = pages.get(pathname.slice('/bench'.length));
    await route.fulfill(found ?? { status: 404 });
  });
  return base;
}

function loadPages(): Pages {
  const pages = new Map<string, Content>();
  for (const file of readdirSync(PAGES_DIR, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.js')) continue;
    const address = `/${file.split(path.sep).join('/')}`;
    const body = readFileSync(path.join(PAGES_DIR, file));
    pages.set(address, { contentType: 'text/javascript; charset=utf-8', body });
    pages.set(address.slice(0, -'.js'.length), {
      contentType: 'text/html; charset=utf-8',
      // Relative, since the pages may be below another folder.
      body: `<!doctype html><title>bench</title><script type="module" src="./${path.basename(file)}"></script>`,
    });
  }
  return pages;
}
