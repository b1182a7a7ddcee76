/** The command `npm run coverage`. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { FAULTS } from '../faults.ts';
import { NO_PLANT } from '../plant.ts';
import { run } from '../simulator.ts';
import { readRows, unseen, untested, writeTable } from './table.ts';
import { Tally } from './tally.ts';

/** One after the other, seed by seed: parks of two lead to other rules than parks with more gates than voters. */
const NODES = [5, 3, 12, 2, 7];
const ELECTIONS = ['bully', 'ring', 'bully', 'wireless'] as const;
const TOPOLOGIES = ['mesh', 'sample', 'mesh', 'ring', 'mesh', 'grid', 'random'] as const;
const MULTICASTS = ['sequencer', 'lamport', null] as const;
const SECONDS = 60;

process.exitCode = main();

function main(): number {
  const { values } = parseArgs({ options: { seeds: { type: 'string', default: '100' } } });
  const seeds = Number(values.seeds);
  if (!Number.isInteger(seeds) || seeds < 1) {
    console.error('npm run coverage -- --seeds N: how many seeds of the simulator to run');
    return 2;
  }
  const { counts } = tallyOf(seeds);
  const root = process.cwd();
  const rows = readRows(root);
  const table = writeTable(rows, counts, `npm run coverage -- --seeds ${seeds}`);
  writeFileSync(path.join(root, 'src/core/COVERAGE.md'), table);
  console.log(table);
  const holes = [
    ...untested(rows).map((name) => `${name}: no test`),
    ...unseen(rows, counts).map((name) => `${name}: not in any run`),
  ];
  for (const hole of holes) console.log(`NOT COVERED: ${hole}`);
  return holes.length > 0 ? 1 : 0;
}

function tallyOf(seeds: number): Tally {
  const tally = new Tally();
  const faults = FAULTS.filter(({ usual }) => usual).map(({ name }) => name);
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
    if (violation) console.log(`VIOLATION with seed ${seed}, ${nodes} gates: ${violation.message}`);
  }
  return tally;
}
