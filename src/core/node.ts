import { assert, unreachable } from './assert.ts';
import { Campaign } from './campaign.ts';
import { perform } from './commands.ts';
import { Context } from './context.ts';
import type { Effect } from './effects.ts';
import { beginsGeneration, type ParkSettings } from './entry.ts';
import type { Event } from './events.ts';
import { FailureDetector } from './failure-detector.ts';
import { Follower } from './follower.ts';
import { Grants } from './grants.ts';
import { HelloCheck } from './hello-check.ts';
import type { NodeId, Peer } from './identity.ts';
import { Joining } from './joining.ts';
import type { Leadership } from './leadership.ts';
import type { Envelope, Message, Refuse } from './messages.ts';
import type { Group } from './multicast/group.ts';
import { Groups } from './multicast/groups.ts';
import { Inspector } from './multicast/inspection.ts';
import { Neighbourhood } from './neighbourhood.ts';
import { Office } from './office.ts';
import { Outbox } from './outbox.ts';
import { Replica } from './replica.ts';
import { SnapshotSink, SnapshotSource } from './snapshot-transfer.ts';
import type { StateMachine } from './state-machine.ts';
import type { Stored } from './stored.ts';
import { maxTerm, type Term } from './term.ts';
import type { PeerTimer, Timer, Timing } from './timers.ts';
import { viewOf, type NodeView } from './view.ts';
import { Voter } from './voter.ts';

export interface NodeConfig {
  readonly self: Peer;
  /** What this node decides for the park if it is the one that founds it. */
  readonly settings: ParkSettings;
  readonly timing: Timing;
  /** Uniform in [0, 1), seeded from outside. */
  readonly random: () => number;
  readonly machine: StateMachine;
  /** Entries between two snapshots. */
  readonly snapshotInterval: number;
}

/**
 * A node of the park: `step(event)` returns effects as plain data. No clock, no randomness, no network, no storage
 * inside; the same events give the same effects, always. PROTOCOL.md has the rules that the parts cite.
 */
export class Node {
  readonly context: Context;
  readonly replica: Replica;
  readonly detector: FailureDetector;
  readonly follower: Follower;
  readonly outbox: Outbox;
  readonly joining: Joining;
  readonly grants: Grants;
  readonly campaign: Campaign;
  readonly office: Office;
  readonly neighbourhood: Neighbourhood;
  readonly helloCheck: HelloCheck;
  readonly groups: Groups;
  readonly inspector: Inspector;
  self: Peer;
  /** The leader was removed by a person: nobody elects until a person starts an election. */
  vacant = false;
  left = false;

  readonly #voter: Voter;
  readonly #snapshots: SnapshotSource;
  readonly #sink: SnapshotSink;
  /** The term of a forced ballot that has this node's promise: its leader may bring a new generation. */
  #forcedTerm: Term | null = null;
  /** The term whose leader was last asked about everything that is open here. */
  #servedBy: Term = '';
  #wallOffset: number | null = null;
  #recheckedAt = -Infinity;

  constructor(readonly config: NodeConfig) {
    this.self = config.self;
    this.context = new Context(config.self.id, config.timing, config.random);
    const { context } = this;
    this.replica = new Replica(context, config.machine, config.snapshotInterval);
    const { replica } = this;
    this.detector = new FailureDetector(context, {
      failed: (peer) => {
        this.#peerFailed(peer);
      },
      back: (peer) => {
        this.#peerBack(peer);
      },
    });
    this.follower = new Follower(context, replica, this.detector);
    this.#snapshots = new SnapshotSource(context, replica);
    this.#sink = new SnapshotSink(context, replica, {
      progressed: (from) => {
        this.campaign.ballot.progressed(from);
      },
      installed: (from, at) => {
        this.#snapshotInstalled(from, at);
      },
    });
    this.office = new Office(this, this.#snapshots, (message) => {
      this.#dispatch(this.self.id, message);
    });
    this.campaign = new Campaign(this, {
      elected: (term, without) => {
        this.#elected(term, without);
      },
      announce: () => {
        this.office.announce();
      },
      needsSnapshot: (from) => {
        this.#sink.askFor(from);
      },
    });
    this.#voter = this.#makeVoter();
    this.outbox = new Outbox(context, replica, {
      deliver: (operations) => this.toLeader({ type: 'SUBMIT', operations }),
    });
    this.grants = new Grants(context, (message) => this.toLeader(message));
    this.joining = new Joining(this);
    this.neighbourhood = new Neighbourhood(this);
    this.helloCheck = new HelloCheck(context);
    this.groups = new Groups(this);
    this.inspector = new Inspector(this);
    replica.onApplied((applied) => {
      this.leadership?.applied(applied);
      this.outbox.applied(applied);
      this.groups.applied(applied.entry);
      // Who waited for what began this generation to be committed is to know (rule G4).
      if (this.leadership && beginsGeneration(applied.entry.command)) this.joining.greetAll();
    });
  }

  /** The multicast group of the park's choice. */
  get group(): Group {
    return this.groups.usual;
  }

  /** Handles one event. Throws an InvariantError when a rule does not hold: then the node must stop. */
  step(event: Event): Effect[] {
    this.context.now = event.now;
    this.context.wall = event.wall;
    if (event.type !== 'started' && this.#hasSlept(event)) this.#wake();
    if (!this.left) this.#handle(event);
    // The transport starts once the node has.
    if (!this.left && event.type !== 'started') this.neighbourhood.update();
    return this.context.takeEffects();
  }

  view(): NodeView {
    return viewOf(this);
  }

  get leadership(): Leadership | null {
    return this.office.leadership;
  }

  get isCandidate(): boolean {
    return this.campaign.running;
  }

  /** Who holds the mutex by hand, as far as this node knows: a leader, and the holder itself. */
  get mutexHolder(): NodeId | null {
    if (this.grants.holds) return this.self.id;
    return this.leadership?.mutex.heldBy ?? null;
  }

  /** The leader that this node hears and that has a quorum, itself included. */
  liveLeader(): Peer | null {
    if (this.leadership) return this.leadership.replication.quorum ? this.self : null;
    const { leader } = this.follower;
    if (leader === null || !this.follower.leaderHasQuorum || this.detector.isFailed(leader))
      return null;
    return this.replica.membership.find(leader) ?? this.joining.peer(leader);
  }

  #handle(event: Event): void {
    switch (event.type) {
      case 'started':
        this.#start(event.stored);
        return;
      case 'message':
        this.#receive(event.from, event.envelope);
        return;
      case 'timer':
        if (this.context.timerFired(event.timer)) this.#fired(event.timer);
        return;
      case 'persisted':
        this.context.durable(event.ticket);
        return;
      case 'link':
        this.joining.linkChanged(event.peer, event.state);
        if (event.state !== 'closed') return;
        if (event.closedByPeer) this.detector.fail(event.peer, 'closed its link');
        else this.detector.suspect(event.peer, 'link lost');
        return;
      case 'members':
        this.joining.coordinatorListed(event.members);
        return;
      case 'hint':
        this.joining.coordinatorLost(event.peer);
        this.detector.gone(event.peer);
        return;
      case 'command':
        perform(this, event.request, event.command);
        return;
      default:
        unreachable(event);
    }
  }

  // --- Starting, sleeping, waking -------------------------------------------------------------------------------

  #start(stored: Stored | null): void {
    if (stored) {
      assert(stored.meta.id === this.self.id, 'S9: a store belongs to one identity');
      this.replica.restore(stored);
      this.outbox.restore(stored.outbox);
      this.joining.archives.restore(stored.archives);
      this.context.meet(this.replica.membership.members);
    }
    this.campaign.begin();
  }

  /** Rule F4: a timer that is far too late, or a wall clock that ran ahead, means that this node has slept. */
  #hasSlept({ now, wall }: Event): boolean {
    const offset = wall - now;
    const jumped =
      this.#wallOffset !== null && offset - this.#wallOffset > this.context.timing.slept;
    this.#wallOffset = offset;
    return jumped || this.context.overdue() > this.context.timing.slept;
  }

  #wake(): void {
    this.context.excuseOverdue();
    this.neighbourhood.touch();
    if (this.leadership && this.replica.membership.voters().length <= 2) {
      // No majority was possible without this node: it only has to find its own again before it goes on.
      this.context.note('slept', 'still leads, and blames nobody');
      this.detector.forgive();
      this.leadership.replication.checkQuorum();
      return;
    }
    this.context.note('slept', 'rejoins as a follower and blames nobody');
    this.office.stepDown();
    this.campaign.stop();
    this.follower.unfollow();
    this.#voter.reset();
    this.detector.forgive();
    this.campaign.seekSoon();
  }

  // --- Messages -------------------------------------------------------------------------------------------------

  #receive(from: NodeId, { generation, message }: Envelope): void {
    if (message.type === 'LEAVE') {
      this.#peerLeaves(from);
      return;
    }
    if (message.type === 'GOT_IT') this.detector.gotIt(from, message);
    if (message.type !== 'GAVE_WAY' && this.joining.heard(from, generation)) {
      this.office.forgetFarewell(from);
      this.detector.heard(from);
    }
    if (message.type !== 'HELLO') this.joining.stranger(from, generation);
    const isForUs = this.#isForUs(generation, message);
    if (isForUs) {
      if (message.type === 'APPEND' && message.term >= this.#newestTerm())
        this.joining.follow(generation);
      this.#dispatch(from, message, generation);
    } else {
      this.context.note('other-generation', `${message.type} from ${from}`);
    }
    // Who counts on this node's vote there must learn that it has none any more (rule G7).
    const counts = message.type === 'PROBE' || (!isForUs && message.type !== 'GAVE_WAY');
    if (counts && this.joining.archives.hasAbandoned(generation)) {
      // What it has set aside may be on its way to the disk still (rule G3).
      this.context.persist([], [this.context.gaveWay(from, generation)]);
    }
  }

  /**
   * Logs of two generations never mix (rule G1), and what was answered about one says nothing of the other (rule O2).
   * Answers to a candidate are matched by their term, which is unique.
   */
  #isForUs(generation: string, message: Message): boolean {
    const isOurs =
      generation !== '' && generation === this.context.generation && !this.joining.isUnderWay;
    switch (message.type) {
      case 'ELECT':
      case 'TOKEN':
      case 'ELECTION_STARTED':
      case 'ELECTION_VOTE':
      case 'ELECTION_FINISHED':
      case 'RESIGN':
      case 'GAVE_WAY':
      case 'SUBMIT':
      case 'RESULT':
      case 'DECLINED':
      case 'LOCK':
      case 'QUEUED':
      case 'GRANT':
      case 'GROUP_JOIN':
      case 'FLUSH':
      case 'FLUSHED':
      case 'ORDER':
      case 'NUMBERED':
      case 'HELD':
      case 'DELIVER':
      case 'STAMPED':
      case 'ACKNOWLEDGED':
      case 'INSPECT':
      case 'INSPECTED':
        return isOurs;
      case 'PREPARE':
      case 'I_AM_LEADER':
      case 'APPEND':
      case 'SNAPSHOT_OFFER':
        return isOurs || message.term === this.#forcedTerm || this.joining.accepts(generation);
      default:
        return true;
    }
  }

  #dispatch(from: NodeId, message: Message, generation = this.context.generation): void {
    switch (message.type) {
      case 'HELLO':
        this.joining.hello(from, message);
        return;
      case 'JOIN':
        if (from === message.peer.id) this.leadership?.reconfiguration.join(message.peer);
        return;
      case 'LEAVE':
        return;
      case 'ADOPT':
        this.joining.rivals.asked(from, message);
        return;
      case 'ADOPT_REPLY':
        this.joining.rivals.replied(from, message);
        return;
      case 'GAVE_WAY':
        this.joining.peerGaveWay(from);
        return;
      case 'PROBE': {
        const leads = this.leadership?.term ?? null;
        this.context.send(from, { type: 'GOT_IT', to: 'PROBE', nonce: message.nonce, leads });
        return;
      }
      case 'GOT_IT':
        this.#gotIt(from, message);
        return;
      case 'ELECT':
      case 'TOKEN':
      case 'ELECTION_STARTED':
      case 'ELECTION_VOTE':
      case 'ELECTION_FINISHED':
        this.vacant = false;
        this.campaign.received(from, message);
        return;
      case 'I_AM_LEADER':
        if (message.term >= this.#newestTerm()) {
          this.#follow(from, message.term, true);
          this.campaign.ended();
        }
        return;
      case 'RESIGN':
        if (message.term === this.leadership?.term) this.resign();
        return;
      case 'LEADER_REMOVED':
        if (this.follower.leader === from && this.follower.term === message.term)
          this.#becomeVacant();
        return;
      case 'PREPARE':
        if (from === message.peer.id) this.#voter.prepare(from, message);
        if (message.without && this.replica.promised === message.term) {
          this.#forcedTerm = message.term;
        }
        return;
      case 'PROMISE':
        this.campaign.ballot.promised(from, message);
        return;
      case 'REFUSE':
        this.#refused(from, message);
        return;
      case 'FETCH':
        this.#voter.fetch(from, message.term, message.after);
        return;
      case 'FETCHED':
        this.campaign.ballot.fetched(from, message);
        return;
      case 'APPEND':
        if (!this.#olderTerm(from, message.term)) {
          this.#follow(from, message.term, message.quorum);
          this.follower.append(from, message);
          this.#afterAppend();
        }
        return;
      case 'APPENDED':
        this.leadership?.replication.appended(from, message, generation);
        return;
      case 'SNAPSHOT_OFFER':
        if (!this.campaign.ballot.running && this.#olderTerm(from, message.term)) return;
        if (message.term === this.leadership?.term) return;
        // Committed under a greater term, so this node leads no more.
        this.office.stepDown();
        this.#sink.offered(from, message);
        return;
      case 'SNAPSHOT_FETCH':
        this.leadership?.replication.fetchesSnapshot(from);
        this.#snapshots.fetch(from, message.at, message.offset);
        return;
      case 'SNAPSHOT_CHUNK':
        this.#sink.received(from, message);
        return;
      case 'SUBMIT':
        this.#submitted(from, message);
        return;
      case 'RESULT':
        this.outbox.results(message.results);
        return;
      case 'DECLINED':
        this.outbox.declined(message);
        return;
      case 'LOCK':
        this.leadership?.lock(from, message.request, message.ticket);
        return;
      case 'RELEASE':
        this.leadership?.mutex.release(from, message.request);
        return;
      case 'QUEUED':
        if (from === this.liveLeader()?.id) this.grants.received(message);
        return;
      case 'GRANT':
        // What was granted in another term is void, also by the same leader (rule X4).
        if (from === this.liveLeader()?.id && message.token.term === this.#leadingTerm)
          this.grants.received(message);
        return;
      case 'FLUSH':
        if (!this.#olderTerm(from, message.term)) this.groups.received(from, message);
        return;
      case 'GROUP_JOIN':
      case 'FLUSHED':
      case 'ORDER':
      case 'NUMBERED':
      case 'HELD':
      case 'DELIVER':
      case 'STAMPED':
      case 'ACKNOWLEDGED':
        this.groups.received(from, message);
        return;
      case 'INSPECT':
        this.context.send(from, this.inspector.tell(message.order, message.nonce));
        return;
      case 'INSPECTED':
        this.inspector.told(from, message);
        return;
      default:
        unreachable(message);
    }
  }

  #gotIt(from: NodeId, message: Extract<Message, { type: 'GOT_IT' }>): void {
    if (message.to === 'PROBE') this.helloCheck.gotIt(from, message.nonce);
    if (message.to === 'ELECT') {
      this.campaign.received(from, message);
    } else if (from === this.follower.leader) {
      if (message.leads === null) {
        // Asked before it was elected, it answered that it leads nobody: that may come late, and more than once.
        if (this.detector.answers(from, message, this.follower.followsSince))
          this.#leaderLost('it leads no more');
        return;
      }
      this.#voter.leaderLives(from);
      // It leads, but sends us nothing: perhaps we are no member any more.
      if (this.follower.isSilent) this.joining.greet(from);
    }
  }

  /** What comes from an older term is answered with the newer promise, so that its leader steps down (rule S4). */
  #olderTerm(from: NodeId, term: Term): boolean {
    const promised = this.#newestTerm();
    if (term >= promised) return false;
    const leader = this.liveLeader()?.id ?? null;
    this.context.send(from, { type: 'REFUSE', term, promised, reason: 'promised', leader });
    return true;
  }

  /** The greatest term that this node has promised or follows. */
  #newestTerm(): Term {
    return maxTerm(this.replica.promised, this.follower.term);
  }

  /** Of the leader that this node is, or follows; '' for none. */
  get #leadingTerm(): Term {
    return this.leadership?.term ?? this.follower.term;
  }

  #refused(from: NodeId, message: Refuse): void {
    const { leadership } = this;
    if (!leadership || message.promised <= leadership.term) {
      this.campaign.ballot.refused(message);
      return;
    }
    this.campaign.ballot.saw(message.promised);
    if (!this.replica.membership.find(from)) return;
    this.office.stepDown();
    this.campaign.outbid(from);
  }

  #submitted(from: NodeId, message: Extract<Message, { type: 'SUBMIT' }>): void {
    if (this.leadership) {
      this.leadership.submit(from, message.operations);
      return;
    }
    const sequences = message.operations.map((operation) => operation.id.sequence);
    const detail = 'this node does not lead';
    this.context.send(from, { type: 'DECLINED', sequences, reason: 'not-leader', detail });
  }

  // --- Timers ---------------------------------------------------------------------------------------------------

  #fired(timer: Timer): void {
    switch (timer) {
      case 'heartbeat':
        this.leadership?.beat();
        this.groups.beat();
        this.#recheck();
        if (this.leadership) this.joining.archives.check();
        return;
      case 'silence':
        this.follower.silent();
        return;
      case 'probe-leader':
        this.follower.probeLeader();
        this.detector.recheck((peer) => this.joining.isReachable(peer));
        return;
      case 'election':
        this.campaign.electionTimedOut();
        return;
      case 'ballot':
        this.campaign.ballot.timedOut();
        return;
      case 'seek':
        this.campaign.seek();
        return;
      case 'lease':
        this.leadership?.mutex.leaseEnded();
        return;
      case 'resubmit':
        this.outbox.resubmit();
        return;
      case 'deadline':
        this.outbox.deadlinePassed();
        return;
      case 'relock':
        this.grants.askAgain();
        return;
      case 'fetch':
        this.#sink.timedOut();
        return;
      case 'commit-mark':
        this.outbox.tidy();
        this.replica.markCommit();
        return;
      case 'rivals':
        this.joining.rivals.greetAgain();
        return;
      case 'adoption':
        this.joining.rivals.adoptionTimedOut();
        return;
      case 'hello':
        this.helloCheck.timedOut();
        return;
      case 'neighbours':
        this.neighbourhood.probe();
        return;
      case 'inspect':
        this.inspector.timedOut();
        return;
      case 'multicast-resend:sequencer':
      case 'multicast-late:sequencer':
      case 'multicast-deadline:sequencer':
      case 'multicast-resend:lamport':
      case 'multicast-late:lamport':
      case 'multicast-deadline:lamport':
      case 'multicast-deadline:undecided':
        this.groups.timerFired(timer);
        return;
      default:
        this.#peerTimerFired(timer);
    }
  }

  #peerTimerFired(timer: PeerTimer): void {
    if (timer.startsWith('probe:')) this.detector.timedOut(timer.slice('probe:'.length));
    else this.leadership?.reconfiguration.evict(timer.slice('evict:'.length));
  }

  /** A leader follows nobody, so it has no schedule of PROBEs (rule F2). Nobody else looks out for strangers (rule G2). */
  #recheck(): void {
    const { now, timing } = this.context;
    if (now - this.#recheckedAt < timing.stranger) return;
    this.#recheckedAt = now;
    this.joining.greetStrangers();
    this.detector.recheck((peer) => this.joining.isReachable(peer));
  }

  // --- Peers ----------------------------------------------------------------------------------------------------

  #peerFailed(peer: NodeId): void {
    this.neighbourhood.touch();
    this.joining.rivals.drop(peer);
    this.campaign.peerFailed(peer);
    this.leadership?.memberFailed(peer);
    this.groups.peerFailed();
    if (peer === this.follower.leader) this.#leaderLost('it failed');
  }

  #peerBack(peer: NodeId): void {
    this.neighbourhood.touch();
    this.leadership?.reconfiguration.memberBack(peer);
    this.joining.peerBack(peer);
    // With one more voter in reach an election may succeed now.
    if (!this.leadership && !this.liveLeader()) this.campaign.seekSoon();
  }

  #peerLeaves(peer: NodeId): void {
    this.detector.fail(peer, 'said that it leaves');
    this.joining.peerLeft(peer);
    this.office.peerLeft(peer);
  }

  // --- Following, leading ---------------------------------------------------------------------------------------

  #follow(leader: NodeId, term: Term, quorum: boolean): void {
    if (this.leadership) this.office.stepDown();
    const isNew = this.follower.term !== term;
    this.#sink.follow(leader);
    this.vacant = false;
    this.campaign.ballot.saw(term);
    this.follower.follow(leader, term, quorum);
    this.campaign.leaderHeard(leader, isNew, quorum);
    if (quorum && this.#servedBy !== term) this.#leaderKnown(term);
  }

  /** A leader of a new term takes operations: it is asked about everything that is open here. */
  #leaderKnown(term: Term): void {
    this.#servedBy = term;
    this.campaign.ended();
    this.outbox.resubmit();
    this.grants.leaderChanged();
  }

  #afterAppend(): void {
    if (!this.follower.leaderHasQuorum) return;
    if (this.follower.leader !== null) this.#voter.leaderLives(this.follower.leader);
    this.outbox.flush();
    this.joining.follows();
    this.groups.follows();
    this.campaign.maybeChallenge();
  }

  #leaderLost(why: string): void {
    this.context.note('leader-lost', why);
    this.follower.unfollow();
    this.context.emit({ type: 'request-members' });
    const { promised } = this.replica;
    this.#voter.leaderFailed();
    // A challenger that said so first has our promise now: it gets its time.
    if (this.replica.promised === promised) this.campaign.leaderLost();
  }

  #elected(term: Term, without: readonly NodeId[] | null): void {
    this.follower.unfollow();
    this.vacant = false;
    this.office.enter(term, without);
    this.#sink.stop();
    if (without) this.joining.generationChanged();
    this.#leaderKnown(term);
    this.joining.checkOwnEntry();
  }

  #becomeVacant(): void {
    this.vacant = true;
    this.follower.unfollow();
    this.campaign.stop();
    this.context.note('vacant', 'the leader was removed');
  }

  /** RESIGN, or a person's command: there is no leader until somebody starts an election. */
  resign(): void {
    if (this.office.resign()) this.#becomeVacant();
  }

  #snapshotInstalled(from: NodeId, at: { index: number; term: Term }): void {
    if (this.campaign.ballot.running) {
      this.campaign.ballot.resume();
    } else if (this.follower.leader === from) {
      const term = this.replica.promised;
      this.context.send(from, { type: 'APPENDED', term, ok: true, match: at, beat: 0 });
    }
  }

  /** A voter that this node cannot reach. */
  isMissing(id: NodeId): boolean {
    return id !== this.self.id && (this.detector.isFailed(id) || !this.joining.isReachable(id));
  }

  /** To the leader that takes operations; false when there is none. */
  toLeader(message: Message): boolean {
    const leader = this.liveLeader();
    if (!leader) return false;
    if (leader.id === this.self.id) this.#dispatch(leader.id, message);
    else this.context.send(leader.id, message);
    return true;
  }

  /** Sets the log aside (or drops it when there is nothing in it) and starts over as a blank node (rule G3). */
  startOver(): void {
    this.office.stepDown();
    this.campaign.abandon();
    this.#sink.stop();
    this.follower.unfollow();
    this.#voter.reset();
    this.groups.startOver();
    this.replica.clear();
    this.#forcedTerm = null;
    this.campaign.seekSoon();
  }

  // --- Parts ----------------------------------------------------------------------------------------------------

  #makeVoter(): Voter {
    return new Voter(
      this.context,
      this.replica,
      { liveLeader: () => this.liveLeader() },
      {
        promised: (to) => {
          this.office.stepDown();
          this.follower.unfollow();
          // Who asks for promises was elected, so a person has started an election (rule E6).
          this.vacant = false;
          this.campaign.promised(to);
        },
        doubts: (leader) => {
          this.detector.suspect(leader, 'a candidate says that it is dead');
        },
      },
    );
  }
}
