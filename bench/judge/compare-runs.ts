import type { Cell, Estimate, MetricInfo, PairVerdict, RunResult, Trial } from '../result/schema.ts';
import { holm } from './holm.ts';
import { rankSum } from './mann-whitney.ts';
import { machineSpeed, type MachineSpeed } from './machine-speed.ts';
import { METRICS } from './metrics.ts';
import { settles } from './projection.ts';
import { ALPHA, CLOCK_ERROR_US, MIN_BLOCKS, type MetricId } from './questions.ts';
import { runDifferences, sharedCells, type RunDifference } from './run-differences.ts';
import { estimateAt, evidenceOf, shiftInterval, shiftP, type Evidence } from './shift.ts';
import { soundTrials, standingByCell } from './standing-trials.ts';
import { medianOf } from '../basics/numbers.ts';

/** What is compared between runs. Few, since each further one raises the bar for all: what the server does, not the agents. */
const COMPARED: readonly MetricId[] = ['p50', 'p99', 'p999', 'ageMean', 'cpu', 'memory', 'bytes'];
const CLOCKED: ReadonlySet<MetricId> = new Set(['p50', 'p99', 'p999', 'ageMean']);

/** What goes with the speed of the machine. */
const CORRECTED: ReadonlySet<MetricId> = new Set(['cpu']);

/** One metric of one cell in two runs: what became of it from the first (a) to the second (b). */
export type MetricChange = {
  readonly cell: Cell;
  readonly metric: MetricInfo;
  /** Trials that count. */
  readonly trials: { readonly a: number; readonly b: number };
  readonly medians: { readonly a: number | null; readonly b: number | null };
  /** b / a; null where a figure is zero or negative: then the difference decides. */
  readonly ratio: Estimate | null;
  /** b - a in the metric's unit. */
  readonly difference: Estimate | null;
  /** Relative; see {@link equivalenceMargin}. */
  readonly margin: number;
  /** Of the hypothesis that the change is within the margin; null: not tested. */
  readonly p: number | null;
  /** Error level of p's test and of the intervals, from Holm's correction. */
  readonly level: number | null;
  /** Judged as multiples of the yardstick of each block, since the machine was not as fast in both runs. */
  readonly corrected: boolean;
  /** Of the second run against the first. */
  readonly outcome: PairVerdict['outcome'];
};

export type RunComparison = {
  readonly differences: readonly RunDifference[];
  /** The machine and the way of measuring are alike; else every verdict is withheld. */
  readonly comparable: boolean;
  /** Null where it is not known. */
  readonly machine: MachineSpeed | null;
  readonly cells: { readonly shared: number; readonly onlyA: number; readonly onlyB: number };
  /** Metrics and cells that were corrected for together. */
  readonly family: number;
  readonly changes: readonly MetricChange[];
};

/**
 * Compares two runs cell by cell. Their trials are not paired, so: Hodges-Lehmann shift of the logarithms, exact Mann-Whitney
 * interval, Holm over all metrics and cells. Trials that are invalid do not count. Where the machine was not as fast in both,
 * which their yardsticks tell, CPU is compared as a multiple of these. Pure.
 *
 * @param a the run before
 * @param b the run after
 */
export function compareRuns(a: RunResult, b: RunResult, clockErrorUs: number = CLOCK_ERROR_US): RunComparison {
  const differences = runDifferences(a, b);
  const comparable = !differences.some(({ withholds }) => withholds);
  const machine = machineSpeed(a, b);
  const { shared, onlyA, onlyB } = sharedCells(a, b);
  const [standingA, standingB] = [standingByCell(a.trials), standingByCell(b.trials)];
  const gathered = shared.flatMap((cell) => {
    const trials = [[...soundTrials(standingA, cell).values()], [...soundTrials(standingB, cell).values()]] as const;
    return COMPARED.map((id) => gather(cell, id, trials, clockErrorUs, CORRECTED.has(id) ? machine : null));
  });
  const tested = gathered.filter(({ testable }) => comparable && testable);
  const ps = tested.map(({ deciding, edge }) => shiftP(deciding!, edge));
  const steps = holm(ps, ALPHA);
  const changes = gathered.map((each): MetricChange => {
    const index = tested.indexOf(each);
    const level = steps[index]?.level ?? null;
    const { cell, metric, trials, medians, margin, corrected, logRatios, differences: units } = each;
    return {
      cell,
      metric,
      trials,
      medians,
      ratio: estimateAt(logRatios, level, Math.exp),
      difference: estimateAt(units, level, (value) => value),
      margin,
      corrected,
      p: ps[index] ?? null,
      level,
      outcome: level === null ? 'withheld' : outcomeOf(each, level),
    };
  });
  const cells = { shared: shared.length, onlyA, onlyB };
  return { differences, comparable, machine, cells, family: tested.length, changes };
}

type Gathered = Pick<MetricChange, 'cell' | 'metric' | 'trials' | 'medians' | 'corrected'> &
  Evidence & { readonly testable: boolean };

function gather(
  cell: Cell,
  id: MetricId,
  [before, after]: readonly [readonly Trial[], readonly Trial[]],
  clockErrorUs: number,
  machine: MachineSpeed | null,
): Gathered {
  const { of, ...metric } = METRICS.find((each) => each.id === id)!;
  const figures = (trials: readonly Trial[]) => trials.map((trial) => of(trial)).filter((value) => value !== null);
  const [x, y] = [figures(before), figures(after)];
  const corrected = machine?.changed === true;
  const judged = corrected
    ? [correctedFigures(before, of, machine.corrected.a), correctedFigures(after, of, machine.corrected.b)]
    : [x, y];
  return {
    cell,
    metric,
    trials: { a: x.length, b: y.length },
    medians: { a: medianOf(x), b: medianOf(y) },
    corrected,
    ...evidenceOf(judged[1]!, judged[0]!, rankSum, CLOCKED.has(id), clockErrorUs),
    testable: Math.min(...judged.map(({ length }) => length)) >= MIN_BLOCKS,
  };
}

function correctedFigures(
  trials: readonly Trial[],
  of: (trial: Trial) => number | null,
  correct: MachineSpeed['corrected']['a'],
): number[] {
  return trials.flatMap((trial) => {
    const figure = of(trial);
    return (figure === null ? null : correct(trial, figure)) ?? [];
  });
}

function outcomeOf({ deciding, edge, metric }: Gathered, level: number): MetricChange['outcome'] {
  const interval = shiftInterval(deciding!, level);
  const settled = interval === null ? null : settles(interval, edge);
  if (settled === null) return 'cannot-tell';
  if (settled === 'within') return 'equivalent';
  return (settled === 'below') === (metric.better === 'lower') ? 'better' : 'worse';
}
