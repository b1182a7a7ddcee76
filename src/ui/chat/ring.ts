import { compareIdentity } from '../../core/identity.ts';
import type { Status } from '../../runtime/gatehouse.ts';
import { gateName, isDown } from '../words.ts';

/** A server in the ring: a gate that votes and can win. */
export interface Server {
  readonly id: string;
  readonly name: string;
  readonly self: boolean;
  readonly leader: boolean;
  /** It does not answer, as far as this gate knows. */
  readonly silent: boolean;
}

/** The servers in the order of the ring (rule E7): each passes the token to the next, the greatest to the least. */
export function ringOf(status: Status): Server[] {
  const { id, priority, leader, role, peers } = status;
  const here = { id, priority, silent: false, votes: role !== 'learner' && role !== 'joining' };
  const others = peers.map((peer) => {
    const silent = peer.suspected || peer.link === 'closed';
    return { id: peer.id, priority: peer.priority, silent, votes: peer.voter };
  });
  return [here, ...others]
    .filter(({ votes }) => votes)
    .sort(compareIdentity)
    .map((server) => ({
      id: server.id,
      name: gateName(status, server.id),
      self: server.id === id,
      leader: server.id === leader && !isDown(status),
      silent: server.silent || (server.id === id && isDown(status)),
    }));
}

/** To whom a server passes the token: the next that answers; null when it is alone. */
export function successor(ring: readonly Server[], id: string): Server | null {
  const at = ring.findIndex((server) => server.id === id);
  const after = [...ring.slice(at + 1), ...ring.slice(0, Math.max(0, at))];
  return after.find(({ silent }) => !silent) ?? null;
}
