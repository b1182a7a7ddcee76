/** What is told of some measurements. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  /** The quarter and three quarters of the way from least to greatest: half of all lie between. */
  readonly q1: number;
  readonly q3: number;
  readonly max: number;
  /** How many there were. */
  readonly samples: number;
}

/** Throws a RangeError for no samples. */
export function summarize(samples: readonly number[]): Summary {
  return {
    median: quantile(samples, 0.5),
    min: quantile(samples, 0),
    q1: quantile(samples, 0.25),
    q3: quantile(samples, 0.75),
    max: quantile(samples, 1),
    samples: samples.length,
  };
}

/**
 * The value below which the share `at` of the samples lies, between two of them in proportion (type 7 of Hyndman and
 * Fan, 1996). Throws a RangeError for no samples, or a share that is not from 0 to 1.
 */
export function quantile(samples: readonly number[], at: number): number {
  if (!(at >= 0 && at <= 1)) throw new RangeError(`a share from 0 to 1, not ${at}`);
  const sorted = [...samples].sort((a, b) => a - b);
  const place = at * (sorted.length - 1);
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined) throw new RangeError('no samples');
  return below + (above - below) * (place - Math.floor(place));
}

/**
 * How many times as much the last of some evenly spaced figures is as the first, by the line that fits all of them best
 * (least squares). Throws a RangeError for fewer than two.
 */
export function growth(series: readonly number[]): number {
  if (series.length < 2) throw new RangeError('growth takes two figures');
  const middle = (series.length - 1) / 2;
  const mean = series.reduce((sum, figure) => sum + figure, 0) / series.length;
  const [up, across] = series.reduce(
    ([up, across], figure, at) => [
      up + (at - middle) * (figure - mean),
      across + (at - middle) ** 2,
    ],
    [0, 0],
  );
  const slope = up / across;
  return (mean + slope * middle) / (mean - slope * middle);
}

/** Three significant digits and all before the point: what comes after is noise. */
export function rounded(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
