/** What tabs without Web Locks tell each other, on a channel and in localStorage, checked: other versions may speak there. */

export type LeaseMessage =
  | { readonly type: 'claim'; readonly name: string; readonly claimant: string }
  /** The answer: this claimant does not get it. */
  | { readonly type: 'held'; readonly name: string; readonly claimant: string };

export interface Lease {
  readonly holder: string;
  /** Wall clock, ms since 1970. */
  readonly until: number;
}

const MAX_CLAIMANT = 64;
/** No lease is given for longer: what ends later was written under another clock, and would hold the name for ever. */
const LONGEST_MS = 60_000;

export function parseLeaseMessage(data: unknown): LeaseMessage | null {
  if (typeof data !== 'object' || data === null || Object.keys(data).length !== 3) return null;
  const { type, name, claimant } = data as Record<string, unknown>;
  if (type !== 'claim' && type !== 'held') return null;
  if (typeof name !== 'string' || typeof claimant !== 'string') return null;
  return claimant.length <= MAX_CLAIMANT ? { type, name, claimant } : null;
}

/** Null for none, and for what is none. */
export function parseLease(text: string | null, now: number): Lease | null {
  const [, holder, digits] = /^([a-z0-9]{1,64}) (\d{1,16})$/.exec(text ?? '') ?? [];
  if (holder === undefined || digits === undefined) return null;
  const until = Number(digits);
  return until - now <= LONGEST_MS ? { holder, until } : null;
}

export function encodeLease({ holder, until }: Lease): string {
  return `${holder} ${until}`;
}
