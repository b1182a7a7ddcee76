import { CRASHES } from './faults/crashes.ts';
import { DISK } from './faults/disk.ts';
import type { Fault } from './faults/fault.ts';
import { comeTogether, GENERATIONS } from './faults/generations.ts';
import { MEMBERSHIP } from './faults/membership.ts';
import { PARTITIONS, setCoordinator } from './faults/partitions.ts';
import { PEOPLE } from './faults/people.ts';
import { TIME } from './faults/time.ts';
import { WEATHER } from './faults/weather.ts';
import type { World } from './world.ts';

export type { Fault } from './faults/fault.ts';

export const FAULTS: readonly Fault[] = [
  ...WEATHER,
  ...PARTITIONS,
  ...CRASHES,
  ...DISK,
  ...TIME,
  ...MEMBERSHIP,
  ...PEOPLE,
  ...GENERATIONS,
];

/** Everything heals, and everybody who is not gone for good comes back. */
export function healAll(world: World): void {
  world.healed = true;
  world.messages.calm();
  world.network.healAll();
  world.workload.locks(0);
  setCoordinator(world, true);
  for (const gate of world.gates) {
    gate.heal();
    comeTogether(world, gate);
    if (gate.status === 'down' || gate.status === 'absent') world.startWhenSafe(gate);
  }
}
