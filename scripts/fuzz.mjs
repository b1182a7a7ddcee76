/** `npm run fuzz -- ...`: throws bad input at every boundary. */
import { runBundled } from './bundle.mjs';

await runBundled('src/fuzz/main.ts', ['src', 'signaling']);
