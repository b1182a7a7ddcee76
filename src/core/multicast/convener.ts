import type { MulticastKind } from '../entry.ts';
import { compareIdentity, type NodeId } from '../identity.ts';
import type { Leadership } from '../leadership.ts';
import type { Flushed } from '../messages.ts';
import type { Node } from '../node.ts';
import { cutOf } from './cut.ts';
import type { GroupMember, View } from './multicast.ts';

/** Before a member's silence is a suspicion, ms: some heartbeats, and with each of them another FLUSH. */
const PATIENCE = 700;

/** A new view on its way. */
interface Flush {
  readonly since: number;
  readonly answers: Map<NodeId, Flushed>;
}

/** The leader's care for the views of the multicast group, for one term (rules T6, T7 and T9). */
export class Convener {
  /** Who asked to be in a view, in which of its lives. */
  readonly #asked = new Map<NodeId, string>();
  #flush: Flush | null = null;
  /** The entry of the last view that this leader appended; 0 for none. */
  #appendedAt = 0;

  constructor(
    private readonly node: Node,
    private readonly order: MulticastKind,
    private readonly leadership: Leadership,
    /** This node's own answer to FLUSH. */
    private readonly answer: (view: number) => Flushed,
  ) {}

  asked(id: NodeId, incarnation: string): void {
    this.#asked.set(id, incarnation);
    this.proceed();
  }

  answered(from: NodeId, message: Flushed): void {
    if (!this.#flush || message.view !== this.#next()) return;
    this.#flush.answers.set(from, message);
    this.proceed();
  }

  /** With every heartbeat: what was asked is asked again. */
  beat(): void {
    const asked = this.#flush;
    this.proceed();
    if (!this.#flush || this.#flush !== asked) return;
    const isLong = this.node.context.now - this.#flush.since > PATIENCE;
    for (const id of this.#missing()) {
      if (isLong) this.node.detector.suspect(id, 'FLUSH unanswered');
      this.#send(id);
    }
  }

  /** Begins or ends a change of view, if one is due or all have answered. Called whenever that may be. */
  proceed(): void {
    const { replication } = this.leadership;
    const { context, replica } = this.node;
    if (!replication.opened || !replication.quorum) return;
    if (this.#appendedAt > replica.commitIndex) return;
    if (!this.#flush) {
      if (!this.#isDue()) return;
      const own = this.answer(this.#next());
      this.#flush = { since: context.now, answers: new Map([[this.node.self.id, own]]) };
      for (const id of this.#missing()) this.#send(id);
    }
    const isOver = context.now - this.#flush.since > context.timing.flush;
    if (isOver || this.#missing().length === 0) this.#append(this.#flush);
  }

  #isDue(): boolean {
    const view = this.#view;
    const wants = [...this.#asked].filter(
      ([id, incarnation]) => this.#isInStep(id) && !isIn(view, id, incarnation),
    );
    if (!view) return wants.length > 0;
    // Members may have been flushed by a leader that did not come to an end: a new one begins anew.
    if (this.#appendedAt === 0) return true;
    return wants.length > 0 || view.members.some(({ id }) => !this.#isAlive(id));
  }

  #isAlive(id: NodeId): boolean {
    const { replica, detector } = this.node;
    return replica.membership.find(id) !== undefined && !detector.isFailed(id);
  }

  /** It would install a view at once: one that is far behind would keep everybody from delivering until it had caught up. */
  #isInStep(id: NodeId): boolean {
    if (id === this.node.self.id) return this.#isAlive(id);
    return this.#isAlive(id) && this.leadership.reconfiguration.hasCaughtUp(id);
  }

  /** Who is to answer, in ascending order of identity. */
  #participants(): NodeId[] {
    const view = this.#view;
    const { membership } = this.node.replica;
    return [...membership.members]
      .sort(compareIdentity)
      .map(({ id }) => id)
      .filter((id) => {
        const isOld = view?.members.some((member) => member.id === id) ?? false;
        return this.#isInStep(id) || (isOld && this.#isAlive(id));
      });
  }

  #missing(): NodeId[] {
    return this.#participants().filter((id) => !this.#flush?.answers.has(id));
  }

  get #view(): View | null {
    return this.node.replica.view(this.order);
  }

  #next(): number {
    return (this.#view?.number ?? 0) + 1;
  }

  #send(to: NodeId): void {
    const { term } = this.leadership;
    this.node.context.send(to, { type: 'FLUSH', order: this.order, term, view: this.#next() });
  }

  #append({ answers }: Flush): void {
    const { replica, context } = this.node;
    const number = this.#next();
    const before = this.#view ?? { number: 0, start: 0, members: [] };
    const cut = cutOf(before, answers);
    const delivered = (id: NodeId, incarnation: string): number => {
      const place = before.members.findIndex(
        (member) => member.id === id && member.incarnation === incarnation,
      );
      return cut.delivered[place] ?? 0;
    };
    const members = this.#participants().flatMap((id): GroupMember[] => {
      const answer = answers.get(id);
      if (!answer || isLeftOut(before, id, answer)) return [];
      const { incarnation } = answer;
      return [{ id, incarnation, delivered: delivered(id, incarnation) }];
    });
    const isLost = before.members.every(
      ({ id, incarnation }) => answers.get(id)?.incarnation !== incarnation,
    );
    if (this.#view && isLost) context.note('view-lost', 'nobody who was in it has answered');
    const ids = members.map(({ id }) => id).join(' ');
    context.note('view', `${String(number)} of the ${this.order} group: ${ids}`);
    this.#flush = null;
    this.#asked.clear();
    this.#appendedAt = replica.log.lastIndex + 1;
    const { order } = this;
    const { base, messages } = cut;
    const view: View = { number, start: before.start + base + messages.length, members };
    this.leadership.replication.append([{ kind: 'view', order, view, base, cut: messages }]);
  }
}

function isIn(view: View | null, id: NodeId, incarnation: string): boolean {
  return view?.members.some((one) => one.id === id && one.incarnation === incarnation) ?? false;
}

/**
 * Who has not applied the entry of the last view yet, which does not list it, is somebody else once it has (rule T8): in
 * a view it would be a member that nobody is.
 */
function isLeftOut(last: View, id: NodeId, { installed, incarnation }: Flushed): boolean {
  return installed > 0 && installed < last.number && !isIn(last, id, incarnation);
}
