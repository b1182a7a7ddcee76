import type { TraceEvent } from '../../runtime/trace.ts';
import { DEFAULT_TIMING } from '../../core/timers.ts';

/** So many heartbeats in a row without a sign of life, and the leader is asked whether it lives (rule F1). */
export const MISSED_MOST = Math.floor(DEFAULT_TIMING.missedHeartbeats);

export function isHeartbeat({ what, detail = '' }: TraceEvent): boolean {
  return what === 'APPEND' && detail.startsWith('heartbeat');
}

/** When each node was last heard, by the trace: any message is a sign of life (rule F2). */
export class SignsOfLife {
  readonly #heard = new Map<string, number>();

  take(events: readonly TraceEvent[]): void {
    for (const { kind, peer, at } of events) {
      if (kind === 'received' && peer !== undefined) this.#heard.set(peer, at);
    }
  }

  /** How many heartbeats in a row this node owes, at most `MISSED_MOST`; null before it was ever heard. */
  missed(node: string, now: number): number | null {
    const heard = this.#heard.get(node);
    if (heard === undefined) return null;
    // The next one is on its way for a while before it is late.
    const due = Math.floor((now - heard) / DEFAULT_TIMING.heartbeat - 0.5);
    return Math.min(MISSED_MOST, Math.max(0, due));
  }
}
