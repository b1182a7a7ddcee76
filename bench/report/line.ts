import type { BenchResult, Params } from '../result.ts';
import { rounded, type Summary } from '../statistics.ts';

/** A result as one line for people. */
export function toLine({
  name,
  params,
  unit,
  spread,
  ratioToLimit,
  ...result
}: BenchResult): string {
  const { floor, peers } = spread;
  const parts = [`${name}${aboutParams(params)}: ${withSpread(spread.ours)} ${unit}`];
  if (floor) parts.push(`floor ${withSpread(floor)}, ratio ${ratioToLimit ?? '-'}`);
  for (const [peer, summary] of Object.entries(peers)) parts.push(`${peer} ${withSpread(summary)}`);
  if (result.toReach !== null) {
    parts.push(`to reach: ${result.toReach} (${result.reached === true ? 'reached' : 'missed'})`);
  }
  return parts.join('; ');
}

/** In brackets, or nothing where there are none. */
export function aboutParams(params: Params): string {
  const pairs = Object.entries(params).map(([key, value]) => `${key} ${value}`);
  return pairs.length === 0 ? '' : ` (${pairs.join(', ')})`;
}

/** The median, and from where to where half of all are. */
export function withSpread({ median, q1, q3 }: Summary): string {
  return `${rounded(median)} [${rounded(q1)} to ${rounded(q3)}]`;
}
