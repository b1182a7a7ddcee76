import type { EntryCommand, MulticastKind } from '../entry.ts';
import type { NodeId } from '../identity.ts';
import type { Flushed, Message } from '../messages.ts';
import type { Node } from '../node.ts';
import { Convener } from './convener.ts';
import { History, type GroupReport } from './history.ts';
import { LamportOrder } from './lamport.ts';
import {
  MAX_HELD,
  placeOf,
  placeOfSender,
  type Multicast,
  type OrderEvents,
  type OrderMessage,
  type TotalOrder,
  type View,
} from './multicast.ts';
import { Sends } from './sends.ts';
import { SequencerOrder } from './sequencer.ts';

const INCARNATION_LENGTH = 8;

/** The messages of the multicast. */
export type GroupMessage =
  OrderMessage | Extract<Message, { readonly type: 'GROUP_JOIN' | 'FLUSH' | 'FLUSHED' }>;

/** The view that this node is in. */
interface Installed {
  readonly view: View;
  readonly order: TotalOrder;
  /** By the place in the view: how many messages of each member are delivered here, those of earlier views included. */
  readonly delivered: number[];
}

/**
 * A node's part in the multicast group: sends and delivers in the order of the view's algorithm, and goes from view to
 * view with the log (rules T4 to T8), after the virtual synchrony of Birman and Joseph (1987).
 */
export class Group {
  readonly history = new History();
  readonly sends: Sends;
  /** '' until it is needed: drawing it costs a number of the generator. */
  #incarnation = '';
  #installed: Installed | null = null;
  /** The greatest number of a view for which this node has answered FLUSH: it takes no part in those before. */
  #flushedFor = 0;
  /** Messages of a view that others have applied before this node. */
  #ahead: { readonly from: NodeId; readonly message: OrderMessage }[] = [];
  #askedAt = -Infinity;
  #convener: { readonly term: string; readonly convener: Convener } | null = null;

  constructor(
    private readonly node: Node,
    /** In which its members deliver. */
    readonly order: MulticastKind,
  ) {
    this.sends = new Sends(node.context, `multicast-deadline:${order}`);
  }

  /** The view that this node is in, or null. */
  get view(): View | null {
    return this.#installed?.view ?? null;
  }

  /** This node's present life in the group; '' before it had to do with it. */
  get incarnation(): string {
    return this.#incarnation;
  }

  report(): GroupReport {
    return {
      kind: this.order,
      view: this.view,
      pending: this.sends.size,
      held: (this.#installed?.order.held() ?? []).map(({ multicast }) => multicast),
      delivered: this.history.count,
      messages: this.history.messages,
    };
  }

  // --- What a person asks for -----------------------------------------------------------------------------------

  send(request: number, text: string): void {
    if (!this.sends.add(request, text)) return;
    this.#pump();
    this.follows();
  }

  /** What was to be sent before it was known that it is for this group. */
  takeOver(undecided: Sends): void {
    this.sends.takeOver(undecided);
    this.#pump();
    this.follows();
  }

  // --- Messages and timers --------------------------------------------------------------------------------------

  received(from: NodeId, message: GroupMessage): void {
    switch (message.type) {
      case 'GROUP_JOIN':
        this.#leading()?.asked(from, message.incarnation);
        return;
      case 'FLUSH':
        if (message.view <= this.#applied) return;
        this.node.context.send(from, this.#flush(message.term, message.view));
        return;
      case 'FLUSHED':
        if (message.term === this.node.leadership?.term) this.#leading()?.answered(from, message);
        return;
      default:
        this.#ordered(from, message);
    }
  }

  timerFired(what: 'resend' | 'late' | 'deadline'): void {
    switch (what) {
      case 'resend':
        this.#installed?.order.resend();
        return;
      case 'late':
        this.#installed?.order.lateIsDue();
        return;
      case 'deadline':
        this.sends.deadlinePassed();
    }
  }

  /** The leader's heartbeat. */
  beat(): void {
    this.follows();
    this.#leading()?.beat();
  }

  /** A new view may be due, or the last one that a change of view has waited for is gone. */
  peerFailed(): void {
    this.#leading()?.proceed();
  }

  /** A leader with a quorum is there: whoever is not in the view, or wants the first one, asks for it (rule T6). */
  follows(): void {
    const { context } = this.node;
    this.#checkForGap(this.#applied);
    const isWanted = this.#applied > 0 ? this.#installed === null : this.sends.size > 0;
    if (!isWanted || context.now - this.#askedAt < context.timing.groupJoin) return;
    const incarnation = this.#live();
    const { order } = this;
    const isAsked = this.node.toLeader({ type: 'GROUP_JOIN', order, incarnation });
    if (isAsked) this.#askedAt = context.now;
  }

  /** The log goes aside for another one (rule G3). */
  startOver(): void {
    this.#leave();
    this.sends.abandon();
    this.#flushedFor = 0;
  }

  // --- From view to view ----------------------------------------------------------------------------------------

  /** A new view of this group is applied here. */
  applied({ view, base, cut }: Extract<EntryCommand, { kind: 'view' }>): void {
    this.#checkForGap(view.number - 1);
    const before = this.#installed;
    this.#installed = null;
    if (before) this.#finish(before, base, cut);
    if (this.#isIn(view)) this.#install(view);
    else if (before) {
      this.node.context.note('left-out', `of view ${String(view.number)}: a new incarnation`);
      this.#leave();
      this.sends.renumber();
    }
  }

  /** Rule T8: a snapshot took the place of a view's entry, so what was delivered at its end is not known here. */
  #checkForGap(number: number): void {
    if (!this.#installed || this.#installed.view.number === number) return;
    this.node.context.note('left-out', 'a snapshot took the place of a view: a new incarnation');
    this.#leave();
    this.sends.forget();
  }

  /** FLUSH: this node's part in its view is over (rule T6). */
  #flush(term: string, number: number): Flushed {
    this.#flushedFor = Math.max(this.#flushedFor, number);
    const installed = this.#installed;
    installed?.order.stop();
    return {
      type: 'FLUSHED',
      order: this.order,
      term,
      view: number,
      incarnation: this.#live(),
      installed: installed?.view.number ?? 0,
      delivered: [...(installed?.delivered ?? [])],
      held: installed?.order.taken() ?? [],
    };
  }

  /** The last messages of a view, the same for all that were in it (rule T7). */
  #finish(installed: Installed, base: number, cut: readonly Multicast[]): void {
    const { view, order, delivered } = installed;
    order.stop();
    const before = view.members.reduce((sum, member) => sum + member.delivered, 0);
    for (const { multicast } of order.taken()) {
      if (delivered.reduce((sum, count) => sum + count, 0) - before >= base) break;
      this.#deliver(installed, multicast);
    }
    for (const multicast of cut) {
      const count = delivered[placeOfSender(view, multicast)] ?? Infinity;
      if (multicast.number === count + 1) this.#deliver(installed, multicast);
    }
  }

  #install(view: View): void {
    const { context, self } = this.node;
    const events: OrderEvents = {
      send: (to, message) => {
        this.history.counted(message.type);
        context.send(to, message);
      },
      deliver: (multicast) => {
        if (this.#installed?.view === view) this.#deliver(this.#installed, multicast);
      },
    };
    const order = this.#makeOrder(view, events);
    this.#installed = {
      view,
      order,
      delivered: view.members.map(({ delivered }) => delivered),
    };
    if (this.#flushedFor > view.number) order.stop();
    this.sends.again(order, this.#incarnation);
    this.#pump();
    const ahead = this.#ahead;
    this.#ahead = [];
    for (const { from, message } of ahead) this.#ordered(from, message);
    const as = `${self.id}.${this.#incarnation}`;
    context.note('installs', `view ${String(view.number)} of the ${this.order} group as ${as}`);
  }

  #isIn({ members }: View): boolean {
    const { id } = this.node.self;
    return members.some((one) => one.id === id && one.incarnation === this.#incarnation);
  }

  #makeOrder(view: View, events: OrderEvents): TotalOrder {
    const { context } = this.node;
    switch (this.order) {
      case 'sequencer':
        return new SequencerOrder(context, view, events);
      case 'lamport':
        return new LamportOrder(context, view, events);
    }
  }

  /** This node is in no view any more, and another member if it comes back (rule T8). */
  #leave(): void {
    this.#installed?.order.stop();
    this.#installed = null;
    this.#incarnation = '';
    this.#ahead = [];
    this.history.startOver();
  }

  // --- Within a view --------------------------------------------------------------------------------------------

  #ordered(from: NodeId, message: OrderMessage): void {
    if (message.view > this.#applied && this.#ahead.length < MAX_HELD) {
      this.#ahead.push({ from, message });
    } else if (message.view === this.#installed?.view.number) {
      this.#installed.order.received(from, message);
    }
  }

  #deliver({ view, delivered }: Installed, multicast: Multicast): void {
    const { context, self } = this.node;
    delivered[placeOf(view, multicast.from)] = multicast.number;
    const isOwn = multicast.from === self.id;
    const ms = isOwn ? this.sends.delivered(multicast, this.history.next(view)) : null;
    this.history.add(multicast, view, ms);
    context.note('delivers', `no. ${String(multicast.number)} of ${multicast.from}`);
    if (isOwn) this.#pump();
  }

  #pump(): void {
    if (!this.#installed || this.#flushedFor > this.#installed.view.number) return;
    this.sends.pump(this.#installed.order, this.#installed.view, this.#incarnation);
  }

  /** The number of the newest view that is applied here; 0 for none. */
  get #applied(): number {
    return this.node.replica.view(this.order)?.number ?? 0;
  }

  /** This node's present life: drawn when it is first asked for. */
  #live(): string {
    while (this.#incarnation.length < INCARNATION_LENGTH) {
      this.#incarnation += Math.floor(this.node.context.random() * 36).toString(36);
    }
    return this.#incarnation;
  }

  /** The leader's part; null at a node that does not lead. */
  #leading(): Convener | null {
    const { leadership } = this.node;
    if (!leadership) return null;
    const { term } = leadership;
    if (this.#convener?.term !== term) {
      const answer = (view: number): Flushed => this.#flush(term, view);
      const convener = new Convener(this.node, this.order, leadership, answer);
      this.#convener = { term, convener };
    }
    return this.#convener.convener;
  }
}
