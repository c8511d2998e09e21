// Where the curves have their points: known on both sides, so that the page need not carry them.

const POINTS_PER_DECADE = 10;

/**
 * The x of the latency curve, 1 / (1 - p), of so many samples: evenly spaced for the eye, the percentiles that people name,
 * and the number of samples, where a single one remains.
 */
export function percentileGrid(samples: number): number[] {
  if (samples === 0) return [];
  const ends = Math.log10(samples) * POINTS_PER_DECADE;
  const xs = Array.from({ length: Math.floor(ends) + 1 }, (_, step) => 10 ** (step / POINTS_PER_DECADE));
  xs.push(2, 20, samples); // the median and 95 %, which the table names, and the end
  return [...new Set(xs)].filter((x) => x <= samples).toSorted((a, b) => a - b);
}

/** Shares of the time, in percent, at which the distribution of age is given. */
export const AGE_SHARES: readonly number[] = [
  ...Array.from({ length: 20 }, (_, step) => step * 5),
  99,
  99.5,
  99.9,
  100,
];
