/**
 * Which peers have a link, or are tried: a bounded number. Who finds no room waits for it. Peers that vanished without
 * a word must not keep newcomers out, so a link that fails again and again gives way: at once to a peer that has shown
 * up, and to those that wait when its next attempt is due.
 */
import type { NodeId } from '../core/identity.ts';
import type { TimerHandle } from '../runtime/clock.ts';
import type { LinkSignalBody } from './link-signal.ts';
import type { Connection, SignalPath } from './links.ts';

/** The most peers that we are linked to, or try to be. */
export const MAX_LINKS = 64;

/** A link that has failed so often in a row gives way to others. */
export const FAILED_OFTEN = 5;

export interface Connecting {
  readonly kind: 'connecting';
  readonly connection: Connection;
  /** What this side has said in this attempt; its connection makes a bounded number of signals. */
  readonly told: readonly LinkSignalBody[];
  /** When that was begun to be said, or said again, ms. */
  toldAt: number;
  /** The other side has said something in this attempt. */
  answered: boolean;
}

export type LinkPhase =
  | { readonly kind: 'idle' }
  | Connecting
  | { readonly kind: 'open'; readonly connection: Connection };

export interface Link {
  readonly peer: NodeId;
  /** Whether to try again when it breaks. */
  wanted: boolean;
  /** Nobody lists the peer: it is tried ever more rarely. */
  isRare: boolean;
  /** It has signaled, or is known to be there. */
  hasShownUp: boolean;
  phase: LinkPhase;
  /** The newest attempt's number, 0 before the first. */
  session: number;
  /** The newest incarnation of the peer that we heard of, 0 before the first. */
  incarnation: number;
  /** How many attempts failed since it was last open. */
  failures: number;
  /** The way that signals go: the peer's own last one for its answers, else the other one after each failure. */
  path: SignalPath;
  /** While idle: of the next attempt. While connecting: of giving up. */
  timer: TimerHandle | undefined;
}

export class LinkSlots {
  readonly #links = new Map<NodeId, Link>();
  /** Wanted, without room: who has waited longest first. */
  readonly #waiting = new Map<NodeId, Link>();
  readonly #end: (link: Link) => void;

  /** `end` ends the attempt of a link that gives way. */
  constructor(end: (link: Link) => void) {
    this.#end = end;
  }

  /** The link that has a slot. */
  get(peer: NodeId): Link | undefined {
    return this.#links.get(peer);
  }

  isWaiting(peer: NodeId): boolean {
    return this.#waiting.has(peer);
  }

  all(): Iterable<Link> {
    return this.#links.values();
  }

  /** Wanted, and without a slot. */
  waiting(): Iterable<Link> {
    return this.#waiting.values();
  }

  /** The link of this peer, in a slot; undefined when there is no room. */
  claim(peer: NodeId, hasShownUp: boolean): Link | undefined {
    const known = this.#links.get(peer);
    if (known !== undefined) return known;
    if (!this.#hasRoom() && !this.#evict(hasShownUp)) return undefined;
    return this.#seat(this.#waiting.get(peer) ?? newLink(peer));
  }

  wait(peer: NodeId): void {
    this.#waiting.set(peer, { ...newLink(peer), wanted: true });
  }

  /** It is wanted no more. */
  stopWaiting(peer: NodeId): void {
    this.#waiting.delete(peer);
  }

  /** Who has waited longest gets a slot that nobody needs. */
  admit(): Link | undefined {
    const [next] = this.#waiting.values();
    return next !== undefined && this.#hasRoom() ? this.#seat(next) : undefined;
  }

  /** The next attempt of this link is due: who has waited longest has its turn instead, if it failed too often. */
  turn(link: Link): Link {
    const [next] = this.#waiting.values();
    if (next === undefined || link.failures < FAILED_OFTEN) return link;
    this.#giveWay(link);
    return this.#seat(next);
  }

  clear(): void {
    this.#links.clear();
    this.#waiting.clear();
  }

  #seat(link: Link): Link {
    this.#waiting.delete(link.peer);
    this.#links.set(link.peer, link);
    return link;
  }

  /** Forgets one peer that nobody wants and that has no link, where there is no slot left. */
  #hasRoom(): boolean {
    if (this.#links.size < MAX_LINKS) return true;
    for (const link of this.#links.values()) {
      if (!link.wanted && link.phase.kind === 'idle') return this.#links.delete(link.peer);
    }
    return false;
  }

  /** The last resort. For one that has shown up any gives way that has not. */
  #evict(forOneThere: boolean): boolean {
    let most: Link | undefined;
    for (const link of this.#links.values()) {
      const { phase, failures } = link;
      if (phase.kind === 'open' || (phase.kind === 'connecting' && phase.answered)) continue;
      if (failures < FAILED_OFTEN && (link.hasShownUp || !forOneThere)) continue;
      if (most === undefined || failures > most.failures) most = link;
    }
    if (most !== undefined) this.#giveWay(most);
    return most !== undefined;
  }

  #giveWay(link: Link): void {
    this.#end(link);
    this.#links.delete(link.peer);
    if (link.wanted) this.#waiting.set(link.peer, link);
  }
}

function newLink(peer: NodeId): Link {
  return {
    peer,
    wanted: false,
    isRare: false,
    hasShownUp: false,
    phase: { kind: 'idle' },
    session: 0,
    incarnation: 0,
    failures: 0,
    path: 'coordinator',
    timer: undefined,
  };
}
