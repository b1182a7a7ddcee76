/** How heavy the page is: what a browser fetches before it shows the park. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** Compressed by brotli, bytes. */
const MOST_BYTES = 96_000;

/**
 * The page itself, and the scripts and styles that it names. They stand compressed beside it.
 * @param {string} dir the built page
 * @param {number} [most] bytes
 * @returns {string} a line that says how much it is
 * @throws when it is more than that
 */
export function measureFirstLoad(dir, most = MOST_BYTES) {
  const page = readFileSync(path.join(dir, 'index.html'), 'utf8');
  const files = ['index.html', ...filesNamedBy(page)];
  const sizes = files.map((file) => statSync(path.join(dir, `${file}.br`)).size);
  const sum = sizes.reduce((a, b) => a + b, 0);
  const line = `The first load is ${kB(sum)} compressed, of ${kB(most)} at most.`;
  if (sum <= most) return line;
  const list = files.map((file, i) => `  ${kB(sizes[i] ?? 0)}  ${file}`);
  throw new Error(
    [`${line} Fetch what the first view does not need later, by import().`, ...list].join('\n'),
  );
}

/**
 * Every file below `assets/` that the page fetches by itself, once.
 * @param {string} page
 * @returns {string[]}
 */
export function filesNamedBy(page) {
  const named = page.matchAll(/(?:src|href)="\/?(assets\/[^"]+\.(?:js|css))"/g);
  return [...new Set([...named].map(([, file = '']) => file))];
}

/** @param {number} bytes */
function kB(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
