/** The name of a node for life: a random string of `a-z0-9`, made once and kept with its log. */
export type NodeId = string;

/** Ids as they may arrive from outside. Lower case and digits only, so that terms compare as plain strings. */
export const NODE_ID_PATTERN = /^[a-z0-9]{4,32}$/;

/** The longest name that a person may give a gate, in UTF-16 units. */
export const MAX_NAME_LENGTH = 40;

/** What elections compare: priority first, then id; the greater wins. */
export interface Identity {
  readonly id: NodeId;
  /** Set by people (a capacity, the days to a birthday, a device's rank). A finite number. */
  readonly priority: number;
}

/** An identity with the name that people read. */
export interface Peer extends Identity {
  readonly name: string;
}

/** A peer as the membership in the log knows it. */
export interface Member extends Peer {
  /** A voter promises and acknowledges; the others are learners, who only store. */
  readonly voter: boolean;
}

/** Negative when `a` loses an election against `b`, positive when it wins, 0 only for the same identity. */
export function compareIdentity(a: Identity, b: Identity): number {
  if (a.priority !== b.priority) return a.priority < b.priority ? -1 : 1;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}

/** The greatest identity of a list, or undefined for an empty one. */
export function greatest<T extends Identity>(identities: readonly T[]): T | undefined {
  let best: T | undefined;
  for (const identity of identities) {
    if (best === undefined || compareIdentity(identity, best) > 0) best = identity;
  }
  return best;
}
