/** `npm run fuzz -- ...`: throws bad input at what takes input from outside. */
import { runBundled } from './bundle.mjs';

await runBundled('src/fuzz/main.ts', ['src', 'signaling']);
