import type { Context } from './context.ts';
import type { EntryCommand, MembershipChange } from './entry.ts';
import type { FailureDetector } from './failure-detector.ts';
import { compareIdentity, type Member, type NodeId, type Peer } from './identity.ts';
import { withMember, withoutMember } from './membership.ts';
import { majority } from './quorum.ts';
import type { Replica } from './replica.ts';
import type { Replication } from './replication.ts';

/** The greatest identities vote, so many at most; the others learn (rule M4). */
export const MAX_VOTERS = 9;
/** A learner that lacks fewer entries has caught up. */
const PROMOTION_LAG = 64;
/** More members than this are not taken in: every list of them must fit into a message. */
const MAX_MEMBERS = 200;

interface Change {
  readonly change: MembershipChange;
  readonly subject: NodeId;
  readonly members: readonly Member[];
}

/**
 * The leader's care for the membership (rules M1 to M6): one change at a time, in force once appended, and none
 * before an entry of the leader's own term is committed. That neighbouring memberships differ by one voter is what
 * makes their majorities overlap (Ongaro, "Consensus", 2014, section 4.1, and his correction of 2015).
 */
export class Reconfiguration {
  readonly #joining = new Map<NodeId, Peer>();
  /** Said that they leave, or were failed for so long that they are evicted. */
  readonly #leaving = new Map<NodeId, 'leave' | 'evict'>();
  /** Members whose eviction is near. */
  readonly #failed = new Set<NodeId>();

  constructor(
    private readonly context: Context,
    private readonly replica: Replica,
    private readonly replication: Replication,
    private readonly detector: FailureDetector,
    hasLeft: (peer: NodeId) => boolean,
  ) {
    for (const { id } of replica.membership.members) {
      if (detector.isFailed(id)) this.memberFailed(id);
      if (hasLeft(id)) this.#leaving.set(id, 'leave');
    }
  }

  /** JOIN: a new member, one that comes back, or one with a new name. */
  join(peer: Peer): void {
    this.#leaving.delete(peer.id);
    this.#joining.set(peer.id, peer);
    this.proceed();
  }

  leave(id: NodeId): void {
    this.#joining.delete(id);
    this.#leaving.set(id, 'leave');
    this.proceed();
  }

  memberFailed(id: NodeId): void {
    this.#joining.delete(id);
    if (!this.replica.membership.find(id)) return;
    this.#failed.add(id);
    this.context.setTimer(`evict:${id}`, this.context.timing.evictAfter);
  }

  memberBack(id: NodeId): void {
    this.#leaving.delete(id);
    this.#failed.delete(id);
    this.context.clearTimer(`evict:${id}`);
  }

  /** Timer `evict:id`. */
  evict(id: NodeId): void {
    if (!this.detector.isFailed(id)) return;
    this.#leaving.set(id, 'evict');
    this.proceed();
  }

  stop(): void {
    for (const id of this.#failed) this.context.clearTimer(`evict:${id}`);
  }

  /** Appends the next change that is due and allowed. Called whenever one may have become so. */
  proceed(): void {
    const { replica, replication } = this;
    if (!replication.opened || replica.membership.index > replica.commitIndex) return;
    const next = this.#next();
    if (!next) return;
    this.context.note('membership', `${next.change} ${next.subject}`);
    const command: EntryCommand = { kind: 'membership', ...next };
    replication.append([command]);
    // Of a sole voter the write makes it committed; then the next change follows from `committed`.
  }

  #next(): Change | null {
    return this.#nextLeaving() ?? this.#nextJoining() ?? this.#nextPromotion();
  }

  #nextLeaving(): Change | null {
    const { members } = this.replica.membership;
    for (const [subject, change] of this.#leaving) {
      const member = members.find((candidate) => candidate.id === subject);
      if (!member || subject === this.context.self) {
        this.#leaving.delete(subject);
        continue;
      }
      const rest = withoutMember(members, subject);
      if (member.voter && !this.#canCommit(rest)) continue;
      return { change, subject, members: rest };
    }
    return null;
  }

  #nextJoining(): Change | null {
    const { members } = this.replica.membership;
    for (const [subject, peer] of this.#joining) {
      this.#joining.delete(subject);
      const known = members.find((member) => member.id === subject);
      if (!known && members.length >= MAX_MEMBERS) {
        this.context.note(
          'refused',
          `${subject}: the park has ${String(MAX_MEMBERS)} members already`,
        );
        continue;
      }
      if (known?.name === peer.name && known.priority === peer.priority) continue;
      const joined: Member = { ...peer, voter: known?.voter ?? false };
      return { change: 'join', subject, members: withMember(members, joined) };
    }
    return null;
  }

  /** A learner that has caught up and is alive becomes a voter; with nine it takes the place of a lesser one. */
  #nextPromotion(): Change | null {
    const { members } = this.replica.membership;
    // As mostly, and this is asked at every acknowledgement.
    if (this.replica.membership.voters().length === members.length) return null;
    const candidate = members
      .filter((member) => !member.voter && this.hasCaughtUp(member.id))
      .sort(compareIdentity)
      .pop();
    if (!candidate) return null;
    const voters = members.filter((member) => member.voter).sort(compareIdentity);
    const least = voters[0];
    if (voters.length < MAX_VOTERS || !least) {
      const grown = withVote(members, candidate.id, true);
      return this.#canCommit(grown)
        ? { change: 'promote', subject: candidate.id, members: grown }
        : null;
    }
    if (compareIdentity(candidate, least) < 0 || least.id === this.context.self) return null;
    const rest = withVote(members, least.id, false);
    return this.#canCommit(rest) ? { change: 'demote', subject: least.id, members: rest } : null;
  }

  /** A live member that lacks little of what is committed (rule M3). */
  hasCaughtUp(id: NodeId): boolean {
    const { replication, replica, detector } = this;
    if (detector.isFailed(id) || !replication.responds(id)) return false;
    const match = replication.matchOf(id);
    return match > 0 && match + PROMOTION_LAG >= replica.commitIndex;
  }

  /**
   * A change that the live voters of the new set can't commit would stop the park for good, since it is in force once
   * appended (rule M5). So the evidence must be of this term: a fresh leader has not had the time to miss anybody.
   */
  #canCommit(members: readonly Member[]): boolean {
    const voters = members.filter((member) => member.voter);
    const alive = voters.filter(
      ({ id }) =>
        id === this.context.self || (this.replication.responds(id) && !this.detector.isFailed(id)),
    );
    return alive.length >= majority(voters.length);
  }
}

function withVote(members: readonly Member[], id: NodeId, voter: boolean): Member[] {
  return members.map((member) => (member.id === id ? { ...member, voter } : member));
}
