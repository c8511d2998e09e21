import { pastRun, type FoundRun, type PastRun } from '../../bench/run/past-runs.ts';
import { CAPACITY_FILE, REPORT_FILE } from '../../bench/result/folder.ts';
import type { RunResult, TransportLook } from '../../bench/result/schema.ts';
import { reportDocument } from '../document.ts';
import { dataTable, num, text } from '../table.ts';
import { badge, utc } from '../sections/header.ts';
import { historyChart, lookName } from './chart.ts';
import { changesBetween, differencesText, historiesOf, looksOf, type ShownRun } from './history.ts';
import { stylesOf } from '../plot/look.ts';
import { formatNumber, formatSetting, plural, withMicro } from '../../bench/basics/amounts.ts';
import { loadLabel } from '../figures/load.ts';
import { html, type Content, type Markup } from '../../server/page/html.ts';

/** A run as it was found, and whether a report stands beside its result. */
export type IndexedRun = FoundRun & { readonly hasReport: boolean };

type Row = { readonly run: Extract<PastRun, { kind: 'run' }>; readonly result: RunResult; readonly hasReport: boolean };

/** Sweeps have many loads, few of which are run again: more would hide the table. */
const MOST_CHARTS = 6;

/** The page of past runs as one HTML document without script or external reference; the runs newest first. */
export function indexPage(found: readonly IndexedRun[], styles: string): string {
  const rows = found.flatMap((each): Row[] => {
    const run = pastRun(each);
    return run.kind === 'run' && each.kind === 'run' ? [{ run, result: each.outline, hasReport: each.hasReport }] : [];
  });
  const looks = looksOf(rows.map(({ result }) => result));
  const body = html`<header>
      <p class="brand">pushbench</p>
      <h1>Past runs</h1>
      <p class="quiet">${openingText(rows)}</p>
    </header>
    <main>
      ${chartsSection(rows, looks)} ${tableSection(rows, looks)} ${searchesSection(found)} ${othersSection(found)}
    </main>
    <footer>
      Written anew after every <code>run</code>, <code>capacity</code>, <code>report</code> and <code>list</code>. Runs
      that were written elsewhere with <code>--out</code> are not in it. It needs no network; the links lead to the
      folders beside it.
    </footer>`;
  return reportDocument('Past runs – pushbench', `${styles}${stylesOf(looks)}`, null, body);
}

function openingText(rows: readonly Row[]): Content {
  const [newest] = rows;
  if (newest === undefined)
    return html`There is no finished run yet. The first one: <code>npm run bench -- --quick</code>`;
  return `${plural(rows.length, 'run')}, the newest of ${utc(newest.run.startedAt, 'minute')}.`;
}

function chartsSection(rows: readonly Row[], looks: readonly TransportLook[]): Markup | null {
  if (rows.length === 0) return null;
  const histories = historiesOf(rows.map(({ run, result }): ShownRun => ({ id: run.id, result })));
  const shown = histories.slice(0, MOST_CHARTS);
  const left = histories.length - shown.length;
  return html`<section aria-labelledby="history-title">
    <h2 id="history-title">How p99 went</h2>
    ${
      shown.length === 0
        ? html`<p>A history begins with the second run at the same load.</p>`
        : html`<div class="${shown.length > 1 ? 'charts' : 'alone'}">
            ${shown.map((history) => historyChart(history, looks))}
          </div>`
    }
    ${left > 0 ? html`<p class="quiet">${plural(left, 'more load')} with two runs or more are not drawn.</p>` : null}
  </section>`;
}

function tableSection(rows: readonly Row[], looks: readonly TransportLook[]): Markup | null {
  if (rows.length === 0) return null;
  const transports = looks.filter(({ id }) => rows.some(({ run }) => run.p99Us.some((p99) => p99.transport === id)));
  const columns = [
    text('run'),
    text('load'),
    text('trials'),
    ...transports.map(({ id }) => num(html`${lookName(looks, id)}<br /><small>p99, ms</small>`)),
    text('verdict'),
    text('changed since the run before it'),
  ];
  const tableRows = rows.map((row, index) => tableRow(row, rows[index + 1], transports));
  return html`<section aria-labelledby="runs-title">
    <h2 id="runs-title">Every run</h2>
    <p>
      Figures are medians over trials; of a sweep they are those of its first load, of several poll intervals those of
      the first. The report has all of them, with their intervals.
    </p>
    ${dataTable('Past runs, newest first', columns, tableRows)}
  </section>`;
}

function tableRow(
  { run, result, hasReport }: Row,
  before: Row | undefined,
  transports: readonly TransportLook[],
): Content[] {
  const figures = transports.map(({ id }) => {
    const value = run.p99Us.find(({ transport }) => transport === id)?.value ?? null;
    return value === null ? '–' : formatNumber(value / 1000);
  });
  const loads = run.loads > 1 ? html`<br /><small>first of ${run.loads} loads</small>` : null;
  const changed = before === undefined ? '' : differencesText(changesBetween(before.result, result));
  return [
    runCell(run, hasReport),
    html`${loadLabel(run.load)}${loads}`,
    html`${badge(run.standing)} <small class="counts">${countsText(run)}</small>`,
    ...figures,
    run.verdict,
    changed,
  ];
}

/** The way to a run's report under its label, with its folder and when it was started. */
function runCell({ id, label, startedAt }: Row['run'], hasReport: boolean): Markup {
  const folder = `./${encodeURIComponent(id)}`;
  return html`<a href="${folder}/${hasReport ? 'report.html' : 'result.json'}">${label === '' ? id : label}</a>
    ${label === '' ? null : html`<small>${id}</small>`}
    <small>${utc(startedAt, 'minute')}</small>
    ${hasReport ? null : html`<small>no report yet: npm run bench -- report ${id}</small>`}`;
}

function countsText({ status, planned, trials, valid, caution, invalid }: Row['run']): string {
  const counts = [`${formatSetting(valid)} valid`];
  if (caution > 0) counts.push(`${formatSetting(caution)} with a caution`);
  if (invalid > 0) counts.push(`${formatSetting(invalid)} invalid`);
  const cut =
    status === 'interrupted' ? `interrupted after ${formatSetting(trials)} of ${plural(planned, 'trial')}: ` : '';
  return `${cut}${counts.join(', ')}`;
}

function searchesSection(found: readonly IndexedRun[]): Markup | null {
  const searches = found.flatMap((each) => (each.kind === 'capacity' ? [each] : []));
  if (searches.length === 0) return null;
  return html`<section aria-labelledby="searches-title">
    <h2 id="searches-title">Capacity searches</h2>
    <ul class="others">
      ${searches.map(
        ({ id, startedAt, status, answers, hasReport }) =>
          html`<li>
            <a href="./${encodeURIComponent(id)}/${hasReport ? REPORT_FILE : CAPACITY_FILE}"><strong>${id}</strong></a>
            <small>${utc(startedAt, 'minute')}${status === 'interrupted' ? ', interrupted' : ''}</small>
            ${hasReport ? null : html`<small>no report yet: npm run bench -- report ${id}</small>`}
            ${answers.map((answer) => html`<br />${withMicro(answer)}`)}
          </li>`,
      )}
    </ul>
  </section>`;
}

function othersSection(found: readonly IndexedRun[]): Markup | null {
  const others = found.flatMap((each) => (each.kind === 'journal' || each.kind === 'broken' ? [each] : []));
  if (others.length === 0) return null;
  return html`<section aria-labelledby="others-title">
    <h2 id="others-title">Folders without a result</h2>
    <ul class="others">
      ${others.map(({ id, problem }) => html`<li><strong>${id}</strong>: ${problem}</li>`)}
    </ul>
  </section>`;
}
