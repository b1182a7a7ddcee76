import type { NodeId } from './identity.ts';
import type { Node } from './node.ts';
import { majority } from './quorum.ts';

/**
 * Why the others could not go on at once if this node said LEAVE now; null when they could, or when there are none
 * (rule M7).
 * @param silent neighbours that have not answered just now
 */
export function problemToLeave(node: Node, silent: ReadonlySet<NodeId>): string | null {
  const { replica, self, leadership } = node;
  const { membership } = replica;
  const others = membership.members.filter(({ id }) => id !== self.id);
  // While it takes a log to its end, nobody counts on what it acknowledges (rule G1).
  if (!membership.find(self.id) || others.length === 0 || node.joining.isUnderWay) return null;
  const leader = node.liveLeader();
  if (!leader || silent.has(leader.id)) return 'there is no leader with a quorum';
  if (leadership?.replication.opened === false) return 'the term of this leader is not open yet';
  if (membership.index > replica.commitIndex) return 'the membership is about to change';
  const rest = others.filter(({ voter }) => voter);
  const alive = rest.filter(({ id }) => !silent.has(id) && !node.isMissing(id));
  return alive.length < majority(rest.length) ? 'the others are no quorum without this gate' : null;
}
