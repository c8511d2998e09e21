import type { MetricInfo, MetricSummary } from '../../bench/result/schema.ts';
import type { Row } from '../figures/load.ts';
import { markOf } from '../plot/look.ts';
import { groupedTable, num, text, type Row as TableRow } from '../table.ts';
import { badge } from './header.ts';
import type { ReportView, Section } from './section.ts';
import { formatIn, plural, scaleFor, type Scale } from '../../bench/basics/amounts.ts';
import { html, type Markup } from '../../server/page/html.ts';

/** The metrics of the first table; every other one, also those that this version does not know, is a cost. */
const DELIVERY = new Set('p50 p90 p99 p999 max mean ageMean ageP99 agePeak coverage missed duplicate'.split(' '));

type Figure = { readonly metric: MetricInfo; readonly scale: Scale };

/** One unit for a whole column, so that its figures compare by eye. */
function scaled({ result }: ReportView, metrics: readonly MetricInfo[]): Figure[] {
  return metrics.map((metric) => {
    const values = result.cells.flatMap((summary) => summary.metrics[metric.id]?.median ?? []);
    return { metric, scale: scaleFor(metric.unit, values) };
  });
}

/** None where it is exact in every trial: it would only repeat it. */
function interval(scale: Scale, { low, high, median }: MetricSummary): Markup | null {
  if (low === null || high === null || (low === median && high === median)) return null;
  return html`<small>${formatIn(scale, low)} – ${formatIn(scale, high)}</small>`;
}

function rowOf({ page }: ReportView, row: Row, figures: readonly Figure[]): TableRow {
  const { look, label, usable, trials } = row;
  return {
    attributes: html` data-transport="${look.id}"`,
    content: [
      html`${markOf(page.transports, look.id)}${label}
      ${usable.length === 0 ? badge('invalid') : html`<small>${usable.length} of ${plural(trials.length, 'trial')}</small>`}`,
      ...figures.map(({ metric, scale }) => {
        const summary = row.summary?.metrics[metric.id];
        if (summary === undefined) return '–';
        const { median } = summary;
        return {
          attributes: html` data-value="${median}"`,
          content: [formatIn(scale, median), interval(scale, summary)],
        };
      }),
    ],
  };
}

function table(view: ReportView, caption: string, metrics: readonly MetricInfo[]): Markup {
  const figures = scaled(view, metrics);
  const columns = figures.map(({ metric: { id, label }, scale: { unit } }) => ({
    ...num(html`<span>${label}</span>${unit === '' ? null : html` <small>${unit}</small>`}`),
    sort: id,
  }));
  const groups = view.loads.map(({ key, label, rows }) => ({
    key,
    name: view.loads.length > 1 ? label : null,
    rows: rows.map((row) => rowOf(view, row, figures)),
  }));
  return groupedTable(caption, [text('transport'), ...columns], groups, 'matrix');
}

/** Transports by metrics: medians over trials with their 95 % intervals, grouped by load. */
export const matrix: Section = {
  id: 'matrix',
  title: 'Summary',
  render(view) {
    const { metrics } = view.result;
    if (view.result.cells.every((summary) => Object.keys(summary.metrics).length === 0)) return null;
    const delivery = metrics.filter((metric) => DELIVERY.has(metric.id));
    const cost = metrics.filter((metric) => !DELIVERY.has(metric.id));
    return html`<p>
        Medians over the trials of each cell; beneath them the 95 % interval of the median where there are at least six
        trials and they differ. Lower is better, except for coverage.
      </p>
      ${table(view, 'How fast, how fresh, how complete', delivery)} ${table(view, 'What it costs', cost)}`;
  },
};
