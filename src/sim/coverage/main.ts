/** The command `npm run coverage`. */
import { writeFileSync } from 'node:fs';
import { FAULTS } from '../faults.ts';
import { UsageError } from '../options.ts';
import { NO_PLANT } from '../plant.ts';
import { run } from '../simulator.ts';
import { checkWritable } from '../writable.ts';
import { HELP, parseCoverage, type CoverageOptions } from './options.ts';
import { readRows, unseen, untested, writeTable } from './table.ts';
import { Tally } from './tally.ts';

/** One after the other, seed by seed: parks of two lead to other rules than parks with more gates than voters. */
const NODES = [5, 3, 12, 2, 7];
const ELECTIONS = ['bully', 'ring', 'bully', 'wireless'] as const;
const TOPOLOGIES = ['mesh', 'sample', 'mesh', 'ring', 'mesh', 'grid', 'random'] as const;
const MULTICASTS = ['sequencer', 'lamport', null] as const;
const SECONDS = 60;

process.exitCode = main(process.argv.slice(2));

function main(args: readonly string[]): number {
  try {
    const options = parseCoverage(args);
    if (!options.help) return cover(options);
    console.log(HELP);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\nnpm run coverage -- --help explains the options.`);
    return 2;
  }
}

function cover({ seeds, out }: CoverageOptions): number {
  checkWritable('--out', out);
  const { tally, violations } = tallyOf(seeds);
  const rows = readRows(process.cwd());
  const table = writeTable(rows, tally.counts, `npm run coverage -- --seeds ${seeds}`);
  if (out !== null) writeFileSync(out, table);
  console.log(table);
  const holes = [
    ...untested(rows).map((name) => `${name}: no test`),
    ...unseen(rows, tally.counts).map((name) => `${name}: not in any run`),
  ];
  for (const hole of holes) console.log(`NOT COVERED: ${hole}`);
  return holes.length > 0 || violations > 0 ? 1 : 0;
}

function tallyOf(seeds: number): { tally: Tally; violations: number } {
  const tally = new Tally();
  let violations = 0;
  const faults = FAULTS.map(({ name }) => name);
  for (let seed = 1; seed <= seeds; seed++) {
    const nodes = NODES[seed % NODES.length] ?? 5;
    const result = run({
      seed,
      nodes,
      seconds: SECONDS,
      faults,
      plant: NO_PLANT,
      tally,
      election: ELECTIONS[seed % ELECTIONS.length] ?? 'bully',
      topology: TOPOLOGIES[seed % TOPOLOGIES.length] ?? 'mesh',
      multicast: MULTICASTS[seed % MULTICASTS.length] ?? null,
      recorded: ({ type, reason }) => tally.told(type, reason ?? null),
    });
    const { violation } = result;
    for (const [fault, times] of result.faults) tally.count(`fault ${fault}`, times);
    if (violation === null) tally.count('converged');
    if (violation === null) continue;
    violations += 1;
    console.log(`VIOLATION with seed ${seed}, ${nodes} gates: ${violation.message}`);
  }
  return { tally, violations };
}
