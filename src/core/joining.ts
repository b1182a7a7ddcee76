import { assert } from './assert.ts';
import { operationKey, type LogEntry, type Operation } from './entry.ts';
import { meet, type LogSummary } from './generations.ts';
import { compareIdentity, type NodeId, type Peer } from './identity.ts';
import type { Hello } from './messages.ts';
import type { Node } from './node.ts';
import type { Archive, StorageWrite } from './stored.ts';
import { nextTerm, NO_TERM } from './term.ts';

/** Another generation of the park that holds visitors too. */
export interface Conflict {
  readonly generation: string;
  readonly peer: Peer;
}

/** Meeting peers, joining or founding a park, and giving way to another generation (rules J1 to J4, G1 to G4). */
export class Joining {
  readonly #peers = new Map<NodeId, Peer>();
  readonly #links = new Map<NodeId, 'open' | 'relayed' | 'closed'>();
  /** When peers of another generation were last greeted. */
  readonly #strangers = new Map<NodeId, number>();
  /** The other members as the coordinator last told; null while it never has. */
  #listed: Set<NodeId> | null = null;
  #conflict: Conflict | null = null;
  /** What a person chose here. */
  #chosen: Conflict | null = null;
  #archives: Archive[] = [];
  #joinAskedAt = -Infinity;
  /** Peers that belong to no park yet, as they said last. */
  readonly #blank = new Set<NodeId>();
  /**
   * The generation that a leader is bringing: a forced one to whom this node has promised itself (rule G4), or the one
   * that this node joins, whose log begins in an older generation (rule G1).
   */
  #expected: string | null = null;

  constructor(private readonly node: Node) {}

  get conflict(): Conflict | null {
    return this.#conflict;
  }

  get archives(): readonly Archive[] {
    return this.#archives;
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

  isReachable(id: NodeId): boolean {
    return this.link(id) !== 'closed';
  }

  /** This node set its log of that generation aside, and with it what it had acknowledged: it never votes there. */
  hasAbandoned(generation: string): boolean {
    return this.#archives.some((archive) => archive.generation === generation);
  }

  restore(archives: readonly Archive[]): void {
    this.#archives = [...archives];
  }

  linkChanged(peer: NodeId, state: 'open' | 'relayed' | 'closed'): void {
    const wasReachable = this.isReachable(peer);
    this.#links.set(peer, state);
    if (state === 'closed') {
      if (this.#conflict?.peer.id === peer) this.#conflict = null;
    } else if (!wasReachable) {
      this.greet(peer);
    }
  }

  /** The members with a direct link that are not known to be dead: who is no member takes part in no election. */
  neighbours(): NodeId[] {
    const { detector, replica } = this.node;
    return replica.membership.members
      .filter(({ id }) => this.#links.get(id) === 'open' && !detector.isFailed(id))
      .map(({ id }) => id);
  }

  /** HELLO, asking for one back. */
  greet(peer: NodeId): void {
    this.#sendHello(peer, true);
  }

  /**
   * It speaks in another generation: find out which (rule G2). A partition may begin and end without a link that breaks,
   * and so without a HELLO; only then it shows that somebody went on without somebody else.
   */
  stranger(peer: NodeId, generation: string): void {
    const { context, config } = this.node;
    const settled = ['', context.generation, this.#expected].includes(generation);
    if (settled || context.generation === '' || this.hasAbandoned(generation)) return;
    const before = this.#strangers.get(peer) ?? -Infinity;
    if (context.now - before < config.timing.stranger) return;
    this.#strangers.set(peer, context.now);
    this.greet(peer);
  }

  /** Who is no member may have come to belong to another generation since it was met. */
  greetStrangers(): void {
    const { membership } = this.node.replica;
    for (const [peer, state] of this.#links)
      if (state !== 'closed' && !membership.find(peer)) this.greet(peer);
  }

  coordinatorListed(members: readonly Peer[]): void {
    this.#listed = new Set(members.map((member) => member.id));
    for (const member of members) this.#learn(member);
    this.node.context.meet(members);
    this.#foundIfAlone();
  }

  coordinatorLost(peer: NodeId): void {
    this.#listed?.delete(peer);
    this.#foundIfAlone();
  }

  peerLeft(peer: NodeId): void {
    this.#links.set(peer, 'closed');
    this.#blank.delete(peer);
    if (this.#conflict?.peer.id === peer) this.#conflict = null;
  }

  hello(from: NodeId, hello: Hello): void {
    if (hello.peer.id !== from) return;
    this.#learn(hello.peer);
    // Met, so it counts until the coordinator no longer lists it: a cut link is no reason to found another park.
    this.#listed?.add(from);
    if (hello.generations.length === 0) this.#blank.add(from);
    else this.#blank.delete(from);
    if (hello.wantsReply) this.#sendHello(from, false);
    if (from === this.#chosen?.peer.id && newest(hello) !== this.#chosen.generation)
      this.#chosen = null;
    if (this.hasAbandoned(newest(hello))) return;
    this.#meet(hello);
    if (hello.leader === null || hello.leader === this.node.self.id) return;
    if (hello.knowsYou) {
      if (newest(hello) === this.node.context.generation) this.node.campaign.leaderExpected();
      return;
    }
    const sameOrBlank =
      this.node.context.generation === '' || newest(hello) === this.node.context.generation;
    if (sameOrBlank && !this.#choseAnother(hello)) this.#askToJoin(hello.leader);
  }

  /** Of three generations a person chose one: no other is joined while somebody of that one is in reach. */
  #choseAnother(hello: Hello): boolean {
    if (this.#chosen === null || this.node.context.generation !== '') return false;
    return newest(hello) !== this.#chosen.generation && this.isReachable(this.#chosen.peer.id);
  }

  /** Asks everybody in reach who leads; false when nobody is. */
  seek(): boolean {
    if (this.node.context.generation === '') this.node.context.emit({ type: 'request-members' });
    this.#foundIfAlone();
    const inReach = [...this.#links].filter(([, state]) => state !== 'closed');
    for (const [peer] of inReach) this.greet(peer);
    return inReach.length > 0;
  }

  /** Following a leader: is this node a member there, under its present name and priority? */
  follows(): void {
    const { replica, self, follower } = this.node;
    this.#checkArchives();
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

  /** After the log came to be of another generation by a person's decision: tell everybody. */
  generationChanged(): void {
    for (const [peer, state] of this.#links) if (state !== 'closed') this.greet(peer);
  }

  newGeneration(): string {
    let id = '';
    while (id.length < 16) id += Math.floor(this.node.context.random() * 36).toString(36);
    return id;
  }

  /** A person's choice of the other generation. */
  adopt(request: number, generation: string): void {
    const { context } = this.node;
    if (this.#conflict?.generation !== generation) {
      context.replyError(
        request,
        'invalid',
        true,
        `no generation ${generation} is in conflict here`,
      );
      return;
    }
    const { peer } = this.#conflict;
    this.#chosen = this.#conflict;
    this.#giveWay();
    this.greet(peer.id);
    context.replyDone(request);
  }

  summary(): LogSummary {
    const { replica } = this.node;
    return {
      generations: replica.membership.generations,
      last: replica.log.last,
      holdsOperations: this.#holdsOperations(),
      hasQuorum: this.node.liveLeader() !== null,
    };
  }

  #meet(hello: Hello): void {
    const { context, replica } = this.node;
    const theirs: LogSummary = { ...hello, hasQuorum: hello.leader !== null };
    if (this.#expects(hello)) return;
    switch (meet(this.summary(), theirs)) {
      case 'none':
        if (this.#conflict?.peer.id === hello.peer.id) this.#conflict = null;
        return;
      case 'join':
        return;
      case 'give-way':
        context.note('gives-way', `to generation ${newest(hello)} of ${hello.peer.name}`);
        this.#giveWay();
        this.greet(hello.peer.id);
        return;
      case 'conflict':
        this.#conflict = { generation: newest(hello), peer: hello.peer };
        context.note(
          'conflict',
          `${replica.membership.generation} and ${newest(hello)} both hold visitors`,
        );
    }
  }

  /** Their generation began with a ballot that has this node's promise: it is ours too, and comes with an APPEND. */
  #expects(hello: Hello): boolean {
    const { replica, context } = this.node;
    if (newest(hello) === this.#expected) return true;
    const at = hello.generations.findIndex(({ id }) => id === context.generation);
    const next = at < 0 ? undefined : hello.generations[at + 1];
    if (!next || next.at.term !== replica.promised) return false;
    this.#expected = newest(hello);
    return true;
  }

  /** Whether a message of this generation is for this node though its own log is of another, or of none yet. */
  accepts(generation: string): boolean {
    if (generation === '' || this.hasAbandoned(generation)) return false;
    return generation === this.#expected || this.node.context.generation === '';
  }

  /** The leader's log is of this generation. What it brings first may be older than that, so more of it must be taken. */
  follow(generation: string): void {
    this.#expected = generation === this.node.context.generation ? null : generation;
  }

  /** Rule G3: nothing is deleted, nothing is merged; this node joins as if it were new. */
  #giveWay(): void {
    const { replica, context, outbox } = this.node;
    const { log } = replica;
    const { operations, whenDurable } = outbox.abandon();
    const archive: Archive = {
      generation: replica.membership.generation,
      at: context.wall,
      snapshot: replica.baseSnapshot,
      entries: this.#holdsOperations() ? log.slice(log.base.index + 1, Infinity) : [],
      outbox: operations,
      checked: false,
    };
    this.#archives.push(archive);
    this.#conflict = null;
    this.node.startOver();
    const writes: StorageWrite[] = [
      { type: 'meta', meta: replica.meta() },
      { type: 'archive', archive },
    ];
    context.persist(writes, [], whenDurable);
  }

  /** Once caught up: keeps of an archive what the park's log does not hold, for people to see (rule G3). */
  #checkArchives(): void {
    const { replica, context } = this.node;
    const { log, commitIndex, promised, sessions } = replica;
    if (commitIndex < log.lastIndex || log.last.term !== promised) return;
    if (this.#archives.every((archive) => archive.checked)) return;
    const known = new Set<string>();
    for (const { command } of log.slice(log.base.index + 1, Infinity)) {
      if (command.kind === 'operation') known.add(operationKey(command.operation.id));
    }
    // What the snapshot stands for is known to the sessions alone.
    const isKnown = ({ id }: Operation): boolean =>
      known.has(operationKey(id)) || sessions.lookup(id).state === 'settled';
    for (const [i, archive] of this.#archives.entries()) {
      if (archive.checked) continue;
      const checked: Archive = {
        ...archive,
        entries: archive.entries.filter(
          ({ command }) => command.kind === 'operation' && !isKnown(command.operation),
        ),
        outbox: archive.outbox.filter((operation) => !isKnown(operation)),
        checked: true,
      };
      this.#archives[i] = checked;
      context.persist([{ type: 'archive-put', archive: checked }]);
    }
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
    replica.store([entry], [{ type: 'meta', meta: replica.meta() }], []);
    context.setTimer('seek', 0);
  }

  #askToJoin(leader: NodeId): void {
    const { context, self, config } = this.node;
    if (leader === self.id || context.now - this.#joinAskedAt < config.timing.heartbeat * 2) return;
    this.#joinAskedAt = context.now;
    context.send(leader, { type: 'JOIN', peer: self });
    // Until the leader answers with appends: look again.
    if (!context.isTimerSet('seek')) context.setTimer('seek', config.timing.resubmit);
  }

  #learn(peer: Peer): void {
    this.#peers.set(peer.id, peer);
    if (!this.#links.has(peer.id)) this.#links.set(peer.id, 'closed');
  }

  #sendHello(to: NodeId, wantsReply: boolean): void {
    const { context, self, replica } = this.node;
    const leader = this.node.liveLeader()?.id ?? null;
    const { generations, last, holdsOperations } = this.summary();
    const knowsYou = replica.membership.find(to) !== undefined;
    context.send(to, {
      type: 'HELLO',
      peer: self,
      generations,
      last,
      holdsOperations,
      leader,
      knowsYou,
      wantsReply,
    });
  }
}

function newest(hello: Hello): string {
  return hello.generations[hello.generations.length - 1]?.id ?? '';
}
