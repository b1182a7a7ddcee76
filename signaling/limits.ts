/** What one server grants, to one socket, to one address and altogether, so that nobody can exhaust it. */
import { LIMITS } from './protocol.ts';

export interface ServerLimits {
  /** WebSockets altogether. */
  sockets: number;
  /** WebSockets from one address: all the tabs of a class behind one router. */
  socketsPerAddress: number;
  /** Connections that are no WebSocket, or not yet: whoever loads the page or says nothing. */
  connections: number;
  connectionsPerAddress: number;
  /** Parks that somebody is in. */
  parks: number;
  membersPerPark: number;
  /** Visitors' tabs, which are no members. All of them hear of a gate that comes or goes. */
  visitorsPerPark: number;
  /** Who left a park that somebody is in, and whose id nobody else gets: an id and a hash each, some 300 bytes. */
  formerMembers: number;
  formerMembersPerPark: number;
  /** Tokens that a socket has at once. A message costs one, and one more for every 4 KiB, and as many as
   *  its effects if these are more. A tab that joins a park of 64 sends some 400 messages at once. */
  burst: number;
  /** Tokens a second, in the long run. */
  perSecond: number;
  /** A frame above this many bytes ends its socket; above LIMITS.messageBytes it is refused. */
  frameBytes: number;
  /** Parts of one message. No browser splits what is so small. */
  fragments: number;
  /** Bytes that may wait for a socket that reads too slowly; above, it is dropped. */
  bufferedBytes: number;
  /** Bytes that may wait for all of them; above, each may only have a message's worth waiting. */
  bufferedBytesTotal: number;
  /** A socket that has not registered by then is closed, in milliseconds. */
  howdyMs: number;
  /** Time between two pings; a socket that answered none in between is dropped, in milliseconds. */
  heartbeatMs: number;
  /** A socket that we closed and that does not answer is dropped after this time, in milliseconds. */
  closeMs: number;
  /** The head of a request must be complete by then, counted from the connection, in milliseconds. */
  headersMs: number;
  /** A whole request must be complete by then, in milliseconds. */
  requestMs: number;
  /** A connection on which nothing moves is dropped after this time, in milliseconds. */
  stallMs: number;
  /** Requests of one connection that may wait for their answers. Browsers send one at a time. */
  pipelined: number;
  /** For so long an address that asked for more at once may not connect again, in milliseconds. */
  barMs: number;
}

export const DEFAULT_LIMITS: Readonly<ServerLimits> = {
  sockets: 10_000,
  socketsPerAddress: 256,
  connections: 1024,
  connectionsPerAddress: 256,
  parks: 4096,
  membersPerPark: LIMITS.members,
  visitorsPerPark: 256,
  formerMembers: 65_536,
  formerMembersPerPark: 4096,
  burst: 1000,
  perSecond: 100,
  frameBytes: 32 * 1024,
  fragments: 64,
  bufferedBytes: 1024 * 1024,
  bufferedBytesTotal: 64 * 1024 * 1024,
  howdyMs: 10_000,
  heartbeatMs: 15_000,
  closeMs: 2_000,
  headersMs: 10_000,
  requestMs: 15_000,
  stallMs: 30_000,
  pipelined: 8,
  barMs: 5_000,
};
