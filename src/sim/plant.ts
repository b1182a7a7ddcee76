import type { MulticastKind } from '../core/entry.ts';
import type { Driver, Ports } from '../runtime/driver.ts';
import type { Gate } from './gate.ts';

/** A bug put in on purpose, from outside: the core knows nothing of it. */
export interface Plant {
  /** A gate whose disk was wiped while it was closed comes back under its old name. */
  readonly keepsIdentity: boolean;
  ports(gate: Gate, ports: Ports): Ports;
  started(gate: Gate, driver: Driver): void;
}

export const NO_PLANT: Plant = {
  keepsIdentity: false,
  ports: (_gate, ports) => ports,
  started: () => undefined,
};

/** A planted bug as the command knows it: each is a mistake that a good engineer could make. */
export interface PlantedBug {
  readonly name: string;
  readonly about: string;
  /** Rules that it breaks: who sees another one broken has found something else. */
  readonly breaks: readonly string[];
  /** Faults that it takes to show: they come often, besides those that were asked for. */
  readonly faults: readonly string[];
  /** How many gates it takes to show, when nobody asks for another number. */
  readonly nodes: readonly [least: number, most: number];
  /** The order of multicasts in which it shows; null when it has nothing to do with them. */
  readonly multicast: MulticastKind | null;
  readonly plant: Plant;
  /** Puts in what no port can: returns what takes it out again. */
  install(): () => void;
}

/** What differs from a node that is as it should be. */
export interface Change extends Partial<Plant> {
  readonly install?: () => () => void;
  readonly nodes?: readonly [least: number, most: number];
  readonly multicast?: MulticastKind;
}

const USUAL_NODES = [3, 7] as const;

export function plantedBug(
  name: string,
  about: string,
  breaks: readonly string[],
  faults: readonly string[],
  { install, nodes = USUAL_NODES, multicast, ...plant }: Change,
): PlantedBug {
  return {
    name,
    about,
    breaks,
    faults,
    nodes,
    multicast: multicast ?? null,
    plant: { ...NO_PLANT, ...plant },
    install: install ?? (() => () => undefined),
  };
}
