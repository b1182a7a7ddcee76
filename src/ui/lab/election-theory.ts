/** How many messages an election takes, as its authors count them. Nodes are counted from the least, as 1. */
import type { ElectionKind } from '../../core/entry.ts';

/** ELECT, GOT_IT and I_AM_LEADER when node `p` of `n` notices (Garcia-Molina, 1982). */
export function bullyMessages(n: number, p: number): number {
  return (n - p + 1) * (n - p) + n - 1;
}

/**
 * Of the order of so many TOKENs do Chang and Roberts (1979) take in rings in any order, on average and at worst. When all
 * start they are n(1 + 1/2 + … + 1/n), some 0.69 n log₂ n, and n(n + 1)/2.
 */
export function ringAverage(n: number): number {
  return n * Math.log2(n);
}
export function ringWorst(n: number): number {
  return n * n;
}

/** ELECTION_STARTED and ELECTION_VOTE: two over each link (Chang, 1982). */
export function wirelessMessages(links: number): number {
  return 2 * links;
}

/** The types that the formula counts. What follows, the ballot and the news of the result, it does not. */
export const COUNTED: Readonly<Record<ElectionKind, readonly string[]>> = {
  bully: ['ELECT', 'GOT_IT', 'I_AM_LEADER'],
  ring: ['TOKEN'],
  wireless: ['ELECTION_STARTED', 'ELECTION_VOTE'],
};

export interface Curve {
  readonly label: string;
  readonly of: (n: number) => number;
}

/** What measured elections are held against, over the number of nodes. */
export const CURVES: Readonly<Record<ElectionKind, readonly Curve[]>> = {
  bully: [
    { label: 'worst: the least notices', of: (n) => bullyMessages(n, 1) },
    { label: 'best: N − 1', of: (n) => bullyMessages(n, n) },
  ],
  ring: [
    { label: 'n²', of: ringWorst },
    { label: 'n log₂ n', of: ringAverage },
  ],
  wireless: [
    { label: '2E in a mesh', of: (n) => wirelessMessages((n * (n - 1)) / 2) },
    { label: '2E in a tree', of: (n) => wirelessMessages(n - 1) },
  ],
};
