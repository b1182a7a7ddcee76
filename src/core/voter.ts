import { FETCH_LIMIT } from './ballot.ts';
import type { Context } from './context.ts';
import type { LogEntry, Position } from './entry.ts';
import { compareIdentity, type Identity, type NodeId } from './identity.ts';
import type { Message, Prepare } from './messages.ts';
import type { Replica } from './replica.ts';

/** A challenger may lack so many entries and still take over in one round trip: they come with the promises. */
export const CHALLENGE_LAG = FETCH_LIMIT;

export interface VoterView {
  /** The leader that this node hears and that has a quorum, this node itself included; null for none. */
  liveLeader(): Identity | null;
}

export interface VoterEvents {
  /** This node has promised itself: whatever it did in an older term is over. */
  promised(to: NodeId): void;
  /** A challenger says that the leader is dead: find out. */
  doubts(leader: NodeId): void;
}

/** The ballot at the voter (rules B2, B6, B7): promise once per term, and not against a live leader. */
export class Voter {
  /** Waits for the PROBE that tells whether the leader lives. */
  #deferred: { readonly from: NodeId; readonly message: Prepare } | null = null;

  constructor(
    private readonly context: Context,
    private readonly replica: Replica,
    private readonly view: VoterView,
    private readonly events: VoterEvents,
  ) {}

  /** Nobody goes on without the voters of a live leader, however great (rule G4). */
  prepare(from: NodeId, message: Prepare): void {
    const leader = this.view.liveLeader();
    if (message.term < this.replica.promised) {
      this.#refuse(from, message, 'promised', leader);
    } else if (
      message.term > this.replica.promised &&
      leader &&
      (message.without !== null || !this.#mayChallenge(message, leader))
    ) {
      this.#defer(from, message, leader);
    } else {
      this.#promise(from, message);
    }
  }

  /** The leader was heard: the challenger that doubted it is refused. */
  leaderLives(leader: NodeId): void {
    const deferred = this.#deferred;
    this.#deferred = null;
    if (!deferred) return;
    this.context.send(deferred.from, {
      type: 'REFUSE',
      term: deferred.message.term,
      promised: this.replica.promised,
      reason: 'live-leader',
      leader,
    });
  }

  /** The leader is dead indeed. */
  leaderFailed(): void {
    const deferred = this.#deferred;
    this.#deferred = null;
    if (deferred) this.prepare(deferred.from, deferred.message);
  }

  /** This node's log is another one now, or it has slept: whoever waits asks again. */
  reset(): void {
    this.#deferred = null;
  }

  /** FETCH: a candidate that has this node's promise adopts its log. Nothing can change that log meanwhile. */
  fetch(from: NodeId, term: string, after: Position): void {
    if (term !== this.replica.promised) return;
    const entries = this.#after(after) ?? [];
    this.context.send(from, { type: 'FETCHED', term, after, entries });
  }

  /** Rule B7: a greater identity that has caught up may take over from a live leader. */
  #mayChallenge(message: Prepare, leader: Identity): boolean {
    if (message.peer.id === leader.id) return true;
    const { last } = this.replica.log;
    const caughtUp =
      message.last.term > last.term ||
      (message.last.term === last.term && message.last.index + CHALLENGE_LAG >= last.index);
    return compareIdentity(message.peer, leader) > 0 && caughtUp;
  }

  #defer(from: NodeId, message: Prepare, leader: Identity): void {
    if (leader.id === this.context.self) {
      this.#refuse(from, message, 'live-leader', leader);
      return;
    }
    this.#deferred = { from, message };
    this.events.doubts(leader.id);
  }

  /** Rule B2: durable before it is spoken. Also again for the same term, since the first may have been lost. */
  #promise(from: NodeId, message: Prepare): void {
    const { replica, context } = this;
    const isNew = message.term > replica.promised;
    const writes = isNew ? [replica.promise(message.term)] : [];
    if (isNew) this.events.promised(from);
    const promise: Message = {
      type: 'PROMISE',
      term: message.term,
      last: replica.log.last,
      members: replica.membership.members,
      tail: this.#after(message.last) ?? this.#after(message.committed) ?? [],
    };
    context.persist(writes, [context.sending(from, promise)]);
  }

  #refuse(
    from: NodeId,
    message: Prepare,
    reason: 'promised' | 'live-leader',
    leader: Identity | null,
  ): void {
    this.context.send(from, {
      type: 'REFUSE',
      term: message.term,
      promised: this.replica.promised,
      reason,
      leader: leader?.id ?? null,
    });
  }

  /** What the log holds after a position, or null when it does not hold the position itself. */
  #after(position: Position): LogEntry[] | null {
    const { log } = this.replica;
    if (position.index < log.base.index || !log.holds(position)) return null;
    return log.slice(position.index + 1, FETCH_LIMIT);
  }
}
