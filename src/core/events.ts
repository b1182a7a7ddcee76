import type { MulticastKind, Token } from './entry.ts';
import type { Identity, NodeId } from './identity.ts';
import type { Json } from './json.ts';
import type { Envelope } from './messages.ts';
import type { Stored } from './stored.ts';
import type { Timer } from './timers.ts';

/** Everything that can happen to a node. `now` is monotonic, `wall` the wall clock, both in ms. */
export type Event = { readonly now: number; readonly wall: number } & (
  | { readonly type: 'started'; readonly stored: Stored | null }
  | { readonly type: 'message'; readonly from: NodeId; readonly envelope: Envelope }
  | { readonly type: 'timer'; readonly timer: Timer }
  /** The persist effect with this ticket is durable. */
  | { readonly type: 'persisted'; readonly ticket: number }
  | {
      readonly type: 'link';
      readonly peer: NodeId;
      readonly state: 'open' | 'relayed' | 'closed';
      /** The other side closed it: a fact. */
      readonly closedByPeer: boolean;
    }
  /** Whom the coordinator lists. It knows no names. */
  | { readonly type: 'members'; readonly members: readonly Identity[] }
  /** The coordinator saw the peer's socket close. */
  | { readonly type: 'hint'; readonly peer: NodeId }
  | { readonly type: 'command'; readonly request: number; readonly command: Command }
);

/** What a person or a program asks of its own node. Each is answered by one reply effect. */
export type Command =
  /** Run these under the mutex in order. One reply for each, requests counted up from `request`. */
  | { readonly type: 'submit'; readonly bodies: readonly Json[] }
  | { readonly type: 'lock' }
  | { readonly type: 'release'; readonly token: Token }
  | { readonly type: 'start-election' }
  /** Which neighbours answer, and how fast? */
  | { readonly type: 'hello' }
  | { readonly type: 'remove-leader' }
  /** The page goes away or the gate leaves for good: say so. */
  | { readonly type: 'leave' }
  | { readonly type: 'proceed-without'; readonly ids: readonly NodeId[] }
  | { readonly type: 'adopt'; readonly generation: string }
  /** Answered when it is delivered here. In the park's order without one of its own. */
  | { readonly type: 'multicast'; readonly text: string; readonly order?: MulticastKind }
  /** The next multicast is late on purpose (rule T15). */
  | { readonly type: 'delay-next'; readonly ms: number }
  /** What has every member delivered, and what does it hold back (rule T16)? */
  | { readonly type: 'inspect' }
  | { readonly type: 'rename'; readonly name: string };
