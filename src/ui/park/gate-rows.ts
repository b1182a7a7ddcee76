import { compareIdentity } from '../../core/identity.ts';
import type { PeerStatus, Status } from '../../runtime/gatehouse.ts';
import { gateName, LINK_WORDS, ROLE_WORDS } from '../words.ts';

/** A gate as the lists and pictures show it. */
export interface GateRow {
  readonly id: string;
  readonly name: string;
  readonly priority: number;
  readonly self: boolean;
  readonly leader: boolean;
  readonly voter: boolean;
  readonly suspected: boolean;
  /** Null for this gate itself. */
  readonly link: PeerStatus['link'] | null;
  /** What it is, in a word. */
  readonly role: string;
  /** How it is reached, in words. */
  readonly reach: string;
}

/** All gates, this one included, the greatest identity first: the order in which they win elections. */
export function gateRows(status: Status): GateRow[] {
  const { id, priority, role } = status;
  const up = role !== 'crashed' && role !== 'terminated' && role !== 'joining';
  const self: GateRow = {
    id,
    name: gateName(status, id),
    priority,
    self: true,
    leader: status.leader === id && up,
    voter: up && role !== 'learner',
    suspected: false,
    link: null,
    role: status.leader === id && up ? 'leader' : ROLE_WORDS[role],
    reach: 'this gate',
  };
  const peers = status.peers.map((peer): GateRow => {
    const leader = status.leader === peer.id;
    return {
      ...peer,
      name: gateName(status, peer.id),
      self: false,
      leader,
      role: leader ? 'leader' : peer.voter ? 'voter' : 'learner',
      reach: peer.suspected ? `suspected, ${LINK_WORDS[peer.link]}` : LINK_WORDS[peer.link],
    };
  });
  return [self, ...peers].sort((a, b) => compareIdentity(b, a));
}
