import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The commit that is measured, with a plus where something was changed since; `unknown` outside of a repository. */
export function commitHere(): string {
  try {
    const commit = git('rev-parse', '--short', 'HEAD');
    // What the benchmarks write themselves is none of the product.
    const changed = git(
      'status',
      '--porcelain',
      '--',
      '.',
      ':!bench/RESULTS.md',
      ':!bench/results',
    );
    return changed === '' ? commit : `${commit}+`;
  } catch {
    return 'unknown';
  }
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}

/** Versions of what is measured besides, by the packages' names: each is pinned. */
export function peersHere(): Record<string, string> {
  const file = path.join('bench', 'package.json');
  // Our own file.
  const { dependencies } = JSON.parse(readFileSync(file, 'utf8')) as {
    dependencies: Record<string, string>;
  };
  return dependencies;
}
