import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { closeTabs, launch, newTab } from '../browsers.ts';
import type { Environment } from '../environment.ts';
import { newRoom } from '../joining.ts';
import { openGate } from '../park.ts';
import { toResult, type BenchResult } from '../result.ts';
import { atMost } from '../target.ts';

const DIST = path.join('dist', 'client');
const VIEWS = ['park', 'lab'] as const;

/** What a browser with an empty cache loads until a gate is ready, compressed as far as it goes, in KB of 1000 bytes. */
export async function firstLoad({ gatehouse }: Environment): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const view of VIEWS) {
    const files = await filesLoaded(gatehouse, view);
    for (const [coding, compress] of Object.entries({ br: brotliCompressSync, gzip: gzipSync })) {
      const bytes = files.reduce((sum, file) => sum + compress(readFileSync(file)).length, 0);
      const params = { view, coding, files: files.length };
      const asked = view === 'park' && coding === 'br' ? { target: atMost(90) } : {};
      const measured = {
        name: 'first-load',
        params,
        unit: 'KB',
        samples: { ours: [bytes / 1000] },
      };
      results.push(toResult({ ...measured, ...asked }));
    }
  }
  return results;
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
