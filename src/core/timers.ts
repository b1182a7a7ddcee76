import type { MulticastKind } from './entry.ts';
import type { NodeId } from './identity.ts';

/** The timers of a node, by name: setting one again replaces it. */
export type Timer =
  /** Leader: the next heartbeat. */
  | 'heartbeat'
  /** Follower: too long since the leader was heard. */
  | 'silence'
  /** Follower: the next PROBE of the random schedule. */
  | 'probe-leader'
  /** Election: nobody answered, or the winner did not show. */
  | 'election'
  /** Ballot: ask again the voters that have not answered. */
  | 'ballot'
  /** No leader: look for one, and elect if there is none. */
  | 'seek'
  /** Mutex: the holder's lease ends. */
  | 'lease'
  /** Outbox: ask the leader again. */
  | 'resubmit'
  /** Mutex: ask the leader again for a grant. */
  | 'relock'
  /** Outbox: the oldest open request gives up. */
  | 'deadline'
  /** Snapshot fetch: ask for the chunk again. */
  | 'fetch'
  /** Replica: write down how far the log is committed. */
  | 'commit-mark'
  /** Peers of another generation are in reach: ask whether they still are. */
  | 'rivals'
  /** Sparse topology: ask the neighbours whether they live, and look again which links to keep. */
  | 'neighbours'
  /** A person asked which neighbours answer, and some have not. */
  | 'hello'
  /** A person looks at the multicast of all, and some have not answered. */
  | 'inspect'
  /** A person adopts another generation, and nobody there has answered. */
  | 'adoption'
  | PeerTimer
  | GroupTimer;

/** Of one peer. `probe`: a PROBE that nobody answers makes it failed. `evict`: a member was failed for so long that its leader evicts it. */
export type PeerTimer = `${'probe' | 'evict'}:${NodeId}`;

/**
 * Those of a multicast group. `resend`: something waits for the others for too long. `late`: a message that is late on
 * purpose is due. `deadline`: the oldest open request gives up; `undecided` are those for which it is not known yet which
 * group they are for.
 */
export type GroupTimer =
  `multicast-${'resend' | 'late' | 'deadline'}:${MulticastKind}` | 'multicast-deadline:undecided';

/** Times in milliseconds. The defaults suit tabs on one network; the simulator uses the same. */
export interface Timing {
  readonly heartbeat: number;
  /** Silence of so many heartbeats is a suspicion. */
  readonly missedHeartbeats: number;
  /** The random pause between a follower's PROBEs. */
  readonly probePause: readonly [number, number];
  /** Bounds for the time-out of a PROBE, which adapts to the round trips seen. */
  readonly probeTimeout: readonly [number, number];
  /** The lower bound where the coordinator says that the peer has gone: it is seldom wrong. */
  readonly goneTimeout: number;
  /** How long an ELECT may stay unanswered. */
  readonly electTimeout: number;
  /** How long the winner of an election may take to show. */
  readonly victoryTimeout: number;
  /** Between two rounds of PREPARE of one ballot. */
  readonly ballotRetry: number;
  /** How many rounds of PREPARE a ballot has. */
  readonly ballotRounds: number;
  /** A leader that has not heard a quorum for so long pauses. */
  readonly quorumTimeout: number;
  /** Pause before a node without a leader looks again: doubles from the first to the second. */
  readonly seek: readonly [number, number];
  /** How long the others have to say who leads, before a node that looks for a leader starts an election. */
  readonly ask: number;
  /** How often strangers are asked which generation is theirs, and a leader asks failed peers whether they are back. */
  readonly stranger: number;
  readonly evictAfter: number;
  readonly lease: number;
  /** When an operation's fate is not known: ask again after. */
  readonly resubmit: number;
  /** When a person's request is given up. */
  readonly request: number;
  /** A timer so late means that this node has slept. */
  readonly slept: number;
  /** How long after a commit the commit index is written down. */
  readonly commitMark: number;
  /** Between two HELLOs to a peer of another generation; as long may a gate take to let its generation be adopted. */
  readonly rivals: number;
  /** The random pause between two looks at the neighbours. */
  readonly neighbours: readonly [number, number];
  /** A member that is out of reach for so long is passed over. */
  readonly linkWait: number;
  /** How long links that are no longer wanted stay while those that are wanted have not opened. */
  readonly linkGrace: number;
  /** The pause before a challenger that could not hold its office tries again: doubles from first to second. */
  readonly challenge: readonly [number, number];
  /** Before a multicast that is not delivered is asked about, or sent, again. */
  readonly multicastResend: number;
  /** Between two requests to be in the multicast group's view. */
  readonly groupJoin: number;
  /** How long a change of view waits for the answer of a member that is not known to be failed. */
  readonly flush: number;
  /** How long a person who looks at the multicast of all waits for those that do not answer. */
  readonly inspect: number;
}

export const DEFAULT_TIMING: Timing = {
  heartbeat: 200,
  missedHeartbeats: 3,
  probePause: [500, 3000],
  probeTimeout: [250, 1000],
  goneTimeout: 100,
  electTimeout: 400,
  victoryTimeout: 1500,
  ballotRetry: 300,
  ballotRounds: 6,
  quorumTimeout: 1000,
  seek: [400, 3000],
  ask: 100,
  stranger: 3000,
  evictAfter: 10_000,
  lease: 10_000,
  resubmit: 1000,
  request: 5000,
  slept: 2000,
  commitMark: 500,
  rivals: 1000,
  neighbours: [500, 1500],
  linkWait: 1000,
  linkGrace: 5000,
  challenge: [1000, 30_000],
  multicastResend: 300,
  groupJoin: 500,
  flush: 3000,
  inspect: 500,
};
