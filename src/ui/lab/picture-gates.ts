import type { Role, Status } from '../../runtime/gatehouse.ts';
import { gateRows, type GateRow } from '../park/gate-rows.ts';
import { isCutOff } from './fault-rules.ts';

/** A node in the picture of the network. */
export interface PictureGate extends GateRow {
  readonly down: boolean;
  /** A fault rule keeps this node's messages from it. */
  readonly cut: boolean;
}

const UP: ReadonlySet<Role> = new Set(['leader', 'follower', 'candidate', 'learner']);

/** What this node knows of the network. */
export function pictureGates(status: Status): PictureGate[] {
  return gateRows(status).map((gate) => ({
    ...gate,
    down: gate.self && !UP.has(status.role),
    cut: isCutOff(status.faults, gate.id),
  }));
}
