/** What the scripts share. Node's own modules only: they run before anything is installed. */
import { execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** @typedef {Pick<import('node:child_process').SpawnOptions, 'env' | 'cwd' | 'stdio'>} Options */

/**
 * Runs a program in the repository with this terminal. Resolves to its exit status; a program that
 * could not be started or was killed counts as 1. Never rejects.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Options} [options]
 * @returns {Promise<number>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    child.once('error', (error) => {
      console.error(`Could not run ${command}: ${error.message}`);
      resolve(1);
    });
    child.once('close', (code) => {
      resolve(code ?? 1);
    });
  });
}

/**
 * Runs a package's program with this very Node, without the detour (and the extra process) of npx.
 * @param {string} file the program's file inside node_modules
 * @param {readonly string[]} args
 * @param {Options} [options]
 */
export function runModule(file, args, options) {
  return run(process.execPath, [path.join(root, 'node_modules', file), ...args], options);
}

/**
 * As `runModule`, out of the way of what runs meanwhile: at a low priority, and what it prints comes
 * when it has ended.
 * @param {string} file the program's file inside node_modules
 * @param {readonly string[]} args
 * @returns {Promise<number>}
 */
export function runAside(file, args) {
  return new Promise((resolve) => {
    const program = path.join(root, 'node_modules', file);
    const child = execFile(
      process.execPath,
      [program, ...args],
      { cwd: root, maxBuffer: 2 ** 28 },
      (error, ...printed) => {
        console.log(printed.join(''));
        if (error !== null && typeof error.code !== 'number') console.error(error.message);
        resolve(error === null ? 0 : 1);
      },
    );
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  });
}

/**
 * How to call npm: through Node where npm says where it is, since Windows can't spawn `npm.cmd`.
 * @param {readonly string[]} args
 * @returns {[string, string[]]}
 */
export function npm(args) {
  const cli = process.env['npm_execpath'];
  if (cli !== undefined && cli.endsWith('npm-cli.js')) return [process.execPath, [cli, ...args]];
  return process.platform === 'win32' ? ['cmd', ['/c', 'npm', ...args]] : ['npm', [...args]];
}

/**
 * @param {readonly string[]} args
 * @returns {[string, string[]]}
 */
export function npx(args) {
  return npm(['exec', '--', ...args]);
}

/**
 * The time of the newest change below these paths, in milliseconds since the epoch. Folders count
 * too, since a deleted file changes nothing else. Tests and packages don't count, nor do paths that are missing.
 * @param {readonly string[]} paths relative to the repository
 * @returns {number}
 */
export function newestChange(paths) {
  return Math.max(0, ...paths.map((entry) => newestBelow(path.join(root, entry))));
}

/**
 * @param {string} entry
 * @returns {number}
 */
function newestBelow(entry) {
  if (!existsSync(entry) || /\.(test|contract)\.ts$/.test(entry)) return 0;
  if (path.basename(entry) === 'node_modules') return 0;
  const stats = statSync(entry);
  if (!stats.isDirectory()) return stats.mtimeMs;
  const children = readdirSync(entry).map((name) => newestBelow(path.join(entry, name)));
  return Math.max(stats.mtimeMs, ...children);
}
