import { Ballot, type BallotEvents } from './ballot.ts';
import { ElectionOfThePark } from './election/choice.ts';
import type { Election } from './election/election.ts';
import type { ElectionKind } from './entry.ts';
import { compareIdentity, type NodeId } from './identity.ts';
import type { Message } from './messages.ts';
import type { Node } from './node.ts';
import { isQuorum, majority } from './quorum.ts';
import type { Term } from './term.ts';

export interface CampaignEvents {
  /** This node is to lead. */
  elected(term: Term, without: readonly NodeId[] | null): void;
  /** The leader was asked whether it lives: it should tell everybody. */
  announce(): void;
  needsSnapshot: BallotEvents['needsSnapshot'];
}

/**
 * A node's way to a leader, itself or another: when to look for one, when to elect, when to challenge, and when to ask
 * for promises (rules E5, B7, G4). The election says who, the ballot makes it safe; neither knows the other.
 */
export class Campaign {
  readonly ballot: Ballot;
  readonly #election: Election;
  /** Voters that a person decided to go on without, and the request to answer. */
  #forced: { readonly ids: readonly NodeId[]; readonly request: number } | null = null;
  /** Requests that wait for the end of an election. */
  #requests: number[] = [];
  #challengeAt = 0;
  /** Who has this node's last promise. */
  #promised: { readonly to: NodeId; readonly at: number } | null = null;
  /** The last ballot found this node to be no voter any more: others must get the time to elect without it. */
  #isOutsider = false;
  #challengePause: number;
  #seekPause: number;
  /** The last look was a question to the others: the next one is an election. */
  #asked = false;

  constructor(
    private readonly node: Node,
    private readonly events: CampaignEvents,
  ) {
    const { context, replica, detector, config } = node;
    this.ballot = new Ballot(context, replica, {
      elected: (term, without) => {
        this.#elected(term, without);
      },
      gaveUp: (reason, leader) => {
        this.#ballotLost(reason, leader);
      },
      silent: (voter) => {
        // Known to be failed it keeps this node from a ballot that it can't win, and others from waiting for one.
        detector.suspect(voter, 'PREPARE unanswered');
      },
      needsSnapshot: (from) => {
        this.events.needsSnapshot(from);
      },
    });
    const view = {
      self: node.self,
      voters: () => replica.membership.voters(),
      isFailed: (peer: NodeId) => detector.isFailed(peer) || node.joining.isElsewhere(peer),
      neighbours: () => node.joining.neighbours(),
      leads: () => node.leadership !== null,
      knowsLeader: () => node.leadership !== null || node.liveLeader() !== null,
      leadsQuorum: () => node.leadership?.replication.quorum === true,
      mayWin: () =>
        replica.membership.isVoter(node.self.id) &&
        !node.joining.isUnderWay &&
        this.#reaches().enough &&
        !this.#mustWait(),
      campaigns: () => this.ballot.running,
      yields: () => this.#yields(),
      isFollowedBy: (peer: NodeId) => node.leadership?.replication.isFollowedBy(peer) === true,
    };
    const kind = (): ElectionKind => (replica.settings ?? config.settings).election;
    this.#election = new ElectionOfThePark(kind, context, view, {
      won: () => {
        this.#askForPromises();
      },
      announce: () => {
        // A leader that hears no quorum waits for it, or for a greater term: it does not run again.
        if (node.leadership?.replication.quorum) this.events.announce();
      },
      suspect: (peer, why) => {
        detector.suspect(peer, why);
      },
    });
    this.#challengePause = config.timing.challenge[0];
    this.#seekPause = config.timing.seek[0];
  }

  get running(): boolean {
    return this.ballot.running || this.#election.running;
  }

  /** A message of the park's election algorithm. */
  received(from: NodeId, message: Message): void {
    this.#election.received(from, message);
  }

  /** Timer `election`. */
  electionTimedOut(): void {
    this.#election.timedOut();
  }

  peerFailed(peer: NodeId): void {
    this.#election.peerFailed(peer);
  }

  /** No leader any more: elect at once, and look again later if nothing comes of it. */
  leaderLost(): void {
    this.#promised = null;
    this.#start();
    this.seekSoon();
  }

  /** A leader that hears no quorum keeps nobody from looking for one that does. */
  leaderHeard(leader: NodeId, isNew: boolean, quorum: boolean): void {
    // Its term is newer than a ballot's that is under way: what was promised to that counts no more (rule B6).
    this.ballot.stop();
    this.#answerForced();
    if (isNew || quorum) {
      this.#leaderShown(leader);
      this.node.context.clearTimer('seek');
      this.#seekPause = this.node.config.timing.seek[0];
    } else if (!this.node.context.isTimerSet('seek')) {
      this.seekSoon();
    }
  }

  /** What may go on is an election that challenges it (rule B7). */
  #leaderShown(leader: NodeId): void {
    const { replica, joining } = this.node;
    const identity = replica.membership.find(leader) ?? joining.peer(leader);
    if (identity) this.#election.leaderHeard(identity);
    else this.#election.stop();
  }

  /**
   * Timer `seek`, no leader is known: ask everybody in reach who leads, and if nobody can tell, start an election (rule
   * E5). Asking first keeps a node that was away from disturbing a leader that the others hear.
   */
  seek(): void {
    const { node } = this;
    if (node.leadership || node.liveLeader()) return;
    if (!this.#asked && node.joining.seek()) {
      this.#asked = true;
      node.context.setTimer('seek', node.config.timing.ask);
      return;
    }
    this.#asked = false;
    this.#start();
    const [, longest] = node.config.timing.seek;
    this.#seekPause = Math.min(longest, this.#seekPause * 2);
    this.#seekIn(this.#seekPause);
  }

  /** After a start: who is the only voter waits for nobody (rule E5). */
  begin(): void {
    const { context, replica, self } = this.node;
    const voters = replica.membership.voters();
    if (voters.length === 1 && voters[0]?.id === self.id) context.setTimer('seek', 0);
    else this.seekSoon();
  }

  seekSoon(): void {
    this.#seekPause = this.node.config.timing.seek[0];
    this.#seekIn(this.#seekPause);
  }

  /** A peer says that there is a leader, and that it knows us: it will be heard soon. */
  leaderExpected(): void {
    const { node } = this;
    if (node.leadership || node.liveLeader()) return;
    this.#asked = false;
    node.context.setTimer('seek', node.config.timing.heartbeat * 2);
  }

  /**
   * A member has promised a greater term: the leader that was needs a greater one still, or that member's candidacy
   * wins. A greater identity that challenges gets the time to do so.
   */
  outbid(by: NodeId): void {
    const { context, config } = this.node;
    // The others hear this node still: there is nobody to ask.
    this.#asked = true;
    context.setTimer(
      'seek',
      this.#isGreater(by) ? config.timing.electTimeout : context.between([1, 50]),
    );
  }

  /** Rule B7: a greater identity catches up first and challenges after. */
  maybeChallenge(): void {
    const { replica, follower, self, context } = this.node;
    const { log, membership, commitIndex } = replica;
    const me = membership.find(self.id);
    const them = follower.leader === null ? undefined : membership.find(follower.leader);
    if (!me?.voter || !them || compareIdentity(me, them) < 0) return;
    // Caught up: the leader's own term is in our log and all that it has committed, and no change of membership is open.
    if (log.last.term !== replica.promised || !follower.isCaughtUp) return;
    if (membership.index > commitIndex) return;
    if (!this.running && context.now >= this.#challengeAt) this.#start();
  }

  /** A person starts an election: answered when a leader has shown. */
  command(request: number): void {
    this.#requests.push(request);
    if (this.node.leadership) {
      this.events.announce();
      this.ended();
      return;
    }
    const known = this.node.liveLeader() !== null;
    if (!this.running && !this.node.joining.isUnderWay) this.#election.start();
    if (!known) this.seekSoon();
  }

  /** A leader has shown: whoever asked for an election has had it. */
  ended(): void {
    for (const request of this.#requests) this.node.context.replyDone(request);
    this.#requests = [];
  }

  /** A person's decision to go on without voters that are missing (rule G4). */
  proceedWithout(request: number, ids: readonly NodeId[]): void {
    this.stop();
    this.#forced = { ids, request };
    this.ballot.start(this.node.self, ids);
  }

  /** The election is decided, unless the candidate fails: it gets its time to show (rules E2 and E3). */
  promised(to: NodeId): void {
    const { context, config } = this.node;
    this.stop();
    this.#promised = { to, at: context.now };
    context.setTimer('seek', config.timing.victoryTimeout);
  }

  /** Somebody else leads, or this node starts over. */
  stop(): void {
    this.#election.stop();
    this.ballot.stop();
    this.#promised = null;
    this.#answerForced();
  }

  /** Nobody waits for an answer of this node's former log. */
  abandon(): void {
    this.stop();
    const message = 'this gate gave way to another generation of the park';
    for (const request of this.#requests) {
      this.node.context.replyError(request, 'no-quorum', true, message);
    }
    this.#requests = [];
  }

  /** A challenger that can't hold its office backs off, longer each time. */
  officeEnded(heldMs: number): void {
    const brief = heldMs < this.#challengePause * 4;
    this.#backOff(brief ? this.#challengePause * 2 : 0);
    this.seekSoon();
  }

  #start(): void {
    const { vacant, leadership, replica, joining } = this.node;
    if (vacant || leadership || joining.isUnderWay || this.running || this.#mustWait()) return;
    if (replica.membership.voters().length > 0) this.#election.start();
  }

  /** Won an election: ask for promises, unless too few voters are in reach to give them. */
  #askForPromises(): void {
    const { enough, reached } = this.#reaches();
    if (enough) this.ballot.start(this.node.self, null);
    else this.node.context.note('no-quorum', `${reached} voters in reach`);
  }

  #mustWait(): boolean {
    return this.#isOutsider && this.node.context.now < this.#challengeAt;
  }

  #yields(): boolean {
    const { context, config, detector } = this.node;
    if (!this.#promised || detector.isFailed(this.#promised.to)) return false;
    const { to, at } = this.#promised;
    return context.now < at + config.timing.victoryTimeout && this.#isGreater(to);
  }

  #isGreater(id: NodeId): boolean {
    const { replica, self } = this.node;
    const member = replica.membership.find(id);
    return member?.voter === true && compareIdentity(member, self) > 0;
  }

  /** Whether the voters that are not known to be failed are a majority. */
  #reaches(): { enough: boolean; reached: string } {
    const { replica, detector, self } = this.node;
    const voters = replica.membership.voters();
    const alive = voters.filter(({ id }) => id === self.id || !detector.isFailed(id));
    return {
      enough: alive.length >= majority(voters.length),
      reached: `${String(alive.length)} of ${String(voters.length)}`,
    };
  }

  #elected(term: Term, without: readonly NodeId[] | null): void {
    if (this.#forced) this.node.context.replyDone(this.#forced.request);
    this.#forced = null;
    this.#isOutsider = false;
    this.#election.stop();
    this.node.context.clearTimer('seek');
    this.events.elected(term, without);
    this.ended();
  }

  #ballotLost(reason: Parameters<BallotEvents['gaveUp']>[0], leader: NodeId | null): void {
    this.#answerForced();
    this.#isOutsider = reason === 'no-voter';
    this.#backOff(this.#challengePause * 2);
    if (leader !== null && leader !== this.node.self.id) this.node.joining.greet(leader);
    if (!this.node.liveLeader()) this.seekSoon();
  }

  /** The ballot that a person forced did not come to its end. */
  #answerForced(): void {
    if (!this.#forced) return;
    const message = 'a gate that was not named did not answer, or a newer leader is there';
    this.node.context.replyError(this.#forced.request, 'no-quorum', true, message);
    this.#forced = null;
  }

  #backOff(pause: number): void {
    const { context, config } = this.node;
    const [shortest, longest] = config.timing.challenge;
    this.#challengePause = Math.min(longest, Math.max(shortest, pause));
    this.#challengeAt =
      context.now + context.between([this.#challengePause / 2, this.#challengePause]);
  }

  #seekIn(pause: number): void {
    this.node.context.setTimer('seek', this.node.context.between([pause, pause * 1.5]));
  }
}

/** Rule G4: only what is really missing can be gone on without. The reason why not, or null. */
export function problemWithout(node: Node, ids: readonly NodeId[]): string | null {
  const { membership } = node.replica;
  if (membership.members.length === 0) return 'this gate does not belong to a park yet';
  if (node.joining.isUnderWay) {
    return 'this gate set that log aside, and has no whole one yet: it can leave, and come back as a new gate';
  }
  if (node.liveLeader()) return 'there is a leader with a quorum: nothing is missing';
  if (ids.includes(node.self.id)) return 'this gate cannot go on without itself';
  const present = ids.find((id) => !membership.isVoter(id) || !node.isMissing(id));
  if (present !== undefined) return `gate ${present} is in reach or is no voter`;
  if (isQuorum(membership.members, (id) => !node.isMissing(id))) return 'a quorum is in reach';
  return null;
}
