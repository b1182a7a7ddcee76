import type { Context } from './context.ts';
import type { NodeId } from './identity.ts';

/** How long a neighbour took to greet back, ms; null when it did not in time. */
export interface Greeting {
  readonly peer: NodeId;
  readonly ms: number | null;
}

/** The failure detector counts its own from 1. */
const FIRST_NONCE = 2 ** 40;

interface Round {
  readonly request: number;
  readonly sentAt: number;
  readonly peers: ReadonlyMap<number, NodeId>;
  readonly answered: Map<NodeId, number>;
}

/** A person's check that every neighbour is there: PROBE to all of them at once (rule N4). It makes nobody suspicious. */
export class HelloCheck {
  #round: Round | null = null;
  #nextNonce = FIRST_NONCE;

  constructor(private readonly context: Context) {}

  /** One that is under way ends with what it has. */
  start(request: number, neighbours: readonly NodeId[]): void {
    this.#end();
    const peers = new Map(neighbours.map((peer) => [this.#nextNonce++, peer]));
    this.#round = { request, sentAt: this.context.now, peers, answered: new Map() };
    for (const [nonce, peer] of peers) this.context.send(peer, { type: 'PROBE', nonce });
    if (peers.size === 0) this.#end();
    else this.context.setTimer('hello', this.context.timing.probeTimeout[1]);
  }

  gotIt(from: NodeId, nonce: number): void {
    if (this.#round?.peers.get(nonce) !== from) return;
    const { answered, peers, sentAt } = this.#round;
    if (!answered.has(from)) answered.set(from, this.context.now - sentAt);
    if (answered.size === peers.size) this.#end();
  }

  /** Timer `hello`. */
  timedOut(): void {
    this.#end();
  }

  #end(): void {
    if (!this.#round) return;
    const { request, peers, answered } = this.#round;
    const greetings = [...peers.values()].map((peer) => ({ peer, ms: answered.get(peer) ?? null }));
    this.#round = null;
    this.context.clearTimer('hello');
    this.context.replyDone(request, { type: 'greeted', greetings });
  }
}
