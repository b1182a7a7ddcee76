/** Connections of the virtual network: reliable, ordered pipes that stall while nothing passes between two nodes. */
import type { NodeId } from '../core/identity.ts';
import { assert } from '../core/assert.ts';
import type { TimerHandle } from '../runtime/clock.ts';
import type { Connection, ConnectionEvents, SendResult } from './links.ts';
import type { Delivery, MemoryNetwork, MemoryNode } from './memory.ts';
import type { WireMessage } from './wire.ts';

type Arrival =
  | {
      readonly due: number;
      readonly kind: 'message';
      readonly message: unknown;
      /** The how-manieth that was sent to this end. */
      readonly number: number;
      readonly came?: Delivery['came'];
    }
  | { readonly due: number; readonly kind: 'close' };

interface Payload {
  readonly offer?: unknown;
  readonly answer?: unknown;
}

export function refuseMemorySignal(payload: unknown): string | null {
  const { offer, answer } = (payload ?? {}) as Payload;
  const isOne = typeof offer === 'number' || typeof answer === 'number';
  return isOne ? null : 'signal: no offer or answer';
}

/** One end of a link. Its pipe holds what is under way to it. */
export class MemoryConnection implements Connection {
  /** How the two ends find each other: it stands in the offer. */
  readonly token: number;
  readonly node: MemoryNode;
  readonly peer: NodeId;
  readonly #network: MemoryNetwork;
  readonly #events: ConnectionEvents;
  #state: 'new' | 'open' | 'closed' = 'new';
  #other: MemoryConnection | undefined;
  /** Under way to this end. Each waits for those before it. */
  #queue: Arrival[] = [];
  /** How many were sent to this end, and the greatest number of those that have come. */
  #sent = 0;
  #newest = 0;
  #timer: TimerHandle | undefined;
  /** Runs while nothing passes: the link fails when it ends. */
  #detection: TimerHandle | undefined;

  constructor(
    network: MemoryNetwork,
    node: MemoryNode,
    peer: NodeId,
    initiator: boolean,
    events: ConnectionEvents,
  ) {
    this.#network = network;
    this.node = node;
    this.peer = peer;
    this.#events = events;
    this.token = network.register(this);
    if (initiator) this.#later(() => events.signal({ offer: this.token }));
  }

  get open(): boolean {
    return this.#state === 'open';
  }

  signal(payload: unknown): void {
    if (this.#state !== 'new') return;
    const { offer, answer } = (payload ?? {}) as Payload;
    if (this.#other !== undefined) this.#events.refused('signal: one more offer or answer');
    else if (typeof offer === 'number') this.#answer(this.#network.connection(offer));
    else if (typeof answer === 'number') this.#pair(this.#network.connection(answer));
    else this.#events.refused('signal: no offer or answer');
  }

  /** The offerer chooses: two pages of one identity may both have got the offer. */
  #answer(offerer: MemoryConnection | undefined): void {
    // The attempt that the offer belongs to is over.
    if (offerer?.node.id !== this.peer) return;
    this.#other = offerer;
    this.#events.signal({ answer: this.token });
  }

  /** The first answer counts, as with WebRTC. */
  #pair(answerer: MemoryConnection | undefined): void {
    if (answerer === undefined || answerer.#other !== this) return;
    this.#other = answerer;
    this.#network.setUp(this, answerer);
  }

  send(message: WireMessage): SendResult {
    const other = this.#other;
    if (this.#state !== 'open' || !this.node.alive || other === undefined) return 'closed';
    const copy = this.#network.copy(message);
    const passing = other.#state === 'closed' ? 'nothing' : 'message';
    const delivery = this.#network.policy(this.node.id, this.peer, passing);
    if (delivery.drop === true) return 'sent';
    other.#expect(copy, delivery);
    return 'sent';
  }

  close(): void {
    const other = this.#other;
    const wasOpen = this.#state === 'open';
    this.#end();
    if (!wasOpen || other === undefined || !this.node.alive) return;
    const passing = other.#state === 'closed' ? 'nothing' : 'close';
    const { delayMs } = this.#network.policy(this.node.id, this.peer, passing);
    other.#enqueue({ kind: 'close', due: this.#network.clock.now() + delayMs });
  }

  /** Both ends have agreed and the network lets them through. */
  opened(): void {
    if (this.#state !== 'new') return;
    this.#state = 'open';
    this.#events.open();
  }

  /** The link breaks: what is under way is lost, and this end notices now. */
  fail(closedByPeer: boolean): void {
    if (this.#state === 'closed') return;
    this.#end();
    this.#events.closed(closedByPeer);
  }

  /** The page of this end is gone. It notices nothing; what it has sent still arrives. */
  vanish(noticeMs: number, closedByPeer: boolean): void {
    const other = this.#other;
    // Where another one's answer came first nobody misses this one.
    if (other !== undefined && other.#other === this) other.failLater(noticeMs, closedByPeer);
    this.#end();
  }

  failLater(delayMs: number, closedByPeer: boolean): void {
    this.#network.clock.schedule(delayMs, () => {
      this.node.whenAwake(() => this.fail(closedByPeer));
    });
  }

  /** What may pass has changed: blocked, healed, frozen or thawed. */
  refresh(): void {
    if (this.#state !== 'open') return;
    const blocked = this.#blocked();
    if (blocked && this.#detection === undefined) {
      const pause = this.#network.detectMs * (0.8 + 0.4 * this.#network.random());
      this.#detection = this.#network.clock.schedule(pause, () => {
        // Even if the block heals now: this end has given up, and the other one hears nothing any more.
        this.#other?.failLater(this.#network.detectMs, false);
        this.node.whenAwake(() => this.fail(false));
      });
    } else if (!blocked && this.#detection !== undefined) {
      this.#network.clock.cancel(this.#detection);
      this.#detection = undefined;
    }
    this.#arm();
  }

  /** As if the other end had sent it. */
  inject(data: unknown): void {
    this.#expect(data, { delayMs: 0 });
  }

  #expect(message: unknown, { delayMs, copyAfterMs, reorder, came }: Delivery): void {
    const due = this.#network.clock.now() + delayMs;
    const arrival: Arrival = { kind: 'message', message, number: ++this.#sent, due };
    if (reorder === true) this.#outOfOrder({ ...arrival, came });
    else this.#enqueue(arrival);
    if (copyAfterMs === 0) this.#enqueue({ ...arrival, came });
    else if (copyAfterMs !== undefined)
      this.#outOfOrder({ ...arrival, due: due + copyAfterMs, came });
  }

  #enqueue(arrival: Arrival): void {
    if (this.#state === 'closed') return;
    this.#queue.push(arrival);
    this.#arm();
  }

  /** Where nothing passes when it is due it waits, behind what waits already. */
  #outOfOrder(arrival: Arrival): void {
    const { clock } = this.#network;
    clock.schedule(Math.max(0, arrival.due - clock.now()), () => {
      if (this.#state === 'closed') return;
      if (this.#stalled()) this.#enqueue(arrival);
      else this.#arrive(arrival);
    });
  }

  #arm(): void {
    const next = this.#queue[0];
    if (next === undefined || this.#timer !== undefined || this.#stalled()) return;
    const { clock } = this.#network;
    this.#timer = clock.schedule(Math.max(0, next.due - clock.now()), () => {
      this.#timer = undefined;
      this.#drain();
    });
  }

  #drain(): void {
    const now = this.#network.clock.now();
    let next = this.#queue[0];
    while (next !== undefined && next.due <= now && !this.#stalled()) {
      this.#queue.shift();
      this.#arrive(next);
      next = this.#queue[0];
    }
    this.#arm();
  }

  #arrive(arrival: Arrival): void {
    // The other end may have opened a moment before this one.
    this.opened();
    if (arrival.kind === 'close') {
      this.fail(true);
      return;
    }
    const { number, came, message } = arrival;
    came?.(number < this.#newest || this.#isWaitedFor(number));
    this.#newest = Math.max(number, this.#newest);
    this.#events.received(message);
  }

  /** One that was sent before is still under way. */
  #isWaitedFor(number: number): boolean {
    return this.#queue.some((other) => other.kind === 'message' && other.number < number);
  }

  #blocked(): boolean {
    const { id } = this.node;
    return this.#network.blocked(this.peer, id) || this.#network.blocked(id, this.peer);
  }

  #stalled(): boolean {
    return this.node.frozen || this.#network.blocked(this.peer, this.node.id);
  }

  #later(work: () => void): void {
    this.#network.clock.schedule(0, () => this.node.whenAwake(work));
  }

  #end(): void {
    assert(this.#state !== 'closed' || this.#queue.length === 0, 'a closed link holds nothing');
    this.#state = 'closed';
    this.#queue = [];
    for (const timer of [this.#timer, this.#detection]) {
      if (timer !== undefined) this.#network.clock.cancel(timer);
    }
    this.#timer = undefined;
    this.#detection = undefined;
    this.#network.unregister(this);
  }
}
