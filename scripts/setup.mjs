/** Makes sure that this Node will do and that the locked dependencies are installed. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { npm, root, run } from './lib.mjs';

/** Installs when needed. Throws with what to do when it can't. */
export async function setup() {
  checkNode();
  if (isInstalled()) return;
  console.log('Installing dependencies (npm ci).');
  // Building and testing need the development dependencies, whatever NODE_ENV says.
  const status = await run(...npm(['ci', '--include=dev', '--no-audit', '--no-fund']));
  if (status !== 0) throw new Error('npm ci failed: see above. Is the package registry in reach?');
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const fits = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
  if (fits) return;
  throw new Error(
    `Gatehouse needs Node 20.19 or newer, or 22.12 or newer. This is ${process.version}.`,
  );
}

/**
 * Whether every package that the lock file wants is there in the wanted version. npm writes what it
 * installed to `node_modules/.package-lock.json`; optional packages depend on the platform.
 */
function isInstalled() {
  const installedFile = path.join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const wanted = readPackages(path.join(root, 'package-lock.json'));
  const installed = readPackages(installedFile);
  return Object.entries(wanted).every(
    ([name, entry]) =>
      name === '' || entry.optional === true || installed[name]?.version === entry.version,
  );
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function readPackages(file) {
  /** @type {{ packages?: Record<string, { version?: string, optional?: boolean }> }} */
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  return lock.packages ?? {};
}
