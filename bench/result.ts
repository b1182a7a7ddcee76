/** One line of the benchmark's output. */
export interface BenchResult {
  readonly name: string;
  readonly params: Readonly<Record<string, string | number>>;
  /** The median. */
  readonly ours: number;
  readonly spread: { readonly min: number; readonly max: number };
  /** What is to be reached. */
  readonly limit: number;
  /** Each peer's figure by name, measured in the same run. */
  readonly peers: Readonly<Record<string, number>>;
  readonly unit: string;
  readonly ratioToLimit: number;
}

/** Median, spread and the ratio to the limit of some measurements; throws a RangeError for none. */
export function summarize(
  samples: readonly number[],
  limit: number,
): Pick<BenchResult, 'ours' | 'spread' | 'limit' | 'ratioToLimit'> {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  const upper = sorted[Math.ceil((sorted.length - 1) / 2)];
  if (middle === undefined || upper === undefined) throw new RangeError('no samples');
  const spread = { min: sorted[0] ?? middle, max: sorted[sorted.length - 1] ?? middle };
  const ours = (middle + upper) / 2;
  return { ours, spread, limit, ratioToLimit: Math.round((ours / limit) * 1000) / 1000 };
}
