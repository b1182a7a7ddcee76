import { assert } from '../assert.ts';
import { Context } from '../context.ts';
import type { Election, ElectionEvents, ElectionView } from '../election/election.ts';
import { compareIdentity, greatest, type NodeId, type Peer } from '../identity.ts';
import type { Message, MessageType } from '../messages.ts';
import { DEFAULT_TIMING, type Timer } from '../timers.ts';
import { seeded } from './random.ts';

interface Member {
  readonly peer: Peer;
  readonly context: Context;
  readonly election: Election;
  readonly failed: Set<NodeId>;
  readonly timers: Map<Timer, number>;
  alive: boolean;
  leader: NodeId | null;
}

interface Due {
  readonly at: number;
  readonly run: () => void;
}

export type MakeElection = (
  context: Context,
  view: ElectionView,
  events: ElectionEvents,
) => Election;

/**
 * Elections alone, without a ballot and a log, over links that a test chooses: who wins leads at once, and the others
 * hear of it. As in a whole node, the greatest challenges a lesser leader, and the failure of a leader is noticed.
 */
export class ElectionNet {
  now = 0;
  readonly sent: { readonly from: NodeId; readonly to: NodeId; readonly message: Message }[] = [];
  /** May a message arrive? */
  passes: (from: NodeId, to: NodeId) => boolean = () => true;
  /** Whom a node takes for the voters: logs may end at different memberships. */
  votersTo: (id: NodeId) => readonly Peer[] = () => this.peers;
  readonly #members = new Map<NodeId, Member>();
  readonly #random: () => number;
  /** Leaders whose next heartbeat is due. */
  readonly #beats = new Set<NodeId>();
  #queue: Due[] = [];
  #timer = 1;

  /** @param links pairs of ids, or null for a complete network */
  constructor(
    private readonly peers: readonly Peer[],
    private readonly links: readonly (readonly [NodeId, NodeId])[] | null,
    seed: number,
    make: MakeElection,
  ) {
    this.#random = seeded(seed);
    for (const peer of peers) this.#members.set(peer.id, this.#make(peer, make));
  }

  /** A node that has no leader elects. */
  start(id: NodeId): void {
    const member = this.#get(id);
    if (!member.alive || member.leader === id) return;
    this.#let(member, () => member.election.start());
  }

  /** It leads, whoever is greater. */
  lead(id: NodeId): void {
    this.#lead(id);
  }

  /** The others notice it when a link closes or a PROBE is not answered, each at a time of its own. */
  crash(id: NodeId): void {
    this.#get(id).alive = false;
    for (const other of this.alive) {
      this.#later(this.#between(10, 600), () => this.#notice(this.#get(other), id));
    }
  }

  /** A message out of the blue, or one that was sent arrives once more. */
  deliver({ from, to, message }: (typeof this.sent)[number]): void {
    const receiver = this.#get(to);
    this.#let(receiver, () => receiver.election.received(from, message));
  }

  get alive(): NodeId[] {
    return [...this.#members.values()].filter(({ alive }) => alive).map(({ peer }) => peer.id);
  }

  /** Everybody alive follows this one, and no election runs. */
  get settledOn(): NodeId | null {
    const alive = this.alive.map((id) => this.#get(id));
    const [first] = alive;
    const leader = first?.leader ?? null;
    const agrees = alive.every((member) => member.leader === leader && !member.election.running);
    return agrees ? leader : null;
  }

  get greatestAlive(): NodeId | undefined {
    return greatest(this.alive.map((id) => this.#get(id).peer))?.id;
  }

  count(type: MessageType): number {
    return this.sent.filter(({ message }) => message.type === type).length;
  }

  /** Throws when the condition does not come true in virtual time, ms. */
  runUntil(condition: () => boolean, within: number): void {
    const end = this.now + within;
    while (!condition()) {
      const due = this.#queue.shift();
      if (!due || due.at > end) throw new Error(`not within ${String(within)} ms`);
      this.now = due.at;
      due.run();
    }
  }

  run(ms: number): void {
    const end = this.now + ms;
    for (let due = this.#queue[0]; due && due.at <= end; due = this.#queue[0]) {
      this.#queue.shift();
      this.now = due.at;
      due.run();
    }
    this.now = end;
  }

  #make(peer: Peer, make: MakeElection): Member {
    const context = new Context(peer.id, DEFAULT_TIMING, this.#random);
    const failed = new Set<NodeId>();
    const view: ElectionView = {
      self: peer,
      voters: () => this.votersTo(peer.id),
      neighbours: () => this.#neighbours(peer.id).filter((id) => !failed.has(id)),
      isFailed: (id) => failed.has(id),
      leads: () => this.#get(peer.id).leader === peer.id,
      knowsLeader: () => this.#get(peer.id).leader !== null,
      leadsQuorum: () => this.#get(peer.id).leader === peer.id,
      mayWin: () => true,
      campaigns: () => false,
      yields: () => false,
      isFollowedBy: () => true,
    };
    const events: ElectionEvents = {
      won: () => {
        this.#lead(peer.id);
      },
      announce: () => {
        this.#lead(peer.id);
      },
      suspect: (id) => {
        this.#later(DEFAULT_TIMING.probeTimeout[0], () => {
          if (!this.#get(id).alive) this.#notice(this.#get(peer.id), id);
        });
      },
    };
    const election = make(context, view, events);
    return { peer, context, election, failed, timers: new Map(), alive: true, leader: null };
  }

  /** I_AM_LEADER, and then heartbeats as long as it leads. */
  #lead(id: NodeId): void {
    const { alive, leader } = this.#get(id);
    if (!alive || (leader !== null && leader !== id)) return;
    if (!this.#beats.has(id)) {
      this.#beats.add(id);
      this.#later(DEFAULT_TIMING.heartbeat, () => {
        this.#beats.delete(id);
        if (this.#get(id).leader === id) this.#lead(id);
      });
    }
    for (const other of this.alive) {
      this.#later(other === id ? 0 : this.#between(1, 20), () => this.#follow(other, id));
    }
  }

  /** A leader shows: the election is over, unless this one is greater and knows it. */
  #follow(id: NodeId, leader: NodeId): void {
    const member = this.#get(id);
    if (!member.alive || member.failed.has(leader)) return;
    const was = member.leader;
    if (was !== null && was !== leader && this.#isGreater(was, leader) && !member.failed.has(was)) {
      return;
    }
    member.leader = leader;
    this.#let(member, () => member.election.leaderHeard(this.#get(leader).peer));
    const mayLead = this.votersTo(id).some((voter) => voter.id === id);
    if (mayLead && this.#isGreater(id, leader)) {
      member.leader = null;
      this.#later(this.#between(100, 300), () => this.start(id));
    }
  }

  #notice(member: Member, dead: NodeId): void {
    if (!member.alive || member.failed.has(dead)) return;
    member.failed.add(dead);
    this.#let(member, () => member.election.peerFailed(dead));
    if (member.leader !== dead) return;
    member.leader = null;
    this.start(member.peer.id);
  }

  #isGreater(a: NodeId, b: NodeId): boolean {
    return compareIdentity(this.#get(a).peer, this.#get(b).peer) > 0;
  }

  #neighbours(id: NodeId): NodeId[] {
    if (this.links === null)
      return this.peers.map((peer) => peer.id).filter((other) => other !== id);
    return this.links.flatMap(([a, b]) => (a === id ? [b] : b === id ? [a] : []));
  }

  /** Runs a piece of a node and does what it wants done. */
  #let(member: Member, work: () => void): void {
    const { context } = member;
    context.now = this.now;
    context.wall = 1_000_000 + this.now;
    work();
    for (const effect of context.takeEffects()) {
      if (effect.type === 'send') this.#send(member, effect.to, effect.envelope.message);
      else if (effect.type === 'clear-timer') member.timers.delete(effect.timer);
      else if (effect.type === 'set-timer') this.#setTimer(member, effect.timer, effect.delayMs);
    }
  }

  #send(member: Member, to: NodeId, message: Message): void {
    const from = member.peer.id;
    this.sent.push({ from, to, message });
    this.#later(this.#between(1, 10), () => {
      const receiver = this.#get(to);
      if (!receiver.alive || !member.alive || !this.passes(from, to)) return;
      receiver.failed.delete(from);
      this.#let(receiver, () => receiver.election.received(from, message));
    });
  }

  #setTimer(member: Member, timer: Timer, delayMs: number): void {
    const number = this.#timer++;
    member.timers.set(timer, number);
    this.#later(delayMs, () => {
      if (!member.alive || member.timers.get(timer) !== number) return;
      member.timers.delete(timer);
      this.#let(member, () => {
        if (member.context.timerFired(timer)) member.election.timedOut();
      });
    });
  }

  #between(low: number, high: number): number {
    return low + this.#random() * (high - low);
  }

  #later(delayMs: number, run: () => void): void {
    const at = this.now + delayMs;
    let place = this.#queue.length;
    while (place > 0 && (this.#queue[place - 1]?.at ?? 0) > at) place -= 1;
    this.#queue.splice(place, 0, { at, run });
  }

  #get(id: NodeId): Member {
    const member = this.#members.get(id);
    assert(member !== undefined, `node ${id} is there`);
    return member;
  }
}
