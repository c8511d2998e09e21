import type { RunResult } from '../../result/schema.ts';
import type { MetricChange, RunComparison } from '../../judge/compare-runs.ts';
import { formatCount, percent, quantity } from '../../basics/amounts.ts';
import { ALIKE, changeParts, machineText, outcomeCounts, OUTCOMES, TOO_FEW_TRIALS } from '../../judge/change-words.ts';
import { cellName } from './position.ts';
import { quoteLabel, table, type Paint } from './style.ts';
import { visible } from '../../basics/shown.ts';
import { varying } from '../../result/cell.ts';

/** What changed between two runs: how the runs differ, a table of figures, and what it comes to. */
export function comparisonLines(comparison: RunComparison, a: RunResult, b: RunResult, paint: Paint): string[] {
  const { cells } = comparison;
  // of a figure that neither run has, as of the memory that a server holds which is not ours, there is nothing to show
  const changes = comparison.changes.filter(({ trials }) => trials.a + trials.b > 0);
  const varies = varying(a.plan.cells);
  const header = ['cell', 'metric', 'A', 'B', 'B against A', '', 'trials'];
  const rows = changes.map((change) => [
    cellName(change.cell, varies),
    change.metric.label,
    figure(change, change.medians.a),
    figure(change, change.medians.b),
    changeText(change),
    change.outcome === 'worse' ? 'WORSE' : OUTCOMES[change.outcome],
    `${change.trials.a}/${change.trials.b}`,
  ]);
  const [head = '', ...body] = table([header, ...rows], 2);
  const alone = [
    cells.onlyA > 0 ? `${cells.onlyA} cells only in A` : '',
    cells.onlyB > 0 ? `${cells.onlyB} cells only in B` : '',
  ].filter((text) => text !== '');
  const machine = machineText(comparison);
  return [
    `A: ${runText(a)}`,
    `B: ${runText(b)}`,
    ...differenceLines(comparison, paint),
    ...(machine === null ? [] : [machine]),
    ...(alone.length > 0 ? [`Not compared: ${alone.join(', ')}.`] : []),
    '',
    paint('dim', head),
    ...body.map((line, index) => colored(changes[index]!.outcome, line, paint)),
    '',
    conclusion(comparison),
  ];
}

function runText({ run }: RunResult): string {
  const label = run.label === '' ? '' : ` ${quoteLabel(run.label)}`;
  return `${visible(run.id)}${label} · ${visible(run.startedAt.slice(0, 16).replace('T', ' '))}Z · pushbench ${visible(run.version)}`;
}

function differenceLines({ differences }: RunComparison, paint: Paint): string[] {
  if (differences.length === 0) return [ALIKE];
  const lines = differences.map(({ what, a, b, withholds }) => {
    const line = `  ${visible(what)}: ${visible(a)} -> ${visible(b)}${withholds ? ' (withholds every verdict)' : ''}`;
    return withholds ? paint('yellow', line) : line;
  });
  return ['The runs differ in:', ...lines];
}

function figure({ metric }: MetricChange, value: number | null): string {
  return value === null ? '-' : quantity(metric.unit, value);
}

/** `+4.10 % (+3.00 to +5.20)`. */
function changeText(change: MetricChange): string {
  const parts = changeParts(change);
  if (parts === null) return '-';
  const { middle, unit, interval } = parts;
  return `${middle}${unit}${interval === '' ? '' : ` (${interval})`}`;
}

function colored(outcome: MetricChange['outcome'], line: string, paint: Paint): string {
  if (outcome === 'worse') return paint('red', line);
  return outcome === 'better' ? paint('green', line) : line;
}

/** How many of each outcome, what the intervals are, and what they cannot cover. */
function conclusion({ changes, family, comparable, differences }: RunComparison): string {
  if (!comparable) {
    const causes = differences.filter(({ withholds }) => withholds).map(({ what }) => visible(what));
    return `No verdicts: the runs were not made alike (${causes.join(', ')}).`;
  }
  if (family === 0) return TOO_FEW_TRIALS;
  const margins = new Set(changes.map(({ margin }) => margin));
  const margin =
    margins.size === 1 ? percent(changes[0]!.margin) : `${percent(Math.min(...margins))} or the clock's error`;
  return (
    `${outcomeCounts(changes).join(', ')}. Margin ${margin}; 95 % intervals, corrected for ${formatCount(family)} comparisons. ` +
    'Drift of the machine between the runs counts as a change: repeat what surprises.'
  );
}
