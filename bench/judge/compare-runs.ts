import type { Cell, Estimate, MetricInfo, PairVerdict, RunResult, Trial } from '../result/schema.ts';
import { rankSum } from './mann-whitney.ts';
import { machineSpeed, type MachineSpeed } from './machine-speed.ts';
import { METRICS } from './metrics.ts';
import { minP, type Grouped } from './min-p.ts';
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
  /** Error level of p's test and of the intervals, see {@link errorLevels}. */
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
 * interval, minP over all metrics and cells. Trials that are invalid do not count. Where the machine was not as fast in both,
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
    const trials = [inBlocks(a, soundTrials(standingA, cell)), inBlocks(b, soundTrials(standingB, cell))] as const;
    return COMPARED.map((id) => gather(cell, id, trials, clockErrorUs, CORRECTED.has(id) ? machine : null));
  });
  const tested = gathered.filter(({ testable }) => comparable && testable);
  const ps = tested.map(({ deciding, edge }) => shiftP(deciding!, edge));
  const levels = errorLevels(tested, ALPHA);
  const changes = gathered.map((each): MetricChange => {
    const index = tested.indexOf(each);
    const level = levels[index] ?? null;
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
  Evidence & { readonly testable: boolean; readonly grouped: Grouped };

/**
 * The level at which each is judged: that at which it is told to differ (see {@link minP}); of all others, which may be
 * equivalent, one that holds the chance of any false interval among them at alpha.
 */
function errorLevels(tested: readonly Gathered[], alpha: number): number[] {
  const told = minP(
    tested.map(({ grouped }) => grouped),
    alpha,
  );
  const others = told.filter((level) => level === null).length;
  return told.map((level) => level ?? alpha / others);
}

/** For each block of a run the trial that counts, where there is one. */
function inBlocks({ trials }: RunResult, sound: ReadonlyMap<number, Trial>): (Trial | null)[] {
  const blocks = new Set(trials.map(({ block }) => block));
  return [...blocks].toSorted((a, b) => a - b).map((block) => sound.get(block) ?? null);
}

function gather(
  cell: Cell,
  id: MetricId,
  [before, after]: readonly [readonly (Trial | null)[], readonly (Trial | null)[]],
  clockErrorUs: number,
  machine: MachineSpeed | null,
): Gathered {
  const { of, ...metric } = METRICS.find((each) => each.id === id)!;
  const corrected = machine?.changed === true;
  const [x, y] = [before, after].map((trials) => trials.map((trial) => (trial === null ? null : of(trial))));
  const judged = !corrected
    ? [x!, y!]
    : [correctedFigures(before, x!, machine.corrected.a), correctedFigures(after, y!, machine.corrected.b)];
  const [from, to] = judged.map(known) as [number[], number[]];
  const evidence = evidenceOf(to, from, rankSum, CLOCKED.has(id), clockErrorUs);
  const scaled = (value: number | null) => (value === null || evidence.logRatios === null ? value : Math.log(value));
  return {
    cell,
    metric,
    trials: { a: known(x!).length, b: known(y!).length },
    medians: { a: medianOf(known(x!)), b: medianOf(known(y!)) },
    corrected,
    ...evidence,
    grouped: { before: judged[0]!.map(scaled), after: judged[1]!.map(scaled), edge: evidence.edge },
    testable: Math.min(from.length, to.length) >= MIN_BLOCKS,
  };
}

const known = (figures: readonly (number | null)[]) => figures.filter((figure) => figure !== null);

function correctedFigures(
  trials: readonly (Trial | null)[],
  figures: readonly (number | null)[],
  correct: MachineSpeed['corrected']['a'],
): (number | null)[] {
  return figures.map((figure, at) => (figure === null ? null : correct(trials[at]!, figure)));
}

function outcomeOf({ deciding, edge, metric }: Gathered, level: number): MetricChange['outcome'] {
  const interval = shiftInterval(deciding!, level);
  const settled = interval === null ? null : settles(interval, edge);
  if (settled === null) return 'cannot-tell';
  if (settled === 'within') return 'equivalent';
  return (settled === 'below') === (metric.better === 'lower') ? 'better' : 'worse';
}
