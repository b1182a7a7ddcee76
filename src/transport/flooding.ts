/**
 * When adverts travel: our own soon after a change, changes in quick succession together; again every `refreshMs`
 * against what was lost; and everybody else's as they come in.
 *
 * A mesh that builds up changes all the time, and an advert of half a mesh costs nearly the square of its nodes in
 * messages. So links that come may wait a little: they only offer another way. Links that went may not: messages
 * get lost over them.
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
  /** The least between two floods when links only came. */
  addedMs: 250,
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
  readonly #added = new Set<NodeId>();
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
    for (const id of added) this.#added.add(id);
    const lost = before.some((id) => !own.neighbours.includes(id));
    this.#floodSoon(lost ? FLOOD_TIMING.lostMs : FLOOD_TIMING.addedMs);
  }

  /** A neighbour sent adverts. Returns false when one was refused for want of room. */
  received(sender: NodeId, adverts: readonly Advert[]): boolean {
    let accepted = true;
    const back: Advert[] = [];
    const onward = new Map<NodeId, Advert[]>();
    for (const advert of adverts) {
      const reception = this.#router.accept(advert);
      switch (reception.kind) {
        case 'new':
          for (const id of this.#router.passOn(advert, sender)) {
            onward.set(id, [...(onward.get(id) ?? []), advert]);
          }
          break;
        case 'stale':
          back.push(reception.newest);
          break;
        case 'ours':
          this.#floodSoon(FLOOD_TIMING.lostMs);
          break;
        case 'refused':
          accepted = false;
          break;
        case 'known':
          break;
      }
    }
    for (const [id, list] of onward) this.#ports.send(id, list);
    if (back.length > 0) this.#ports.send(sender, back);
    return accepted;
  }

  #floodNow(): void {
    this.#lastFlood = this.#ports.clock.now();
    const { own } = this.#router;
    for (const id of own.neighbours) {
      this.#ports.send(id, this.#added.has(id) ? this.#router.adverts() : [own]);
    }
    this.#added.clear();
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
        this.#router.setNeighbours(this.#router.own.neighbours);
        this.#floodNow();
        this.#ports.refreshed();
      });
    });
  }
}
