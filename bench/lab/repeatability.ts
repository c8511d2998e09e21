// Whether runs of the same plan on the same machine say the same: how far figures move between runs, against the intervals that
// each of them gives, and how often a comparison finds a difference where there is none.
import { compareRuns, type MetricChange } from '../judge/compare-runs.ts';
import { METRICS } from '../judge/metrics.ts';
import type { MetricId } from '../judge/questions.ts';
import { sameCell } from '../result/cell.ts';
import type { Cell, CellSummary, RunResult } from '../result/schema.ts';

/** What a reader takes from a run. */
const HEADLINES: readonly MetricId[] = ['p50', 'p99', 'ageMean', 'cpu', 'memory', 'bytes'];

/** One headline figure of one cell, over all runs. */
export type Repeated = {
  readonly cell: Cell;
  readonly metric: MetricId;
  readonly unit: string;
  /** In the order of the runs; of those that have it. */
  readonly medians: readonly number[];
  /** The largest as a multiple of the smallest; null where one is zero or negative. */
  readonly spread: number | null;
  /** Pairs of runs whose intervals overlap, of so many that have one. */
  readonly overlapping: number;
  readonly pairs: number;
};

/** Two of the runs compared with each other, by their places. */
export type Alarm = { readonly a: number; readonly b: number; readonly changes: readonly MetricChange[] };

export type Repeatability = {
  readonly figures: readonly Repeated[];
  /** Pairs of runs that were compared, and those of which a figure was called better or worse. */
  readonly comparisons: number;
  readonly alarms: readonly Alarm[];
  /** Trials by how they were judged, over all runs. */
  readonly trials: Readonly<Record<'valid' | 'caution' | 'invalid', number>>;
};

/**
 * Holds runs of one plan against each other. Pure.
 *
 * @param runs at least two, in the order in which they ran; cells that one of them lacks are left out
 */
export function repeatability(runs: readonly RunResult[]): Repeatability {
  const [first, ...others] = runs;
  const cells = (first?.cells ?? []).filter(({ cell }) => others.every((run) => summaryOf(run, cell)));
  const figures = cells.flatMap(({ cell }) => HEADLINES.map((metric) => repeated(runs, cell, metric)));
  const pairs = pairsOf(runs.length);
  const alarms = pairs.flatMap(([a, b]): Alarm[] => {
    const changes = compareRuns(runs[a]!, runs[b]!).changes.filter(
      ({ outcome }) => outcome === 'better' || outcome === 'worse',
    );
    return changes.length === 0 ? [] : [{ a, b, changes }];
  });
  const statuses = runs.flatMap(({ trials }) => trials.map(({ validity }) => validity.status));
  const count = (status: string) => statuses.filter((each) => each === status).length;
  const trials = { valid: count('valid'), caution: count('caution'), invalid: count('invalid') };
  return { figures, comparisons: pairs.length, alarms, trials };
}

function repeated(runs: readonly RunResult[], cell: Cell, metric: MetricId): Repeated {
  const known = runs.map((run) => summaryOf(run, cell)!.metrics[metric]).filter((summary) => summary !== undefined);
  const medians = known.map(({ median }) => median);
  const intervals = known.flatMap(({ low, high }) => (low === null || high === null ? [] : [{ low, high }]));
  const pairs = pairsOf(intervals.length);
  const overlapping = pairs.filter(
    ([a, b]) => intervals[a]!.low <= intervals[b]!.high && intervals[b]!.low <= intervals[a]!.high,
  ).length;
  return {
    cell,
    metric,
    unit: METRICS.find(({ id }) => id === metric)!.unit,
    medians,
    spread: medians.every((median) => median > 0) ? Math.max(...medians) / Math.min(...medians) : null,
    overlapping,
    pairs: pairs.length,
  };
}

function summaryOf(run: RunResult, cell: Cell): CellSummary | undefined {
  return run.cells.find((summary) => sameCell(summary.cell, cell));
}

function pairsOf(count: number): (readonly [number, number])[] {
  return Array.from({ length: count }, (_, b) => Array.from({ length: b }, (__, a) => [a, b] as const)).flat();
}
