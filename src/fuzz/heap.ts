import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What this process holds after everything that can be is thrown away, MiB. */
export function heap(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
