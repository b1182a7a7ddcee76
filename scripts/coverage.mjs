/** `npm run coverage -- [--seeds N] [--out FILE]`: which rules, messages and refusals tests and the simulator cover. */
import { runBundled } from './bundle.mjs';

await runBundled('src/sim/coverage/main.ts', ['src', 'signaling']);
