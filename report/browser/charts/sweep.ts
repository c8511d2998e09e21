import { SWEEP_LABELS, type SweepVariable } from '../../page-data.ts';
import { axisTitle, linearAxis, NARROW, ticksAt, timeAxis } from './axes.ts';
import { line, lineDrawing, type LineDataset } from './lines.ts';
import { CLOCK_MS, whyEmpty, type ChartPart, type Drawing, type Scene } from './scene.ts';
import { sweepLines, type SweepLine } from './sweep-lines.ts';
import { whiskers } from './plugins.ts';
import { formatIn, formatSetting, scaleFor } from '../../../bench/basics/amounts.ts';
import { withAlpha } from './fills.ts';

type SweepChart = {
  readonly id: string;
  readonly metric: string;
  readonly title: string;
  /** Times: on the axis that the reader chose, with every trial as a dot. */
  readonly times: boolean;
};

/**
 * Over a wider range than this the variable's axis is logarithmic: with a logarithmic y axis soon, so that what grows
 * in proportion stays a straight line; with a linear one only when its low end could not be read otherwise.
 */
const WIDE = { log: 6, linear: 40 } as const;

function variableAxis(scene: Scene, across: SweepVariable, y: 'log' | 'linear', points: readonly { x: number }[]) {
  const [title, values] = [SWEEP_LABELS[across], points.map(({ x }) => x)];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const wide = high / low > WIDE[y];
  const place = (value: number) => (wide ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low));
  // Exactly the values that ran, but for those that would touch.
  const apart = scene.width < NARROW ? 0.2 : 0.09;
  const named = [...new Set(values)]
    .toSorted((a, b) => b - a)
    .reduce<number[]>((kept, value) => {
      const next = kept.at(-1);
      return next === undefined || place(next) - place(value) >= apart ? [...kept, value] : kept;
    }, []);
  return {
    ...linearAxis(scene, 'x', title),
    type: wide ? ('logarithmic' as const) : ('linear' as const),
    min: wide ? low * 0.9 : Math.max(0, low - (high - low) * 0.08),
    max: wide ? high * 1.1 : high + (high - low) * 0.04,
    beginAtZero: false,
    title: axisTitle(scene, wide ? `${title} (log)` : title, 'x'),
    ...ticksAt(named.toReversed()),
  };
}

function trialDots(one: SweepLine, toY: (value: number) => number): LineDataset {
  const { label, colour, points, constant } = one;
  return {
    type: 'line',
    label: `${label}, one trial`,
    parsing: false,
    showLine: false,
    data: constant ? [] : points.flatMap(({ x, row }) => row.trialP99Us.map((value) => ({ x, y: toY(value) }))),
    pointRadius: 2.5,
    pointHitRadius: 2,
    pointStyle: 'circle',
    pointBackgroundColor: withAlpha(colour, 0.35),
    pointBorderWidth: 0,
    borderColor: colour,
  };
}

function drawSweep(scene: Scene, chart: SweepChart, lines: readonly SweepLine[]): Drawing {
  const across = scene.state.across ?? 'clients';
  const unit = scene.data.metrics.find(({ id }) => id === chart.metric)?.unit ?? '';
  const points = lines.flatMap((one) => one.points);
  const figures = points.flatMap(({ estimate: [median, low, high] }) => [median, low ?? median, high ?? median]);
  const scale = chart.times ? { unit: 'ms', divisor: 1000 } : scaleFor(unit, figures);
  const floor = chart.times && scene.state.scale === 'log' ? CLOCK_MS : -Infinity;
  const toY = (value: number) => Math.max(floor, value / scale.divisor);
  const dots = chart.times ? points.flatMap(({ row }) => row.trialP99Us) : [];
  const values = [...figures, ...dots].map(toY);
  const intervals = lines.flatMap((one, place) =>
    one.points.flatMap(({ estimate: [, low, high] }, index) =>
      one.constant || low === null || high === null
        ? []
        : [{ dataset: place, index, low: toY(low), high: toY(high), colour: one.colour }],
    ),
  );
  return lineDrawing(scene, {
    datasets: [
      ...lines.map((one) => {
        const medians = one.points.map(({ x, estimate }) => ({ x, y: toY(estimate[0]) }));
        return { ...line(one, medians), pointRadius: one.constant ? 0 : 4.5 };
      }),
      ...(chart.times ? lines.map((one) => trialDots(one, toY)) : []),
    ],
    labels: lines,
    tooltip: ({ dataset: { label }, parsed }) => {
      const y = formatIn({ ...scale, divisor: 1 }, parsed.y ?? 0);
      return `${label}: ${y} ${scale.unit} at ${formatSetting(parsed.x ?? 0)} ${SWEEP_LABELS[across]}`;
    },
    scales: {
      x: variableAxis(scene, across, chart.times ? scene.state.scale : 'linear', points),
      y: chart.times
        ? timeAxis(scene, chart.title, values)
        : { ...linearAxis(scene, 'y', `${chart.title}, ${scale.unit}`), suggestedMax: Math.max(...values) },
    },
    below: [whiskers('y', intervals)],
  });
}

function sweepChart(chart: SweepChart): ChartPart {
  return {
    id: chart.id,
    draw(scene) {
      const lines = scene.state.across === null ? [] : sweepLines(scene, scene.state.across, chart.metric);
      return lines.length === 0 ? whyEmpty(scene) : drawSweep(scene, chart, lines);
    },
  };
}

/** Charts against what the run swept. */
export const SWEEPS = [
  sweepChart({ id: 'sweep-p99', metric: 'p99', title: 'p99 delivery latency', times: true }),
  sweepChart({ id: 'sweep-cpu', metric: 'cpuCores', title: 'server CPU', times: false }),
  sweepChart({ id: 'sweep-memory', metric: 'memory', title: 'memory held per client', times: false }),
];
