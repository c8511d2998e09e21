import type { CapacityAnswer, Vary } from '../../bench/result/capacity-schema.ts';
import type { TransportLook } from '../../bench/result/schema.ts';
import { amountText, answerLevel, intervalText, levelUnit } from '../../bench/run/capacity/answer-words.ts';
import { logAxis, type LogAxis } from '../plot/log-axis.ts';
import type { Section } from '../sections/section.ts';
import { mark } from '../../server/page/marks.ts';
import { markOf } from '../plot/look.ts';
import { panelsOf, type Panel, type PanelPoint } from './panel.ts';
import type { SearchView } from './search-view.ts';
import { kindOf, signOf, stageText, stepSign, STEP_KINDS, type StepKind } from './step-mark.ts';
import { formatLevel, formatSetting, humanise, scaleFor, withMicro, type Scale } from '../../bench/basics/amounts.ts';
import { html, type Markup } from '../../server/page/html.ts';

/** Heights in pixels from the top; the styles know the first one. */
const HEIGHT = 300;
const TOP = 44;
const BOTTOM = 252;
/** Above the axis, for steps that have no figure. */
const STRIP = 22;
/** Shares of the width: the plot is as wide as the page allows. */
const LEFT = 2;
const RIGHT = 98;
const MOST_TICKS = 7;
/** Room beyond the outermost values, as ratios. */
const X_ROOM = 1.15;
const Y_ROOM = 1.25;

type Axes = { readonly x: LogAxis; readonly y: LogAxis; readonly scale: Scale };

/** Every step of each transport, against its objectives. */
export const charts: Section<SearchView> = {
  id: 'charts',
  title: 'Charts',
  render({ result }) {
    const panels = panelsOf(result);
    if (panels.length === 0) return null;
    return html`<div class="${panels.length > 1 ? 'charts' : 'alone'}">
        ${panels.map((panel) => capacityChart(panel, result.transports, result.search.vary))}
      </div>
      <p class="quiet">
        The dashed line is the objective, the upright line the answer, the band its 95 % interval, or, with dashed
        edges, what encloses the boundary where there is no interval. Look how the marks near the band scatter: that is
        what the interval is made of.
      </p>`;
  },
};

/** The figure of a panel: every step, the objective, and the boundary that was found; beside it what lies around that. */
function capacityChart(panel: Panel, looks: readonly TransportLook[], vary: Vary): Markup {
  const { look, metric, slo, points } = panel;
  const near = nearBoundary(panel);
  const unit = axesOf(panel).scale.unit;
  return html`<figure class="chart${near === null ? '' : ' wide'}" id="${`${look.id}-${metric.id}`}">
    <h3>${markOf(looks, look.id)}${look.label}: ${metric.label} against ${levelUnit(vary)}</h3>
    <ul class="key">
      ${keyOf(points)}
    </ul>
    ${
      near === null
        ? plotOf(panel, vary)
        : html`<div class="pair">
            <div>${plotOf(panel, vary)}</div>
            <div>
              <h4>Around the boundary</h4>
              ${plotOf(near, vary)}
            </div>
          </div>`
    }
    <figcaption>
      ${metric.label}${unit === '' ? '' : `, ${unit}`} (log). Each mark is one trial in a fresh server process; hollow
      ones searched, filled ones
      confirm.${slo === null ? ' The objectives are counts, which have no line here: a mark says whether they were met.' : ''}
    </figcaption>
  </figure>`;
}

/** Steps within this ratio of the interval are shown by themselves as well. */
const NEAR = 1.6;

/** What lies around the boundary, where most of the steps would otherwise stand on top of one another; else null. */
function nearBoundary(panel: Panel): Panel | null {
  const { answer, points } = panel;
  if (answer?.estimate == null || answer.low === null || answer.high === null) return null;
  const [least, most] = [answer.low / NEAR, answer.high * NEAR];
  const near = points.filter(({ step }) => step.level >= least && step.level <= most);
  const levels = points.map(({ step }) => step.level);
  const share = Math.log(most / least) / Math.log(Math.max(...levels) / Math.min(...levels));
  return share < 1 / 2 && near.length >= points.length / 2 ? { ...panel, points: near } : null;
}

function plotOf(panel: Panel, vary: Vary): Markup {
  const { points, answer } = panel;
  const axes = axesOf(panel);
  const bare = points.some(({ value }) => value === null);
  return html`<div class="plotted search">
    <svg class="axis" width="40" height="${HEIGHT}" aria-hidden="true">
      <text x="100%" y="${TOP - 8}">${axes.scale.unit}</text>
      ${axes.y.ticks.map((value) => html`<text x="100%" y="${axes.y.place(value) + 4}">${formatSetting(value)}</text>`)}
    </svg>
    <svg width="100%" height="${HEIGHT}" role="img" aria-label="${summaryOf(panel, vary)}">
      ${axes.y.ticks.map((value) => html`<line class="grid" x1="0" x2="100%" y1="${axes.y.place(value)}" y2="${axes.y.place(value)}" />`)}
      ${bandOf(answer, axes)} ${axes.x.ticks.map((value, index) => tickOf(value, index, axes))}
      <text class="name" x="50%" y="${HEIGHT - 8}">${levelUnit(vary)} (log)</text>
      ${sloLine(panel, axes)} ${boundaryLine(answer, axes)}
      ${bare ? html`<text class="halo" x="0" y="${TOP + 8}">no figure</text>` : null}
      ${points.map((point) => pointOf(point, panel, axes, vary))}
    </svg>
  </div>`;
}

function axesOf({ metric, slo, points, answer }: Panel): Axes {
  const levels = [
    ...points.map(({ step }) => step.level),
    ...[answer?.estimate, answer?.low, answer?.high].filter((level) => typeof level === 'number'),
  ];
  const values = [...points.map(({ value }) => value), slo?.limit ?? null].filter(
    (value): value is number => value !== null && value > 0,
  );
  const known = values.length === 0 ? [1] : values;
  const scale = scaleFor(metric.unit, [Math.min(...known), slo?.limit ?? 0]);
  const shown = known.map((value) => value / scale.divisor);
  const top = points.some(({ value }) => value === null) ? TOP + STRIP : TOP;
  return {
    x: logAxis(rangeOf(levels, X_ROOM), LEFT, RIGHT, MOST_TICKS),
    y: logAxis(rangeOf(shown, Y_ROOM), BOTTOM, top, MOST_TICKS),
    scale,
  };
}

/** A little more than the values; of a single one enough to have lines on both sides. */
function rangeOf(values: readonly number[], room: number): { min: number; max: number } {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const around = least === most ? 2.1 : room;
  return { min: least / around, max: most * around };
}

const across = ({ x }: Axes, level: number) => `${x.place(level)}%`;

/** Every second one gives way where the page is narrow. */
function tickOf(level: number, index: number, axes: Axes): Markup {
  const x = across(axes, level);
  return html`<line class="grid" x1="${x}" x2="${x}" y1="${BOTTOM}" y2="${BOTTOM + 5}" />
    <text class="tick${index % 2 === 1 ? ' spare' : ''}" x="${x}" y="${BOTTOM + 19}">${formatLevel(level)}</text>`;
}

function sloLine({ slo }: Panel, { y, scale }: Axes): Markup | null {
  if (slo === null) return null;
  const at = y.place(slo.limit / scale.divisor);
  return html`<line class="slo" x1="0" x2="100%" y1="${at}" y2="${at}" />
    <text class="slo halo" x="0" y="${at - 6}">${slo.text}</text>`;
}

/** Between the ends of the interval; where there is none, of what encloses the boundary. */
function bandOf(answer: CapacityAnswer | null, axes: Axes): Markup | null {
  if (answer === null || answer.low === null || answer.high === null || answer.high <= answer.low) return null;
  if (answer.confidence === null && answer.outcome !== 'enclosed') return null;
  const [from, to] = [axes.x.place(answer.low), axes.x.place(answer.high)];
  return html`<rect
    class="band ${answer.confidence === null ? 'enclosed' : 'interval'}"
    x="${from}%"
    width="${(to - from).toFixed(2)}%"
    y="${TOP}"
    height="${BOTTOM - TOP}"
  />`;
}

/** Where the answer stands: the estimate, else the end that is known. */
function boundaryLine(answer: CapacityAnswer | null, axes: Axes): Markup | null {
  if (answer === null) return null;
  const { outcome, estimate, low, high } = answer;
  const isBelow = outcome === 'below' || (outcome === 'enclosed' && low === null);
  const level = estimate ?? (isBelow ? high : low);
  if (level === null) return null;
  const at = axes.x.place(level);
  const anchor = at < 30 ? 'start' : at > 70 ? 'end' : 'middle';
  const interval = intervalText(answer);
  return html`<line class="boundary" x1="${at}%" x2="${at}%" y1="${TOP}" y2="${BOTTOM}" />
    <text class="boundary" text-anchor="${anchor}" x="${at}%" y="14">${boundaryText(answer)}</text>
    ${interval === null ? null : html`<text text-anchor="${anchor}" x="${at}%" y="30">${interval}</text>`}`;
}

const AT_LEAST: ReadonlySet<CapacityAnswer['outcome']> = new Set([
  'generator-bound',
  'out-of-resources',
  'not-reached',
]);

function boundaryText(answer: CapacityAnswer): string {
  const { outcome, estimate, low, high } = answer;
  if (AT_LEAST.has(outcome)) return `at least ${formatLevel(estimate ?? low ?? 0)}`;
  if (outcome !== 'enclosed') return answerLevel(answer);
  if (low === null) return `fewer than ${formatLevel(high ?? 0)}`;
  return high === null ? `at least ${formatLevel(low)}` : `${formatLevel(low)} to ${formatLevel(high)}, no interval`;
}

function pointOf({ step, number, value }: PanelPoint, panel: Panel, axes: Axes, vary: Vary): Markup {
  const { metric } = panel;
  const y = value === null ? TOP + 4 : axes.y.place(value / axes.scale.divisor);
  const shown = value === null ? 'no figure' : humanise(metric.unit, value);
  return html`<svg class="point" width="1" height="1" overflow="visible" x="${across(axes, step.level)}" y="${y}">
    ${stepSign(step)}
    <title>
      ${`Step ${number}, ${stageText(step)}: ${amountText({ vary }, step.level)}, ${metric.label} ${shown}, ${STEP_KINDS[kindOf(step)]}`}
    </title>
  </svg>`;
}

/** How many steps there are of each kind, in the order of the key. */
function countsOf(points: readonly PanelPoint[]): (readonly [StepKind, number])[] {
  return (Object.keys(STEP_KINDS) as StepKind[])
    .map((kind) => [kind, points.filter(({ step }) => kindOf(step) === kind).length] as const)
    .filter(([, count]) => count > 0);
}

/** The kinds that there are, as they look where they searched. */
function keyOf(points: readonly PanelPoint[]): Markup[] {
  return countsOf(points).map(
    ([kind]) => html`<li>${mark(signOf(kind, kind !== 'disturbed'), '')}${STEP_KINDS[kind]}</li>`,
  );
}

function summaryOf({ look, metric, slo, points, answer }: Panel, vary: Vary): string {
  const objective = slo === null ? '' : ` with the objective ${slo.text}`;
  const kinds = countsOf(points).map(([kind, count]) => `${count} ${STEP_KINDS[kind]}`);
  return `${look.label}: ${metric.label} of ${points.length} steps against ${levelUnit(vary)}${objective}; ${kinds.join(', ')}. ${withMicro(answer?.sentence ?? '')} Every step is in the table below.`;
}
