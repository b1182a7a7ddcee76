import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { filesNamedBy, measureFirstLoad } from './first-load.mjs';

const PAGE = `<link rel="icon" href="data:,">
<script type="module" crossorigin src="/assets/index-a1.js"></script>
<link rel="modulepreload" crossorigin href="/assets/shared-b2.js">
<link rel="stylesheet" crossorigin href="/assets/index-c3.css">
<link rel="modulepreload" crossorigin href="/assets/shared-b2.js">`;

const made: string[] = [];
afterEach(() => {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true });
});

/** A built page whose every file has so many bytes, compressed. */
function built(bytes: number): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'first-load-'));
  made.push(dir);
  mkdirSync(path.join(dir, 'assets'));
  writeFileSync(path.join(dir, 'index.html'), PAGE);
  for (const file of ['index.html', ...filesNamedBy(PAGE), 'assets/later-d4.js'])
    writeFileSync(path.join(dir, `${file}.br`), new Uint8Array(bytes));
  return dir;
}

it('names scripts, preloads and styles, each once', () => {
  expect(filesNamedBy(PAGE)).toEqual([
    'assets/index-a1.js',
    'assets/shared-b2.js',
    'assets/index-c3.css',
  ]);
});

it('counts the page and what it names, and nothing that comes later', () => {
  expect(measureFirstLoad(built(1000), 4000)).toBe(
    'The first load is 4.0 kB compressed, of 4.0 kB at most.',
  );
});

it('refuses what is too heavy, and says which files are', () => {
  expect(() => measureFirstLoad(built(1000), 3999)).toThrow(/4\.0 kB.*\n.*1\.0 kB {2}index\.html/);
});
