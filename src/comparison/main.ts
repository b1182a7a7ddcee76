/** `npm run compare`: the two ways of total-order multicast, as a table. The page shows the same. */
import { comparisons } from './compare.ts';
import { COLUMNS } from './table.ts';
import { ONE_WAY_MS } from './virtual-group.ts';

console.log(`Every message takes ${ONE_WAY_MS} ms. Virtual time, real code.\n`);
line(COLUMNS.map(([title]) => title));
line(COLUMNS.map(() => '---'));
for (const row of comparisons()) line(COLUMNS.map(([, cell]) => cell(row)));

function line(cells: readonly string[]): void {
  console.log(`| ${cells.join(' | ')} |`);
}
