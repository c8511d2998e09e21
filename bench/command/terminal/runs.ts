import type { P99, PastRun } from '../../run/past-runs.ts';
import { formatBytes, formatCount, formatFigure, formatLevel, formatMicros, plural } from '../../basics/amounts.ts';
import { columnsOf, fit, hang, pack, quoteLabel, table, wrap, type Paint } from './style.ts';
import { countTexts } from './summary.ts';
import { visible } from '../../basics/shown.ts';

const MIN_WIDTH = 40;
const MAX_WIDTH = 120;

type Run = Extract<PastRun, { kind: 'run' }>;

export type RunListing = {
  readonly paint: Paint;
  /** Of the terminal, at most 120 columns are used. */
  readonly width: number;
  /** How many runs are shown. */
  readonly most: number;
  /** Path of the page of all runs as it is shown; null where there is none. */
  readonly index: string | null;
};

/** What is said where there is nothing to list, and what to do. */
export function noRunsText(root: string, hasFolder: boolean): string {
  const what = hasFolder ? `no runs in ${visible(root)} yet` : `no runs yet: there is no folder ${visible(root)}`;
  return `${what}. The first one: npm run bench -- --quick`;
}

/**
 * Past runs: a line with standing and p99 each, in columns where the width allows, below it what was run and what came of
 * it. Folders without a result stand at the end with the reason.
 */
export function runLines(pastRuns: readonly PastRun[], { paint, width, most, index }: RunListing): string[] {
  const columns = Math.max(MIN_WIDTH, Math.min(width, MAX_WIDTH));
  const runs = pastRuns.filter((run) => run.kind === 'run');
  const searches = pastRuns.filter((run) => run.kind === 'capacity');
  const others = pastRuns.filter((run) => 'problem' in run);
  const shown = runs.slice(0, most);
  const { header, heads } = headLines(shown, columns);
  const left = runs.length - shown.length;
  return [
    ...header.map((line) => paint('dim', line)),
    ...shown.flatMap((run, at) => [
      ...heads[at]!.map((line) => colouredHead(run, line, paint)),
      ...detailLines(run, columns).map((line) => paint('dim', line)),
    ]),
    ...(left > 0 ? [`… and ${plural(left, 'older run')}${index === null ? '' : ', which the page has as well'}`] : []),
    ...(shown.length > 0 && searches.length + others.length > 0 ? [''] : []),
    ...searches.flatMap(({ id, status, answers }) => [
      fit(`${visible(id)}: capacity search, ${status}`, columns),
      ...answers.flatMap((answer) => wrap(visible(answer), columns - 2).map((line) => `  ${line}`)),
    ]),
    ...others.flatMap(({ id, problem }) =>
      hang(wrap(`${visible(id)}: ${visible(problem)}`, columns - 2), '  ').map((line) => paint('yellow', line)),
    ),
    ...(index === null ? [] : ['', `Page:  ${visible(index)}, with links to the reports and how p99 went`]),
  ];
}

/** The first line or lines of each run: in a table, or by themselves where that would be too wide. */
function headLines(runs: readonly Run[], width: number): { header: string[]; heads: string[][] } {
  if (runs.length === 0) return { header: [], heads: [] };
  // in the order of the run that has the most of them
  const fullest = runs.toSorted((a, b) => b.p99Us.length - a.p99Us.length);
  const transports = [...new Set(fullest.flatMap(({ p99Us }) => p99Us.map(({ transport }) => transport)))];
  const header = ['run', 'standing', ...transports.map((name, at) => `${at === 0 ? 'p99 ms: ' : ''}${visible(name)}`)];
  const rows = runs.map((run) => [
    visible(run.id),
    run.standing,
    ...transports.map((name) => milliseconds(run.p99Us.find(({ transport }) => transport === name))),
  ]);
  const [head = '', ...lines] = table([header, ...rows], 2);
  if ([head, ...lines].every((line) => columnsOf(line) <= width))
    return { header: [head], heads: lines.map((line) => [line]) };
  return {
    header: [],
    heads: runs.map(({ id, standing, p99Us }) => [
      fit(`${visible(id)} · ${standing}`, width),
      ...pack([`p99: ${p99Text(p99Us[0])}`, ...p99Us.slice(1).map(p99Text)], ', ', width - 2).map(
        (line) => `  ${line}`,
      ),
    ]),
  };
}

/** Of several poll intervals the first. */
function milliseconds(p99: P99 | undefined): string {
  return p99 === undefined || p99.value === null ? '-' : formatFigure(p99.value / 1000);
}

function p99Text(p99: P99 | undefined): string {
  return p99 === undefined ? '-' : `${visible(p99.transport)} ${p99.value === null ? '-' : formatMicros(p99.value)}`;
}

function colouredHead({ standing }: Run, line: string, paint: Paint): string {
  if (standing === 'valid') return line;
  // the last one: a name may hold the word as well
  const at = line.lastIndexOf(standing);
  if (at < 0) return line;
  const coloured = paint(standing === 'invalid' ? 'red' : 'yellow', standing);
  return `${line.slice(0, at)}${coloured}${line.slice(at + standing.length)}`;
}

/** When, under which label, at which load, how the trials were judged, and the verdict. */
function detailLines(run: Run, width: number): string[] {
  const minute = run.startedAt.slice(0, 16);
  // an id that was made from the time says it already
  const when = run.id.startsWith(minute.replaceAll(':', '-')) ? [] : [`${visible(minute.replace('T', ' '))}Z`];
  const label = run.label === '' ? [] : [quoteLabel(run.label)];
  const parts = [...when, ...label, loadInShort(run), visible(run.verdict), countsText(run)];
  return pack(parts, ' · ', width - 2).flatMap((line) => wrap(line, width - 2).map((text) => `  ${text}`));
}

function loadInShort({ load, loads }: Run): string {
  const { clients, rateHz, payloadBytes, driver, fanOut, network } = load;
  const unusual = [driver === 'lean' ? '' : driver, fanOut === 'prepared' ? '' : fanOut, visible(network ?? '')].filter(
    (word) => word !== '',
  );
  const parts = [plural(clients, 'client'), `${formatLevel(rateHz)}/s`, formatBytes(payloadBytes), ...unusual];
  return `${parts.join(', ')}${loads > 1 ? ` (first of ${loads} loads)` : ''}`;
}

function countsText({ status, planned, trials, valid, caution, invalid }: Run): string {
  const counts = countTexts({ valid, caution, invalid }).join(', ');
  return status === 'interrupted'
    ? `interrupted after ${formatCount(trials)} of ${plural(planned, 'trial')}: ${counts}`
    : `${plural(trials, 'trial')}: ${counts}`;
}
