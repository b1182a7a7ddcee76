/** Runs the comparison beside the page, which stays responsive, and tells every row as soon as it is there. */
import { comparisons } from './compare.ts';
import type { Compared } from './row.ts';

function say(message: Compared): void {
  postMessage(message);
}

try {
  for (const row of comparisons()) say({ type: 'row', row });
  say({ type: 'done' });
} catch (error) {
  say({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
}
