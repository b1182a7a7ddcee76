/** `npm run compare`: what multicasts cost, sequencer against Lamport, as the group grows. */
import { runBundled } from './bundle.mjs';

await runBundled('src/comparison/main.ts', ['src']);
