import type { CellSummary, MetricSummary, RunResult } from '../../result/schema.ts';
import { formatClock, formatCount, formatFigure, plural } from '../../basics/amounts.ts';
import { standingTrials } from '../../judge/standing-trials.ts';
import { judgement } from '../../judge/judgement.ts';
import { warningsOf, type Warning } from './run-outcome.ts';
import { cellName } from './position.ts';
import { stepLines } from './steps.ts';
import { columnsOf, fit, hang, pack, table, wrap, type Paint } from './style.ts';
import { visible } from '../../basics/shown.ts';
import { verdictLines } from './verdicts.ts';
import { sameCell, varying } from '../../result/cell.ts';
import { originOf } from '../../result/entrant.ts';
import { transportOf } from '../../../server/transports/traits.ts';

/** The end of a run stays on a screen together with what one types next. */
export const MAX_SUMMARY_LINES = 20;
export const MAX_SUMMARY_COLUMNS = 100;

/** A column of the matrix: a metric of the result file, and what its stored figure is divided by to be shown. */
type Column = { id: string; header: string; divisor: number };

const COLUMNS: readonly Column[] = [
  { id: 'p50', header: 'p50 ms', divisor: 1000 },
  { id: 'p99', header: 'p99 ms', divisor: 1000 },
  { id: 'ageMean', header: 'age ms', divisor: 1000 },
  { id: 'cpu', header: 'CPU us/tick', divisor: 1 },
  { id: 'memory', header: 'KiB/client', divisor: 1024 },
  { id: 'bytes', header: 'B/tick', divisor: 1 },
];

const MISSED = 'missed';

/** Which columns get their interval first where the width does not allow all. */
const INTERVAL_FIRST = ['p99', 'p50', 'cpu', 'ageMean', 'memory', 'bytes'];

/** Which columns are left out first where the width does not even allow them without intervals. */
const LEFT_OUT_FIRST = ['memory', 'bytes', 'ageMean', 'cpu', 'p50', MISSED];

/** Paths as they are shown, and the command that one types next. */
export type SummaryFiles = { result: string; report: string | null; next: string };

/**
 * The end of a run, for people: status, a matrix of transports by figures (medians over trials, with 95 % intervals
 * where they fit), the steps of a tick where servers are published to, verdicts, warnings, files, the next command.
 *
 * @param width of the terminal; at most {@link MAX_SUMMARY_COLUMNS} are used. Paths and the next command are never cut.
 * @returns at most {@link MAX_SUMMARY_LINES} lines; more where servers are compared, each of which has its line
 */
export function summaryLines(result: RunResult, files: SummaryFiles, width: number, paint: Paint): string[] {
  const columns = Math.max(40, Math.min(width, MAX_SUMMARY_COLUMNS));
  const warnings = warningsOf(result);
  const report = files.report === null ? [] : [`Report:  ${visible(files.report)}`];
  const foot = ['', ...report, `Result:  ${visible(files.result)}`, `Next:    ${visible(files.next)}`];
  const head = headLines(result, columns);
  const hasBaseline = result.verdicts.some(({ kind }) => kind === 'against');
  const hasVerdicts = result.verdicts.some(({ kind }) => kind === 'ranking' || kind === 'against');
  // the matrix's own header, and a blank line before the warnings
  const steps = stepLines(result, varying(result.cells.map(({ cell }) => cell)), columns);
  const free = MAX_SUMMARY_LINES - head.length - 1 - steps.length - foot.length - (warnings.length > 0 ? 1 : 0);
  const mostRows = hasVerdicts ? (warnings.length > 0 ? 4 : 6) : warnings.length > 0 ? Math.min(8, free - 4) : free;
  const origins = new Set(result.cells.map(({ cell }) => originOf(cell.transport))).size;
  const matrix = matrixLines(result, columns, origins > 1 ? Infinity : mostRows);

  // more rows are no fewer verdicts: of many entrants these have more to say, too
  const extra = Math.max(0, matrix.length - 1 - mostRows);
  const spare = hasBaseline ? AMOUNTS_LINES : 0;
  const left = MAX_SUMMARY_LINES + 2 * extra + spare - head.length - matrix.length - steps.length - foot.length;
  const kept = Math.min(warnings.length, MIN_WARNINGS_LINES);
  const judged = hasVerdicts ? ['', ...verdictLines(result.verdicts, columns, left - kept - 1, paint)] : [];
  const gap = hasVerdicts ? [] : [''];
  const room = left - judged.length - gap.length;
  const warned = warnings.length > 0 ? [...gap, ...warningLines(warnings, columns, room, paint)] : [];
  return [
    ...head.map((line) => paint('bold', line)),
    ...matrix.map((line, index) => (index === 0 ? paint('dim', line) : line)),
    ...steps,
    ...judged,
    ...warned,
    ...foot,
  ];
}

/** More lines where all are held against a baseline: by how much each differs is what was asked, and stands in no matrix. */
const AMOUNTS_LINES = 8;

/** How many lines verdicts leave to warnings, where there are any. */
const MIN_WARNINGS_LINES = 2;

/** Which run, how it ended, how its trials are judged, how long it took. A label is cut to what one line leaves. */
function headLines(result: RunResult, width: number): string[] {
  const { run } = result;
  const { planned, trials: ran, valid, cautions, invalid, repeated } = judgement(result);
  const counts = countTexts({ valid, caution: cautions, invalid });
  if (repeated > 0) counts.push(`${plural(repeated, 'invalid attempt')} repeated`);
  const trials = ran === planned ? formatCount(planned) : `${formatCount(ran)} of ${formatCount(planned)}`;
  const took = run.finishedAt === null ? [] : [formatClock(Date.parse(run.finishedAt) - Date.parse(run.startedAt))];
  const [id, judged] = [`run ${visible(run.id)}`, [`${trials} trials: ${counts.join(', ')}`, ...took]];
  const labelled = (most: number) =>
    run.label === '' || most < MIN_LABEL ? [id, run.status] : [id, `"${fit(visible(run.label), most)}"`, run.status];
  const left = (parts: readonly string[]) => width - columnsOf(parts.join(' · ')) - ' · ""'.length;
  const inOne = [id, run.status, ...judged];
  if (run.label === '' || left(inOne) >= Math.min(MAX_LABEL, columnsOf(visible(run.label)))) {
    const line = [...labelled(left(inOne)), ...judged].join(' · ');
    if (columnsOf(line) <= width) return [line];
  }
  return [labelled(left([id, run.status])), judged].flatMap((parts) =>
    pack(parts, ' · ', width).map((line) => fit(line, width)),
  );
}

/** `30 valid`, `2 invalid`: those that there are, and the valid ones. */
export function countTexts(counts: Readonly<Record<'valid' | 'caution' | 'invalid', number>>): string[] {
  return Object.entries(counts)
    .filter(([word, count]) => count > 0 || word === 'valid')
    .map(([word, count]) => `${formatCount(count)} ${word}`);
}

/** A label that is cut to less says nothing. */
const MIN_LABEL = 8;
/** So much of it is worth a second line. */
const MAX_LABEL = 36;

/** At most `rows` lines below the header. */
function matrixLines(result: RunResult, width: number, rows: number): string[] {
  const cells = result.cells.filter((cell) => cell.trials > 0);
  if (cells.length === 0) return ['no trial was finished: there are no figures'];
  const varies = varying(cells.map((summary) => summary.cell));
  const shown = cells.length > rows ? cells.slice(0, rows - 1) : cells;
  const grouped = groupsOf(shown);
  const standing = standingTrials(result.trials);
  const missed = (summary: CellSummary) =>
    standing.filter((trial) => sameCell(trial.cell, summary.cell)).reduce((sum, trial) => sum + trial.ledger.missed, 0);

  const build = (intervals: ReadonlySet<string>, leftOut: ReadonlySet<string>) => {
    const columns = COLUMNS.filter(({ id }) => !leftOut.has(id));
    const withMissed = (text: string) => (leftOut.has(MISSED) ? [] : [text]);
    const header = ['medians', ...columns.map((column) => column.header), ...withMissed(MISSED)];
    const row = (summary: CellSummary, name: string) => [
      name,
      ...columns.map(({ id, divisor }) => figure(summary.metrics[id], divisor, intervals.has(id))),
      ...withMissed(formatCount(missed(summary))),
    ];
    const rows = grouped.flatMap(({ name, members }) => {
      if (name === null) return members.map((summary) => row(summary, cellName(summary.cell, varies)));
      const origin = ({ cell }: CellSummary) => cellName({ ...cell, transport: originOf(cell.transport) }, varies);
      return [[visible(name)], ...members.map((summary) => row(summary, `  ${origin(summary)}`))];
    });
    return table([header, ...rows], 1);
  };
  const isTooWide = (lines: readonly string[]) => lines.some((line) => columnsOf(line) > width);
  // whole columns go rather than the ends of lines: half a figure is a wrong one
  const leftOut = new Set<string>();
  let lines = build(new Set(), leftOut);
  for (const id of LEFT_OUT_FIRST) {
    if (!isTooWide(lines)) break;
    leftOut.add(id);
    lines = build(new Set(), leftOut);
  }
  const intervals = new Set<string>();
  for (const id of INTERVAL_FIRST) {
    if (leftOut.size > 0) break;
    const wider = build(new Set([...intervals, id]), leftOut);
    if (isTooWide(wider)) continue;
    intervals.add(id);
    lines = wider;
  }
  if (shown.length < cells.length) lines.push(`… ${cells.length - shown.length} more cells stand in the report`);
  return lines.map((line) => fit(line, width));
}

/** Rows of a matrix that stand together, under a name of their own. */
type Group = { readonly name: string | null; readonly members: readonly CellSummary[] };

/** Where several servers, or ways to them, are compared, by transport: there they differ in these alone. Else one group without a name. */
function groupsOf(cells: readonly CellSummary[]): Group[] {
  const way = ({ cell: { transport } }: CellSummary) => transportOf(transport) ?? transport;
  if (new Set(cells.map(({ cell }) => originOf(cell.transport))).size < 2) return [{ name: null, members: cells }];
  return [...Map.groupBy(cells, way)].map(([name, members]) => ({ name: members.length > 1 ? name : null, members }));
}

function figure(summary: MetricSummary | undefined, divisor: number, withInterval: boolean): string {
  if (summary === undefined) return '-';
  const { median, low, high } = summary;
  const shown = formatFigure(median / divisor);
  if (!withInterval || low === null || high === null) return shown;
  return `${shown} (${formatFigure(low / divisor)}-${formatFigure(high / divisor)})`;
}

/** Of more entrants a warning says how many they are. */
const MAX_NAMED = 6;

/** Most lines that one warning may take where others wait. */
const MAX_WARNING_LINES = 3;

/** The warnings in at most `budget` lines in all: in full as far as that goes, then their codes. */
function warningLines(warnings: readonly Warning[], width: number, budget: number, paint: Paint): string[] {
  const lines: string[] = [];
  for (const [index, warning] of warnings.entries()) {
    const isLast = index === warnings.length - 1;
    const free = budget - lines.length - (isLast ? 0 : 1);
    if (free < 1) {
      const rest = warnings.slice(index);
      lines.push(fit(`and ${plural(rest.length, 'kind')} more: ${rest.map(countText).join(', ')}`, width));
      break;
    }
    const { transports } = warning;
    const where = transports.length > MAX_NAMED ? `${transports.length} entrants` : transports.map(visible).join(', ');
    const text = `${warning.severity}: ${countText(warning)} (${where}): ${visible(warning.message)}`;
    const all = hang(wrap(text, width - 3), '  ');
    const most = isLast ? free : Math.min(free, MAX_WARNING_LINES);
    const block = all.length <= most ? all : all.slice(0, most).with(most - 1, `${all[most - 1]} …`);
    lines.push(...block.map((line) => paint(warning.severity === 'invalid' ? 'red' : 'yellow', fit(line, width))));
  }
  return lines;
}

/** `TICKS_MISSED in 3 trials`. */
function countText({ code, trials }: Warning): string {
  return `${visible(code)} in ${plural(trials, 'trial')}`;
}
