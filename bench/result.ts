import { rounded, summarize, type Summary } from './statistics.ts';
import type { Target } from './target.ts';

export type Params = Readonly<Record<string, string | number>>;

/** What was measured in one run, contender by contender, interleaved: a sample for each try. */
export interface Samples {
  readonly ours: readonly number[];
  /** Doing the least that the job needs; absent where nothing says what that is. */
  readonly floor?: readonly number[];
  /** What people would use instead, by name. */
  readonly peers?: Readonly<Record<string, readonly number[]>>;
}

export interface Spreads {
  readonly ours: Summary;
  readonly floor?: Summary;
  readonly peers: Readonly<Record<string, Summary>>;
}

/** One line of the benchmark's output. */
export interface BenchResult {
  readonly name: string;
  readonly params: Params;
  readonly unit: string;
  /** The median. */
  readonly ours: number;
  /** The floor's median; null where there is none. */
  readonly floor: number | null;
  /** What ours is held against: the floor, or where there is none the bound that is to be kept; null without either. */
  readonly limit: number | null;
  /** The peers' medians. One that could not be measured is missing. */
  readonly peers: Readonly<Record<string, number>>;
  /** Ours by the limit. */
  readonly ratioToLimit: number | null;
  /** Null where nothing is asked for. */
  readonly toReach: string | null;
  readonly reached: boolean | null;
  /** Medians with their spread. */
  readonly spread: Spreads;
}

export interface Measured {
  readonly name: string;
  readonly params: Params;
  readonly unit: string;
  readonly samples: Samples;
  readonly target?: Target;
}

/** Throws a RangeError when ours or the floor has no samples. */
export function toResult({ name, params, unit, samples, target }: Measured): BenchResult {
  const spread = spreadOf(samples);
  const ours = spread.ours.median;
  const floor = spread.floor?.median ?? null;
  const limit = floor ?? target?.bound ?? null;
  const peers = Object.fromEntries(
    Object.entries(spread.peers).map(([peer, { median }]) => [peer, median]),
  );
  return {
    name,
    params,
    unit,
    ours,
    floor,
    limit,
    peers,
    ratioToLimit: limit === null || limit === 0 ? null : rounded(ours / limit),
    toReach: target?.text ?? null,
    reached: target?.isReached({ ours, floor, peers }) ?? null,
    spread,
  };
}

function spreadOf({ ours, floor, peers = {} }: Samples): Spreads {
  const measured = Object.entries(peers).filter(([, samples]) => samples.length > 0);
  return {
    ours: summarize(ours),
    ...(floor === undefined ? {} : { floor: summarize(floor) }),
    peers: Object.fromEntries(measured.map(([name, samples]) => [name, summarize(samples)])),
  };
}
