import type { NodeView } from '../core/view.ts';

/** So long nothing may be decided before people at a door should know, ms. */
const LONG = 1000;

/** Notices that operations of this node wait although there is a leader with a quorum: they wait for the mutex. */
export class Stall {
  #since: number | null = null;
  #commitIndex = 0;

  /** To be asked after every change. */
  isLong({ pending, quorum, commitIndex }: NodeView, now: number): boolean {
    const waits = pending > 0 && quorum;
    if (!waits) this.#since = null;
    else if (this.#since === null || commitIndex !== this.#commitIndex) this.#since = now;
    this.#commitIndex = commitIndex;
    return this.#since !== null && now - this.#since >= LONG;
  }
}
