import type { MetricInfo, MetricSummary } from '../../bench/result/schema.ts';
import type { Load, Row } from '../figures/load.ts';
import { html, type Markup } from '../html.ts';
import { groupRow, scrollingTable } from './data-table.ts';
import { badge } from './header.ts';
import { mark } from './mark.ts';
import type { ReportView, Section } from './section.ts';
import { formatIn, plural, scaleFor, type Scale } from '../../bench/basics/amounts.ts';

/** The metrics of the first table; every other one, also those that this version does not know, is a cost. */
const DELIVERY = new Set('p50 p90 p99 p999 max mean ageMean ageP99 agePeak coverage missed duplicate'.split(' '));

type Figure = { readonly metric: MetricInfo; readonly scale: Scale };

/** One unit for a whole column, so that its figures compare by eye. */
function columns({ result }: ReportView, metrics: readonly MetricInfo[]): Figure[] {
  return metrics.map((metric) => {
    const values = result.cells.flatMap((summary) => summary.metrics[metric.id]?.median ?? []);
    return { metric, scale: scaleFor(metric.unit, values) };
  });
}

function interval(scale: Scale, { low, high, median }: MetricSummary): Markup | null {
  // Exact in every trial: an interval would only repeat it.
  if (low === null || high === null || (low === median && high === median)) return null;
  return html`<small>${formatIn(scale, low)} – ${formatIn(scale, high)}</small>`;
}

function figureCell(row: Row, { metric, scale }: Figure): Markup {
  const summary = row.summary?.metrics[metric.id];
  if (summary === undefined) return html`<td>–</td>`;
  return html`<td data-value="${summary.median}">${formatIn(scale, summary.median)}${interval(scale, summary)}</td>`;
}

function matrixRow({ page }: ReportView, row: Row, figures: readonly Figure[]): Markup {
  return html`<tr data-transport="${row.look.id}">
    <th scope="row">
      ${mark(page, row.look.id)}${row.label}
      ${row.usable.length === 0 ? badge('invalid') : html`<small>${row.usable.length} of ${plural(row.trials.length, 'trial')}</small>`}
    </th>
    ${figures.map((figure) => figureCell(row, figure))}
  </tr>`;
}

function groupOf(view: ReportView, load: Load, figures: readonly Figure[], several: boolean): Markup {
  return html`<tbody data-load="${load.key}">
    ${several ? groupRow(load.label, figures.length + 1) : null}
    ${load.rows.map((row) => matrixRow(view, row, figures))}
  </tbody>`;
}

function table(view: ReportView, caption: string, figures: readonly Figure[]): Markup {
  const heads = figures.map(
    ({ metric, scale }) =>
      html`<th scope="col" class="num" data-sort="${metric.id}">
        <span>${metric.label}</span>${scale.unit === '' ? null : html` <small>${scale.unit}</small>`}
      </th>`,
  );
  return scrollingTable(
    'matrix',
    caption,
    [html`<th scope="col">transport</th>`, ...heads],
    view.loads.map((load) => groupOf(view, load, figures, view.loads.length > 1)),
  );
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
      ${table(view, 'How fast, how fresh, how complete', columns(view, delivery))}
      ${table(view, 'What it costs', columns(view, cost))}`;
  },
};
