import type { MulticastKind } from '../core/entry.ts';

/** What one algorithm costs in a group of one size. */
export interface Comparison {
  readonly kind: MulticastKind;
  readonly size: number;
  /** Messages between gates for one multicast, when nothing else is under way: counted, and what theory says. */
  readonly messages: number;
  readonly theory: number;
  /** Messages for one multicast when all gates send ten at once: one acknowledgement stands for several. */
  readonly atOnce: number;
  /** From the call until it is delivered at the sender, and until it is delivered everywhere, ms. */
  readonly latencyMs: number;
  readonly everywhereMs: number;
  /** How long nothing is delivered when the greatest gate fails, which leads the park and is the sequencer if any is. */
  readonly greatest: Pauses;
  /** The same when another one fails. */
  readonly another: Pauses;
}

/** ms; null: nothing is delivered any more, since too few are left to agree on anything, or there is no such gate. */
export interface Pauses {
  /** Its page is gone: the coordinator sees its socket close, its links just fall silent. */
  readonly dies: number | null;
  /** It answers nothing any more, and nobody is told. */
  readonly hangs: number | null;
}

/** What the worker says. */
export type Compared =
  | { readonly type: 'row'; readonly row: Comparison }
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly message: string };
