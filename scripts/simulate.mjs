/** `npm run simulate -- ...`: the simulator. */
import { runBundled } from './bundle.mjs';

await runBundled('src/sim/main.ts', ['src', 'signaling'], { endsItself: true });
