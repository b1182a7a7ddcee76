import type { ParkOperation, ParkOutcome } from '../../machines/park.ts';

/** One operation as a client saw it. */
export interface Call {
  /** Of all operations of the run. */
  readonly key: string;
  readonly process: string;
  readonly operation: ParkOperation;
  readonly invokedAt: number;
  /** When it was answered; Infinity while it is open, and for ever when its fate was never told. */
  returnedAt: number;
  /** `fail`: it did not happen. `info`: it may have. */
  result: 'open' | 'ok' | 'fail' | 'info';
  outcome: ParkOutcome | null;
  /** Its place in an order that may fit. The search looks there first; it proves nothing. */
  hint?: number;
}
