import type { ParkSettings } from './entry.ts';
import type { Member, NodeId, Peer } from './identity.ts';
import type { Node } from './node.ts';
import { isQuorum } from './quorum.ts';
import type { Conflict } from './rivals.ts';
import type { Term } from './term.ts';

/** A node as it is seen from outside: plain data, made anew at each call. */
export interface NodeView {
  readonly self: Peer;
  readonly role: 'joining' | 'learner' | 'follower' | 'candidate' | 'leader' | 'terminated';
  /** The greatest term that this node has promised or follows. */
  readonly term: Term;
  readonly leader: NodeId | null;
  /** A leader is known and hears a quorum. */
  readonly quorum: boolean;
  readonly commitIndex: number;
  readonly lastIndex: number;
  readonly members: readonly Member[];
  /** Everybody that this node knows, itself not included: the members, and who else may be about to join. */
  readonly peers: readonly PeerView[];
  readonly pending: number;
  readonly generation: string;
  readonly settings: ParkSettings;
  readonly vacant: boolean;
  readonly missing: readonly Member[];
  readonly inStep: number;
  readonly conflict: Conflict | null;
}

export interface PeerView extends Peer {
  readonly voter: boolean;
  readonly member: boolean;
  readonly suspected: boolean;
  readonly link: 'open' | 'relayed' | 'closed';
}

export function viewOf(node: Node): NodeView {
  const { replica, joining, config } = node;
  const { members } = replica.membership;
  const live = node.liveLeader();
  const leader = node.leadership ? node.self.id : node.follower.leader;
  const missing = members.filter((member) => member.voter && node.isMissing(member.id));
  return {
    self: node.self,
    role: roleOf(node),
    term: replica.promised,
    leader,
    // A leader whose term is not open yet does not know what is committed.
    quorum: live !== null && node.leadership?.replication.opened !== false,
    commitIndex: replica.commitIndex,
    lastIndex: replica.log.lastIndex,
    members,
    peers: peersOf(node),
    pending: node.outbox.size,
    generation: replica.membership.generation,
    settings: replica.settings ?? config.settings,
    vacant: node.vacant,
    missing: live || isQuorum(members, (id) => !node.isMissing(id)) ? [] : missing,
    inStep: members.filter((member) => isInStep(node, member.id)).length,
    conflict: joining.rivals.conflict,
  };
}

function roleOf(node: Node): NodeView['role'] {
  if (node.left) return 'terminated';
  if (node.leadership) return 'leader';
  const member = node.replica.membership.find(node.self.id);
  if (!member) return 'joining';
  if (node.isCandidate) return 'candidate';
  return member.voter ? 'follower' : 'learner';
}

/** In reach, and for a leader that knows: lacking nothing that is committed. */
function isInStep(node: Node, id: NodeId): boolean {
  if (id === node.self.id) return true;
  if (node.isMissing(id)) return false;
  const { leadership, replica } = node;
  return !leadership || leadership.replication.matchOf(id) >= replica.commitIndex;
}

/** It left, or is gone without a word: unless it is a member it is forgotten. */
function hasGone({ joining, detector }: Node, id: NodeId): boolean {
  if (joining.link(id) !== 'closed') return false;
  return detector.isFailed(id) || joining.listed?.has(id) === false;
}

function peersOf(node: Node): PeerView[] {
  const { joining, replica, detector, self } = node;
  const known = new Map<NodeId, Peer>();
  for (const peer of joining.peers()) if (!hasGone(node, peer.id)) known.set(peer.id, peer);
  for (const member of replica.membership.members) known.set(member.id, member);
  known.delete(self.id);
  return [...known.values()].map(({ id, name, priority }) => ({
    id,
    name,
    priority,
    voter: replica.membership.isVoter(id),
    member: replica.membership.find(id) !== undefined,
    suspected: detector.isSuspected(id),
    link: joining.link(id),
  }));
}
