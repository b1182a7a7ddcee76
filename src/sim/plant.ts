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
