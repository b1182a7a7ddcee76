import { unreachable } from '../assert.ts';
import type { Context } from '../context.ts';
import { compareIdentity, type NodeId, type Peer } from '../identity.ts';
import type { Message } from '../messages.ts';
import type { Election, ElectionEvents, ElectionView } from './election.ts';

type Phase =
  | { readonly name: 'idle' }
  /** ELECT is out to these, and none has answered. */
  | { readonly name: 'asking'; readonly silent: Set<NodeId> }
  /** Somebody greater answered and will become leader, or else we start again. */
  | { readonly name: 'waiting'; readonly on: Set<NodeId> };

/**
 * The bully algorithm (Garcia-Molina, "Elections in a Distributed Computing System", 1982): ELECT to every greater
 * identity; if none answers in time, I win. Whoever answers takes over the election. Rules E1 to E4.
 */
export class BullyElection implements Election {
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
    const asked = this.#rivals();
    this.context.note(
      'elects',
      asked.length > 0 ? `asks ${String(asked.length)} greater` : 'none greater',
    );
    if (asked.length === 0) {
      this.#win();
      return;
    }
    this.#phase = { name: 'asking', silent: new Set(asked.map((peer) => peer.id)) };
    const members = this.view.voters().map(({ id, priority, name }) => ({ id, priority, name }));
    for (const peer of asked) this.context.send(peer.id, { type: 'ELECT', members });
    this.context.setTimer('election', this.context.timing.electTimeout);
  }

  received(from: NodeId, message: Message): void {
    if (message.type === 'ELECT') this.#elect(from, message.members);
    else if (message.type === 'GOT_IT' && message.to === 'ELECT') this.#gotIt(from);
  }

  timedOut(): void {
    switch (this.#phase.name) {
      case 'idle':
        return;
      case 'asking':
        this.#win();
        return;
      case 'waiting':
        this.#phase = { name: 'idle' };
        this.start();
        return;
      default:
        unreachable(this.#phase);
    }
  }

  peerFailed(peer: NodeId): void {
    if (this.#phase.name === 'idle') return;
    const waitedFor = this.#phase.name === 'asking' ? this.#phase.silent : this.#phase.on;
    if (!waitedFor.delete(peer) || waitedFor.size > 0) return;
    this.#phase = { name: 'idle' };
    this.start();
  }

  /** A challenge needs no more than the time between two heartbeats, or somebody greater is there to challenge. */
  leaderHeard(): void {
    this.stop();
  }

  stop(): void {
    this.#phase = { name: 'idle' };
    this.context.clearTimer('election');
  }

  /**
   * Rule E2: a receiver learns the members that it did not know, answers, and elects unless it already does, or the
   * election is decided and this ELECT comes late. One that can't win does not answer, so that nobody waits for it (rule
   * E4).
   */
  #elect(from: NodeId, members: readonly Peer[]): void {
    this.context.meet(members);
    if (!this.view.mayWin()) return;
    this.context.send(from, { type: 'GOT_IT', to: 'ELECT', nonce: 0, leads: null });
    if (this.view.leads()) {
      // Who does not follow yet asked before it heard who won.
      if (this.view.isFollowedBy(from)) this.events.announce();
    } else if (!this.view.campaigns() && !this.view.yields()) {
      this.start();
    }
  }

  #gotIt(from: NodeId): void {
    if (this.#phase.name === 'idle') return;
    const on = this.#phase.name === 'waiting' ? this.#phase.on : new Set<NodeId>();
    on.add(from);
    this.#phase = { name: 'waiting', on };
    this.context.setTimer('election', this.context.timing.victoryTimeout);
  }

  #win(): void {
    this.stop();
    if (this.view.voters().some((peer) => peer.id === this.view.self.id)) this.events.won();
  }

  /** The greater voters that may be alive. One who is no voter cannot lead and asks all of them (rule E4). */
  #rivals(): Peer[] {
    const { self } = this.view;
    const voters = this.view.voters();
    const mine = voters.find((peer) => peer.id === self.id);
    return voters.filter(
      (peer) =>
        peer.id !== self.id &&
        !this.view.isFailed(peer.id) &&
        (mine === undefined || compareIdentity(peer, mine) > 0),
    );
  }
}
