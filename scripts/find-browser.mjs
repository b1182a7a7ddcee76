/**
 * Finds a Chromium for the browser tests: CHROME_PATH, Playwright's own download, or an installed
 * Chrome or Chromium. `ensureBrowser` installs one when there is none.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { npx, root, run } from './lib.mjs';

/** Links between pages on loopback connect surely, and the browser makes no traffic of its own. */
export const BROWSER_ARGS = Object.freeze([
  '--disable-features=WebRtcHideLocalIpsWithMdns',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]);

/**
 * What a command prints on stdout may be for a program.
 * @type {import('./lib.mjs').Options}
 */
const ON_STDERR = { stdio: ['ignore', 2, 2] };

/** Chromium's sandbox refuses to run as root. */
export function runsAsRoot() {
  return process.getuid?.() === 0;
}

/**
 * The path of a browser, or undefined. An explicit CHROME_PATH that names nothing is an error:
 * silently testing with another browser than the one asked for would mislead.
 * @returns {string | undefined}
 */
export function findBrowser() {
  const chosen = process.env['CHROME_PATH'];
  if (chosen !== undefined && chosen !== '') {
    if (!existsSync(chosen)) throw new Error(`CHROME_PATH names no file: ${chosen}`);
    return chosen;
  }
  return [playwrightBrowser(), ...onPath(), ...usualPlaces()].find(
    (file) => file !== undefined && existsSync(file),
  );
}

/**
 * The path of a browser, installed first when there is none.
 * @returns {Promise<string>}
 */
export async function ensureBrowser() {
  const found = findBrowser();
  if (found !== undefined) return found;
  console.error('No Chrome or Chromium here: asking Playwright to download one.');
  await run(...npx(['playwright', 'install', 'chromium']), ON_STDERR);
  const downloaded = findBrowser();
  if (downloaded !== undefined) return downloaded;
  if (process.platform === 'linux' && runsAsRoot() && existsSync('/usr/bin/apt-get')) {
    console.error('The download failed: asking apt.');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const options = { ...ON_STDERR, env };
    await run('apt-get', ['update'], options);
    await run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], options);
  }
  const installed = findBrowser();
  if (installed !== undefined) return installed;
  throw new Error(
    'The tests need Chrome or Chromium, and none could be found or installed.\n' +
      'Install one (Debian: apt-get install chromium; anywhere: npx playwright install --with-deps\n' +
      'chromium), or set CHROME_PATH to the program of one that is installed.',
  );
}

/** @returns {string | undefined} where Playwright's own download would be */
function playwrightBrowser() {
  try {
    const require = createRequire(path.join(root, 'package.json'));
    /** @type {typeof import('playwright')} */
    const { chromium } = require('playwright');
    const file = chromium.executablePath();
    return existsSync(file) && starts(file) ? file : undefined;
  } catch {
    return undefined; // not installed yet, or a platform that Playwright does not know
  }
}

/**
 * A downloaded browser may lack the system's libraries, where an installed one would work.
 * @param {string} file
 */
function starts(file) {
  if (process.platform !== 'linux') return true;
  return spawnSync(file, ['--version'], { timeout: 10_000 }).status === 0;
}

/** @returns {string[]} */
function onPath() {
  const names =
    process.platform === 'win32'
      ? ['chrome.exe', 'chromium.exe']
      : ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((entry) => entry !== '');
  return folders.flatMap((folder) => names.map((name) => path.join(folder, name)));
}

/** @returns {string[]} */
function usualPlaces() {
  const home = process.env['HOME'] ?? '';
  switch (process.platform) {
    case 'darwin':
      return ['/Applications', path.join(home, 'Applications')].flatMap((folder) => [
        path.join(folder, 'Google Chrome.app/Contents/MacOS/Google Chrome'),
        path.join(folder, 'Chromium.app/Contents/MacOS/Chromium'),
      ]);
    case 'win32':
      return ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) => {
        const folder = process.env[name];
        if (folder === undefined) return [];
        return [
          path.join(folder, 'Google/Chrome/Application/chrome.exe'),
          path.join(folder, 'Chromium/Application/chrome.exe'),
        ];
      });
    default:
      return [
        '/usr/bin/chromium',
        '/usr/bin/google-chrome',
        '/opt/google/chrome/chrome',
        '/snap/bin/chromium',
        '/usr/lib/chromium/chromium',
      ];
  }
}
