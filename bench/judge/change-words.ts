// What became of figures between two runs, in words: for the terminal and the report alike. No import of Node.
import { quantities, signed } from '../basics/amounts.ts';
import type { MetricChange } from './compare-runs.ts';

/** What an outcome is called: of the second run against the first. */
export const OUTCOMES = {
  better: 'better',
  worse: 'worse',
  equivalent: 'equivalent',
  'cannot-tell': 'cannot tell',
  withheld: 'no verdict',
} as const satisfies Record<MetricChange['outcome'], string>;

export const ALIKE = 'The runs differ in nothing that is recorded of machine, settings and versions.';
export const TOO_FEW_TRIALS = 'No verdicts: each run needs 6 trials of a cell that are not invalid.';

/** `+12.3` with ` %` and its interval, `+8.10 to +16.4`; by difference where there is no ratio; null where neither is known. */
export function changeParts({ ratio, difference, metric }: Pick<MetricChange, 'ratio' | 'difference' | 'metric'>) {
  const [estimate, unit, offset] = ratio === null ? [difference, metric.unit, 0] : [ratio, 'ratio', 1];
  if (estimate === null) return null;
  const { value, low, high } = estimate;
  const ends = low === null || high === null ? [] : [low - offset, high - offset];
  const { texts, unit: name } = quantities(unit, value - offset, ...ends);
  const [middle = '', ...bounds] = texts.map(signed);
  return { middle, unit: name, interval: bounds.join(' to ') };
}

/** `3 better`, `1 worse`: how many of each outcome there are. */
export function outcomeCounts(changes: readonly Pick<MetricChange, 'outcome'>[]): string[] {
  return Object.entries(OUTCOMES).flatMap(([outcome, word]) => {
    const count = changes.filter((change) => change.outcome === outcome).length;
    return count === 0 ? [] : [`${count} ${word}`];
  });
}
