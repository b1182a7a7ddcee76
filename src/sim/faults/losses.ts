import { majority, voterIds } from '../../core/quorum.ts';
import type { Gate } from '../gate.ts';
import type { World } from '../world.ts';
import { awake } from './fault.ts';

/**
 * Whether what a gate knows may go for good: a quorum's worth of voters that keep theirs must be left in every
 * membership that may be in force, and they must be awake, since what sleeps may turn out to be evicted. To lose more
 * is beyond what any protocol can mend: then a person decides (`proceed-rightly`).
 */
export function canSpare(world: World, gate: Gate): boolean {
  if (!world.network.coordinatorUp || gate.shares) return false;
  if (world.gates.some(({ status }) => status === 'absent')) return false;
  const keepers = awake(world).filter((other) => other.disk !== gate.disk && !other.lost);
  const ids = new Set(keepers.map(({ id }) => id));
  return world.gates.every(({ life, status }) => {
    if (status === 'gone') return true;
    if (!life) return false;
    const { membership, commitIndex } = life.driver.node.replica;
    return [membership.members, membership.membersAt(commitIndex)].every((members) => {
      const voters = voterIds(members);
      const kept = voters.filter((id) => ids.has(id)).length;
      return voters.length === 0 || kept >= majority(voters.length);
    });
  });
}
