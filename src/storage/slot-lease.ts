import { customAlphabet } from 'nanoid';
import {
  encodeLease,
  parseLease,
  parseLeaseMessage,
  type Lease,
  type LeaseMessage,
} from './lease.ts';
import { webLock, type SlotLock, type TryLock } from './slot-lock.ts';

/**
 * Claims for pages without Web Locks (plain http on a LAN address): a holder answers on a BroadcastChannel that the
 * name is held, and renews a lease in localStorage for the times when it can't answer.
 *
 * Weaker than a lock, in three ways. A tab that dies without `pagehide` keeps its name until the lease ends, so a tab
 * opened meanwhile takes another slot. A tab that is frozen for longer than its lease loses its name unheard. And where
 * localStorage is forbidden, only tabs that can answer are protected. When two tabs do get one slot, the sentinel of
 * the storage lets only one of them write; the other learns that its data is `lost`.
 */
export interface LeaseOptions {
  /** How long a lease outlasts its last renewal, ms. */
  readonly leaseMs: number;
  /** How often it is renewed, ms. */
  readonly renewMs: number;
  /** How long a claim waits for a holder or a rival to answer, ms. A hidden tab answers within a few. */
  readonly answerMs: number;
}

export const LEASE: LeaseOptions = { leaseMs: 10_000, renewMs: 2000, answerMs: 150 };

const CHANNEL = 'gatehouse/leases';
const newHolder = customAlphabet('abcdefghijklmnopqrstuvwxyz0123456789', 16);

/** Claims by the best that this page has. */
export function browserLock(): TryLock {
  // Missing on plain http, whatever the types say.
  return 'locks' in navigator ? webLock(navigator.locks) : leaseLock();
}

/** Claims by leases. */
export function leaseLock(options: LeaseOptions = LEASE): TryLock {
  return async (name, patienceMs) => {
    const until = Date.now() + patienceMs;
    for (;;) {
      const lock = await new Claim(name, options).run();
      if (lock !== null || Date.now() >= until) return lock;
      await delay(options.renewMs / 10);
    }
  };
}

/** One claim to one name, from the question to the release. */
class Claim {
  private readonly holder = newHolder();
  private readonly channel = new BroadcastChannel(CHANNEL);
  private held = false;
  private refused = false;
  private stopWaiting = () => {};
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly name: string,
    private readonly options: LeaseOptions,
  ) {
    this.channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      const message = parseLeaseMessage(data);
      if (message?.name === name) this.hear(message);
    };
  }

  async run(): Promise<SlotLock | null> {
    const lease = readLease(this.name);
    if (lease !== null && lease.until > Date.now()) return this.giveUp();
    this.say('claim', this.holder);
    // Nobody can say that the name is free: only silence does.
    await new Promise<void>((resolve) => {
      this.stopWaiting = resolve;
      setTimeout(resolve, this.options.answerMs);
    });
    const other = readLease(this.name);
    // Another claimant's lease may have come in between.
    if (this.refused || (other !== null && other.until > Date.now())) return this.giveUp();
    this.held = true;
    this.timer = setInterval(() => this.renew(), this.options.renewMs);
    this.renew();
    return { release: () => this.release() };
  }

  private release(): void {
    if (!this.held) return;
    this.held = false;
    clearInterval(this.timer);
    if (readLease(this.name)?.holder === this.holder) removeLease(this.name);
    this.channel.close();
  }

  /** A holder refuses every claim; of two claimants the greater gives way. */
  private hear({ type, claimant }: LeaseMessage): void {
    if (type === 'held') {
      if (claimant === this.holder) this.refuse();
    } else if (this.held || this.holder < claimant) this.say('held', claimant);
    else this.refuse();
  }

  private refuse(): void {
    this.refused = true;
    this.stopWaiting();
  }

  private renew(): void {
    const lease = readLease(this.name);
    if (lease !== null && lease.holder !== this.holder && lease.until > Date.now()) {
      // This tab was frozen, and the name is another's now: do not fight for it.
      this.release();
      return;
    }
    writeLease(this.name, { holder: this.holder, until: Date.now() + this.options.leaseMs });
  }

  private say(type: LeaseMessage['type'], claimant: string): void {
    const message: LeaseMessage = { type, name: this.name, claimant };
    this.channel.postMessage(message);
  }

  private giveUp(): null {
    this.channel.close();
    return null;
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const leaseKey = (name: string) => `${name}/lease`;

function readLease(name: string): Lease | null {
  try {
    return parseLease(localStorage.getItem(leaseKey(name)), Date.now());
  } catch {
    return null;
  }
}

function writeLease(name: string, lease: Lease): void {
  try {
    localStorage.setItem(leaseKey(name), encodeLease(lease));
  } catch {
    // Forbidden or full: the channel alone must do.
  }
}

function removeLease(name: string): void {
  try {
    localStorage.removeItem(leaseKey(name));
  } catch {
    // As above.
  }
}
