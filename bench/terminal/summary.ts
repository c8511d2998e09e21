import type { CellSummary, MetricSummary, RunResult } from '../result/schema.ts';
import { formatClock, formatCount, formatFigure } from '../units.ts';
import { sameCell, standingTrials } from '../stats/standing.ts';
import { warningsOf, type Warning } from './outcome.ts';
import { cellName, varying } from './position.ts';
import { fit, quoteLabel, table, visible, wrap, type Paint } from './style.ts';
import { verdictLines } from './verdicts.ts';

/** The end of a run stays on a screen together with what one types next. */
export const MAX_SUMMARY_LINES = 20;
export const MAX_SUMMARY_COLUMNS = 100;

/** A column of the matrix: a metric of the result file, and what its stored figure is divided by to be shown. */
type Column = { id: string; header: string; divisor: number };

const COLUMNS: readonly Column[] = [
  { id: 'p50', header: 'p50 ms', divisor: 1000 },
  { id: 'p99', header: 'p99 ms', divisor: 1000 },
  { id: 'ageMean', header: 'age ms', divisor: 1000 },
  { id: 'cpu', header: 'CPU us', divisor: 1 },
  { id: 'memory', header: 'KiB/client', divisor: 1024 },
  { id: 'bytes', header: 'B/tick', divisor: 1 },
];

/** Which columns get their interval first where the width does not allow all. */
const INTERVAL_FIRST = ['p99', 'p50', 'cpu', 'ageMean', 'memory', 'bytes'];

/** Paths as they are shown, and the command that one types next. */
export type SummaryFiles = { result: string; report: string | null; next: string };

/**
 * The end of a run, for people: status, a matrix of transports by figures (medians over trials, with 95 % intervals
 * where they fit), verdicts, warnings, files, the next command.
 *
 * @param width of the terminal; at most {@link MAX_SUMMARY_COLUMNS} are used. Paths and the next command are never cut.
 * @returns at most {@link MAX_SUMMARY_LINES} lines
 */
export function summaryLines(result: RunResult, files: SummaryFiles, width: number, paint: Paint): string[] {
  const columns = Math.max(40, Math.min(width, MAX_SUMMARY_COLUMNS));
  const warnings = warningsOf(result);
  const foot = ['', ...footLines(files)];
  const head = fit(headline(result), columns);
  const hasVerdicts = result.verdicts.some(({ kind }) => kind === 'ranking');
  // a headline, the matrix's own header, and a blank line before the warnings
  const free = MAX_SUMMARY_LINES - 2 - foot.length - (warnings.length > 0 ? 1 : 0);
  const mostRows = hasVerdicts ? (warnings.length > 0 ? 4 : 6) : warnings.length > 0 ? Math.min(8, free - 4) : free;
  const matrix = matrixLines(result, columns, mostRows);

  const left = MAX_SUMMARY_LINES - 1 - matrix.length - foot.length;
  const warned = warnings.length > 0 ? ['', ...warningLines(warnings, columns, hasVerdicts ? 3 : left - 1, paint)] : [];
  return [
    paint('bold', head),
    ...matrix.map((line, index) => (index === 0 ? paint('dim', line) : line)),
    ...(hasVerdicts ? ['', ...verdictLines(result.verdicts, columns, left - warned.length - 1, paint)] : []),
    ...warned,
    ...foot,
  ];
}

function headline(result: RunResult): string {
  const { run, plan } = result;
  const standing = standingTrials(result.trials);
  const planned = plan.order.reduce((sum, block) => sum + block.length, 0);
  const counts = (['valid', 'caution', 'invalid'] as const)
    .map((status) => [standing.filter((trial) => trial.validity.status === status).length, status] as const)
    .filter(([count, status]) => count > 0 || status === 'valid')
    .map(([count, status]) => `${formatCount(count)} ${status}`);
  const trials =
    standing.length === planned ? formatCount(planned) : `${formatCount(standing.length)} of ${formatCount(planned)}`;
  const took = run.finishedAt === null ? [] : [formatClock(Date.parse(run.finishedAt) - Date.parse(run.startedAt))];
  const label = run.label === '' ? [] : [quoteLabel(run.label)];
  return [`run ${visible(run.id)}`, ...label, run.status, `${trials} trials: ${counts.join(', ')}`, ...took].join(
    ' · ',
  );
}

function footLines(files: SummaryFiles): string[] {
  const lines = [];
  if (files.report !== null) lines.push(`Report:  ${visible(files.report)}`);
  lines.push(`Result:  ${visible(files.result)}`);
  lines.push(`Next:    ${visible(files.next)}`);
  return lines;
}

/** At most `rows` lines below the header. */
function matrixLines(result: RunResult, width: number, rows: number): string[] {
  const cells = result.cells.filter((cell) => cell.trials > 0);
  if (cells.length === 0) return ['no trial was finished: there are no figures'];
  const varies = varying(cells.map((summary) => summary.cell));
  const shown = cells.length > rows ? cells.slice(0, rows - 1) : cells;
  const standing = standingTrials(result.trials);
  const missed = (summary: CellSummary) =>
    standing.filter((trial) => sameCell(trial.cell, summary.cell)).reduce((sum, trial) => sum + trial.ledger.missed, 0);

  const build = (intervals: ReadonlySet<string>) =>
    table(
      [
        ['', ...COLUMNS.map((column) => column.header), 'missed'],
        ...shown.map((summary) => [
          cellName(summary.cell, varies),
          ...COLUMNS.map((column) => figure(summary.metrics[column.id], column.divisor, intervals.has(column.id))),
          formatCount(missed(summary)),
        ]),
      ],
      1,
    );
  let lines = build(new Set());
  const intervals = new Set<string>();
  for (const id of INTERVAL_FIRST) {
    const wider = build(new Set([...intervals, id]));
    if (wider.some((line) => line.length > width)) continue;
    intervals.add(id);
    lines = wider;
  }
  if (shown.length < cells.length) lines.push(`… ${cells.length - shown.length} more cells stand in the report`);
  return lines.map((line) => fit(line, width));
}

function figure(summary: MetricSummary | undefined, divisor: number, withInterval: boolean): string {
  if (summary === undefined) return '-';
  const { median, low, high } = summary;
  const shown = formatFigure(median / divisor);
  if (!withInterval || low === null || high === null) return shown;
  return `${shown} (${formatFigure(low / divisor)}-${formatFigure(high / divisor)})`;
}

/** One to two lines a warning, `budget` in all. */
function warningLines(warnings: readonly Warning[], width: number, budget: number, paint: Paint): string[] {
  const blocks = warnings.map((warning) => {
    const trials = warning.trials === 1 ? '1 trial' : `${warning.trials} trials`;
    const where = warning.transports.map(visible).join(', ');
    const [first = '', second, ...more] = wrap(
      `${warning.severity}: ${trials} (${where}): ${visible(warning.message)}`,
      width - 2,
    );
    const lines = [fit(first, width)];
    if (second !== undefined) lines.push(fit(`  ${more.length > 0 ? `${second}…` : second}`, width));
    return lines.map((line) => paint(warning.severity === 'invalid' ? 'red' : 'yellow', line));
  });
  const lines: string[] = [];
  for (const [index, block] of blocks.entries()) {
    const isLast = index === blocks.length - 1;
    // room must stay for the line that says what is left out
    if (lines.length + block.length > budget - (isLast ? 0 : 1)) {
      lines.push(`… ${blocks.length - index} more kinds of warnings stand in the report`);
      break;
    }
    lines.push(...block);
  }
  return lines;
}
