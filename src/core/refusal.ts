import type { NodeId } from './identity.ts';

/** Where data comes in: from another node, from the signaling server, from this device's disk, from the server's page. */
export type RefusalSource = 'peer' | 'signaling' | 'storage' | 'configuration';

/** Data from outside that was not taken, because it does not fit its schema. It has changed nothing. */
export interface Refusal {
  readonly source: RefusalSource;
  /** In our own words: nothing that a stranger wrote stands in it, so there are few of them. */
  readonly reason: string;
  /** The node that it came from, where that is known. */
  readonly from: NodeId | null;
}
