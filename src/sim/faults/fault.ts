import type { Gate } from '../gate.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';

/**
 * What came of an injection. `done`: it had an effect, or lies in wait. `in-vain`: it was done, and nobody could notice: it
 * does not count. `impossible`: it can't be done now.
 */
export type Injected = 'done' | 'in-vain' | 'impossible';

/** Something that goes wrong now and then. */
export interface Fault {
  readonly name: string;
  readonly about: string;
  /** The mean pause between two, ms; each seed makes it more or less frequent. */
  readonly everyMs: number;
  /**
   * `injection`: each time that it is injected and has an effect. `hit`: what was injected only lies in wait; the fault
   * counts for itself when it happens.
   */
  readonly counts: 'injection' | 'hit';
  /** Does it now, unless it can't be done now. */
  inject(world: World, random: Random): Injected;
}

export function fault(
  name: string,
  about: string,
  everyMs: number,
  inject: Fault['inject'],
  counts: Fault['counts'] = 'injection',
): Fault {
  return { name, about, everyMs, counts, inject };
}

export function awake(world: World): Gate[] {
  return world.gates.filter((gate) => gate.awake);
}

/** Everybody who is there or will be back. */
export function present(world: World): Gate[] {
  return world.gates.filter(({ status }) => status !== 'gone');
}

export function pair(world: World, random: Random): [Gate, Gate] | null {
  const [a, b] = random.shuffle(awake(world));
  return a && b ? [a, b] : null;
}

export function leaderOf(world: World): Gate | undefined {
  return world.gates.find((gate) => gate.life?.driver.node.leadership);
}

export function indexes(gates: readonly Gate[]): string {
  return gates.map(({ index }) => index).join();
}
