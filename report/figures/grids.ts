// Where curves have their points: known on both sides, so that a page need not carry them.
import { rounded } from '../../bench/basics/numbers.ts';
import type { PageRow, Point } from '../page-data.ts';

const POINTS_PER_DECADE = 10;

/**
 * The x of the latency curve, 1 / (1 - p), so that each further nine takes the same width: evenly spaced for the eye, the
 * percentiles that people name, and the number of samples, where a single one remains: beyond it a percentile says nothing.
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

/** The latency-by-percentile curve of a row: [1 / (1 - p), ms]. */
export function latencyPoints({ samples, latency }: Pick<PageRow, 'samples' | 'latency'>): Point[] {
  const xs = percentileGrid(samples);
  return latency.map((y, index) => [rounded(xs[index]!), y]);
}

/** The distribution of age of a row: [share of the time in percent, the age in ms that was not exceeded during it]. */
export function agePoints({ age }: Pick<PageRow, 'age'>): Point[] {
  return age.map((y, index) => [AGE_SHARES[index]!, y]);
}
