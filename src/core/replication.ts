import { assert } from './assert.ts';
import type { Context } from './context.ts';
import type { EntryCommand, LogEntry, Position } from './entry.ts';
import type { Member, NodeId } from './identity.ts';
import type { Appended } from './messages.ts';
import { isQuorum, quorumIndex } from './quorum.ts';
import type { Replica } from './replica.ts';
import type { SnapshotSource } from './snapshot-transfer.ts';
import type { Term } from './term.ts';

/** Entries in one APPEND at most. */
const BATCH = 256;
/** APPENDs under way to one follower at most; what arrives meanwhile joins the next batch. */
const WINDOW = 4;

/** What the leader knows of one follower's log. */
interface Progress {
  /** Durable there and equal to ours up to here. */
  match: number;
  /** The next entry to send. */
  next: number;
  /** What the last APPEND named as the entry before it. */
  tried: number;
  /** `probing`: looking for where the logs part, one APPEND at a time. `snapshot`: it fetches one from us. */
  mode: 'probing' | 'streaming' | 'snapshot';
  inFlight: number;
  /** The commit index that was last sent. */
  commitSent: number;
  /** When it last acknowledged in this term, ms; before it ever did, when this node began to wait for it. */
  acknowledgedAt: number;
  acknowledged: boolean;
}

export interface ReplicationEvents {
  /** The commit index went forward. */
  committed(): void;
  quorumChanged(quorum: boolean): void;
  /** A follower has caught up further. */
  progressed(follower: NodeId): void;
  /** It has not answered some heartbeats (rule F1). */
  silent(follower: NodeId): void;
}

/** The leader's side of the log, for one term (rules R1 to R6). */
export class Replication {
  readonly #progress = new Map<NodeId, Progress>();
  /** Those that `#progress` was made for. */
  #members: readonly Member[] = [];
  #beat = 0;
  #hasQuorum = true;
  #stopped = false;
  /** The index of the first entry of this term: once it is committed, all before it is. */
  readonly openingIndex: number;

  constructor(
    private readonly context: Context,
    private readonly replica: Replica,
    readonly term: Term,
    private readonly snapshots: SnapshotSource,
    private readonly isFailed: (peer: NodeId) => boolean,
    private readonly events: ReplicationEvents,
  ) {
    this.openingIndex = replica.log.lastIndex + 1;
  }

  /** Admissions are open: a quorum acknowledged lately. */
  get quorum(): boolean {
    return this.#hasQuorum;
  }

  /** An entry of this term is committed, and so everything before it. */
  get opened(): boolean {
    return this.replica.commitIndex >= this.openingIndex;
  }

  matchOf(follower: NodeId): number {
    return this.#progress.get(follower)?.match ?? 0;
  }

  /** This node has stepped down: what becomes durable from now on is for the next leader to count. */
  stop(): void {
    this.#stopped = true;
    this.context.clearTimer('heartbeat');
  }

  /** It has acknowledged in this term. */
  isFollowedBy(peer: NodeId): boolean {
    return this.#progress.get(peer)?.acknowledged === true;
  }

  /** It acknowledged in this term, and lately. That nobody has missed it yet is not enough. */
  responds(follower: NodeId): boolean {
    const progress = this.#progress.get(follower);
    const { now, timing } = this.context;
    return progress?.acknowledged === true && now - progress.acknowledgedAt <= timing.quorumTimeout;
  }

  /** When the follower last acknowledged in this term, ms; -Infinity for never. */
  acknowledgedAt(follower: NodeId): number {
    return this.#progress.get(follower)?.acknowledgedAt ?? -Infinity;
  }

  /** Appends at the end of the log and sends at once; the leader's own write is under way meanwhile (rule R2). */
  append(commands: readonly EntryCommand[]): readonly LogEntry[] {
    const { replica, context } = this;
    assert(replica.promised === this.term, 'S4: only the leader of the promised term appends');
    const entries = commands.map((command, i) => ({
      index: replica.log.lastIndex + 1 + i,
      term: this.term,
      at: context.wall,
      command,
    }));
    replica.store(entries, [], [], () => {
      this.advanceCommit();
    });
    this.#syncMembers();
    for (const [follower, progress] of this.#progress) this.#stream(follower, progress);
    return entries;
  }

  /** Timer `heartbeat`. */
  beat(): void {
    const { now, timing } = this.context;
    const patience = timing.heartbeat * (timing.missedHeartbeats + 0.5);
    this.#beat += 1;
    this.#syncMembers();
    for (const [follower, progress] of this.#progress) {
      const previous = Math.max(progress.next - 1, this.replica.log.base.index);
      this.#sendAppend(follower, progress, previous, [], this.#beat);
      if (now - progress.acknowledgedAt > patience) this.events.silent(follower);
    }
    this.context.setTimer('heartbeat', this.context.timing.heartbeat);
    this.checkQuorum();
  }

  /**
   * Only for a term that this node still leads: the owner drops this object when it steps down.
   * @param generation of the log that the follower acknowledges
   */
  appended(from: NodeId, message: Appended, generation: string): void {
    const progress = this.#progress.get(from);
    if (!progress || message.term !== this.term) return;
    progress.acknowledgedAt = this.context.now;
    progress.acknowledged = true;
    const isNews = message.ok || this.#rejected(progress, message.match);
    if (message.ok) this.#accepted(progress, message, generation === this.context.generation);
    this.checkQuorum();
    if (message.ok) {
      this.advanceCommit();
      this.events.progressed(from);
    }
    if (!isNews) return;
    this.#stream(from, progress);
    // Its acknowledgement may have come after the commit.
    this.#sendCommit(from, progress);
  }

  /** Rule R4: a majority holds it durably, and it is of this term. */
  advanceCommit(): void {
    const { replica, context } = this;
    if (this.#stopped) return;
    assert(replica.promised === this.term, 'S4: only the leader of the promised term commits');
    // As after most heartbeats.
    if (replica.commitIndex === replica.log.lastIndex) return;
    const held = replica.membership
      .voters()
      .map((voter) => (voter.id === context.self ? replica.durableIndex : this.matchOf(voter.id)));
    const index = quorumIndex(held);
    if (index <= replica.commitIndex || replica.log.termAt(index) !== this.term) return;
    replica.commitTo(index);
    this.events.committed();
    for (const [follower, progress] of this.#progress) this.#sendCommit(follower, progress);
  }

  checkQuorum(): void {
    const { timing, now, self } = this.context;
    const hears = (id: NodeId): boolean =>
      id === self || (!this.isFailed(id) && now - this.acknowledgedAt(id) <= timing.quorumTimeout);
    const quorum = isQuorum(this.replica.membership.members, hears);
    if (quorum === this.#hasQuorum) return;
    this.#hasQuorum = quorum;
    this.events.quorumChanged(quorum);
  }

  /** A follower asked for a chunk of the snapshot, so the link is good: nothing else is sent to it meanwhile. */
  fetchesSnapshot(follower: NodeId): void {
    const progress = this.#progress.get(follower);
    if (progress) progress.acknowledgedAt = this.context.now;
  }

  /** Every member but this node has a progress; a new one is taken to lack everything that is not committed. */
  #syncMembers(): void {
    const { members } = this.replica.membership;
    if (members === this.#members) return;
    this.#members = members;
    for (const id of this.#progress.keys()) {
      if (!members.some((member) => member.id === id)) this.#progress.delete(id);
    }
    for (const { id } of members) {
      if (id === this.context.self || this.#progress.has(id)) continue;
      this.#progress.set(id, {
        match: 0,
        next: this.openingIndex,
        tried: this.openingIndex - 1,
        mode: 'probing',
        inFlight: 0,
        commitSent: 0,
        acknowledgedAt: this.context.now,
        acknowledged: false,
      });
    }
  }

  /** What is of an older generation yet may be dropped on a restart: more can be sent, but it does not count (G1). */
  #accepted(progress: Progress, { match, beat }: Appended, counts: boolean): void {
    if (counts) progress.match = Math.max(progress.match, match.index);
    progress.next = Math.max(progress.next, match.index + 1);
    progress.mode = 'streaming';
    if (beat === 0) progress.inFlight = Math.max(0, progress.inFlight - 1);
    if (match.index + 1 >= progress.next) progress.inFlight = 0;
  }

  /**
   * The follower lacks what came before; it names the end of its log or a position that surely is common: less than what
   * was tried. Another refusal answers an older APPEND, or is a copy, and was seen to already: who answers each would send
   * without end. False for such a one.
   */
  #rejected(progress: Progress, hint: Position): boolean {
    const { log } = this.replica;
    const common = log.holds(hint) ? hint.index : Math.min(hint.index, log.lastIndex) - 1;
    if (common >= progress.tried) return false;
    progress.next = common + 1;
    progress.tried = common;
    progress.mode = 'probing';
    progress.inFlight = 0;
    return true;
  }

  #stream(follower: NodeId, progress: Progress): void {
    const { log } = this.replica;
    if (progress.next <= log.base.index) {
      this.#offerSnapshot(follower, progress);
      return;
    }
    const window = progress.mode === 'streaming' ? WINDOW : 1;
    while (progress.inFlight < window && progress.next <= log.lastIndex) {
      const entries = log.slice(progress.next, BATCH);
      this.#sendAppend(follower, progress, progress.next - 1, entries, 0);
      progress.next += entries.length;
      progress.inFlight += 1;
    }
  }

  #offerSnapshot(follower: NodeId, progress: Progress): void {
    progress.mode = 'snapshot';
    this.snapshots.offer(follower, this.term);
  }

  #sendAppend(
    follower: NodeId,
    progress: Progress,
    previous: number,
    entries: readonly LogEntry[],
    beat: number,
  ): void {
    const { commitIndex, log } = this.replica;
    progress.commitSent = commitIndex;
    progress.tried = previous;
    this.context.send(follower, {
      type: 'APPEND',
      term: this.term,
      previous: log.position(previous),
      entries,
      commit: commitIndex,
      beat,
      quorum: this.#hasQuorum,
    });
  }

  /** Commit news rides on appends; it goes out by itself only to who has nothing coming (rule R5). */
  #sendCommit(follower: NodeId, progress: Progress): void {
    const { commitIndex, log } = this.replica;
    const idle = progress.inFlight === 0 && progress.next > log.lastIndex;
    if (idle && progress.mode === 'streaming' && progress.commitSent < commitIndex) {
      this.#sendAppend(follower, progress, progress.next - 1, [], 0);
    }
  }
}
