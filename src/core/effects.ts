import type { Token } from './entry.ts';
import type { Identity, NodeId } from './identity.ts';
import type { Greeting } from './hello-check.ts';
import type { Inspection } from './multicast/inspection.ts';
import type { TotalPosition } from './multicast/multicast.ts';
import type { Json } from './json.ts';
import type { Envelope } from './messages.ts';
import type { StorageWrite } from './stored.ts';
import type { Timer } from './timers.ts';

/** Everything that a node can want done. Plain data; the driver does it. */
export type Effect =
  | { readonly type: 'send'; readonly to: NodeId; readonly envelope: Envelope }
  /**
   * Make the writes durable, in the order of these effects, then do the effects that they release, then report
   * `persisted` with the ticket. No writes: wait for those before.
   */
  | {
      readonly type: 'persist';
      readonly ticket: number;
      readonly writes: readonly StorageWrite[];
      readonly releases: readonly Effect[];
    }
  /** Replaces a timer of the same name. */
  | { readonly type: 'set-timer'; readonly timer: Timer; readonly delayMs: number }
  | { readonly type: 'clear-timer'; readonly timer: Timer }
  | { readonly type: 'reply'; readonly request: number; readonly reply: Reply }
  /** In a sparse topology: keep links to these and to no others, and relay nothing over those that are silent. */
  | { readonly type: 'links'; readonly keep: readonly NodeId[]; readonly avoid: readonly NodeId[] }
  /** In a mesh: keep links to these too. */
  | { readonly type: 'meet'; readonly peers: readonly Identity[] }
  | { readonly type: 'request-members' }
  /** What a peer said in several messages together, a snapshot, turned out to be none. */
  | { readonly type: 'refused'; readonly from: NodeId; readonly reason: string }
  /** For the trace: what the node decided, in one word and a sentence. */
  | { readonly type: 'note'; readonly what: string; readonly detail: string };

/** The answer to a command. */
export type Reply =
  | { readonly ok: true; readonly value: ReplyValue }
  | {
      readonly ok: false;
      readonly code: 'no-quorum' | 'timeout' | 'terminated' | 'invalid' | 'storage';
      /** The operation did not and will not happen. */
      readonly definite: boolean;
      readonly message: string;
    };

export type ReplyValue =
  | { readonly type: 'done' }
  | {
      readonly type: 'outcome';
      readonly sequence: number;
      readonly index: number;
      readonly outcome: Json;
    }
  | { readonly type: 'greeted'; readonly greetings: readonly Greeting[] }
  /** The message's name, see `multicastKey`, and where it was delivered. */
  | { readonly type: 'multicast'; readonly id: string; readonly position: TotalPosition }
  | { readonly type: 'inspected'; readonly inspections: readonly Inspection[] }
  | { readonly type: 'granted'; readonly token: Token; readonly leaseMs: number };
