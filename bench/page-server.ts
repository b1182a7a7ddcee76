import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server as HttpServer, type ServerResponse } from 'node:http';
import path from 'node:path';
import process from 'node:process';

/** What the pages are built into, relative to the repository. */
export const PAGES_DIR = path.join('.cache', 'bench-pages');

/** The pages of floors and peers: `/NAME` loads the script of that name and nothing else. Held in memory. */
export class PageServer {
  private constructor(
    readonly url: string,
    private readonly http: HttpServer,
  ) {}

  static async start(): Promise<PageServer> {
    const scripts = new Map<string, Buffer>();
    for (const file of readdirSync(PAGES_DIR, { recursive: true, encoding: 'utf8' })) {
      if (file.endsWith('.js')) {
        scripts.set(`/${file.split(path.sep).join('/')}`, readFileSync(path.join(PAGES_DIR, file)));
      }
    }
    const http = createServer((request, response) => {
      answer(new URL(request.url ?? '/', 'http://localhost').pathname, scripts, response);
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

/** The built script of a page, to be put into a page of another origin. */
export function scriptOf(page: string): string {
  return path.resolve(process.cwd(), PAGES_DIR, `${page}.js`);
}

function answer(
  pathname: string,
  scripts: ReadonlyMap<string, Buffer>,
  response: ServerResponse,
): void {
  const script = scripts.get(pathname);
  if (script) {
    response.setHeader('Content-Type', 'text/javascript; charset=utf-8').end(script);
  } else if (scripts.has(`${pathname}.js`)) {
    const html = `<!doctype html><title>${pathname}</title><script type="module" src="${pathname}.js"></script>`;
    response.setHeader('Content-Type', 'text/html; charset=utf-8').end(html);
  } else {
    response.writeHead(404).end();
  }
}
