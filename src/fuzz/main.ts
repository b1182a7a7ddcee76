/** The command `npm run fuzz`. */
import { heap } from './heap.ts';
import { HELP, MOST_GROWTH, parseOptions, UsageError } from './options.ts';
import { fuzz, type Result } from './runner.ts';
import { TARGETS } from './targets.ts';

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options.show === 'help') console.log(HELP);
    if (options.show === 'targets') {
      for (const { name, about } of TARGETS) console.log(`${name.padEnd(14)}${about}`);
    }
    if (options.show !== null) return 0;
    let status = 0;
    for (const target of options.targets) {
      const started = performance.now();
      const result = await fuzz(target, { ...options, held: heap });
      const seconds = (performance.now() - started) / 1000;
      if (!tell(result, seconds, options.seed)) status = 1;
    }
    return status;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\nnpm run fuzz -- --help explains the options.`);
    return 2;
  }
}

function tell(result: Result, seconds: number, seed: number): boolean {
  const { target, runs, accepted, refused, sizes, grownBy, finding } = result;
  console.log(
    `${target.padEnd(14)}${runs} inputs, ${accepted} accepted, ${refused} refused, ` +
      `${seconds.toFixed(1)} s, heap grown by ${grownBy.toFixed(1)} MiB`,
  );
  for (const { what, size, most } of sizes) console.log(`  ${what}: ${size}, of ${most} at most`);
  if (finding) {
    const { run, error } = finding;
    console.log(
      `FOUND at input ${run}: ${error instanceof Error ? (error.stack ?? '') : String(error)}`,
    );
    console.log(`  again: npm run fuzz -- --only ${target} --seed ${seed} --runs ${run + 1}`);
  } else if (grownBy > MOST_GROWTH) {
    console.log(`FOUND: it has grown by ${grownBy.toFixed(1)} MiB, and may by ${MOST_GROWTH}`);
  }
  return finding === null && grownBy <= MOST_GROWTH;
}
