import { decodeFromCompressedBase64 } from 'hdr-histogram-js';
import { PushbenchError } from '../../bench/errors.ts';
import type { Point } from '../page-data.ts';

/** What the report reads off a merged histogram. */
export type Merged = {
  readonly totalCount: number;
  getValueAtPercentile(percentile: number): number;
};

function decode(text: string) {
  try {
    return decodeFromCompressedBase64(text, 64); // 64-bit counts: client-milliseconds of a large run exceed 2^31
  } catch (cause) {
    throw new PushbenchError(
      'usage',
      'HISTOGRAM_DAMAGED',
      'A histogram in this result cannot be decoded: the file is damaged or was edited. Run again, or restore the file.',
      { cause },
    );
  }
}

/**
 * Decodes HdrHistograms (compressed V2, base64) and adds them up: trials of one cell, whose histograms are configured
 * alike, so that nothing is lost. Empty ones are skipped; `null` when nothing remains.
 * Throws a `PushbenchError` (`HISTOGRAM_DAMAGED`) for what is not a histogram.
 */
export function mergeHistograms(encoded: readonly string[]): Merged | null {
  let merged: ReturnType<typeof decodeFromCompressedBase64> | null = null;
  for (const text of encoded) {
    if (text === '') continue;
    const histogram = decode(text);
    if (histogram.totalCount === 0) continue;
    if (merged === null) {
      merged = histogram;
      merged.autoResize = true;
    } else merged.add(histogram);
  }
  return merged;
}

const POINTS_PER_DECADE = 10;

/** Four significant digits, unless more are asked for: finer than the histogram's own three, and short in the page. */
export function rounded(value: number, digits = 4): number {
  return Number(value.toPrecision(digits));
}

/**
 * The latency-by-percentile curve: x = 1 / (1 - p), so that each further nine takes the same width, y in ms.
 * Ends at x = number of samples, where a single one remains: beyond it a percentile says nothing.
 */
export function percentilePoints(histogram: Merged): Point[] {
  const samples = histogram.totalCount;
  const ends = Math.log10(samples) * POINTS_PER_DECADE;
  const xs = Array.from({ length: Math.floor(ends) + 1 }, (_, step) => 10 ** (step / POINTS_PER_DECADE));
  xs.push(2, 20, samples); // the median and 95 %, which the table names, and the end
  return [...new Set(xs)]
    .filter((x) => x <= samples)
    .toSorted((a, b) => a - b)
    .map((x) => [rounded(x), rounded(histogram.getValueAtPercentile((1 - 1 / x) * 100) / 1000)]);
}

const SHARES = [...Array.from({ length: 20 }, (_, step) => step * 5), 99, 99.5, 99.9, 100];

/** The distribution of age: [share of the time in percent, the age in ms that was not exceeded during it]. */
export function agePoints(histogram: Merged): Point[] {
  return SHARES.map((share) => [share, rounded(histogram.getValueAtPercentile(share) / 1000)]);
}
