import { Archives } from './archives.ts';
import { assert } from './assert.ts';
import type { LogEntry } from './entry.ts';
import { meet, type LogSummary } from './generations.ts';
import { compareIdentity, type Identity, type NodeId, type Peer } from './identity.ts';
import type { Hello } from './messages.ts';
import type { Node } from './node.ts';
import { Rivals } from './rivals.ts';
import type { Generation, StorageWrite } from './stored.ts';
import { nextTerm, NO_TERM } from './term.ts';

/**
 * Nodes that are remembered: more than a park has members (256), a coordinator lists (256) and a tab has links (64)
 * together. Names that a coordinator makes up, or that come and go for months, are forgotten.
 */
export const MAX_KNOWN = 1024;

/** Meeting peers, joining or founding a park, and giving way to another generation (rules J1 to J4, G1 to G7). */
export class Joining {
  readonly archives: Archives;
  readonly rivals: Rivals;
  /** Everybody ever met or listed. The name of who was only listed is '' unless the log tells it. */
  readonly #peers = new Map<NodeId, Peer>();
  readonly #links = new Map<NodeId, 'open' | 'relayed' | 'closed'>();
  /** When peers of another generation were last greeted. */
  readonly #strangers = new Map<NodeId, number>();
  /** The other members as the coordinator last told; null while it never has. */
  #listed: Set<NodeId> | null = null;
  /** What a person chose here, and who holds it. */
  #chosen: { readonly generation: string; readonly holder: NodeId } | null = null;
  /** It went to a leader whose link was not open yet. */
  #joinMayBeLost = false;
  #joinAskedAt = -Infinity;
  /** Peers that belong to no park yet, as they said last. */
  readonly #blank = new Set<NodeId>();
  /**
   * The generation that a leader is bringing: a forced one to whom this node has promised itself (rule G4), or the one
   * that this node joins, whose log begins in an older generation (rule G1).
   */
  #expected: string | null = null;

  /** Members that have set our log aside, each with the generation that they gave up (rule G7). */
  readonly #gaveWay = new Map<NodeId, string>();

  constructor(private readonly node: Node) {
    const { context, replica, detector } = node;
    this.archives = new Archives(context, replica);
    this.rivals = new Rivals(context, detector, {
      canAdopt: (generation) => this.#problemToAdopt(generation) === null,
      greet: (peer) => {
        this.greet(peer);
      },
      adopt: (generation, holder, whenDurable) => {
        context.note('adopts', `generation ${generation} of ${holder}`);
        this.#chosen = { generation, holder };
        this.#giveWay(whenDurable);
      },
    });
  }

  peers(): Peer[] {
    return [...this.#peers.values()];
  }

  peer(id: NodeId): Peer | null {
    return this.#peers.get(id) ?? null;
  }

  link(id: NodeId): 'open' | 'relayed' | 'closed' {
    return this.#links.get(id) ?? 'closed';
  }

  /** Those with a direct link. */
  linked(): NodeId[] {
    return [...this.#links].flatMap(([id, state]) => (state === 'open' ? id : []));
  }

  /** Whom the coordinator lists, as far as it told, and who was met since; null before it ever did. */
  get listed(): ReadonlySet<NodeId> | null {
    return this.#listed;
  }

  isReachable(id: NodeId): boolean {
    return this.link(id) !== 'closed';
  }

  linkChanged(peer: NodeId, state: 'open' | 'relayed' | 'closed'): void {
    const wasReachable = this.isReachable(peer);
    this.#links.set(peer, state);
    this.#forgetOld();
    this.node.neighbourhood.touch();
    if (state === 'closed') {
      this.rivals.drop(peer);
    } else if (!wasReachable) {
      this.greet(peer);
    }
  }

  /** The members with a direct link that are not known to be dead: who is no member takes part in no election. */
  neighbours(): NodeId[] {
    const { detector, replica } = this.node;
    return replica.membership.members
      .filter(({ id }) => this.#links.get(id) === 'open')
      .filter(({ id }) => !detector.isFailed(id) && !this.isElsewhere(id))
      .map(({ id }) => id);
  }

  /**
   * As it said last, its log is of another generation, or it has none: it takes part in no election of ours (rule E14).
   */
  isElsewhere(peer: NodeId): boolean {
    return this.rivals.has(peer);
  }

  /** HELLO, asking for one back. */
  greet(peer: NodeId): void {
    this.#sendHello(peer, true);
  }

  /** Greets everybody in reach; false when nobody is. */
  greetAll(): boolean {
    const inReach = [...this.#links].filter(([, state]) => state !== 'closed');
    for (const [peer] of inReach) this.greet(peer);
    return inReach.length > 0;
  }

  /**
   * It speaks in another generation: find out which (rule G2). A partition may begin and end without a link that breaks,
   * and so without a HELLO; only then it shows that somebody went on without somebody else.
   */
  stranger(peer: NodeId, generation: string): void {
    const { context, config } = this.node;
    if (generation === context.generation || generation === this.#expected) return;
    if (generation === '' || context.generation === '') return;
    if (this.archives.hasAbandoned(generation)) return;
    const before = this.#strangers.get(peer) ?? -Infinity;
    if (this.rivals.has(peer) || context.now - before < config.timing.stranger) return;
    this.#strangers.set(peer, context.now);
    this.greet(peer);
  }

  /** Who is no member may have come to belong to another generation since it was met. */
  greetStrangers(): void {
    const { membership } = this.node.replica;
    for (const [peer, state] of this.#links)
      if (state !== 'closed' && !membership.find(peer)) this.greet(peer);
  }

  /** The coordinator knows no names: those that are known already stay. */
  coordinatorListed(members: readonly Identity[]): void {
    this.#listed = new Set(members.map((member) => member.id));
    for (const { id, priority } of members) {
      this.#learn({ id, priority, name: this.#nameOf(id) });
    }
    this.node.context.meet(members);
    this.node.neighbourhood.touch();
    this.#foundIfAlone();
  }

  coordinatorLost(peer: NodeId): void {
    this.#listed?.delete(peer);
    this.node.neighbourhood.touch();
    this.#foundIfAlone();
  }

  /** Its link ends next. If it stays, another life of the peer has it, and this farewell was long under way (rule F2). */
  peerLeft(peer: NodeId): void {
    this.node.neighbourhood.touch();
    this.#blank.delete(peer);
    this.rivals.drop(peer);
  }

  /**
   * Any message: false if it proves nothing about the peer as a member, since it has set our log aside (rule G7) and
   * this is not said in our generation.
   */
  heard(from: NodeId, generation: string): boolean {
    if (generation === this.node.context.generation) {
      this.rivals.drop(from);
      this.#gaveWay.delete(from);
    }
    return this.#gaveWay.get(from) !== this.node.context.generation;
  }

  /** GAVE_WAY, about our generation. */
  peerGaveWay(peer: NodeId): void {
    if (this.node.replica.membership.find(peer) === undefined) return;
    this.#gaveWay.set(peer, this.node.context.generation);
    this.node.detector.fail(peer, 'has set this log aside');
    this.node.office.peerLeft(peer);
  }

  /** A failed peer was heard again: a stranger may hold another log now. */
  peerBack(peer: NodeId): void {
    if (this.node.replica.membership.find(peer) === undefined) this.greet(peer);
  }

  hello(from: NodeId, hello: Hello): void {
    if (hello.peer.id !== from) return;
    this.#learn(hello.peer);
    // Met, so it counts until the coordinator no longer lists it: a cut link is no reason to found another park.
    this.#listed?.add(from);
    this.node.neighbourhood.touch();
    if (hello.generations.length === 0) this.#blank.add(from);
    else this.#blank.delete(from);
    if (hello.wantsReply) this.#sendHello(from, false);
    const theirs = newest(hello);
    const { generation } = this.node.context;
    if (from === this.#chosen?.holder && theirs !== this.#chosen.generation) this.#chosen = null;
    if (this.archives.hasAbandoned(theirs) && ['', theirs].includes(generation)) {
      // Nothing brings a blank node back there but a person, who lets it come as somebody new (rule G6).
      if (generation === '') this.rivals.met(hello.peer, theirs, hello.leader !== null);
      return;
    }
    if (theirs === '' && this.node.replica.membership.isVoter(from)) {
      // It has set another log aside, and ours has not come to it yet.
      this.rivals.met(hello.peer, theirs, false);
    } else if (
      theirs === '' ||
      generation === '' ||
      theirs === generation ||
      this.#expects(hello)
    ) {
      this.rivals.drop(from);
    } else {
      this.#meet(hello);
    }
    if (hello.leader === null || hello.leader === this.node.self.id) return;
    if (hello.knowsYou) {
      if (theirs === this.node.context.generation) this.node.campaign.leaderExpected();
      return;
    }
    // A log that is expected comes to members only.
    const isOurs = ['', theirs].includes(this.node.context.generation) || theirs === this.#expected;
    if (isOurs && !this.#choseAnother(theirs)) this.#askToJoin(hello.leader);
  }

  /** Of three generations a person chose one: no other is joined while somebody of that one is in reach. */
  #choseAnother(theirs: string): boolean {
    if (this.#chosen === null || this.node.context.generation !== '') return false;
    return theirs !== this.#chosen.generation && this.isReachable(this.#chosen.holder);
  }

  /** Asks everybody in reach who leads; false when nobody is. */
  seek(): boolean {
    if (this.node.context.generation === '') {
      this.node.context.emit({ type: 'request-members' });
      this.#checkDisk();
    }
    this.#foundIfAlone();
    return this.greetAll();
  }

  /** Rule J5: only a write shows that the disk is another page's by now, and a blank node has nothing else to write. */
  #checkDisk(): void {
    const { replica, context } = this.node;
    if (replica.promised === NO_TERM) return;
    context.persist([{ type: 'meta', meta: replica.meta() }]);
  }

  /** Following a leader: is this node a member there, under its present name and priority? */
  follows(): void {
    const { replica, self, follower } = this.node;
    this.archives.check();
    const member = replica.membership.find(self.id);
    const current = member?.name === self.name && member.priority === self.priority;
    if (current || follower.leader === null) return;
    if (replica.membership.index <= replica.commitIndex) this.#askToJoin(follower.leader);
  }

  /** A leader that came back with another name or priority. */
  checkOwnEntry(): void {
    const { replica, self, leadership } = this.node;
    const member = replica.membership.find(self.id);
    if (member?.name !== self.name || member.priority !== self.priority) {
      leadership?.reconfiguration.join(self);
    }
  }

  /** The leader itself may have to tell its own new name. */
  renamed(): void {
    const { leadership, self, follower } = this.node;
    if (leadership) leadership.reconfiguration.join(self);
    else if (follower.leader !== null) this.#askToJoin(follower.leader);
  }

  /** LEAVE to everybody that can hear it. */
  farewell(): void {
    const { context } = this.node;
    for (const [peer, state] of this.#links) {
      if (state !== 'closed') context.send(peer, { type: 'LEAVE' });
    }
  }

  /** The log came to be of another generation: tell everybody. */
  generationChanged(): void {
    this.rivals.clear();
    this.greetAll();
  }

  newGeneration(): string {
    let id = '';
    while (id.length < 16) id += Math.floor(this.node.context.random() * 36).toString(36);
    return id;
  }

  /** A person's choice of the other generation (rule G6). */
  adopt(request: number, generation: string): void {
    const problem = this.#problemToAdopt(generation);
    if (problem === null) this.rivals.adopt(request, generation);
    else this.node.context.replyError(request, 'invalid', true, problem);
  }

  /** What this node has acknowledged in a log that it no longer holds it can never make up for (S9). */
  #problemToAdopt(generation: string): string | null {
    const there = 'the gates there can adopt the generation of this one';
    if (this.archives.hasAbandoned(generation)) {
      return `this gate has set generation ${generation} aside and can't go back to it; ${there}`;
    }
    const { generations } = this.node.replica.membership;
    if (generations.slice(0, -1).some(({ id }) => id === generation)) {
      return `this gate went on from generation ${generation} and can't go back to it; ${there}`;
    }
    return null;
  }

  summary(): LogSummary {
    const { replica } = this.node;
    return {
      generations: replica.membership.generations,
      last: replica.log.last,
      holdsOperations: this.#holdsOperations(),
      settled: replica.isGenerationCommitted,
      hasQuorum: this.node.liveLeader() !== null,
    };
  }

  #meet(hello: Hello): void {
    const { context } = this.node;
    const theirs: LogSummary = { ...hello, hasQuorum: hello.leader !== null };
    const meeting = meet(this.summary(), theirs);
    if (meeting === 'give-way' && !this.archives.hasAbandoned(newest(hello))) {
      context.note('gives-way', `to generation ${newest(hello)} of ${hello.peer.name}`);
      this.#giveWay();
      return;
    }
    this.rivals.met(hello.peer, newest(hello), meeting === 'conflict');
  }

  /** Their generation began with a ballot that has this node's promise: it is ours too, and comes with an APPEND. */
  #expects(hello: Hello): boolean {
    const { replica, context } = this.node;
    if (newest(hello) === this.#expected) return true;
    const at = hello.generations.findIndex(({ id }) => id === context.generation);
    const next = at < 0 ? undefined : hello.generations[at + 1];
    if (!next || (next.at.term !== replica.promised && !this.#wasAskedFor(hello, next)))
      return false;
    this.#expected = newest(hello);
    return true;
  }

  /**
   * This node has promised more since, and nothing has come of it in its log. A voter that a forced ballot did not go on
   * without has promised itself to that: nobody else can finish what it began. Who was a learner to that ballot was not
   * asked, and may have become a voter of the older generation since (seed 14829).
   */
  #wasAskedFor({ countsOnYou, settled }: Hello, { at }: Generation): boolean {
    const { replica } = this.node;
    const isOpen = !settled && this.node.liveLeader() === null;
    return countsOnYou && isOpen && at.term <= replica.promised && replica.log.last.term < at.term;
  }

  /**
   * This log is the first part of one that grew out of a generation that this node has set aside (rule G1): to be taken
   * further, and for nothing else. The node has acknowledged more of that generation than it holds now (S9).
   */
  get isUnderWay(): boolean {
    return this.archives.hasAbandoned(this.node.context.generation);
  }

  /** Whether a message of this generation is for this node though its own log is of another, or of none yet. */
  accepts(generation: string): boolean {
    if (generation === '' || this.archives.hasAbandoned(generation)) return false;
    return generation === this.#expected || this.node.context.generation === '';
  }

  /** The leader's log is of this generation. What it brings first may be older than that, so more of it must be taken. */
  follow(generation: string): void {
    this.#expected = generation === this.node.context.generation ? null : generation;
  }

  /** Rule G3: nothing is deleted, nothing is merged; this node joins as if it were new. */
  #giveWay(whenDurable?: () => void): void {
    const { replica, context, outbox, office } = this.node;
    const { log } = replica;
    office.leaveToTheOther();
    const abandoned = outbox.abandon();
    const { generation } = context;
    const archive = this.archives.add({
      generation,
      ancestors: replica.membership.generations.slice(0, -1).map(({ id }) => id),
      at: context.wall,
      snapshot: replica.baseSnapshot,
      entries: this.#holdsOperations() ? log.slice(log.base.index + 1, Infinity) : [],
      outbox: abandoned.operations,
      checked: false,
    });
    const farewells = replica.membership.members
      .filter(({ id }) => id !== context.self)
      .map(({ id }) => context.gaveWay(id, generation));
    this.node.startOver();
    const writes: StorageWrite[] = [
      { type: 'meta', meta: replica.meta() },
      { type: 'archive', archive },
    ];
    context.persist(writes, farewells, () => {
      abandoned.whenDurable();
      whenDurable?.();
    });
    this.generationChanged();
  }

  #holdsOperations(): boolean {
    const { log, sessions } = this.node.replica;
    if (log.base.index > 0 || sessions.size > 0) return true;
    return log.slice(1, Infinity).some(({ command }) => command.kind === 'operation');
  }

  /**
   * Rule J1: this node belongs to no park, and nobody that the coordinator lists or that is in reach does. Of several
   * such nodes the greatest founds the park.
   */
  #foundIfAlone(): void {
    const { context, replica, self, config } = this.node;
    if (context.generation !== '' || this.#listed === null) return;
    const others = new Set(this.#listed);
    for (const [peer, state] of this.#links) if (state !== 'closed') others.add(peer);
    for (const id of others) {
      const peer = this.#peers.get(id);
      if (!peer || !this.#blank.has(id) || compareIdentity(peer, self) > 0) return;
    }
    const generation = this.newGeneration();
    const entry: LogEntry = {
      index: 1,
      term: nextTerm(NO_TERM, self.id),
      at: context.wall,
      command: {
        kind: 'founding',
        generation,
        settings: config.settings,
        members: [{ ...self, voter: true }],
      },
    };
    assert(replica.log.lastIndex === 0, 'only a blank node founds a park');
    context.note('founds', `generation ${generation}`);
    // What another leader was bringing is another park now.
    this.#expected = null;
    replica.store([entry], [{ type: 'meta', meta: replica.meta() }], []);
    context.setTimer('seek', 0);
  }

  #askToJoin(leader: NodeId): void {
    const { context, self, config } = this.node;
    if (leader === self.id) return;
    const isLinked = this.isReachable(leader);
    const wasAsked = context.now - this.#joinAskedAt < config.timing.heartbeat * 2;
    if (wasAsked && !(isLinked && this.#joinMayBeLost)) return;
    this.#joinAskedAt = context.now;
    // Told of by another one before its own link was open: once it is, its HELLO asks again, at once.
    this.#joinMayBeLost = !isLinked;
    context.send(leader, { type: 'JOIN', peer: self });
    // Until the leader answers with appends: look again.
    context.setTimerOnce('seek', config.timing.resubmit);
  }

  /** As its HELLO told it, or the log; '' for who was never met. */
  #nameOf(id: NodeId): string {
    const told = this.#peers.get(id)?.name ?? '';
    return told === '' ? (this.node.replica.membership.find(id)?.name ?? '') : told;
  }

  #learn(peer: Peer): void {
    this.#peers.set(peer.id, peer);
    if (!this.#links.has(peer.id)) this.#links.set(peer.id, 'closed');
    this.#forgetOld();
  }

  /** Of those out of reach that are no members, who has been known longest is forgotten first. */
  #forgetOld(): void {
    const { replica, detector, office } = this.node;
    for (const [peer, state] of this.#links) {
      if (this.#links.size <= MAX_KNOWN) return;
      if (state !== 'closed' || replica.membership.find(peer)) continue;
      for (const known of [this.#links, this.#peers, this.#strangers, this.#gaveWay])
        known.delete(peer);
      this.#blank.delete(peer);
      this.#listed?.delete(peer);
      detector.forget(peer);
      office.forgetFarewell(peer);
    }
  }

  #sendHello(to: NodeId, wantsReply: boolean): void {
    const { context, self, replica } = this.node;
    const leader = this.node.liveLeader()?.id ?? null;
    const { generations, last, holdsOperations, settled } = this.summary();
    context.send(to, {
      type: 'HELLO',
      peer: self,
      generations,
      last,
      holdsOperations,
      settled,
      leader,
      knowsYou: replica.membership.find(to) !== undefined,
      countsOnYou: replica.membership.isVoter(to),
      wantsReply,
    });
  }
}

function newest(hello: Hello): string {
  return hello.generations[hello.generations.length - 1]?.id ?? '';
}
