import { decodeFromCompressedBase64 } from 'hdr-histogram-js';
import { PushbenchError } from '../../bench/basics/errors.ts';
import { AGE_SHARES, percentileGrid } from './grids.ts';
import { rounded } from '../../bench/basics/numbers.ts';

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
  const histograms = encoded.filter((text) => text !== '').map(decode);
  const [merged, ...others] = histograms.filter(({ totalCount }) => totalCount > 0);
  if (merged === undefined) return null;
  merged.autoResize = true;
  for (const other of others) merged.add(other);
  return merged;
}

/** Latencies in ms at the percentiles of `percentileGrid`. */
export function latencyHeights(histogram: Merged): number[] {
  return percentileGrid(histogram.totalCount).map((x) =>
    rounded(histogram.getValueAtPercentile((1 - 1 / x) * 100) / 1000),
  );
}

/** The ages in ms that were not exceeded during `AGE_SHARES` of the time. */
export function ageHeights(histogram: Merged): number[] {
  return AGE_SHARES.map((share) => rounded(histogram.getValueAtPercentile(share) / 1000));
}
