import type { TransportLook } from '../../bench/result/schema.ts';
import { differencesText, nameOf, type History, type HistoryPoint, type Series } from './history.ts';
import { apart, shortName } from '../plot/labels.ts';
import { logAxis, type LogAxis } from '../plot/log-axis.ts';
import { classOf, markOf, signOf } from '../plot/look.ts';
import { formatNumber, formatSetting, humanise, plural, spellDuration } from '../../bench/basics/amounts.ts';
import { utc } from '../sections/header.ts';
import { loadLabel } from '../figures/load.ts';
import { html, type Markup } from '../../server/page/html.ts';

const HEIGHT = 230;
const TOP = 22;
const BOTTOM = HEIGHT - 10;
const LABEL_GAP = 17;
const MOST_TICKS = 7;

/** A share of the width: the plot is as wide as the page allows, so that lengths across are in percent. */
const across = (history: History, at: number) => `${(4 + (92 * at) / (history.runs.length - 1)).toFixed(2)}%`;

/** The chart of a history with its legend at the ends of the lines, and below it what changed between the runs. */
export function historyChart(history: History, looks: readonly TransportLook[]): Markup {
  const { runs, older, series, changes } = history;
  const axis = axisOf(series.flatMap(({ points }) => points));
  const label = loadLabel(history.load);
  const last = (transport: Series) => transport.points.at(-1)!;
  const summary = series.map((each) => `${seriesLabel(each, history, looks)} ${humanise('us', last(each).value)}`);
  return html`<figure class="chart">
    <h3>${label}</h3>
    <div class="plotted history">
      <svg class="axis" width="40" height="${HEIGHT}" aria-hidden="true">
        ${axis.ticks.map((value) => html`<text x="100%" y="${axis.place(value) + 4}">${formatNumber(value / 1000)}</text>`)}
        <text x="100%" y="11">ms</text>
      </svg>
      <svg
        class="lines"
        width="100%"
        height="${HEIGHT}"
        role="img"
        aria-label="p99 of ${runs.length} runs at ${label}; last: ${summary.join(', ')}"
      >
        ${axis.ticks.map((value) => html`<line class="grid" x1="0" x2="100%" y1="${axis.place(value)}" y2="${axis.place(value)}" />`)}
        ${changes.map(({ at }, index) => changeMark(history, at, index + 1))}
        ${series.map((each) => seriesMarks(each, history, axis, looks))}
      </svg>
      <svg class="ends" width="160" height="${HEIGHT}" aria-hidden="true">${endLabels(history, axis, looks)}</svg>
    </div>
    <p class="span">
      <span>${utc(runs[0]!.result.run.startedAt, 'minute')}</span>
      <span>${utc(runs.at(-1)!.result.run.startedAt, 'minute')}</span>
    </p>
    <figcaption>
      p99 of the delivery latency of
      ${plural(runs.length, 'run')}${older > 0 ? ` (${formatSetting(older)} older not drawn)` : null}, logarithmic, with
      the 95 % interval where there is one. A line joins two runs only where machine and settings were
      alike.${changes.length > 0 ? ' Numbers mark what changed:' : null}
    </figcaption>
    ${
      changes.length === 0
        ? null
        : html`<ol class="changes">
            ${changes.map(({ at, differences }) => html`<li>${nameOf(runs[at]!)}: ${differencesText(differences)}</li>`)}
          </ol>`
    }
  </figure>`;
}

function axisOf(points: readonly HistoryPoint[]): LogAxis {
  const values = points
    .flatMap(({ value, low, high }) => [value, low ?? value, high ?? value])
    // a logarithm has no place for zero; the clock counts microseconds
    .map((value) => Math.max(1, value));
  return logAxis({ min: Math.min(...values) / 1.3, max: Math.max(...values) * 1.3 }, BOTTOM, TOP, MOST_TICKS);
}

function changeMark(history: History, at: number, number: number): Markup {
  const x = across(history, at - 0.5);
  return html`<line class="change" x1="${x}" x2="${x}" y1="${TOP - 6}" y2="${BOTTOM}" />
    <text class="number" x="${x}" y="11">${number}</text>`;
}

function seriesMarks(series: Series, history: History, axis: LogAxis, looks: readonly TransportLook[]): Markup {
  const look = looks.find(({ id }) => id === series.transport);
  const dash = look?.dash.join(' ') ?? '';
  const x = (point: HistoryPoint) => across(history, point.at);
  const label = seriesLabel(series, history, looks);
  const line = (kind: Markup, from: HistoryPoint, fromUs: number, to: HistoryPoint, toUs: number) =>
    html`<line ${kind} x1="${x(from)}" y1="${axis.place(fromUs)}" x2="${x(to)}" y2="${axis.place(toUs)}" />`;
  return html`<g class="${classOf(looks, series.transport)}">
      ${series.joined.map(([a, b]) => line(html`stroke-dasharray="${dash}"`, a, a.value, b, b.value))}
      ${series.points.map((point) =>
        point.low === null || point.high === null
          ? null
          : line(html`class="whisker"`, point, point.low, point, point.high),
      )}
    </g>
    ${series.points.map((point) => {
      const run = history.runs[point.at]!;
      return html`<svg
        class="point ${classOf(looks, series.transport)}"
        width="1"
        height="1"
        overflow="visible"
        x="${x(point)}"
        y="${axis.place(point.value)}"
      >
        ${signOf(looks, series.transport)}
        <title>${`${nameOf(run)}: ${label} ${humanise('us', point.value)}`}</title>
      </svg>`;
    })}`;
}

/** The poll interval where a history has several. */
function seriesLabel(
  { transport, pollIntervalMs }: Series,
  { series }: History,
  looks: readonly TransportLook[],
): string {
  const label = looks.find(({ id }) => id === transport)?.label ?? transport;
  const isAlone = series.filter((other) => other.transport === transport).length === 1;
  return isAlone || pollIntervalMs === null ? label : `${label}, ${spellDuration(pollIntervalMs)}`;
}

/** Names beside the last points, moved apart where they would cover each other. */
function endLabels(history: History, axis: LogAxis, looks: readonly TransportLook[]): Markup[] {
  const ends = history.series.map((series) => ({ series, y: axis.place(series.points.at(-1)!.value) }));
  return apart(ends, LABEL_GAP, TOP - 8, HEIGHT - 6).map(
    ({ series, y, at }) =>
      html`<line class="leader" x1="0" y1="${y}" x2="8" y2="${at}" />
        <svg class="point ${classOf(looks, series.transport)}" width="1" height="1" overflow="visible" x="16" y="${at}">
          ${signOf(looks, series.transport)}
        </svg>
        <text x="26" y="${at + 4}"
          >${shortName(seriesLabel(series, history, looks))}<tspan class="spare">
            ${formatNumber(series.points.at(-1)!.value / 1000)}</tspan
          ></text
        >`,
  );
}

/** A transport's sign and name, as a column is headed. */
export function lookName(looks: readonly TransportLook[], transport: string): Markup {
  return html`${markOf(looks, transport)}${looks.find(({ id }) => id === transport)?.label ?? transport}`;
}
