import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { filesNamedBy } from '../../scripts/first-load.mjs';
import { closeTabs, launch, newTab } from '../browsers.ts';
import type { Environment } from '../environment.ts';
import { newRoom } from '../joining.ts';
import { openGate } from '../park.ts';
import { toResult, type BenchResult, type Measured } from '../result.ts';
import { atMost } from '../target.ts';

const DIST = path.join('dist', 'client');
const VIEWS = ['park', 'lab'] as const;
/** The lab is loaded on demand. */
const BOUND = { target: atMost(90) };

/**
 * What a browser with an empty cache loads, compressed as far as it goes, in KB of 1000 bytes: what the page itself names, without
 * which there is no gate; and all that a view fetches, until nothing more comes.
 */
export async function firstLoad({ gatehouse }: Environment): Promise<BenchResult[]> {
  const page = readFileSync(path.join(DIST, 'index.html'), 'utf8');
  const named = ['index.html', ...filesNamedBy(page)].map((file) => path.join(DIST, file));
  const results = resultsOf('a gate', named, BOUND);
  for (const view of VIEWS)
    results.push(
      ...resultsOf(
        `the ${view}, whole`,
        await filesLoaded(gatehouse, view),
        view === 'park' ? BOUND : {},
      ),
    );
  return results;
}

function resultsOf(
  of: string,
  files: readonly string[],
  asked: Pick<Measured, 'target'>,
): BenchResult[] {
  return Object.entries({ br: brotliCompressSync, gzip: gzipSync }).map(([coding, compress]) => {
    const bytes = files.reduce((sum, file) => sum + compress(readFileSync(file)).length, 0);
    const params = { of, coding, files: files.length };
    const measured = { name: 'first-load', params, unit: 'KB', samples: { ours: [bytes / 1000] } };
    return toResult(coding === 'br' ? { ...measured, ...asked } : measured);
  });
}

/** The files of the build that a page asks for. */
async function filesLoaded(url: string, view: string): Promise<string[]> {
  const built = new Set(readdirSync(DIST, { recursive: true, encoding: 'utf8' }));
  const asked = new Set<string>();
  const browser = await launch();
  try {
    const page = await newTab(browser);
    page.on('request', (request) => {
      const { pathname } = new URL(request.url());
      const file = pathname === '/' ? 'index.html' : pathname.slice(1);
      if (built.has(file)) asked.add(path.join(DIST, file));
    });
    await openGate(page, url, { park: newRoom(), priority: 1, view });
    await page.waitForLoadState('networkidle');
    await closeTabs([page]);
    return [...asked];
  } finally {
    await browser.close();
  }
}
