import { Context } from '../context.ts';
import type { NodeId } from '../identity.ts';
import { LamportOrder } from '../multicast/lamport.ts';
import type { OrderMessage, TotalOrder, View } from '../multicast/multicast.ts';
import { SequencerOrder } from '../multicast/sequencer.ts';
import { DEFAULT_TIMING, type Timer } from '../timers.ts';
import { seeded } from './random.ts';

/** What a life is called where there is only one. */
export const LIFE = 'aaaabbbb';

interface Member {
  readonly context: Context;
  readonly order: TotalOrder;
  readonly delivered: string[];
  readonly timers: Map<Timer, number>;
  sent: number;
}

interface Due {
  readonly at: number;
  readonly run: () => void;
}

/** What befalls a message: how late each copy arrives, ms; none when it is lost. */
export type Luck = (from: NodeId, to: NodeId, message: OrderMessage) => readonly number[];

/** One view of the multicast alone, without log and leader, over links that a test chooses. */
export class OrderNet {
  now = 0;
  luck: Luck = () => [1];
  readonly sent: { readonly from: NodeId; readonly to: NodeId; readonly message: OrderMessage }[] =
    [];
  readonly random: () => number;
  readonly #members = new Map<NodeId, Member>();
  #queue: Due[] = [];

  constructor(kind: 'sequencer' | 'lamport', ids: readonly NodeId[], seed = 1) {
    this.random = seeded(seed);
    const members = ids.map((id) => ({ id, incarnation: LIFE, delivered: 0 }));
    for (const id of ids)
      this.#members.set(id, this.#make(kind, id, { number: 1, start: 0, members }));
  }

  send(id: NodeId, text: string, lateMs = 0): void {
    const member = this.#get(id);
    member.sent += 1;
    const multicast = { from: id, incarnation: LIFE, number: member.sent, text };
    this.#let(member, () => {
      member.order.send(multicast, lateMs);
    });
  }

  deliver(to: NodeId, from: NodeId, message: OrderMessage): void {
    const member = this.#get(to);
    this.#let(member, () => {
      member.order.received(from, message);
    });
  }

  run(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      this.#queue.sort((a, b) => a.at - b.at);
      const [due] = this.#queue;
      if (!due || due.at > end) break;
      this.#queue.shift();
      this.now = Math.max(this.now, due.at);
      due.run();
    }
    this.now = end;
  }

  delivered(id: NodeId): readonly string[] {
    return this.#get(id).delivered;
  }

  held(id: NodeId): string[] {
    return this.order(id)
      .held()
      .map(({ multicast }) => multicast.text);
  }

  order(id: NodeId): TotalOrder {
    return this.#get(id).order;
  }

  timers(id: NodeId): Timer[] {
    return [...this.#get(id).timers.keys()];
  }

  /** How many messages there were of each type. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { message } of this.sent) counts[message.type] = (counts[message.type] ?? 0) + 1;
    return counts;
  }

  #make(kind: 'sequencer' | 'lamport', id: NodeId, view: View): Member {
    const context = new Context(id, DEFAULT_TIMING, this.random);
    const delivered: string[] = [];
    const events = {
      send: (to: NodeId, message: OrderMessage) => {
        this.#carry(id, to, message);
      },
      deliver: ({ text }: { text: string }) => {
        delivered.push(text);
      },
    };
    const order =
      kind === 'sequencer'
        ? new SequencerOrder(context, view, events)
        : new LamportOrder(context, view, events);
    return { context, order, delivered, timers: new Map(), sent: 0 };
  }

  #carry(from: NodeId, to: NodeId, message: OrderMessage): void {
    this.sent.push({ from, to, message });
    for (const delay of this.luck(from, to, message)) {
      this.#later(delay, () => {
        this.deliver(to, from, message);
      });
    }
  }

  #let(member: Member, work: () => void): void {
    member.context.now = this.now;
    work();
    for (const effect of member.context.takeEffects()) {
      if (effect.type === 'clear-timer') member.timers.delete(effect.timer);
      if (effect.type !== 'set-timer') continue;
      const { timer, delayMs } = effect;
      const due = this.now + delayMs;
      member.timers.set(timer, due);
      this.#later(delayMs, () => {
        if (member.timers.get(timer) === due) this.#fire(member, timer);
      });
    }
  }

  #fire(member: Member, timer: Timer): void {
    member.timers.delete(timer);
    this.#let(member, () => {
      if (!member.context.timerFired(timer)) return;
      if (timer.startsWith('multicast-late')) member.order.lateIsDue();
      else member.order.resend();
    });
  }

  #later(delayMs: number, run: () => void): void {
    this.#queue.push({ at: this.now + delayMs, run });
  }

  #get(id: NodeId): Member {
    const member = this.#members.get(id);
    if (!member) throw new Error(`${id} is in the view`);
    return member;
  }
}
