import type { ChartDataset, Plugin, TooltipItem } from 'chart.js';
import { formatIn, formatNumber, scaleFor } from '../../../bench/basics/amounts.ts';
import { sumOf } from '../../../bench/basics/numbers.ts';
import type { Estimate } from '../../page-data.ts';
import { shortName } from '../../plot/labels.ts';
import { commonOptions, linearAxis, lines, nameAxis } from './axes.ts';
import { PARTS } from '../../figures/parts.ts';
import { fill } from './fills.ts';
import { whiskers, type Whisker } from './plugins.ts';
import { currentLoad, seriesOf, whyEmpty, type ChartPart, type Drawing, type Scene, type Series } from './scene.ts';

const AXIS_HEIGHT = 64;
const ROW_HEIGHT = 46;
const STEP_HEIGHT = 30;
const LINE_HEIGHT = 15;

/** The figure of a bar in words, and where on the value axis all that is drawn of the bar ends. */
type Total = { readonly end: number; readonly text: string };

type Bars = {
  readonly labels: readonly (string | string[])[];
  readonly datasets: readonly Omit<ChartDataset<'bar', number[]>, 'type'>[];
  /** Of the value axis. */
  readonly title: string;
  readonly intervals: readonly Whisker[];
  readonly totals: readonly Total[];
  readonly tooltip: (item: TooltipItem<'bar'>) => string;
  /** In CSS pixels. */
  readonly rowHeight: number;
};

/** Writes each bar's figure beyond its end, or beyond its whisker. */
function totalsOf(scene: Scene, list: readonly Total[]): Plugin<'bar'> {
  return {
    id: 'totals',
    afterDatasetsDraw(chart) {
      const axis = chart.scales['x'];
      if (axis === undefined) return;
      const { ctx } = chart;
      ctx.save();
      ctx.font = `600 12px ${scene.theme.font}`;
      ctx.fillStyle = scene.theme.ink;
      ctx.textBaseline = 'middle';
      for (const [index, { end, text }] of list.entries()) {
        const element = chart.getDatasetMeta(0).data[index];
        if (element !== undefined) ctx.fillText(text, axis.getPixelForValue(end) + 7, element.y);
      }
      ctx.restore();
    },
  };
}

/** Horizontal bars from zero, one a row, with 95 % intervals and their figures written out. */
function barDrawing(scene: Scene, bars: Bars): Drawing {
  const { labels, datasets, title, intervals, totals, tooltip, rowHeight } = bars;
  return {
    config: {
      type: 'bar',
      data: {
        labels: [...labels],
        datasets: datasets.map((dataset) => ({ type: 'bar', borderWidth: 1, borderSkipped: false, ...dataset })),
      },
      options: {
        ...commonOptions(scene, tooltip),
        interaction: { mode: 'nearest', intersect: true },
        indexAxis: 'y',
        layout: { padding: { right: 74 } },
        scales: {
          x: {
            ...linearAxis(scene, 'x', title),
            stacked: true,
            suggestedMax: Math.max(0, ...intervals.map(({ high }) => high)),
            suggestedMin: Math.min(0, ...intervals.map(({ low }) => low)),
          },
          y: nameAxis(scene),
        },
      },
      plugins: [whiskers('x', intervals), totalsOf(scene, totals)],
    },
    height: labels.length * rowHeight + AXIS_HEIGHT,
  };
}

type Bar = Series & { readonly estimate: Estimate; readonly parts: readonly number[] };

/** Of the chart, and of what it shows. */
type BarMetric = keyof typeof PARTS;

/** @param title of the value axis, without its unit */
function drawBars(scene: Scene, metric: BarMetric, title: string, bars: readonly Bar[]): Drawing {
  const unit = scene.data.metrics.find(({ id }) => id === metric)?.unit ?? '';
  const medians = bars.map(({ estimate }) => estimate[0]);
  const scale = scaleFor(unit, medians);
  const shown = (value: number) => value / scale.divisor;
  const kinds = PARTS[metric];
  return barDrawing(scene, {
    labels: bars.map(({ row }) => lines(scene, shortName(row.label), 12)),
    datasets: kinds.map(([label, kind], place) => ({
      label,
      stack: 'all',
      data: bars.map(({ parts }) => shown(parts[place] ?? 0)),
      backgroundColor: bars.map(({ colour }) => fill(kind, colour)),
      borderColor: bars.map(({ colour }) => colour),
      maxBarThickness: 24,
    })),
    title: `${title}, ${scale.unit}`,
    intervals: bars.flatMap(({ estimate: [median, low, high] }, index) =>
      low === null || high === null || (low === median && high === median)
        ? []
        : [{ dataset: kinds.length - 1, index, low: shown(low), high: shown(high), colour: scene.theme.ink }],
    ),
    totals: bars.map(({ estimate: [median, , high], parts }) => ({
      end: shown(Math.max(0, median, high ?? 0, sumOf(parts.map((part) => Math.max(0, part))))),
      text: `${formatIn(scale, median)} ${scale.unit}`,
    })),
    tooltip: ({ dataset, dataIndex, parsed }) =>
      `${bars[dataIndex]?.row.label}: ${formatIn({ ...scale, divisor: 1 }, parsed.x ?? 0)} ${scale.unit} ${dataset.label}`,
    rowHeight: ROW_HEIGHT,
  });
}

function barChart(
  metric: BarMetric,
  title: string,
  partsOf: (series: Series, estimate: Estimate) => readonly number[] | null,
): ChartPart {
  return {
    id: metric,
    draw(scene) {
      const bars = seriesOf(scene, currentLoad(scene)).flatMap((series): Bar[] => {
        const estimate = series.row.metrics[metric];
        const parts = estimate === undefined ? null : partsOf(series, estimate);
        return estimate === undefined || parts === null ? [] : [{ ...series, estimate, parts }];
      });
      return bars.length === 0 ? whyEmpty(scene) : drawBars(scene, metric, title, bars);
    },
  };
}

/** What a delivery and a client cost the server. */
export const COSTS = [
  barChart('cpu', 'CPU per delivered tick', ({ row }) => row.cpuParts),
  barChart('memory', 'memory held per client', (_, [median]) => [median]),
  barChart('bytes', 'on the wire per delivered tick', ({ row }) => row.bytesParts),
];

/** What one message costs in each step, ours solid and libraries hatched. */
export const micro: ChartPart = {
  id: 'micro',
  draw(scene) {
    const { theme, data, state } = scene;
    if (data.transports.every(({ id }) => state.hidden.has(id))) return whyEmpty(scene);
    const steps = data.micro.filter(({ transport }) => transport === null || !state.hidden.has(transport));
    const colours = steps.map((step) => {
      const look = data.transports.find(({ id }) => id === step.transport);
      return look === undefined ? theme.muted : theme.colour(look);
    });
    const labels = steps.map(({ step, what }) => lines(scene, `${step}: ${what}`, 15));
    const most = labels.reduce((count, name) => Math.max(count, typeof name === 'string' ? 1 : name.length), 1);
    return barDrawing(scene, {
      labels,
      datasets: [
        {
          data: steps.map(({ meanNs }) => meanNs),
          backgroundColor: steps.map(({ library }, index) =>
            fill(library ? 'hatch' : 'solid', colours[index] ?? theme.muted),
          ),
          borderColor: colours,
          maxBarThickness: 18,
        },
      ],
      title: 'for one message, ns',
      intervals: steps.map(({ meanNs, marginNs }, index) => ({
        dataset: 0,
        index,
        low: Math.max(0, meanNs - marginNs),
        high: meanNs + marginNs,
        colour: theme.ink,
      })),
      totals: steps.map(({ meanNs, marginNs }) => ({ end: meanNs + marginNs, text: `${formatNumber(meanNs)} ns` })),
      tooltip: ({ dataIndex }) => {
        const step = steps[dataIndex];
        if (step === undefined) return '';
        const { meanNs, marginNs, medianNs } = step;
        return `${step.step}, ${step.what}: ${formatNumber(meanNs)} ± ${formatNumber(marginNs)} ns, median ${formatNumber(medianNs)}`;
      },
      rowHeight: STEP_HEIGHT + (most - 1) * LINE_HEIGHT,
    });
  },
};
