import type { MulticastKind } from '../entry.ts';
import { compareIdentity, type NodeId } from '../identity.ts';
import type { Inspected } from '../messages.ts';
import type { Node } from '../node.ts';
import type { Multicast } from './multicast.ts';

/** Messages of each list that are told: what a person can look over, and small whoever asks (rule T16). */
export const MAX_TOLD = 32;
/** UTF-16 units of a text that are told. */
export const MAX_TOLD_TEXT = 80;

/** What a member of the park told about its part in the group; null when it did not answer in time. */
export interface Inspection {
  readonly peer: NodeId;
  readonly told: Inspected | null;
}

interface Round {
  readonly nonce: number;
  readonly order: MulticastKind;
  readonly requests: readonly number[];
  readonly asked: ReadonlySet<NodeId>;
  readonly told: Map<NodeId, Inspected>;
}

/** Lets a person look at the delivered and the held-back messages of every member (rule T16). It changes nothing. */
export class Inspector {
  #round: Round | null = null;
  /** Asked for while a round is under way: they want what is so from now on. */
  #waiting: number[] = [];
  #nextNonce = 1;

  constructor(private readonly node: Node) {}

  start(request: number): void {
    this.#waiting.push(request);
    if (!this.#round) this.#ask();
  }

  /** INSPECT: what this node tells of itself. */
  tell(order: MulticastKind, nonce: number): Inspected {
    const group = this.node.groups.of(order);
    const { view, pending, held, delivered, messages } = group.report();
    return {
      type: 'INSPECTED',
      nonce,
      view: view?.number ?? 0,
      pending,
      sent: Object.values(messages).reduce((sum, count) => sum + count, 0),
      delivered,
      recent: group.history.kept.slice(-MAX_TOLD).map(({ multicast }) => cut(multicast)),
      heldBack: held.length,
      held: held.slice(0, MAX_TOLD).map(cut),
    };
  }

  told(from: NodeId, message: Inspected): void {
    const round = this.#round;
    if (round?.nonce !== message.nonce || !round.asked.has(from)) return;
    round.told.set(from, message);
    if (round.told.size === round.asked.size) this.#end(round);
  }

  /** Timer `inspect`. */
  timedOut(): void {
    if (this.#round) this.#end(this.#round);
  }

  #ask(): void {
    const { context, self, detector } = this.node;
    const asked = this.#members().filter((id) => id !== self.id && !detector.isFailed(id));
    const nonce = this.#nextNonce++;
    const { order } = this.node.group;
    const round = { nonce, order, requests: this.#waiting, asked: new Set(asked), told: new Map() };
    this.#waiting = [];
    this.#round = round;
    for (const id of asked) context.send(id, { type: 'INSPECT', order, nonce });
    if (asked.length === 0) this.#end(round);
    else context.setTimer('inspect', context.timing.inspect);
  }

  #end({ nonce, order, requests, told }: Round): void {
    const { context, self } = this.node;
    context.clearTimer('inspect');
    this.#round = null;
    const inspections = this.#members().map((peer): Inspection => {
      return { peer, told: peer === self.id ? this.tell(order, nonce) : (told.get(peer) ?? null) };
    });
    for (const request of requests) context.replyDone(request, { type: 'inspected', inspections });
    if (this.#waiting.length > 0) this.#ask();
  }

  /** In ascending order of identity, as in a view. */
  #members(): NodeId[] {
    const { replica, self } = this.node;
    const { members } = replica.membership;
    const all = members.some(({ id }) => id === self.id) ? members : [...members, self];
    return [...all].sort(compareIdentity).map(({ id }) => id);
  }
}

function cut(multicast: Multicast): Multicast {
  const { text } = multicast;
  return text.length <= MAX_TOLD_TEXT
    ? multicast
    : { ...multicast, text: text.slice(0, MAX_TOLD_TEXT) };
}
