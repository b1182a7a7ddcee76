import type { Context } from './context.ts';
import type { NodeId } from './identity.ts';
import type { GotIt } from './messages.ts';

type State = 'alive' | 'suspected' | 'failed';

/** `short`: the coordinator saw the peer go. */
type Patience = 'usual' | 'short';

interface Watch {
  state: State;
  /** A PROBE is under way, and how long it may be. */
  waits: false | Patience;
  /** The last PROBE, and when it was sent: its answer tells the round trip, also when it comes too late. */
  nonce: number;
  probedAt: number;
  /** Smoothed round trip, ms; null before the first answer. */
  roundTrip: number | null;
  /** When anything was last heard, ms. */
  heardAt: number;
}

/** What the rest of the node does about it. */
export interface DetectorEvents {
  failed(peer: NodeId): void;
  /** A failed peer was heard again. */
  back(peer: NodeId): void;
}

/**
 * PROBE and GOT_IT. A suspicion (silence, a hint, a broken link) only sends a PROBE; only a PROBE that nobody
 * answers, a link closed by the other side or a farewell makes a peer failed (rules F1 to F3).
 */
export class FailureDetector {
  readonly #watches = new Map<NodeId, Watch>();
  #nextNonce = 1;

  constructor(
    private readonly context: Context,
    private readonly events: DetectorEvents,
  ) {}

  isFailed(peer: NodeId): boolean {
    return this.#watches.get(peer)?.state === 'failed';
  }

  isSuspected(peer: NodeId): boolean {
    const state = this.#watches.get(peer)?.state;
    return state === 'suspected' || state === 'failed';
  }

  /** When anything was last heard from the peer, ms; -Infinity for never. */
  heardAt(peer: NodeId): number {
    return this.#watches.get(peer)?.heardAt ?? -Infinity;
  }

  /** Any message proves life (rule F2). */
  heard(peer: NodeId): void {
    const watch = this.#watch(peer);
    watch.heardAt = this.context.now;
    const was = watch.state;
    watch.state = 'alive';
    watch.waits = false;
    this.context.clearTimer(`probe:${peer}`);
    if (was !== 'failed') return;
    this.context.note('back', peer);
    this.events.back(peer);
  }

  /** Sends a PROBE at once, unless one is under way or the peer is failed already. */
  suspect(peer: NodeId, why: string): void {
    this.#suspect(peer, why, 'usual');
  }

  /** The coordinator saw the peer go (rule F3). */
  gone(peer: NodeId): void {
    this.#suspect(peer, 'the coordinator saw its socket close', 'short');
  }

  /** The PROBE of the random schedule: no suspicion yet. */
  probe(peer: NodeId): void {
    const watch = this.#watch(peer);
    if (watch.state !== 'failed' && watch.waits === false) this.#probe(peer, watch, 'usual');
  }

  /**
   * Asks the failed ones that can be reached whether they are back: what they said when they came may have been lost.
   * Nobody waits for the answer.
   */
  recheck(isReachable: (peer: NodeId) => boolean): void {
    for (const [peer, { state }] of this.#watches) {
      if (state !== 'failed' || !isReachable(peer)) continue;
      this.context.send(peer, { type: 'PROBE', nonce: this.#nextNonce++ });
    }
  }

  /**
   * Call before `heard`. An answer that came too late counts as well, or a peer that is only slow would be found dead
   * again and again; as no more than the longest wait, since it may have slept.
   */
  gotIt(peer: NodeId, message: GotIt): void {
    const watch = this.#watch(peer);
    if (message.to !== 'PROBE' || watch.nonce !== message.nonce) return;
    const [, longest] = this.context.timing.probeTimeout;
    const sample = Math.min(longest, this.context.now - watch.probedAt);
    watch.roundTrip = watch.roundTrip === null ? sample : watch.roundTrip * 0.8 + sample * 0.2;
  }

  /** Whether this answers the newest PROBE, and that one was sent at `since` or later: what was answered before is old news. */
  answers(peer: NodeId, message: GotIt, since: number): boolean {
    const watch = this.#watches.get(peer);
    return watch?.nonce === message.nonce && watch.probedAt >= since;
  }

  /** Timer `probe:peer`. */
  timedOut(peer: NodeId): void {
    if (this.#watch(peer).waits !== false) this.fail(peer, 'PROBE unanswered');
  }

  /** A fact: an unanswered PROBE, a link that the other side closed, a farewell. */
  fail(peer: NodeId, why: string): void {
    const watch = this.#watch(peer);
    watch.waits = false;
    this.context.clearTimer(`probe:${peer}`);
    if (watch.state === 'failed') return;
    watch.state = 'failed';
    this.context.note('failed', `${peer}: ${why}`);
    this.events.failed(peer);
  }

  /** Who is no member, and out of reach for long. */
  forget(peer: NodeId): void {
    this.context.clearTimer(`probe:${peer}`);
    this.#watches.delete(peer);
  }

  /** This node has slept: what it thinks of others is old, and it blames nobody (rule F4). */
  forgive(): void {
    for (const [peer, watch] of this.#watches) {
      this.context.clearTimer(`probe:${peer}`);
      watch.waits = false;
      watch.state = 'alive';
      watch.heardAt = this.context.now;
    }
  }

  /** Of two PROBEs under way the one with less patience counts. */
  #suspect(peer: NodeId, why: string, patience: Patience): void {
    const watch = this.#watch(peer);
    if (watch.state === 'failed' || watch.waits === 'short' || watch.waits === patience) return;
    watch.state = 'suspected';
    this.context.note('suspects', `${peer}: ${why}`);
    this.#probe(peer, watch, patience);
  }

  #probe(peer: NodeId, watch: Watch, patience: Patience): void {
    watch.waits = patience;
    watch.nonce = this.#nextNonce++;
    watch.probedAt = this.context.now;
    this.context.send(peer, { type: 'PROBE', nonce: watch.nonce });
    this.context.setTimer(`probe:${peer}`, this.#timeout(watch, patience));
  }

  /** Adapts to the round trips seen, so that a slow network is not taken for a dead peer. */
  #timeout(watch: Watch, patience: Patience): number {
    const { probeTimeout, goneTimeout } = this.context.timing;
    const [shortest, high] = probeTimeout;
    const low = patience === 'usual' ? shortest : goneTimeout;
    if (watch.roundTrip === null) return Math.min(high, 1.5 * low);
    return Math.min(high, Math.max(low, low / 2 + 6 * watch.roundTrip));
  }

  #watch(peer: NodeId): Watch {
    let watch = this.#watches.get(peer);
    if (!watch) {
      watch = {
        state: 'alive',
        waits: false,
        nonce: 0,
        probedAt: 0,
        roundTrip: null,
        heardAt: -Infinity,
      };
      this.#watches.set(peer, watch);
    }
    return watch;
  }
}
