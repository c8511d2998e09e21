import type { Cell, CellSummary, MetricSummary, Trial } from '../result/schema.ts';
import { METRICS } from './metrics.ts';
import { standingTrials } from './standing-trials.ts';
import { sameCell } from '../result/cell.ts';
import { medianOf } from '../basics/numbers.ts';

/**
 * Median with an order-statistic interval: for independent trials the interval from the k-th smallest to the k-th
 * largest value covers the true median with probability 1 - 2 P(B < k), B binomial(n, 1/2), whatever the distribution
 * (David and Nagaraja, Order Statistics, 7.1). The narrowest with at least 95 % is taken; below 6 trials there is none.
 *
 * @param values one figure a trial, at least one
 */
export function summarise(values: readonly number[]): MetricSummary {
  const sorted = values.toSorted((a, b) => a - b);
  const n = sorted.length;
  const rank = medianIntervalRank(n);
  return {
    median: medianOf(sorted)!,
    low: rank === null ? null : sorted[rank - 1]!,
    high: rank === null ? null : sorted[n - rank]!,
    trials: n,
  };
}

/** The largest k, counted from 1, for which [k-th smallest, k-th largest] covers the median at 95 %; null for none. */
export function medianIntervalRank(n: number): number | null {
  let rank: number | null = null;
  let below = 0; // P(B < k)
  let term = 0.5 ** n; // P(B = k - 1)
  for (let k = 1; k <= n / 2; k++) {
    below += term;
    if (1 - 2 * below < 0.95) break;
    rank = k;
    term *= (n - k + 1) / k;
  }
  return rank;
}

/**
 * Summaries of every cell over its standing trials (of repeated ones the last) that are not invalid; over all of them
 * where every one is.
 */
export function summariseCells(cells: readonly Cell[], trials: readonly Trial[]): CellSummary[] {
  const standing = standingTrials(trials);
  return cells.map((cell) => {
    const own = standing.filter((trial) => sameCell(trial.cell, cell));
    const valid = own.filter((trial) => trial.validity.status !== 'invalid');
    const used = valid.length > 0 ? valid : own;
    const metrics: Record<string, MetricSummary> = {};
    for (const metric of METRICS) {
      const values = used.map((trial) => metric.of(trial)).filter((value) => value !== null);
      if (values.length > 0) metrics[metric.id] = summarise(values);
    }
    return { cell, trials: own.length, valid: valid.length, metrics };
  });
}
