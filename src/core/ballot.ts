import { assert } from './assert.ts';
import type { Context } from './context.ts';
import { comparePosition, type LogEntry, type Position } from './entry.ts';
import type { Member, NodeId, Peer } from './identity.ts';
import type { Fetched, Prepare, PromiseMessage, Refuse } from './messages.ts';
import { LOG_START } from './log.ts';
import { isQuorum, voterIds } from './quorum.ts';
import type { Replica } from './replica.ts';
import { maxTerm, nextTerm, type Term } from './term.ts';

/** How many entries a FETCHED or a PROMISE carries at most. */
export const FETCH_LIMIT = 256;

/** A promise as the candidate counts it, its own included. */
interface Vote {
  readonly from: NodeId;
  readonly last: Position;
  readonly members: readonly Member[];
  readonly tail: readonly LogEntry[];
}

interface Candidacy {
  readonly term: Term;
  readonly self: Peer;
  readonly asked: Set<NodeId>;
  /** Voters whom a person has decided to go on without; null in an ordinary ballot. */
  readonly without: readonly NodeId[] | null;
  readonly votes: Map<NodeId, Vote>;
  /** The vote whose log is being adopted, once the promises suffice. */
  source: Vote | null;
  /** While adopting: our log equals the source's up to here. */
  cursor: Position;
  /** Rounds of PREPARE or FETCH without an answer. */
  round: number;
}

export interface BallotEvents {
  /** The promises of a quorum are in and their most up-to-date log is here and durable: lead. */
  elected(term: Term, without: readonly NodeId[] | null): void;
  /** `preempted`: a greater term has the promise. `live-leader`: somebody hears one. `no-quorum`: too few answered. */
  gaveUp(
    reason: 'preempted' | 'live-leader' | 'no-quorum' | 'no-voter',
    leader: NodeId | null,
  ): void;
  /** It did not answer a PREPARE in time: a timed-out request is a suspicion (rule F1). */
  silent(voter: NodeId): void;
  /** The source of the log to adopt has compacted what this node lacks: get its snapshot, then `resume`. */
  needsSnapshot(from: NodeId): void;
}

/**
 * The ballot at the candidate (rules B1 to B6). The winner of an election takes a term of its own, greater than any
 * it has seen, gathers promises from a quorum, and adopts the most up-to-date log among them: every entry that was
 * ever committed is in it, as in Lamport's "Paxos Made Simple" and in the view change of Liskov and Cowling's
 * "Viewstamped Replication Revisited". Unlike in Raft the candidate need not be up to date itself.
 */
export class Ballot {
  #candidacy: Candidacy | null = null;
  #seen: Term = '';

  constructor(
    private readonly context: Context,
    private readonly replica: Replica,
    private readonly events: BallotEvents,
  ) {}

  get running(): boolean {
    return this.#candidacy !== null;
  }

  /** Remember a term, so that the next ballot's is greater. */
  saw(term: Term): void {
    this.#seen = maxTerm(this.#seen, term);
  }

  /**
   * Rule B1: a new term, and nobody hears of it before it is durable. A candidate that crashed before would take the
   * same one again, for another ballot; then promises that were given to the first would count in the second.
   */
  start(self: Peer, without: readonly NodeId[] | null): void {
    const { replica, context } = this;
    const next = nextTerm(maxTerm(this.#seen, replica.promised), context.self);
    const { term: last } = replica.log.last;
    // The log may come from a leader whom this node never promised anything, and heard in a life before this one.
    const term = next < last ? nextTerm(last, context.self) : next;
    const candidacy: Candidacy = {
      self,
      asked: new Set(),
      term,
      without,
      votes: new Map(),
      source: null,
      cursor: LOG_START,
      round: 0,
    };
    this.#candidacy = candidacy;
    context.note('ballot', `asks for promises in ${term}`);
    // Also for a disk that is slow to answer, or never does.
    this.#retryLater();
    context.persist([replica.promise(term)], [], () => {
      if (this.#current() !== candidacy) return;
      this.#count({
        from: context.self,
        last: replica.log.last,
        members: replica.membership.members,
        tail: [],
      });
    });
  }

  stop(): void {
    this.#candidacy = null;
    this.context.clearTimer('ballot');
  }

  /** Timer `ballot`: PREPARE or FETCH again, some rounds long. */
  timedOut(): void {
    const candidacy = this.#current();
    if (!candidacy) return;
    candidacy.round += 1;
    if (candidacy.round >= this.context.timing.ballotRounds) this.#giveUp('no-quorum', null);
    else if (!candidacy.votes.has(this.context.self)) this.#retryLater();
    else if (candidacy.source) this.#fetch(candidacy, candidacy.source, candidacy.cursor);
    else {
      for (const voter of candidacy.asked) {
        if (!candidacy.votes.has(voter)) this.events.silent(voter);
      }
      candidacy.asked.clear();
      this.#ask(candidacy);
    }
  }

  promised(from: NodeId, message: PromiseMessage): void {
    const candidacy = this.#current();
    if (candidacy?.term !== message.term || candidacy.source) return;
    this.#count({ from, last: message.last, members: message.members, tail: message.tail });
  }

  refused(message: Refuse): void {
    this.saw(message.promised);
    if (this.#candidacy?.term !== message.term) return;
    this.#giveUp(message.reason === 'promised' ? 'preempted' : 'live-leader', message.leader);
  }

  fetched(from: NodeId, message: Fetched): void {
    const candidacy = this.#current();
    const source = candidacy?.source;
    if (candidacy?.term !== message.term || source?.from !== from) return;
    if (candidacy.cursor.index !== message.after.index) return;
    // That there is nothing more is no progress: it may stay so for ever.
    if (message.entries.length === 0) {
      this.events.needsSnapshot(from);
      return;
    }
    candidacy.round = 0;
    this.#take(candidacy, source, message.entries);
  }

  /** A part of the snapshot that `needsSnapshot` asked for is here: it may be large. */
  progressed(from: NodeId): void {
    if (this.#candidacy?.source?.from === from) this.#candidacy.round = 0;
  }

  /** The snapshot that `needsSnapshot` asked for has been installed. */
  resume(): void {
    const candidacy = this.#current();
    if (!candidacy?.source) return;
    candidacy.round = 0;
    const { source } = candidacy;
    const { log, commitIndex } = this.replica;
    if (log.holds(source.last)) this.#finish(candidacy, source);
    else this.#fetch(candidacy, source, log.position(commitIndex));
  }

  /**
   * The ballot under way. None goes on once this node has promised a greater term (rule B6): what it adopted could be what
   * it has acknowledged since, taken back.
   */
  #current(): Candidacy | null {
    if (this.#candidacy && this.#candidacy.term !== this.replica.promised)
      this.#giveUp('preempted', null);
    return this.#candidacy;
  }

  /** Asks every voter that is needed and was not asked in this round. The term is durable by now (rule B1). */
  #ask(candidacy: Candidacy): void {
    const { replica, context } = this;
    const { term, self, without, votes, asked } = candidacy;
    const message: Prepare = {
      type: 'PREPARE',
      term,
      peer: self,
      last: replica.log.last,
      committed: replica.log.position(replica.commitIndex),
      without,
    };
    const voters = new Set(voterIds(replica.membership.members));
    for (const vote of votes.values()) for (const id of voterIds(vote.members)) voters.add(id);
    for (const id of [self.id, ...asked, ...votes.keys(), ...(without ?? [])]) voters.delete(id);
    for (const id of voters) {
      asked.add(id);
      context.send(id, message);
    }
    if (voters.size > 0) this.#retryLater();
  }

  /** Rules B3 and B4: the promises must cover a quorum of the very log that is adopted. */
  #count(vote: Vote): void {
    const candidacy = this.#candidacy;
    assert(candidacy !== null, 'votes are counted in a ballot');
    candidacy.votes.set(vote.from, vote);
    const best = mostUpToDate([...candidacy.votes.values()], this.context.self);
    if (!candidacy.votes.has(this.context.self)) return;
    if (candidacy.without === null && !isVoterIn(best.members, this.context.self)) {
      this.#giveUp('no-voter', null);
    } else if (this.#suffices(best.members, candidacy)) {
      candidacy.source = best;
      candidacy.round = 0;
      this.#adopt(candidacy, best);
    } else {
      // A newer membership may have shown up in a promise: its voters are needed as well.
      this.context.meet(best.members);
      this.#ask(candidacy);
    }
  }

  #suffices(members: readonly Member[], { votes, without }: Candidacy): boolean {
    if (without === null) return isQuorum(members, (id) => votes.has(id));
    // Forced by a person: nobody is left out but those that were named (rule G4).
    return voterIds(members).every((id) => votes.has(id) || without.includes(id));
  }

  /** Rule B5: make our log equal to the source's, from what both surely hold on. */
  #adopt(candidacy: Candidacy, source: Vote): void {
    const { replica } = this;
    if (replica.log.holds(source.last)) this.#finish(candidacy, source);
    else if (this.#reaches(source.tail)) this.#take(candidacy, source, source.tail);
    else this.#fetch(candidacy, source, replica.log.position(replica.commitIndex));
  }

  /** A tail that was cut for an earlier life of this candidate may begin beyond the end of its log. */
  #reaches(tail: readonly LogEntry[]): boolean {
    const [first] = tail;
    return first !== undefined && this.replica.log.termAt(first.index - 1) !== undefined;
  }

  #fetch(candidacy: Candidacy, source: Vote, after: Position): void {
    candidacy.cursor = after;
    this.context.send(source.from, { type: 'FETCH', term: candidacy.term, after });
    this.#retryLater();
  }

  #take(candidacy: Candidacy, source: Vote, entries: readonly LogEntry[]): void {
    const end = entries[entries.length - 1];
    assert(end !== undefined, 'entries are taken, not nothing');
    this.replica.store(entries, [], []);
    if (this.replica.log.holds(source.last)) this.#finish(candidacy, source);
    else this.#fetch(candidacy, source, { index: end.index, term: end.term });
  }

  /** The adopted log must be durable here before this node leads with it. */
  #finish(candidacy: Candidacy, source: Vote): void {
    const { context, replica } = this;
    assert(
      replica.log.lastIndex === source.last.index,
      'the adopted log is the most up-to-date one',
    );
    context.clearTimer('ballot');
    context.persist([], [], () => {
      if (this.#current() !== candidacy) return;
      this.#candidacy = null;
      this.events.elected(candidacy.term, candidacy.without);
    });
  }

  #retryLater(): void {
    this.context.setTimer('ballot', this.context.timing.ballotRetry);
  }

  #giveUp(reason: Parameters<BallotEvents['gaveUp']>[0], leader: NodeId | null): void {
    this.context.note('ballot-lost', reason);
    this.stop();
    this.events.gaveUp(reason, leader);
  }
}

function isVoterIn(members: readonly Member[], id: NodeId): boolean {
  return members.some((member) => member.voter && member.id === id);
}

/** Rule B3: by (term of the last entry, length). Of equal logs one's own, which needs no transfer. */
function mostUpToDate(votes: readonly Vote[], self: NodeId): Vote {
  const [first, ...others] = votes;
  assert(first !== undefined, 'there is a vote');
  return others.reduce((best, vote) => {
    const order = comparePosition(vote.last, best.last);
    return order > 0 || (order === 0 && vote.from === self) ? vote : best;
  }, first);
}
