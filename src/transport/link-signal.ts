/** What two link layers tell each other through the coordinator or through peers, as a closed schema. */

/** Greater numbers are refused, so that every number seen can be exceeded. */
export const MAX_NUMBER = 2 ** 52;

interface Numbered {
  /** The attempt, as its initiator numbers them. For `ask` and `stale`: the newest that the sender has seen. */
  readonly session: number;
  /** Tells one page of a node from the next: it grows. */
  readonly incarnation: number;
}

export type LinkSignal =
  /** The initiator's first signal of an attempt. */
  | (Numbered & { readonly type: 'offer'; readonly payload: unknown })
  /** Every later signal of it, from either side. */
  | (Numbered & { readonly type: 'more'; readonly payload: unknown })
  /** To the initiator: make an attempt. */
  | (Numbered & { readonly type: 'ask' })
  /** To the initiator: I have seen a greater session than your offer's. */
  | (Numbered & { readonly type: 'stale' });

/** A signal without what the link layer adds to every one. */
export type LinkSignalBody =
  | Omit<Extract<LinkSignal, { type: 'offer' | 'more' }>, 'incarnation'>
  | Omit<Extract<LinkSignal, { type: 'ask' | 'stale' }>, 'incarnation'>;

/** Takes data from outside; undefined when it is no signal. The payload is checked by the connection. */
export function decodeLinkSignal(input: unknown): LinkSignal | undefined {
  if (typeof input !== 'object' || input === null) return undefined;
  const { type, session, incarnation, payload } = input as Record<string, unknown>;
  if (!isNumber(session) || !isNumber(incarnation)) return undefined;
  const fields = Object.keys(input).length;
  switch (type) {
    case 'offer':
    case 'more':
      if (payload === undefined || fields !== 4) return undefined;
      return { type, session, incarnation, payload };
    case 'ask':
    case 'stale':
      return fields === 3 ? { type, session, incarnation } : undefined;
    default:
      return undefined;
  }
}

function isNumber(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_NUMBER;
}
