import { formatCount, formatNumber } from '../../../bench/basics/amounts.ts';
import { agePoints, latencyPoints } from '../../figures/grids.ts';
import type { Connections } from '../../page-data.ts';
import { axisTitle, linearAxis, milliseconds, NARROW, ticksAt, timeAxis } from './axes.ts';
import { withAlpha } from './fills.ts';
import { line, lineDrawing } from './lines.ts';
import { HEADLINE_HEIGHT, phases } from './plugins.ts';
import { CLOCK_MS, currentLoad, seriesOf, whyEmpty, xy, type ChartPart, type Scene } from './scene.ts';

/** The least time that the axis has a place for. */
const leastMs = ({ state }: Scene) => (state.scale === 'log' ? CLOCK_MS : 0);

/** `90 %`, `99.9 %`: the percentile at x = 1 / (1 - p). */
function percentileLabel(x: number): string {
  const nines = Math.log10(x);
  if (!Number.isInteger(nines)) return `${formatNumber((1 - 1 / x) * 100)} %`;
  return nines < 3 ? `${100 - 100 / x} %` : `99.${'9'.repeat(nines - 2)} %`;
}

/** As many samples must remain beyond a percentile for its line to be drawn in full colour. */
const ENOUGH = 10;

const isMarked = (x: number) => x === 2 || Number.isInteger(Math.log10(x));

/** Delivery latency by percentile: each further nine takes the same width. */
export const latency: ChartPart = {
  id: 'latency',
  draw(scene) {
    const series = seriesOf(scene, currentLoad(scene)).filter(({ row }) => row.latency.length > 0);
    if (series.length === 0) return whyEmpty(scene);
    const most = series.reduce((max, { row }) => Math.max(max, row.samples), 10);
    const values = series.flatMap(({ row }) => row.latency);
    return lineDrawing(scene, {
      datasets: series.map((one) => ({
        ...line(one, xy(latencyPoints(one.row), leastMs(scene))),
        clip: 6,
        pointRadius: latencyPoints(one.row).map(([x]) => (isMarked(x) && x <= one.row.samples / ENOUGH ? 4 : 0)),
        segment: {
          borderColor: ({ p0 }) => ((p0.parsed.x ?? 0) >= one.row.samples / ENOUGH ? scene.theme.muted : undefined),
        },
      })),
      labels: series,
      tooltip: ({ dataset, parsed }) =>
        `${dataset.label}: ${percentileLabel(parsed.x ?? 1)} within ${milliseconds(parsed.y ?? 0)}`,
      scales: {
        x: {
          ...linearAxis(scene, 'x', ''),
          type: 'logarithmic',
          min: 1,
          max: most,
          title: axisTitle(scene, 'percentile of deliveries, %', 'x'),
          ...ticksAt(
            // beside names in a narrow place, 0 and 50 would touch
            [
              ...(scene.width < NARROW ? [1] : [1, 2]),
              ...Array.from({ length: 12 }, (_, nines) => 10 ** (nines + 1)),
            ].filter((x) => x <= most),
          ),
          ticks: {
            color: scene.theme.muted,
            font: { size: 12 },
            maxRotation: 0,
            callback: (value) => percentileLabel(Number(value)).replace(' %', ''),
          },
        },
        y: timeAxis(scene, 'delivery latency', values),
      },
    });
  },
};

/** Shares of the time at which a line carries its transport's shape. */
const MARKED = new Set([10, 50, 90]);

/** Below this share of the time an age is little more than a fresh delivery: a log axis need not reach down to it. */
const FIRST_SHARE = 5;

/** Age of information: how old the newest tick was at most during which share of the time. */
export const age: ChartPart = {
  id: 'age',
  draw(scene) {
    const series = seriesOf(scene, currentLoad(scene)).filter(({ row }) => row.age.length > 0);
    if (series.length === 0) return whyEmpty(scene);
    const values = series.flatMap(({ row }) =>
      agePoints(row).flatMap(([share, ms]) => (share >= FIRST_SHARE ? [ms ?? 0] : [])),
    );
    return lineDrawing(scene, {
      datasets: series.map((one) => ({
        ...line(one, xy(agePoints(one.row), leastMs(scene))),
        pointRadius: agePoints(one.row).map(([share]) => (MARKED.has(share) ? 4 : 0)),
      })),
      labels: series,
      tooltip: ({ dataset, parsed }) =>
        `${dataset.label}: at most ${milliseconds(parsed.y ?? 0)} old during ${formatNumber(parsed.x ?? 0)} % of the time`,
      scales: {
        x: linearAxis(scene, 'x', 'share of the time, %', { min: 0, max: 100 }),
        y: timeAxis(scene, 'age of the newest tick', values),
      },
    });
  },
};

/** p99 (strong, named) and p50 (thin) of each second; gaps are not joined. */
export const timeline: ChartPart = {
  id: 'timeline',
  draw(scene) {
    const load = currentLoad(scene);
    const windowSeconds = load?.windowSeconds ?? 0;
    const series = seriesOf(scene, load).filter(({ row }) => row.p99.length > 0);
    if (series.length === 0) return whyEmpty(scene);
    const points = series.flatMap(({ row }) => [...row.p50, ...row.p99]);
    const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y ?? 0)];
    return lineDrawing(scene, {
      datasets: [
        ...series.map((one) => ({
          ...line(one, xy(one.row.p99, leastMs(scene))),
          label: `${one.row.label} p99`,
          pointRadius: 3.5,
        })),
        ...series.map((one) => ({
          ...line(one, xy(one.row.p50, leastMs(scene))),
          label: `${one.row.label} p50`,
          borderWidth: 1,
          pointRadius: 1.5,
          borderColor: withAlpha(one.colour, 0.75),
        })),
      ],
      labels: series,
      tooltip: ({ dataset, parsed }) =>
        `${dataset.label} in second ${Math.floor(parsed.x ?? 0)}: ${milliseconds(parsed.y ?? 0)}`,
      scales: {
        x: linearAxis(scene, 'x', 'seconds of the measured window', {
          min: Math.floor(Math.min(0, ...xs)),
          max: Math.ceil(Math.max(windowSeconds, ...xs)),
        }),
        y: timeAxis(scene, 'latency', ys),
      },
      below: [phases(scene, windowSeconds)],
      top: HEADLINE_HEIGHT,
    });
  },
};

function curve({ stepSeconds, steps, ...counts }: Connections, key: 'connected' | 'target') {
  const values = counts[key];
  return Array.from({ length: steps + 1 }, (_, step) => ({
    x: step * stepSeconds,
    y: values[Math.min(step, values.length - 1)] ?? 0,
  }));
}

/** Marks stand at other moments on each line, so that lines that coincide stay visible. */
const markRadius = (index: number, place: number) => (index % 8 === (place % 4) * 2 ? 3.5 : 0);

/** Open connections since the ramp began, against the target. */
export const connections: ChartPart = {
  id: 'connections',
  draw(scene) {
    const series = seriesOf(scene, currentLoad(scene)).flatMap((one) =>
      one.row.connections === null ? [] : [{ ...one, over: one.row.connections }],
    );
    const [first] = series;
    if (first === undefined) return whyEmpty(scene);
    const longest = series.reduce((a, b) => (b.over.stepSeconds > a.over.stepSeconds ? b : a), first);
    return lineDrawing(scene, {
      datasets: [
        ...series.map((one, place) => ({
          ...line(one, curve(one.over, 'connected')),
          pointRadius: Array.from({ length: one.over.steps + 1 }, (_, index) => markRadius(index, place)),
        })),
        {
          ...line(longest, curve(longest.over, 'target')),
          label: 'target',
          borderColor: withAlpha(scene.theme.muted, 0.25),
          backgroundColor: withAlpha(scene.theme.muted, 0.25),
          borderDash: [],
          borderWidth: 9,
          borderCapStyle: 'round',
        },
      ],
      labels: series,
      tooltip: ({ dataset, parsed }) =>
        `${dataset.label}: ${formatCount(parsed.y ?? 0)} after ${formatNumber(parsed.x ?? 0)} s`,
      scales: {
        x: linearAxis(scene, 'x', 'seconds since the ramp began'),
        y: { ...linearAxis(scene, 'y', 'open connections'), grace: '5%' },
      },
    });
  },
};
