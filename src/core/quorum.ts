import type { Member, NodeId } from './identity.ts';

/** The smallest number of `voters` that is more than half. */
export function majority(voters: number): number {
  return Math.floor(voters / 2) + 1;
}

export function voterIds(members: readonly Member[]): NodeId[] {
  return members.filter((member) => member.voter).map((member) => member.id);
}

/** Whether `present` holds a majority of the voters in `members`. Learners never count. */
export function isQuorum(members: readonly Member[], present: (id: NodeId) => boolean): boolean {
  let voters = 0;
  let there = 0;
  for (const { id, voter } of members) {
    if (!voter) continue;
    voters += 1;
    if (present(id)) there += 1;
  }
  return voters > 0 && there >= majority(voters);
}

/**
 * The greatest index that a majority of the voters holds; 0 without voters.
 * @param held for each voter the last index that it holds durably
 */
export function quorumIndex(held: readonly number[]): number {
  if (held.length === 0) return 0;
  const descending = [...held].sort((a, b) => b - a);
  return descending[majority(held.length) - 1] ?? 0;
}
