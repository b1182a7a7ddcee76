import { unreachable } from '../assert.ts';
import type { Context } from '../context.ts';
import type { ElectionKind } from '../entry.ts';
import type { Identity, NodeId } from '../identity.ts';
import type { Message } from '../messages.ts';
import { BullyElection } from './bully.ts';
import type { Election, ElectionEvents, ElectionView } from './election.ts';
import { RingElection } from './ring.ts';
import { WirelessElection } from './wireless.ts';

/** The algorithm that the park was founded with. A node learns it with the log, and may come to another park's log. */
export class ElectionOfThePark implements Election {
  #kind: ElectionKind | null = null;
  #election: Election | null = null;

  constructor(
    private readonly kind: () => ElectionKind,
    private readonly context: Context,
    private readonly view: ElectionView,
    private readonly events: ElectionEvents,
  ) {}

  get running(): boolean {
    return this.#current().running;
  }

  start(): void {
    this.#current().start();
  }

  received(from: NodeId, message: Message): void {
    this.#current().received(from, message);
  }

  timedOut(): void {
    this.#current().timedOut();
  }

  peerFailed(peer: NodeId): void {
    this.#current().peerFailed(peer);
  }

  leaderHeard(leader: Identity): void {
    this.#current().leaderHeard(leader);
  }

  stop(): void {
    this.#current().stop();
  }

  #current(): Election {
    const kind = this.kind();
    if (this.#election === null || kind !== this.#kind) {
      this.#election?.stop();
      this.#election = this.#make(kind);
      this.#kind = kind;
    }
    return this.#election;
  }

  #make(kind: ElectionKind): Election {
    const { context, view, events } = this;
    switch (kind) {
      case 'bully':
        return new BullyElection(context, view, events);
      case 'ring':
        return new RingElection(context, view, events);
      case 'wireless':
        return new WirelessElection(context, view, events);
      default:
        return unreachable(kind);
    }
  }
}
