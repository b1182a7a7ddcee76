import type { Context } from './context.ts';
import { compareToken, type Operation, type Token } from './entry.ts';
import type { NodeId } from './identity.ts';
import type { Term } from './term.ts';

/** A request for a grant: its node holds the mutex until it releases it, its lease ends or it fails. */
export interface LockRequest {
  readonly kind: 'lock';
  readonly node: NodeId;
  readonly request: number;
  /** Its place in the queue: by the ticket that it first got, from an earlier leader perhaps (rule X4). */
  readonly ticket: Token;
}

/** A critical section that came with its request: the leader runs it in turn. */
export interface Section {
  readonly kind: 'section';
  readonly node: NodeId;
  readonly operations: readonly Operation[];
}

export interface MutexEvents {
  /** @param leaseMs what is left of it */
  granted(lock: LockRequest, token: Token, leaseMs: number): void;
  /** Append these operations under this token. */
  run(section: Section, token: Token): void;
}

interface Holder {
  readonly lock: LockRequest;
  readonly token: Token;
  /** When its lease ends, ms. */
  readonly until: number;
}

/** Beyond this many waiting requests a new one is refused. */
const MAX_QUEUE = 4096;

/** The mutex, held by the leader for one term (rules X1 to X4): FIFO, one holder, fencing tokens, a lease. */
export class Mutex {
  #holder: Holder | null = null;
  #queue: (LockRequest | Section)[] = [];
  #nextToken = 1;
  #nextTicket = 1;
  #open = false;

  constructor(
    private readonly context: Context,
    private readonly term: Term,
    private readonly events: MutexEvents,
  ) {}

  /** Who holds it by hand. */
  get heldBy(): NodeId | null {
    return this.#holder?.lock.node ?? null;
  }

  get holder(): Token | null {
    return this.#holder?.token ?? null;
  }

  /** Grants begin: the leader's term is open, and those who waited for its predecessor have had time to ask again. */
  open(): void {
    this.#open = true;
    this.#advance();
  }

  /** A leader that hears no quorum grants nothing: others may hold the mutex under a newer one. */
  pause(): void {
    this.#open = false;
  }

  /** A request to hold the mutex; asked again it keeps its place. Returns its ticket, null when the queue is full. */
  lock(node: NodeId, request: number, ticket: Token | null): Token | null {
    if (this.#holder?.lock.node === node && this.#holder.lock.request === request) {
      const { until } = this.#holder;
      const left = Math.max(0, until - this.context.now);
      this.events.granted(this.#holder.lock, this.#holder.token, left);
      return this.#holder.lock.ticket;
    }
    const waiting = this.#queue.find(
      (item): item is LockRequest =>
        item.kind === 'lock' && item.node === node && item.request === request,
    );
    if (waiting) return waiting.ticket;
    if (this.#queue.length >= MAX_QUEUE) return null;
    const lock: LockRequest = { kind: 'lock', node, request, ticket: ticket ?? this.#ticket() };
    const behind = this.#queue.findIndex(
      (item) => item.kind === 'lock' && compareToken(item.ticket, lock.ticket) > 0,
    );
    this.#queue.splice(behind < 0 ? this.#queue.length : behind, 0, lock);
    this.#advance();
    return lock.ticket;
  }

  /** Runs a critical section in turn. False when the queue is full. */
  submit(section: Section): boolean {
    if (this.#queue.length >= MAX_QUEUE) return false;
    this.#queue.push(section);
    this.#advance();
    return true;
  }

  /** Operations of the holder itself run at once under its token. False when the token is old (rule X2). */
  submitHeld(section: Section, token: Token): boolean {
    if (!this.#holder || compareToken(this.#holder.token, token) !== 0) return false;
    if (this.#holder.lock.node !== section.node) return false;
    this.events.run(section, token);
    return true;
  }

  /** The holder gives it back, or somebody who waits gives up. Unknown requests are ignored: their lease has ended. */
  release(node: NodeId, request: number): void {
    this.#queue = this.#queue.filter(
      (item) => !(item.kind === 'lock' && item.node === node && item.request === request),
    );
    if (this.#holder?.lock.node === node && this.#holder.lock.request === request) this.#free();
  }

  /** Timer `lease`. */
  leaseEnded(): void {
    if (this.#holder) this.context.note('lease-ended', this.#holder.lock.node);
    this.#free();
  }

  nodeFailed(node: NodeId): void {
    this.#queue = this.#queue.filter((item) => item.kind === 'section' || item.node !== node);
    if (this.#holder?.lock.node === node) this.#free();
  }

  stop(): void {
    this.context.clearTimer('lease');
  }

  #free(): void {
    this.#holder = null;
    this.context.clearTimer('lease');
    this.#advance();
  }

  #advance(): void {
    while (this.#holder === null) {
      const next = this.#queue[0];
      if (!next || (next.kind === 'lock' && !this.#open)) return;
      this.#queue.shift();
      if (next.kind === 'section') this.events.run(next, this.#token());
      else this.#grant(next);
    }
  }

  #grant(lock: LockRequest): void {
    const token = this.#token();
    const { lease } = this.context.timing;
    this.#holder = { lock, token, until: this.context.now + lease };
    this.context.setTimer('lease', lease);
    this.context.note('grants', `${lock.node} token ${String(token.number)}`);
    this.events.granted(lock, token, lease);
  }

  /** Rule S5: the term is unique to this leader, and within it the number only grows. */
  #token(): Token {
    return { term: this.term, number: this.#nextToken++ };
  }

  #ticket(): Token {
    return { term: this.term, number: this.#nextTicket++ };
  }
}
