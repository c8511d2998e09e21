import { PARTS } from '../figures/parts.ts';
import { SWEEP_LABELS } from '../page-data.ts';
import { chartFigure, type ChartFigure } from './chart-figure.ts';
import { ageTable, connectionsTable, latencyTable, metricTable, microTable, timelineTable } from './chart-tables.ts';
import { markOf } from '../plot/look.ts';
import type { ReportView, Section } from './section.ts';
import { warmUpText } from '../../bench/trial/warm-up.ts';
import { formatSetting, spellDuration } from '../../bench/basics/amounts.ts';
import { html, type Markup } from '../../server/page/html.ts';

const BYTES = ['payload, B', 'framing, B', 'headers, B', 'requests, B'];

function singleLoad({ page, result }: ReportView): ChartFigure[] {
  const { warmupMs } = result.plan.settings;
  return [
    {
      id: 'latency',
      title: 'Delivery latency by percentile',
      wide: true,
      caption:
        'From the moment a tick was due until a client had decoded it. Each further nine takes the same width: look how far a curve stays flat before its tail rises. Lines turn grey where fewer than ten deliveries remain and end at the slowest one. All trials of a cell together; the log axis begins at the clock’s resolution, 1 µs.',
      table: latencyTable(page),
    },
    {
      id: 'age',
      title: 'Age of information',
      caption:
        'How old the newest tick is that a client holds: at most so old during this share of the time. Lower is fresher. Push cannot be fresher than the time between ticks allows; polling adds its interval to that. On linear axes a steady sawtooth is a straight line.',
      table: ageTable(page),
    },
    {
      id: 'timeline',
      title: 'Latency over time',
      caption: `p99 (strong) and p50 (thin) of each second, median over trials. A line that climbs through the measured window means no steady state. What is shaded before the window (${warmUpText(warmupMs, spellDuration)}) is warm-up and does not count; what is shaded after it is the drain.`,
      table: timelineTable(page),
    },
    {
      id: 'cpu',
      title: 'Server CPU per delivered tick',
      caption:
        'User and system time of all server processes. Bars are medians over trials, whiskers their 95 % intervals. Overlapping whiskers are no verdict: trials are paired by block.',
      key: PARTS.cpu,
      table: metricTable(page, 'cpu', 'Server CPU per delivered tick', ['user, µs', 'system, µs'], 'cpuParts'),
    },
    {
      id: 'memory',
      title: 'Server memory held per client',
      caption:
        'Heap and external memory that survives a full collection at the end of the measured window, less what the server held before its first client. The growth of resident memory stands in the matrix; what the kernel holds for sockets is in neither.',
      table: metricTable(page, 'memory', 'Server memory held per client'),
    },
    {
      id: 'bytes',
      title: 'Bytes per delivered tick',
      caption:
        'At the server’s sockets, both directions. The payload is the same for all; see what each transport puts around it. TCP and IP headers are not in it.',
      key: PARTS.bytes,
      table: metricTable(page, 'bytes', 'Bytes per delivered tick', BYTES, 'bytesParts'),
    },
    {
      id: 'connections',
      title: 'Connections over time',
      caption:
        'Open connections since the ramp began, median over trials, against the target (the pale band). A line below the target is a server that accepts more slowly than clients arrive; a line that falls lost clients.',
      table: connectionsTable(page),
    },
  ];
}

function sweeps({ page }: ReportView): ChartFigure[] {
  return [
    {
      id: 'sweep-p99',
      title: 'p99 latency against the load',
      wide: true,
      caption:
        'Medians over trials with 95 % intervals; every trial is a faint dot. Look for the load at which a line bends upwards: from there on the server, or the load generator, falls behind. Lines between measured loads are only a guide for the eye.',
      table: metricTable(page, 'p99', 'p99 delivery latency'),
    },
    {
      id: 'sweep-cpu',
      title: 'Server CPU against the load',
      caption:
        'Cores kept busy by all server processes. One process flattens near one core; what is left is the reserve.',
      table: metricTable(page, 'cpuCores', 'Server CPU, cores'),
    },
    {
      id: 'sweep-memory',
      title: 'Server memory held per client against the load',
      caption: 'A flat line scales linearly. A falling one spreads a fixed cost over more clients.',
      table: metricTable(page, 'memory', 'Server memory held per client'),
    },
  ];
}

/** Beside the whole system: one message, one step, nothing else going on. */
function isolated({ page, result: { micro } }: ReportView): ChartFigure[] {
  if (micro === undefined || page.micro.length === 0) return [];
  return [
    {
      id: 'micro',
      title: 'Cost of one message in isolation',
      wide: true,
      caption: `What one message of ${formatSetting(micro.payloadBytes)} B costs in each step when nothing else runs: look which step a transport spends most on, and how much of the figures above it explains. Bars are means with their 95 % intervals. What a server spends on a delivery beyond these is the system: sockets, kernel, scheduling. Measured by the micro-benchmark on this machine, ${micro.measuredAt.slice(0, 10)}.`,
      key: [
        ['pushbench', 'solid'],
        ['a library that people use', 'hatch'],
      ],
      table: microTable(page),
    },
  ];
}

function toolbar({ page }: ReportView): Markup {
  return html`<div class="toolbar" id="toolbar" hidden>
    <div class="legend" role="group" aria-label="Transports shown in the charts">
      ${page.transports.map(
        ({ id, label }) =>
          html`<button type="button" data-transport="${id}" aria-pressed="true">
            ${markOf(page.transports, id)}${label}
          </button>`,
      )}
    </div>
    <div class="switch" role="group" aria-labelledby="scale-label">
      <span id="scale-label">Times</span>
      <button type="button" data-scale="log" aria-pressed="true">log</button
      ><button type="button" data-scale="linear" aria-pressed="false">linear</button>
    </div>
    ${choice('load', 'Load', new Map(page.loads.map(({ key, label }) => [key, label])))}
    ${choice('across', 'Against', new Map(page.swept.map((variable) => [variable, SWEEP_LABELS[variable]])))}
  </div>`;
}

/** A list to choose one from, by their values; none where there is only one. */
function choice(id: string, name: string, labels: ReadonlyMap<string, string>): Markup | null {
  if (labels.size < 2) return null;
  return html`<label
    >${name}
    <select id="${id}">
      ${[...labels].map(([value, label]) => html`<option value="${value}">${label}</option>`)}
    </select></label
  >`;
}

function notDrawn({ loads, page }: ReportView): Markup | null {
  const bare = loads.flatMap((load) =>
    load.rows
      .filter((row) => row.usable.length === 0)
      .map((row) => (page.loads.length > 1 ? `${row.label} at ${load.label}` : row.label)),
  );
  return bare.length === 0
    ? null
    : html`<p class="notice">Not drawn, since no trial of it is valid: ${bare.join('; ')}.</p>`;
}

/** The figures as pictures. The scripts draw them; every one carries its data as a table. */
export const charts: Section = {
  id: 'charts',
  title: 'Charts',
  render(view) {
    if (view.standing.nothing !== null) return html`<p class="notice">No chart: ${view.standing.nothing}</p>`;
    const figures = [...(view.page.swept.length > 0 ? sweeps(view) : []), ...singleLoad(view), ...isolated(view)];
    return html`<p class="scriptless">The charts need JavaScript; the data of each is in the table below its place.</p>
      ${notDrawn(view)} ${toolbar(view)}
      <div class="charts">${figures.map(chartFigure)}</div>
      ${
        view.page.micro.length > 0
          ? null
          : html`<p class="quiet">
              What one message costs in isolation is not among these figures: <code>npm run bench:micro</code> adds it
              to later runs on the same machine.
            </p>`
      }`;
  },
};
