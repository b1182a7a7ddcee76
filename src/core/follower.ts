import { assert } from './assert.ts';
import type { Context } from './context.ts';
import { beginsGeneration, type LogEntry, type Position } from './entry.ts';
import type { FailureDetector } from './failure-detector.ts';
import type { NodeId } from './identity.ts';
import type { Append, Message } from './messages.ts';
import type { Replica } from './replica.ts';
import { NO_TERM, type Term } from './term.ts';

/** The follower's side: takes appends from the leader and watches it (rules R1, R3 and F1). */
export class Follower {
  #leader: { readonly id: NodeId; readonly term: Term; readonly since: number } | null = null;
  #leaderHasQuorum = false;
  /** What its leader last said is committed. */
  #leaderCommit = 0;

  constructor(
    private readonly context: Context,
    private readonly replica: Replica,
    private readonly detector: FailureDetector,
  ) {}

  get leader(): NodeId | null {
    return this.#leader?.id ?? null;
  }

  /** The term of the leader that is followed; it may be greater than the promise until its first APPEND. */
  get term(): Term {
    return this.#leader?.term ?? NO_TERM;
  }

  /** When it was first heard in its term, ms; Infinity without a leader. */
  get followsSince(): number {
    return this.#leader?.since ?? Infinity;
  }

  /** No APPEND came for some heartbeats, though the leader may answer PROBEs. */
  get isSilent(): boolean {
    return this.#leader !== null && !this.context.isTimerSet('silence');
  }

  /** The leader says that it hears a quorum. */
  get leaderHasQuorum(): boolean {
    return this.#leader !== null && this.#leaderHasQuorum;
  }

  /** This log holds all that the leader it follows last said is committed. */
  get isCaughtUp(): boolean {
    return this.#leader !== null && this.replica.log.lastIndex >= this.#leaderCommit;
  }

  /** Follows a leader of a term that is not older than the promise. */
  follow(id: NodeId, term: Term, quorum: boolean): void {
    if (this.#leader?.term !== term) {
      this.#leader = { id, term, since: this.context.now };
      // The first comes soon: from then on the round trip is known, and a PROBE of suspicion need not wait for long.
      this.#schedulePROBE([0, this.context.timing.probePause[0]]);
    }
    this.#leaderHasQuorum = quorum;
    const { heartbeat, missedHeartbeats } = this.context.timing;
    this.context.setTimer('silence', heartbeat * missedHeartbeats);
  }

  unfollow(): void {
    this.#leader = null;
    this.#leaderHasQuorum = false;
    this.context.clearTimer('silence');
    this.context.clearTimer('probe-leader');
  }

  /** Timer `silence`: some heartbeats missed. */
  silent(): void {
    if (this.#leader) this.detector.suspect(this.#leader.id, 'heartbeats missed');
  }

  /** Timer `probe-leader`. */
  probeLeader(): void {
    if (!this.#leader) return;
    this.detector.probe(this.#leader.id);
    this.#schedulePROBE(this.context.timing.probePause);
  }

  /** APPEND of a leader that this node follows, of a term that is not older than the promise. */
  append(from: NodeId, message: Append): void {
    const { replica, context } = this;
    this.#leaderCommit = message.commit;
    const before = message.term > replica.promised ? [replica.promise(message.term)] : [];
    const entries = message.entries.filter((entry) => entry.index > replica.log.base.index);
    const hint = this.#mismatch(message.previous);
    if (hint) {
      const reply = this.#acknowledgement(message, false, hint);
      if (before.length > 0) context.persist(before, [context.sending(from, reply)]);
      else context.send(from, reply);
      return;
    }
    const end = message.entries[message.entries.length - 1] ?? message.previous;
    if (before.length > 0 || entries.length > 0) {
      const ack = this.#acknowledgement(message, true, { index: end.index, term: end.term });
      const generation = generationOf(entries) ?? context.generation;
      replica.store(entries, before, [context.sending(from, ack, generation)]);
    } else if (message.beat > 0 || message.entries.length > 0) {
      const { base } = replica.log;
      // Behind our snapshot all is committed, and so it is the leader's too. It may be on its way to the disk still.
      const durable = Math.max(Math.min(end.index, replica.durableIndex), base.index);
      const ack = this.#acknowledgement(message, true, replica.log.position(durable));
      if (replica.durableIndex < base.index) context.persist([], [context.sending(from, ack)]);
      else context.send(from, ack);
    }
    replica.commitTo(Math.max(replica.commitIndex, Math.min(message.commit, end.index)));
  }

  /** null when our log holds what comes before the entries; else the position from which to try again. */
  #mismatch(previous: Position): Position | null {
    const { log, commitIndex } = this.replica;
    if (previous.index <= commitIndex) {
      // Both are committed, so they are equal (S6); entries that we hold already are skipped.
      const term = log.termAt(previous.index);
      assert(term === undefined || term === previous.term, 'S6: committed logs are prefixes');
      return null;
    }
    if (log.holds(previous)) return null;
    return previous.index > log.lastIndex ? log.last : log.position(commitIndex);
  }

  #acknowledgement(message: Append, ok: boolean, match: Position): Message {
    return { type: 'APPENDED', term: message.term, ok, match, beat: message.beat };
  }

  /** Random pauses, so that the PROBEs of many followers do not queue at the leader. */
  #schedulePROBE(pause: readonly [number, number]): void {
    this.context.setTimer('probe-leader', this.context.between(pause));
  }
}

/** The generation of a log that ends with these entries, if one of them begins it. */
function generationOf(entries: readonly LogEntry[]): string | null {
  const beginning = entries.map(({ command }) => command).findLast(beginsGeneration);
  return beginning?.generation ?? null;
}
