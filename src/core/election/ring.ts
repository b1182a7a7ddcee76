import { unreachable } from '../assert.ts';
import type { Context } from '../context.ts';
import { compareIdentity, type NodeId, type Peer } from '../identity.ts';
import type { Message } from '../messages.ts';
import { MAX_VOTERS } from '../reconfiguration.ts';
import type { Election, ElectionEvents, ElectionView } from './election.ts';

/** A token that went so far may never come to its candidate by itself: memberships differ. */
const MOST_HOPS = 2 * MAX_VOTERS;

/** Where in an election this node is, and the greatest token that it has passed on. */
type Phase =
  | { readonly name: 'idle' }
  /** The token went to this neighbour; whether it arrived is not known. */
  | ({ readonly name: 'passed' } & Passed)
  /** The neighbour was asked whether it lives: the token must have passed it, or it will be skipped. */
  | ({ readonly name: 'waiting' } & Passed);

interface Passed {
  readonly candidate: Peer;
  readonly to: NodeId;
  readonly hops: number;
}

/**
 * The ring algorithm of LeLann (1977) with the improvement of Chang and Roberts (1979). The voters form a ring, sorted
 * by identity; a token with a candidate goes round it. A node passes on a greater candidate, puts itself in the place
 * of a lesser one, and has won when its own token comes back. A dead neighbour is skipped. Rules E7 to E9.
 */
export class RingElection implements Election {
  #phase: Phase = { name: 'idle' };

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
    const next = this.#successor(this.#ownCandidacy());
    this.context.note('elects', next ? `sends its token to ${next.id}` : 'nobody else is alive');
    // Who is no voter can't win: its neighbour is to run (rule E4).
    const candidate = this.#ownCandidacy() ?? next;
    if (candidate) this.#pass(candidate);
  }

  received(from: NodeId, message: Message): void {
    if (message.type !== 'TOKEN') return;
    const { candidate, hops } = message;
    this.context.meet([candidate]);
    if (this.view.leadsQuorum() && compareIdentity(candidate, this.view.self) <= 0) {
      this.events.announce();
    } else if (candidate.id === this.view.self.id) {
      this.#cameBack(hops);
    } else {
      this.#compare(candidate, hops + 1);
    }
  }

  /** Timer `election`. */
  timedOut(): void {
    const phase = this.#phase;
    switch (phase.name) {
      case 'idle':
        return;
      case 'passed':
        this.#phase = { ...phase, name: 'waiting' };
        this.context.setTimer('election', this.context.timing.victoryTimeout);
        this.events.suspect(phase.to, 'the token did not come round');
        return;
      case 'waiting':
        this.#restart();
        return;
      default:
        unreachable(phase);
    }
  }

  /** Rule E8: a token that was sent to a dead neighbour goes to the one after it; one for a dead candidate is void. */
  peerFailed(peer: NodeId): void {
    const phase = this.#phase;
    if (phase.name === 'idle') return;
    if (phase.candidate.id === peer) {
      this.#restart();
    } else if (phase.to === peer) {
      this.context.note('skips', peer);
      this.#pass(phase.candidate, phase.hops);
    }
  }

  /** A challenger sends its token anew after each heartbeat, and has won when any of them comes back. */
  leaderHeard(): void {
    this.stop();
  }

  stop(): void {
    this.#phase = { name: 'idle' };
    this.context.clearTimer('election');
  }

  /** The own token: round the whole ring nobody was greater. One that nobody has passed on asks this node to run (E4). */
  #cameBack(hops: number): void {
    const phase = this.#phase;
    if (hops === 0) {
      // Of several who may not run themselves, or twice from one: the own token may be on its way already.
      if (phase.name === 'idle' && this.view.mayWin() && !this.view.campaigns()) this.start();
    } else if (phase.name !== 'idle' && phase.candidate.id === this.view.self.id) {
      this.#win();
    }
  }

  /** Rule E7. A node that can't win passes the token on as it is (rule E4). */
  #compare(candidate: Peer, hops: number): void {
    const mine = this.view.mayWin() && !this.view.leads() ? this.#ownCandidacy() : null;
    const isVoid = this.view.isFailed(candidate.id);
    if (isVoid) this.#passBy(candidate, hops);
    const better = mine && (isVoid || compareIdentity(mine, candidate) > 0) ? mine : candidate;
    if (better === candidate && isVoid) return;
    // Who gathers promises has won already; only a greater one matters to it.
    if (better === mine && this.view.campaigns()) return;
    const phase = this.#phase;
    const passed = phase.name === 'idle' ? null : phase.candidate;
    if (passed && passed.id !== candidate.id && compareIdentity(passed, better) >= 0) return;
    this.#pass(better, better === mine ? 0 : hops);
  }

  #pass(candidate: Peer, hops = 0): void {
    const next = hops < MOST_HOPS ? this.#successor(candidate) : candidate;
    if (!next) {
      this.#win();
      return;
    }
    this.#phase = { name: 'passed', candidate, to: next.id, hops };
    this.#send(next, candidate, hops);
    this.context.setTimer('election', this.context.timing.electTimeout);
  }

  /**
   * Rule E8: void here, where its candidate is held for failed. Others may hear it, so their token goes on without this
   * node's part in it. Nobody else takes it from the ring: once round, the next one hands it to its candidate.
   */
  #passBy(candidate: Peer, hops: number): void {
    this.context.note('token-void', candidate.id);
    const next = hops < MOST_HOPS ? this.#successor(candidate) : null;
    const isRound = hops >= this.view.voters().length;
    if (next) this.#send(next, candidate, isRound ? MOST_HOPS - 1 : hops);
  }

  #send(to: Peer, { id, priority, name }: Peer, hops: number): void {
    this.context.send(to.id, { type: 'TOKEN', candidate: { id, priority, name }, hops });
  }

  /** A leader that only passed on a token has no election of its own. */
  #restart(): void {
    this.stop();
    if (!this.view.leads()) this.start();
  }

  #win(): void {
    this.stop();
    if (this.#ownCandidacy() && !this.view.leads()) this.events.won();
  }

  #ownCandidacy(): Peer | null {
    return this.view.voters().find(({ id }) => id === this.view.self.id) ?? null;
  }

  /**
   * The next greater voter that may be alive; after the greatest comes the least. The candidate has its place in the ring
   * as the token tells it, also where it is no voter: only itself takes its token from the ring (rule E8).
   */
  #successor(candidate: Peer | null): Peer | null {
    const { self } = this.view;
    const me = this.#ownCandidacy() ?? self;
    const others = this.view.voters().filter(({ id }) => id !== self.id && id !== candidate?.id);
    if (candidate && candidate.id !== self.id) others.push(candidate);
    const alive = others.filter(({ id }) => !this.view.isFailed(id)).sort(compareIdentity);
    return alive.find((peer) => compareIdentity(peer, me) > 0) ?? alive[0] ?? null;
  }
}
