import type { Context } from './context.ts';
import type { FailureDetector } from './failure-detector.ts';
import type { NodeId, Peer } from './identity.ts';
import type { Message } from './messages.ts';

/** Another generation of the park that holds visitors too, or that this node has set aside. */
export interface Conflict {
  readonly generation: string;
  readonly peer: Peer;
  /** False where this node can't go back (rule G6): its own is adopted over there, or it comes back as somebody new. */
  readonly canAdopt: boolean;
}

interface Rival {
  readonly generation: string;
  readonly peer: Peer;
  /** No rule says who gives way: a person chooses. */
  readonly mustChoose: boolean;
}

/** A person's choice of the other generation, until somebody there has answered. */
interface Adoption {
  readonly request: number;
  readonly generation: string;
  /** Ours, which this node is about to set aside. */
  readonly instead: string;
  readonly nonce: number;
  readonly waitingFor: Set<NodeId>;
}

const CHANGED = 'this gate came to another generation of the park meanwhile';

export interface RivalEvents {
  /** Not if this node has held that generation before (rule G6). */
  canAdopt(generation: string): boolean;
  greet(peer: NodeId): void;
  /** Somebody holds that generation and stays with it: ours goes aside, and the person is told once it is durable. */
  adopt(generation: string, holder: NodeId, whenDurable: () => void): void;
}

/**
 * The peers in reach whose log is of another generation, for as long as it is (rule G5), and the adoption of theirs by
 * a person (rule G6).
 */
export class Rivals {
  readonly #rivals = new Map<NodeId, Rival>();
  #adoption: Adoption | null = null;
  #nextNonce = 1;

  constructor(
    private readonly context: Context,
    private readonly detector: FailureDetector,
    private readonly events: RivalEvents,
  ) {}

  /** What a person has to choose about; of several generations always the same, and one that can be adopted. */
  get conflict(): Conflict | null {
    const rivals = [...this.#rivals.values()].filter(({ mustChoose }) => mustChoose);
    const open = rivals.find(({ generation }) => this.events.canAdopt(generation));
    const rival = open ?? rivals[0];
    if (!rival) return null;
    return { generation: rival.generation, peer: rival.peer, canAdopt: open !== undefined };
  }

  /** Those who hold a generation that a person may choose. */
  holders(generation: string): NodeId[] {
    return [...this.#rivals.values()]
      .filter((rival) => rival.mustChoose && rival.generation === generation)
      .map(({ peer }) => peer.id);
  }

  has(peer: NodeId): boolean {
    return this.#rivals.has(peer);
  }

  /** A peer says that its log is of another generation than ours. */
  met(peer: Peer, generation: string, mustChoose: boolean): void {
    const before = this.#rivals.get(peer.id);
    this.#rivals.set(peer.id, { peer, generation, mustChoose });
    if (mustChoose && (!before?.mustChoose || before.generation !== generation)) {
      const ours = this.context.generation;
      const both = `${ours} and ${generation} both hold visitors`;
      this.context.note('conflict', ours === '' ? `was in ${generation} before` : both);
    }
    if (!this.context.isTimerSet('rivals')) this.#greetLater();
  }

  /** It is of our generation or of none now, or out of reach. */
  drop(peer: NodeId): void {
    if (!this.#rivals.delete(peer) || this.#rivals.size > 0) return;
    this.context.clearTimer('rivals');
  }

  /** Our own generation is another now. */
  clear(): void {
    this.#rivals.clear();
    this.context.clearTimer('rivals');
    this.#refuse(CHANGED);
  }

  /** Timer `rivals`: are they still of another generation? */
  greetAgain(): void {
    const { now, timing } = this.context;
    for (const peer of this.#rivals.keys()) {
      if (now - this.detector.heardAt(peer) > timing.rivals * 2) {
        this.detector.suspect(peer, 'HELLO unanswered');
      }
      this.events.greet(peer);
    }
    if (this.#rivals.size > 0) this.#greetLater();
  }

  // --- Adoption -------------------------------------------------------------------------------------------------

  /** A person's choice. Only what somebody still holds, and stays with, can be adopted. */
  adopt(request: number, generation: string): void {
    const holders = this.holders(generation);
    if (this.#adoption || holders.length === 0) {
      const problem = this.#adoption
        ? 'this gate is about to adopt another generation already'
        : `no generation ${generation} is in conflict here`;
      this.context.replyError(request, 'invalid', true, problem);
      return;
    }
    const { generation: instead } = this.context;
    const nonce = this.#nextNonce++;
    const waitingFor = new Set(holders);
    this.#adoption = { request, generation, instead, nonce, waitingFor };
    for (const id of waitingFor) {
      this.context.send(id, { type: 'ADOPT', generation, instead, nonce });
    }
    this.context.setTimer('adoption', this.context.timing.rivals);
  }

  /** ADOPT: a yes holds for as long as this node does not adopt another generation itself. */
  asked(from: NodeId, { generation, instead, nonce }: Extract<Message, { type: 'ADOPT' }>): void {
    const ours = this.context.generation;
    let ok = generation === ours && ours !== '';
    if (ok && this.#adoption) {
      // People chose on both sides at once: the lesser generation gives way.
      ok = this.#adoption.generation === instead && instead < ours;
      if (ok) this.#refuse('the other side adopts the generation of this gate at this moment');
    }
    this.context.send(from, { type: 'ADOPT_REPLY', nonce, ok });
  }

  replied(from: NodeId, { nonce, ok }: Extract<Message, { type: 'ADOPT_REPLY' }>): void {
    const adoption = this.#adoption;
    if (adoption?.nonce !== nonce || !adoption.waitingFor.delete(from)) return;
    if (this.context.generation !== adoption.instead) {
      this.#refuse(CHANGED);
    } else if (!ok) {
      const gone = 'nobody in reach stays with that generation: look again which ones there are';
      if (adoption.waitingFor.size === 0) this.#refuse(gone);
    } else {
      this.#end();
      this.events.adopt(adoption.generation, from, () => {
        this.context.replyDone(adoption.request);
      });
    }
  }

  /** Timer `adoption`. */
  adoptionTimedOut(): void {
    this.#refuse('no gate of that generation answered');
  }

  #refuse(message: string): void {
    if (!this.#adoption) return;
    this.context.replyError(this.#adoption.request, 'invalid', true, message);
    this.#end();
  }

  #end(): void {
    this.#adoption = null;
    this.context.clearTimer('adoption');
  }

  #greetLater(): void {
    this.context.setTimer('rivals', this.context.timing.rivals);
  }
}
