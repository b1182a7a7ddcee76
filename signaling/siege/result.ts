import type { Join } from './joins.ts';

/** What one attack showed. */
export interface SiegeResult {
  readonly name: string;
  readonly params: Readonly<Record<string, string | number>>;
  readonly ours: number;
  /** What `ours` must stay below. */
  readonly limit: number;
  readonly unit: string;
  readonly ok: boolean;
  /** What else was seen. */
  readonly also: Readonly<Record<string, unknown>>;
}

export interface FloodSeen {
  readonly attackers: number;
  readonly joins: readonly Join[];
  readonly limitMs: number;
  readonly isAlive: boolean;
  readonly also: SiegeResult['also'];
}

/** A join begins with its connection: a flood of connections may be what keeps an honest tab out. */
export function judgeFlood({ attackers, joins, limitMs, isAlive, also }: FloodSeen): SiegeResult {
  const totals = joins.map(({ totalMs }) => totalMs);
  const welcomes = joins.map(({ welcomeMs }) => welcomeMs);
  const ours = quantile(totals, 0.99);
  return {
    name: 'flood',
    params: { attackers, joins: joins.length },
    ...{ ours: tenths(ours), limit: limitMs, unit: 'ms' },
    ok: ours < limitMs && isAlive,
    also: {
      median: tenths(quantile(totals, 0.5)),
      longest: tenths(quantile(totals, 1)),
      fromHowdy: tenths(quantile(welcomes, 0.99)),
      ...also,
    },
  };
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The smallest sample that `share` of all do not exceed. Throws a RangeError for none. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new RangeError('no samples');
  return value;
}

/** One line for programs, one for people. */
export function print(result: SiegeResult): void {
  const { name, params, ours, limit, unit, ok } = result;
  console.log(JSON.stringify(result));
  const about = Object.entries(params).map(([key, value]) => `${value} ${key}`);
  const verdict = ok ? 'held' : 'NOT HELD';
  console.log(`${name}: ${verdict}: ${ours} ${unit} (limit ${limit} ${unit}; ${about.join(', ')})`);
}
