/**
 * Peers that a node in a mesh has met and lost from sight. One that vanished without a goodbye would be tried for ever,
 * and keep others out. It is given up once it has been out of reach for a minute, and a coordinator that had as long to
 * see it come back does not list it; until it is listed, signals, or comes into reach. Without a coordinator nobody can
 * tell, so all are tried, but ever more rarely.
 */
import type { NodeId } from '../core/identity.ts';
import type { Clock, TimerHandle } from '../runtime/clock.ts';

/** ms. */
export const ABSENT_MS = 60_000;
const REVIEW_MS = 10_000;

/** The most that are remembered as given up. */
const MAX_GIVEN_UP = 256;

export interface AbsencesPorts {
  readonly clock: Clock;
  /** Wraps work that comes from a timer. */
  readonly handle: (work: () => void) => void;
  /** Whom the node has met and can't reach at the moment. */
  readonly outOfReach: () => readonly NodeId[];
  readonly isListed: (peer: NodeId) => boolean;
  readonly giveUp: (peer: NodeId) => void;
  readonly tryAgain: (peer: NodeId) => void;
  readonly tryRarely: (peer: NodeId) => void;
  /** It was given up so long ago, and so many since, that it has to be met anew. */
  readonly forget: (peer: NodeId) => void;
}

export class Absences {
  readonly #ports: AbsencesPorts;
  readonly #since = new Map<NodeId, number>();
  /** The latest last. */
  readonly #givenUp = new Set<NodeId>();
  /** `away`: no connection to the coordinator. A time: that of its first list since. */
  #coordinator: 'away' | 'silent' | number = 'away';
  #timer: TimerHandle | undefined;

  constructor(ports: AbsencesPorts) {
    this.#ports = ports;
  }

  start(): void {
    this.#timer = this.#ports.clock.schedule(REVIEW_MS, () => {
      this.start();
      this.#ports.handle(() => this.#review());
    });
  }

  stop(): void {
    if (this.#timer !== undefined) this.#ports.clock.cancel(this.#timer);
  }

  coordinator(state: 'connected' | 'disconnected'): void {
    this.#coordinator = state === 'connected' ? 'silent' : 'away';
  }

  /** The coordinator told its whole list. */
  listed(): void {
    if (this.#coordinator === 'silent') this.#coordinator = this.#ports.clock.now();
  }

  isGivenUp(peer: NodeId): boolean {
    return this.#givenUp.has(peer);
  }

  /** Those out of reach, each with since when, and those given up. */
  held(): {
    readonly since: readonly (readonly [NodeId, number])[];
    readonly givenUp: readonly NodeId[];
  } {
    return { since: [...this.#since], givenUp: [...this.#givenUp] };
  }

  /** It has shown up, or need not be given up any more. False if it was not. */
  takeUp(peer: NodeId): boolean {
    this.#since.delete(peer);
    return this.#givenUp.delete(peer);
  }

  /** The node chooses whom to link to by itself now. */
  clear(): void {
    this.#since.clear();
    this.#givenUp.clear();
  }

  #review(): void {
    const now = this.#ports.clock.now();
    const absent = this.#absentFor(ABSENT_MS, now);
    if (this.#coordinator === 'away') {
      for (const peer of absent) this.#ports.tryRarely(peer);
      this.#tryOneAgain();
    } else if (this.#coordinator !== 'silent' && now - this.#coordinator >= ABSENT_MS) {
      for (const peer of absent) if (!this.#ports.isListed(peer)) this.#giveUp(peer);
    }
  }

  #absentFor(time: number, now: number): NodeId[] {
    const away = this.#ports.outOfReach().filter((peer) => !this.#givenUp.has(peer));
    for (const peer of [...this.#since.keys()]) {
      if (!away.includes(peer)) this.#since.delete(peer);
    }
    for (const peer of away) if (!this.#since.has(peer)) this.#since.set(peer, now);
    return away.filter((peer) => now - (this.#since.get(peer) ?? now) >= time);
  }

  #giveUp(peer: NodeId): void {
    this.#since.delete(peer);
    this.#givenUp.add(peer);
    this.#ports.giveUp(peer);
    const [oldest] = this.#givenUp;
    if (oldest === undefined || this.#givenUp.size <= MAX_GIVEN_UP) return;
    this.#givenUp.delete(oldest);
    this.#ports.forget(oldest);
  }

  /** With the coordinator its word is gone, too. One at a time, for they are in no hurry. */
  #tryOneAgain(): void {
    const [oldest] = this.#givenUp;
    if (oldest === undefined) return;
    this.#givenUp.delete(oldest);
    this.#ports.tryAgain(oldest);
    this.#ports.tryRarely(oldest);
  }
}
