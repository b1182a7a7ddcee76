import { problemToLeave } from '../core/departure.ts';
import type { NodeId } from '../core/identity.ts';
import type { Clock } from './clock.ts';
import { Deferred } from './deferred.ts';
import { GatehouseError } from './gatehouse.ts';
import type { Host } from './host.ts';
import type { NodeCalls } from './node-calls.ts';

/** How long it waits for others that can go on without it, ms: as long as for the answer to an operation. */
const PATIENCE = 5000;
/** Between two looks, ms. */
const PAUSE = 200;

/**
 * Rule M7: leaves as soon as the others can go on without this gate. Until then nothing is said; after `PATIENCE` the
 * gate stays.
 */
export async function leaveWhenSpared(host: Host, calls: NodeCalls, clock: Clock): Promise<void> {
  const over = new Deferred<null>();
  const timer = clock.schedule(PATIENCE, () => over.resolve(null));
  let problem = 'the others do not answer';
  try {
    for (;;) {
      const silent = await Promise.race([silentNeighbours(calls), over.promise]);
      const { driver } = calls.running();
      if (silent === null) {
        throw new GatehouseError('no-quorum', true, `${problem}; this gate did not leave`);
      }
      const found = problemToLeave(driver.node, silent);
      if (found === null) {
        // In the same turn: what was seen still holds.
        host.leave();
        return;
      }
      problem = found;
      await Promise.race([pause(clock), over.promise]);
    }
  } finally {
    clock.cancel(timer);
  }
}

/** Asks all of them now: who hangs, or has just died, may not have been missed yet. Also waits until the disk is read. */
async function silentNeighbours(calls: NodeCalls): Promise<ReadonlySet<NodeId>> {
  try {
    const reply = await calls.command({ type: 'hello' });
    const greetings = reply.type === 'greeted' ? reply.greetings : [];
    return new Set(greetings.flatMap(({ peer, ms }) => (ms === null ? peer : [])));
  } catch {
    // The node has crashed meanwhile, and may have come back: its caller looks.
    return new Set();
  }
}

async function pause(clock: Clock): Promise<void> {
  const end = new Deferred<void>();
  clock.schedule(PAUSE, () => end.resolve());
  return end.promise;
}
