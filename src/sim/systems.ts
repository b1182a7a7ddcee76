/** The systems besides the park and the multicast: which of them have clients in a seed. */
import { NO_PLANT, type Plant } from './plant.ts';
import type { Random } from './random.ts';

export const SYSTEMS = ['chat', 'market', 'visits'] as const;

export type System = (typeof SYSTEMS)[number];

/**
 * What a seed picks by itself. Swarm testing (Groce et al., 2012): what is left out lets the rest go further. A planted
 * bug may need any of them.
 */
export function swarmOf(random: Random, plant: Plant): ReadonlySet<System> {
  const isPlanted = plant !== NO_PLANT;
  return new Set(SYSTEMS.filter(() => random.chance(0.5) || isPlanted));
}
