import type { LogEntry } from './entry.ts';
import type { Json } from './json.ts';

/**
 * What the log drives. Deterministic: the same entries give the same state and the same outcomes at every node,
 * byte for byte. The core makes sure that an operation reaches `apply` at most once (rule S7).
 */
export interface StateMachine {
  /** Back to the state before the first entry. */
  reset(): void;
  /** Called for every committed entry in order. Returns the outcome of an operation, null for other entries. */
  apply(entry: LogEntry): Json;
  /** The reason why a body can never be applied, or null. Checked by the leader before it appends. */
  refuse(body: Json): string | null;
  snapshot(): Json;
  /** The reason why a snapshot can't be this machine's, or null. Changes nothing. */
  refuseSnapshot(snapshot: Json): string | null;
  /** Takes a snapshot that `refuseSnapshot` has nothing against. */
  restore(snapshot: Json): void;
}
