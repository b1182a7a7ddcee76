import type { StorageWrite } from '../core/stored.ts';
import type { Ports } from '../runtime/driver.ts';
import type { Fate, Torn } from '../storage/memory.ts';
import type { Storage } from '../storage/storage.ts';
import type { Transport } from '../transport/transport.ts';

/**
 * Between which two steps of a write the page is gone.
 * `before`: it begins; what was sent while it waited is out. `within`: a transaction of several writes is under way.
 * `after`: it is on disk, and the page never hears of it. `releasing`: some of what it releases is out, the rest is not.
 * `between`: it is done, and the next one that waited for it begins.
 */
export type CrashStep = 'before' | 'within' | 'after' | 'releasing' | 'between';

export interface CrashPoint {
  readonly step: CrashStep;
  /** `releasing`: after so many messages. */
  readonly messages: number;
  /** `within`: the page is gone so long after the write has begun, ms, if it is under way then. */
  readonly afterMs: number;
  /** `within`: what is left of a transaction of so many writes. */
  left(writes: number): Fate | Torn;
  /** Asked when it comes to it: whether the page may crash now. */
  may(): boolean;
  /** It has come to it. */
  hit(): void;
}

export interface CrashableLife {
  /** The page is gone from now on. */
  crash(underWay: Fate | Torn): void;
  /** A write is under way. */
  writing(): boolean;
  later(ms: number, work: () => void): void;
}

/** Stands between a driver and its ports, and ends the life at the point that was planned. */
export class CrashPoints {
  #planned: CrashPoint | null = null;
  #gone = false;
  /** What the driver sends while it is told that a write is durable; null at other times. */
  #released: number | null = null;

  constructor(private readonly life: CrashableLife) {}

  /** One at a time; null for none. */
  plan(point: CrashPoint | null): void {
    this.#planned = point;
  }

  get planned(): boolean {
    return this.#planned !== null;
  }

  /** The life is over, however it ended: nothing passes any more. */
  end(): void {
    this.#gone = true;
  }

  wrap({ storage, transport, clock }: Ports): Ports {
    return { clock, storage: this.#storage(storage), transport: this.#transport(transport) };
  }

  #storage(inner: Storage): Storage {
    return {
      load: (done) => {
        inner.load(done);
      },
      write: (writes, done) => {
        const step = this.#released === null ? 'before' : 'between';
        if (this.#gone || this.#crash(step, 'undone')) return;
        this.#crashWithin(writes);
        inner.write(writes, (error) => {
          if (this.#gone || this.#crash('after', 'done')) return;
          this.#released = 0;
          done(error);
          this.#released = null;
        });
      },
      close: () => {
        inner.close();
      },
    };
  }

  #crashWithin(writes: readonly StorageWrite[]): void {
    const planned = this.#planned;
    // A transaction of one write has no inside.
    if (planned?.step !== 'within' || writes.length < 2) return;
    this.life.later(planned.afterMs, () => {
      if (this.#planned === planned && this.life.writing())
        this.#crash('within', planned.left(writes.length));
    });
  }

  #transport(inner: Transport): Transport {
    return {
      start: (self, events) => {
        inner.start(self, events);
      },
      send: (to, message) => {
        if (!this.#gone) inner.send(to, message);
        this.#sent();
      },
      meet: (peers) => {
        if (!this.#gone) inner.meet(peers);
      },
      keepLinks: (keep, avoid) => {
        if (!this.#gone) inner.keepLinks(keep, avoid);
      },
      requestMembers: () => {
        if (!this.#gone) inner.requestMembers();
      },
      setFaults: (rules) => {
        inner.setFaults(rules);
      },
      close: () => {
        inner.close();
      },
    };
  }

  #sent(): void {
    if (this.#released === null) return;
    this.#released += 1;
    if (this.#released === this.#planned?.messages) this.#crash('releasing', 'done');
  }

  #crash(step: CrashStep, underWay: Fate | Torn): boolean {
    const planned = this.#planned;
    if (this.#gone || planned?.step !== step || !planned.may()) return false;
    this.#planned = null;
    planned.hit();
    this.life.crash(underWay);
    return true;
  }
}
