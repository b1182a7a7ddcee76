/**
 * When adverts travel: our own and everybody else's soon after a change, changes in quick succession together; our own
 * again every `refreshMs` against what was lost.
 *
 * A mesh that builds up changes all the time, and an advert of half a mesh costs nearly the square of its nodes in
 * messages. So links that come may wait a little, the longer the more neighbours there are to tell: they only offer
 * another way. Links that went may not: messages get lost over them.
 */
import type { NodeId } from '../core/identity.ts';
import type { Clock, TimerHandle } from '../runtime/clock.ts';
import type { Router } from './router.ts';
import type { Advert } from './wire.ts';

/** Times in ms. */
export const FLOOD_TIMING = {
  /** From a change to the flood: what happens in one moment travels together. */
  gatherMs: 10,
  /** The least between two floods when a link went. */
  lostMs: 50,
  /** The least between two floods when links only came, for each neighbour that is to be told. */
  addedMs: 20,
  /** Jittered by a quarter. */
  refreshMs: 15_000,
} as const;

export interface FloodPorts {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Sends adverts to a neighbour. */
  readonly send: (neighbour: NodeId, adverts: readonly Advert[]) => void;
  /** With every refresh: what else may have been lost can be said again. */
  readonly refreshed: () => void;
  /** Calls back from a timer: wraps the work so that events come at its end. */
  readonly handle: (work: () => void) => void;
}

export class Flooding {
  readonly #router: Router;
  readonly #ports: FloodPorts;
  /** What each neighbour is to be told, the newest of each origin. */
  #untold = new Map<NodeId, Map<NodeId, Advert>>();
  #lastFlood = Number.NEGATIVE_INFINITY;
  #soon: { readonly at: number; readonly timer: TimerHandle } | undefined;
  #refresh: TimerHandle | undefined;

  constructor(router: Router, ports: FloodPorts) {
    this.#router = router;
    this.#ports = ports;
  }

  start(): void {
    this.#refreshLater();
  }

  stop(): void {
    for (const timer of [this.#soon?.timer, this.#refresh]) {
      if (timer !== undefined) this.#ports.clock.cancel(timer);
    }
  }

  /** Our own links changed. Those that were `added` get to know everything, not only our own advert. */
  changed(neighbours: Iterable<NodeId>, added: Iterable<NodeId> = []): void {
    const before = this.#router.own.neighbours;
    const own = this.#router.setNeighbours(neighbours);
    this.#tellAll(own);
    for (const id of added) for (const advert of this.#router.adverts()) this.#tell(id, advert);
    const lost = before.some((id) => !own.neighbours.includes(id));
    this.#floodSoon(this.#leastMs(lost));
  }

  /** A neighbour sent adverts. Returns false when one was refused for want of room. */
  received(sender: NodeId, adverts: readonly Advert[]): boolean {
    let accepted = true;
    const back: Advert[] = [];
    for (const advert of adverts) {
      this.#dropKnown(sender, advert);
      const reception = this.#router.accept(advert);
      switch (reception.kind) {
        case 'new':
          this.#passOn(advert, sender, reception.lost);
          break;
        case 'stale':
          back.push(reception.newest);
          break;
        case 'ours':
          this.#tellAll(this.#router.own);
          this.#floodSoon(this.#leastMs(true));
          break;
        case 'refused':
          accepted = false;
          break;
        case 'known':
          break;
      }
    }
    if (back.length > 0) this.#ports.send(sender, back);
    return accepted;
  }

  #passOn(advert: Advert, sender: NodeId, lost: boolean): void {
    const others = this.#router.passOn(advert, sender);
    for (const id of others) this.#tell(id, advert);
    if (others.length > 0) this.#floodSoon(this.#leastMs(lost));
  }

  /** A neighbour that told us need not be told. */
  #dropKnown(neighbour: NodeId, { origin, sequence }: Advert): void {
    const waiting = this.#untold.get(neighbour);
    const known = waiting?.get(origin);
    if (known !== undefined && known.sequence <= sequence) waiting?.delete(origin);
  }

  #tell(neighbour: NodeId, advert: Advert): void {
    const waiting = this.#untold.get(neighbour) ?? new Map<NodeId, Advert>();
    this.#untold.set(neighbour, waiting.set(advert.origin, advert));
  }

  #tellAll(advert: Advert): void {
    for (const id of this.#router.own.neighbours) this.#tell(id, advert);
  }

  #leastMs(lost: boolean): number {
    const addedMs = FLOOD_TIMING.addedMs * this.#router.own.neighbours.length;
    return lost ? Math.min(FLOOD_TIMING.lostMs, addedMs) : addedMs;
  }

  #floodNow(): void {
    this.#lastFlood = this.#ports.clock.now();
    const untold = this.#untold;
    this.#untold = new Map();
    for (const id of this.#router.own.neighbours) {
      const adverts = [...(untold.get(id)?.values() ?? [])];
      if (adverts.length > 0) this.#ports.send(id, adverts);
    }
  }

  /** Floods once `leastMs` have passed since the last time, or earlier if that was said before. */
  #floodSoon(leastMs: number): void {
    const { clock } = this.#ports;
    const now = clock.now();
    const at = Math.max(now + FLOOD_TIMING.gatherMs, this.#lastFlood + leastMs);
    if (this.#soon !== undefined) {
      if (this.#soon.at <= at) return;
      clock.cancel(this.#soon.timer);
    }
    const timer = clock.schedule(at - now, () => {
      this.#soon = undefined;
      this.#ports.handle(() => this.#floodNow());
    });
    this.#soon = { at, timer };
  }

  #refreshLater(): void {
    const pause = FLOOD_TIMING.refreshMs * (0.75 + 0.5 * this.#ports.random());
    this.#refresh = this.#ports.clock.schedule(pause, () => {
      this.#refreshLater();
      this.#ports.handle(() => {
        this.#tellAll(this.#router.setNeighbours(this.#router.own.neighbours));
        this.#floodNow();
        this.#ports.refreshed();
      });
    });
  }
}
