// What the signed-rank and the rank-sum test have in common: both count pairwise values on either side of a shift, and
// both are turned into an interval by reading the same ordered values from their ends.

import { medianOf } from '../basics/numbers.ts';
import type { Estimate } from '../result/schema.ts';
import { equivalenceMargin } from './questions.ts';

/** Pairwise values in ascending order, and the null distribution of how many of them lie on one side of the true shift. */
export type ShiftEvidence = {
  readonly ordered: Float64Array;
  /** `cdf[w]` = P(at most w of them lie on one side); symmetric, one entry more than there are values. */
  readonly cdf: Float64Array;
};

export type ShiftInterval = { readonly low: number; readonly high: number };

/**
 * The Hodges-Lehmann estimate: the median of the pairwise values (Hodges and Lehmann 1963).
 *
 * @param evidence of at least one value
 */
export function shiftEstimate({ ordered }: ShiftEvidence): number {
  const middle = ordered.length >> 1;
  return ordered.length % 2 === 1 ? ordered[middle]! : (ordered[middle - 1]! + ordered[middle]!) / 2;
}

/**
 * The exact interval for the shift: from the k-th smallest to the k-th largest pairwise value, k as large as the error
 * level allows (Hollander, Wolfe, Chicken 2014, 3.3 and 4.3). Closed, so that it keeps its coverage when values are tied or
 * zero (Noether 1967): a tie is a value that may lie on either side.
 *
 * @param level probability that the interval misses the true shift, both sides together: 0.05 for 95 %
 * @returns null where the sample is too small for any interval at that level
 */
export function shiftInterval({ ordered, cdf }: ShiftEvidence, level: number): ShiftInterval | null {
  let k = 0;
  while (k < ordered.length && 2 * cdf[k]! <= level) k++;
  return k === 0 ? null : { low: ordered[k - 1]!, high: ordered[ordered.length - k]! };
}

/**
 * Two-sided exact p of the hypothesis that the shift lies within ± margin; without a margin, that there is none.
 * Ties and zeros are counted against a difference: a value on the edge lies on both sides. The test so defined is the
 * interval read backwards: p <= level if and only if {@link shiftInterval} at that level lies wholly beyond the margin.
 */
export function shiftP({ ordered, cdf }: ShiftEvidence, margin = 0): number {
  let upToMargin = 0;
  let fromMinusMargin = 0;
  for (const value of ordered) {
    if (value <= margin) upToMargin++;
    if (value >= -margin) fromMinusMargin++;
  }
  return Math.min(1, 2 * cdf[Math.min(upToMargin, fromMinusMargin)]!);
}

/**
 * Estimate and interval as a result carries them.
 *
 * @param level as for {@link shiftInterval}; null: no interval is wanted
 * @param scaled back from the scale of the evidence; must be increasing
 */
export function estimateAt(
  evidence: ShiftEvidence | null,
  level: number | null,
  scaled: (value: number) => number,
): Estimate | null {
  if (evidence === null) return null;
  const interval = level === null ? null : shiftInterval(evidence, level);
  return {
    value: scaled(shiftEstimate(evidence)),
    low: interval === null ? null : scaled(interval.low),
    high: interval === null ? null : scaled(interval.high),
  };
}

/** What decides between two groups of figures, before the error level is known. */
export type Evidence = {
  /** Null where there are no figures, or one is zero or negative, as a growth of memory can be: then differences decide. */
  readonly logRatios: ShiftEvidence | null;
  readonly differences: ShiftEvidence | null;
  readonly deciding: ShiftEvidence | null;
  /** Relative; see {@link equivalenceMargin}. */
  readonly margin: number;
  /** The same in the unit of the figures. */
  readonly marginUnits: number;
  /** The margin on the scale that decides. */
  readonly edge: number;
};

/**
 * Gathers what decides between figures.
 *
 * @param shiftOf how far a is from b, as their test sees it
 * @param clocked whether the clock's error limits what can be told apart
 */
export function evidenceOf(
  a: readonly number[],
  b: readonly number[],
  shiftOf: (a: readonly number[], b: readonly number[]) => ShiftEvidence,
  clocked: boolean,
  clockErrorUs: number,
): Evidence {
  const levels = [Math.abs(medianOf(a) ?? 0), Math.abs(medianOf(b) ?? 0)] as const;
  const margin = equivalenceMargin(clocked, Math.min(...levels), clockErrorUs);
  const marginUnits = (margin * (levels[0] + levels[1])) / 2;
  const hasSome = a.length > 0 && b.length > 0;
  const hasRatio = hasSome && [...a, ...b].every((value) => value > 0);
  const differences = hasSome ? shiftOf(a, b) : null;
  const logRatios = hasRatio ? shiftOf(a.map(Math.log), b.map(Math.log)) : null;
  const edge = hasRatio ? Math.log1p(margin) : marginUnits;
  return { logRatios, differences, deciding: logRatios ?? differences, margin, marginUnits, edge };
}
