import type { NodeId } from './identity.ts';

/** Where data comes in. */
export type RefusalSource =
  /** Another node. */
  | 'peer'
  /** The signaling server. */
  | 'signaling'
  /** This device's disk. */
  | 'storage'
  /** The server's page. */
  | 'configuration'
  /** The page's own address. */
  | 'address'
  /** A file that a person opens. */
  | 'file';

/** Data from outside that was not taken, because it does not fit its schema. It has changed nothing. */
export interface Refusal {
  readonly source: RefusalSource;
  /** In our own words: nothing that a stranger wrote stands in it, so there are few of them. */
  readonly reason: string;
  /** The node that it came from, where that is known. */
  readonly from: NodeId | null;
}
