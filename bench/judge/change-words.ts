// What became of figures between two runs, in words: for the terminal and the report alike. No import of Node.
import { formatFigure, quantities, signed } from '../basics/amounts.ts';
import type { MetricChange, RunComparison } from './compare-runs.ts';

/** What an outcome is called: of the second run against the first. */
export const OUTCOMES = {
  better: 'better',
  worse: 'worse',
  equivalent: 'equivalent',
  'cannot-tell': 'cannot tell',
  withheld: 'no verdict',
} as const satisfies Record<MetricChange['outcome'], string>;

export const ALIKE = 'The runs differ in nothing that is recorded of machine, settings and versions.';
/** What the yardsticks tell of the machine, in a sentence; null where they tell nothing. */
export function machineText({ machine, changes }: Pick<RunComparison, 'machine' | 'changes'>): string | null {
  if (machine === null) return null;
  const { value, low, high } = machine.ratio;
  const range = low === null || high === null ? '' : ` (95 % interval ${formatFigure(low)} to ${formatFigure(high)})`;
  const cost = `writing to a bare socket took ${formatFigure(value)} times the CPU in B${range}`;
  if (!machine.changed) return `The machine was about as fast in both: ${cost}.`;
  const metrics = [...new Set(changes.filter(({ corrected }) => corrected).map(({ metric }) => metric.label))];
  return `The machine was ${value > 1 ? 'slower' : 'faster'} in B: ${cost}. So ${metrics.join(', ')} is judged as a multiple of that in the same block; latency is not, and may differ for it. To compare two builds of a server, measure both in one run.`;
}

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
