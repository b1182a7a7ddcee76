import { assert } from './assert.ts';
import type { EntryCommand } from './entry.ts';
import type { Member, NodeId } from './identity.ts';
import { Leadership } from './leadership.ts';
import { withMember, withoutMember } from './membership.ts';
import type { Message } from './messages.ts';
import type { Node } from './node.ts';
import type { SnapshotSource } from './snapshot-transfer.ts';
import type { Term } from './term.ts';

/** Entering, announcing and leaving the office of the leader (rules B6, E6, M6). */
export class Office {
  #leadership: Leadership | null = null;
  /** Peers that said goodbye and were not heard since. */
  readonly #left = new Set<NodeId>();

  constructor(
    private readonly node: Node,
    private readonly snapshots: SnapshotSource,
    /** A message of the leader to its own node. */
    private readonly tellSelf: (message: Message) => void,
  ) {}

  get leadership(): Leadership | null {
    return this.#leadership;
  }

  /** The ballot is won and its log adopted: lead. */
  enter(term: Term, without: readonly NodeId[] | null): void {
    const { context, replica, detector, outbox, self, joining } = this.node;
    assert(this.#leadership === null, 'S4: a node leads one term at a time');
    context.note('elected', `leads in ${term}`);
    // Where it leads its own log goes on, and no other leader brings it one of another generation (rules G1 and S6).
    joining.follow(context.generation);
    const events = {
      quorumChanged: (quorum: boolean) => {
        if (quorum) outbox.resubmit();
      },
      tell: (to: NodeId, message: Message) => {
        if (to === self.id) this.tellSelf(message);
        else context.send(to, message);
      },
    };
    this.#leadership = new Leadership(
      context,
      replica,
      term,
      this.snapshots,
      detector,
      events,
      this.#opening(without),
      (peer) => this.#left.has(peer),
    );
    this.announce();
  }

  /** I_AM_LEADER to all members. */
  announce(): void {
    const term = this.#leadership?.term;
    assert(term !== undefined, 'only a leader announces itself');
    this.#toMembers({ type: 'I_AM_LEADER', term });
  }

  /** Does nothing at a node that does not lead. */
  stepDown(): void {
    const leadership = this.#leadership;
    if (!leadership) return;
    this.#leadership = null;
    leadership.stop();
    this.node.context.note('steps-down', leadership.term);
    this.node.campaign.officeEnded(this.node.context.now - leadership.since);
  }

  /** RESIGN, or a person's command: tells all that the office is empty. False at a node that does not lead. */
  resign(): boolean {
    const leadership = this.#leadership;
    if (!leadership) return false;
    this.#toMembers({ type: 'LEADER_REMOVED', term: leadership.term });
    this.stepDown();
    return true;
  }

  /**
   * With two voters the last message of a leader that leaves is the append that removes it, in its own memory too, so
   * that the other goes on alone at once, and this one can't evict it if its page should come back (rule M6).
   */
  leaveToTheOther(): void {
    const { replica, self, detector } = this.node;
    const { membership, commitIndex } = replica;
    const voters = membership.voters();
    const other = voters.find(({ id }) => id !== self.id);
    if (!this.#leadership?.replication.opened || voters.length !== 2 || !other) return;
    if (membership.index > commitIndex || detector.isFailed(other.id)) return;
    const members = withoutMember(membership.members, self.id);
    this.#leadership.replication.append([
      { kind: 'membership', change: 'leave', subject: self.id, members },
    ]);
  }

  peerLeft(peer: NodeId): void {
    this.#left.add(peer);
    this.#leadership?.reconfiguration.leave(peer);
  }

  /** It was heard again, or is no longer remembered. */
  forgetFarewell(peer: NodeId): void {
    this.#left.delete(peer);
  }

  /** The first entry of the term. After a forced ballot it begins a new generation (rule G4). */
  #opening(without: readonly NodeId[] | null): EntryCommand {
    if (!without) return { kind: 'opening' };
    const { self, replica, joining } = this.node;
    const me: Member = { ...self, voter: true };
    const all = withMember(replica.membership.members, me);
    const members = without.reduce<readonly Member[]>(withoutMember, all);
    return { kind: 'generation', generation: joining.newGeneration(), without, members };
  }

  #toMembers(message: Message): void {
    for (const { id } of this.node.replica.membership.members) {
      if (id !== this.node.self.id) this.node.context.send(id, message);
    }
  }
}
