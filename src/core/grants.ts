import type { Context } from './context.ts';
import { compareToken, type Token } from './entry.ts';
import type { Message } from './messages.ts';

/** Before an unanswered LOCK is sent again, ms. */
const RETRY = 1000;

interface Waiting {
  /** The console's request to answer. */
  readonly request: number;
  readonly ticket: Token | null;
}

interface Held {
  readonly lock: number;
  readonly token: Token;
  /** When the lease ends, as far as this node can tell, ms. */
  readonly until: number;
  /** Another leader has come since: whoever asks may be granted the mutex. */
  readonly isVoid: boolean;
}

/** The mutex as a node asks for it and holds it (rules X1, X3, X4). */
export class Grants {
  readonly #waiting = new Map<number, Waiting>();
  #held: Held | null = null;
  #nextLock: number;

  constructor(
    private readonly context: Context,
    /** False when there is no leader that takes it. */
    private readonly toLeader: (message: Message) => boolean,
  ) {
    // A restarted node must not take up the numbers of its earlier life: the leader may still hold one of them.
    this.#nextLock = Math.floor(context.random() * 2 ** 40);
  }

  /**
   * What this node's operations carry from the grant to its release, or the end of the lease as it was told: whoever counts
   * on holding the mutex is refused when it has passed on, and not let through as if nobody had asked (rule X2).
   */
  get token(): Token | null {
    return this.#held && this.#held.until > this.context.now ? this.#held.token : null;
  }

  /** This node holds the mutex, as far as it knows. */
  get holds(): boolean {
    return this.token !== null && this.#held?.isVoid === false;
  }

  lock(request: number): void {
    this.#waiting.set(this.#nextLock++, { request, ticket: null });
    this.askAgain();
  }

  /** Answered at once: after the end of the lease, or under a new leader, there is nothing left to give back. */
  release(request: number, token: Token): void {
    const held = this.#held;
    if (held && held.token.term === token.term && held.token.number === token.number) {
      this.#held = null;
      this.toLeader({ type: 'RELEASE', request: held.lock });
    }
    this.context.replyDone(request);
  }

  /** A new leader starts with an empty queue: what was held is void, and who waits asks again in the old order. */
  leaderChanged(): void {
    if (this.#held) this.#held = { ...this.#held, isVoid: true };
    this.askAgain();
  }

  /** Timer `relock`. */
  askAgain(): void {
    if (this.#waiting.size === 0) return;
    this.context.setTimer('relock', RETRY);
    for (const [lock, { ticket }] of [...this.#waiting]) {
      this.toLeader({ type: 'LOCK', request: lock, ticket });
    }
  }

  received(message: Extract<Message, { type: 'QUEUED' | 'GRANT' }>): void {
    const waiting = this.#waiting.get(message.request);
    if (message.type === 'QUEUED') {
      if (waiting) this.#waiting.set(message.request, { ...waiting, ticket: message.ticket });
      return;
    }
    const { request: lock, token, leaseMs } = message;
    if (!waiting) {
      // Nobody waits for it any more: give it back, so that it blocks nobody for a lease. A LOCK that came late is
      // granted again, under a newer token than what is held; a GRANT that comes again is not.
      const isCopy = this.#held?.lock === lock && compareToken(token, this.#held.token) <= 0;
      if (!isCopy) this.toLeader({ type: 'RELEASE', request: lock });
      return;
    }
    this.#waiting.delete(lock);
    this.#held = { lock, token, until: this.context.now + leaseMs, isVoid: false };
    this.context.replyDone(waiting.request, { type: 'granted', token, leaseMs });
  }
}
