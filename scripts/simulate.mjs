/** `npm run simulate -- ...`: the simulator. */
import process from 'node:process';
import { runBundled } from './bundle.mjs';

// Ctrl-C goes to the simulator too, which ends with what it has found so far.
process.on('SIGINT', () => undefined);
await runBundled('src/sim/main.ts', ['src', 'signaling']);
