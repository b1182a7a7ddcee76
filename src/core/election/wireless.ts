import { unreachable } from '../assert.ts';
import type { Context } from '../context.ts';
import { compareIdentity, type Identity, type NodeId, type Peer } from '../identity.ts';
import type { Message, Wave } from '../messages.ts';
import type { Election, ElectionEvents, ElectionView } from './election.ts';

/** The wave has reached this node, and some neighbours have not answered. */
interface Growing {
  readonly name: 'growing';
  readonly wave: Wave;
  /** Whom the wave came from: null at its source. */
  readonly parent: NodeId | null;
  /** Neighbours that have the wave from this node, and its parent. */
  readonly asked: Set<NodeId>;
  readonly silent: Set<NodeId>;
  /** The greatest candidate in the part of the tree below this node. */
  best: Peer | null;
  /** Those that are silent were asked whether they live. */
  probed: boolean;
}

type Phase =
  | { readonly name: 'idle' }
  | Growing
  /** The vote has gone up. */
  | {
      readonly name: 'voted';
      readonly wave: Wave;
      readonly parent: NodeId;
      readonly best: Peer | null;
    }
  /** The result is known: the winner will show. */
  | { readonly name: 'waiting'; readonly wave: Wave; readonly winner: NodeId };

/** Of so many sources a node remembers the last wave that it was in. */
const MAX_SOURCES = 256;

/**
 * The election of Vasudevan, Kurose and Towsley (2004) for a network that is not fully connected: an echo algorithm
 * (Chang, 1982). A wave floods from its source; the first neighbour that brings it becomes a node's parent; once all
 * others have answered, the best candidate below goes up to the parent; the source floods the winner. Of several waves
 * the one of the greatest source wins. Rules E10 to E13.
 */
export class WirelessElection implements Election {
  #phase: Phase = { name: 'idle' };
  /** The wave in which this node has voted last, and then lost patience: its result is out still. */
  #awaited: Wave | null = null;
  /** The last wave of every source: what comes late or twice of it starts nothing. */
  readonly #lastNumbers = new Map<NodeId, number>();

  constructor(
    private readonly context: Context,
    private readonly view: ElectionView,
    private readonly events: ElectionEvents,
  ) {}

  get running(): boolean {
    return this.#phase.name !== 'idle';
  }

  start(): void {
    if (this.running) return;
    const { id, priority } = this.view.self;
    // Greater than in an earlier life too: else the others take it for an old wave.
    const number = Math.max(this.#lastNumber(id) + 1, Math.floor(this.context.wall));
    this.context.note('elects', 'starts a wave');
    this.#join({ source: { id, priority }, number }, null);
  }

  received(from: NodeId, message: Message): void {
    switch (message.type) {
      case 'ELECTION_STARTED':
        if (this.#isSpared(message.wave)) this.events.announce();
        else this.#started(from, message.wave);
        return;
      case 'ELECTION_VOTE':
        this.#voted(from, message.wave, message.best);
        return;
      case 'ELECTION_FINISHED':
        this.#finished(from, message.wave, message.winner);
        return;
      default:
        return;
    }
  }

  /** Timer `election`. Rule E13: who has not answered is asked whether it lives, and in the end has no vote. */
  timedOut(): void {
    const phase = this.#phase;
    switch (phase.name) {
      case 'idle':
        return;
      case 'growing':
        if (phase.probed) {
          // They are alive, and won't vote: without them rather than never.
          this.context.note('counts-without', [...phase.silent].join(' '));
          phase.silent.clear();
          this.#voteIfComplete();
          return;
        }
        phase.probed = true;
        this.context.setTimer('election', this.#patience(phase));
        for (const peer of phase.silent) this.events.suspect(peer, 'no vote from it');
        return;
      case 'voted':
      case 'waiting':
        this.#restart();
        return;
      default:
        unreachable(phase);
    }
  }

  /** Rule E13: a dead child has no vote; whose parent or winner died is the source of a wave of its own. */
  peerFailed(peer: NodeId): void {
    const phase = this.#phase;
    switch (phase.name) {
      case 'idle':
        return;
      case 'growing':
        if (phase.parent === peer) this.#orphaned(peer);
        else if (phase.silent.delete(peer)) this.#goOnWithout(peer);
        return;
      case 'voted':
        if (phase.parent === peer) this.#orphaned(peer);
        return;
      case 'waiting':
        if (phase.winner === peer) this.#orphaned(peer);
        return;
      default:
        unreachable(phase);
    }
  }

  /**
   * Rule E10: the wave of a greater source challenges the leader. It takes longer than from one heartbeat to the next, and
   * may overtake one.
   */
  leaderHeard(leader: Identity): void {
    const phase = this.#phase;
    if (phase.name === 'idle') return;
    const hasWon = phase.name === 'waiting' && phase.winner === leader.id;
    if (hasWon || compareIdentity(phase.wave.source, leader) <= 0) this.stop();
  }

  stop(): void {
    this.#phase = { name: 'idle' };
    this.#awaited = null;
    this.context.clearTimer('election');
  }

  /** A leader says so, and the wave ends; but a greater source challenges it, and must get its result (rule B7). */
  #isSpared({ source }: Wave): boolean {
    return this.view.leadsQuorum() && compareIdentity(source, this.view.self) < 0;
  }

  /** Rule E10. The wave that this node is in already counts as the neighbour's empty vote; a lesser one is swallowed. */
  #started(from: NodeId, wave: Wave): void {
    const phase = this.#phase;
    const order = phase.name === 'idle' ? 1 : compareWaves(wave, phase.wave);
    if (order > 0) {
      if (wave.number > this.#lastNumber(wave.source.id)) this.#join(wave, from);
    } else if (phase.name === 'growing') {
      // A link that only the other side knew of.
      if (!phase.asked.has(from)) this.#ask(phase, from);
      if (order === 0) this.#voted(from, wave, null);
    } else if (order === 0) {
      // It came to its child twice: the vote for all that is below must not be taken for an empty one.
      const best = phase.name === 'voted' && phase.parent === from ? phase.best : null;
      this.context.send(from, { type: 'ELECTION_VOTE', wave, best });
    }
  }

  #join(wave: Wave, parent: NodeId | null): void {
    this.#remember(wave);
    const asked = new Set(parent === null ? [] : [parent]);
    const best = this.view.mayWin() && !this.view.leads() ? this.#candidacy() : null;
    const phase: Growing = {
      name: 'growing',
      wave,
      parent,
      asked,
      silent: new Set(),
      best,
      probed: false,
    };
    this.#phase = phase;
    this.context.setTimer('election', this.context.timing.electTimeout);
    for (const id of this.view.neighbours()) if (id !== parent) this.#ask(phase, id);
    this.#voteIfComplete();
  }

  #ask({ wave, asked, silent }: Growing, neighbour: NodeId): void {
    asked.add(neighbour);
    silent.add(neighbour);
    this.context.send(neighbour, { type: 'ELECTION_STARTED', wave });
  }

  /** Rule E11. */
  #voted(from: NodeId, wave: Wave, best: Peer | null): void {
    const phase = this.#phase;
    if (phase.name !== 'growing' || compareWaves(wave, phase.wave) !== 0) return;
    if (!phase.silent.delete(from)) return;
    if (best && (!phase.best || compareIdentity(best, phase.best) > 0)) phase.best = best;
    this.#voteIfComplete();
  }

  #voteIfComplete(): void {
    const phase = this.#phase;
    if (phase.name !== 'growing' || phase.silent.size > 0) return;
    const { wave, parent, best } = phase;
    if (parent !== null) {
      this.context.send(parent, { type: 'ELECTION_VOTE', wave, best });
      this.#wait({ name: 'voted', wave, parent, best });
    } else if (best) {
      this.context.note('wave-over', `${best.id} is the best`);
      this.#finish(wave, best, null);
    } else {
      this.stop();
    }
  }

  /** Rule E12: the result floods, once over every node. */
  #finished(from: NodeId, wave: Wave, winner: Peer): void {
    const phase = this.#phase;
    if (phase.name === 'idle' || phase.name === 'waiting') return;
    const order = compareWaves(wave, phase.wave);
    // Somebody who lives and never votes holds the others up for longer than this node, who may be the winner, has waited.
    const isAwaited = this.#awaited !== null && compareWaves(wave, this.#awaited) === 0;
    if (order < 0 || (order > 0 && !isAwaited)) return;
    this.#awaited = null;
    this.context.meet([winner]);
    this.#finish(wave, winner, from);
  }

  #finish(wave: Wave, winner: Peer, from: NodeId | null): void {
    for (const id of this.view.neighbours()) {
      if (id !== from) this.context.send(id, { type: 'ELECTION_FINISHED', wave, winner });
    }
    if (winner.id !== this.view.self.id) {
      this.#wait({ name: 'waiting', wave, winner: winner.id });
      return;
    }
    this.stop();
    if (!this.view.leads() && !this.view.campaigns()) this.events.won();
  }

  /** The source waits longer, for the votes of those that wait for the same silent neighbour. */
  #patience({ parent }: Growing): number {
    const { victoryTimeout, electTimeout } = this.context.timing;
    return parent === null ? victoryTimeout + electTimeout : victoryTimeout;
  }

  #wait(phase: Phase): void {
    this.#phase = phase;
    this.context.setTimer('election', this.context.timing.victoryTimeout);
  }

  #lastNumber(source: NodeId): number {
    return this.#lastNumbers.get(source) ?? -1;
  }

  #remember({ source, number }: Wave): void {
    this.#lastNumbers.delete(source.id);
    this.#lastNumbers.set(source.id, number);
    const [oldest] = this.#lastNumbers.keys();
    if (oldest !== undefined && this.#lastNumbers.size > MAX_SOURCES) {
      this.#lastNumbers.delete(oldest);
    }
  }

  #goOnWithout(peer: NodeId): void {
    this.context.note('counts-without', peer);
    this.#voteIfComplete();
  }

  /** Whom this node relied on for the result has failed. */
  #orphaned(peer: NodeId): void {
    this.context.note('wave-lost', peer);
    this.#restart();
  }

  #restart(): void {
    const phase = this.#phase;
    this.stop();
    if (this.view.knowsLeader()) return;
    if (phase.name === 'voted') this.#awaited = phase.wave;
    this.start();
  }

  #candidacy(): Peer | null {
    const me = this.view.voters().find(({ id }) => id === this.view.self.id);
    return me ? { id: me.id, priority: me.priority, name: me.name } : null;
  }
}

/** Rule E10: the greater source wins; of one source's waves the later one. */
function compareWaves(a: Wave, b: Wave): number {
  const order = compareIdentity(a.source, b.source);
  return order !== 0 ? order : a.number - b.number;
}
