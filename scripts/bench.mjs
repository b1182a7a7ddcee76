/** `npm run bench -- ...`: the benchmarks. */
import { runBundled } from './bundle.mjs';

await runBundled('bench/main.ts', ['bench', 'src', 'signaling']);
