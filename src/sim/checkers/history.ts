import type { Action, Outcome } from './park-model.ts';

/** A line of a history, as the public contract has it. */
export interface HistoryLine {
  readonly seed: number;
  readonly time: number;
  readonly process: string;
  readonly type: 'invoke' | 'ok' | 'fail' | 'info';
  readonly f: 'enter' | 'leave' | 'capacity';
  readonly operation: string;
  readonly visitor?: string;
  readonly value?: number;
  readonly allowed?: boolean;
  readonly reason?: string;
}

/** One operation as a client saw it. */
export interface Call {
  /** Its node, its place among all calls of the run (`m`: of the market), and its sequence number: `anna#23.7`. */
  readonly key: string;
  readonly process: string;
  readonly operation: Action;
  /** On any scale that grows: ms, or places in the history. Equal numbers are at the same time. */
  readonly invokedAt: number;
  /** When it was answered; Infinity while it is open, and for ever when its fate was never told. */
  returnedAt: number;
  /** `fail`: it did not happen. `info`: it may have. */
  result: 'open' | 'ok' | 'fail' | 'info';
  outcome: Outcome | null;
  /** Its place in an order that may fit. The search looks there first; it proves nothing. */
  hint?: number;
}

/**
 * An operation's key as the log has it, `anna.7`. Several calls may share it: a sequence number that was not durable
 * yet when its page crashed is taken again by the next life (rule O1). Then none but the last of them happened.
 */
export function logKey(key: string): string {
  return key.replace(/#m?\d+\./, '.');
}
