import type { Plugin } from 'chart.js';
import type { Estimate } from '../../page-data.ts';
import { commonOptions, linearAxis, lines, nameAxis } from './axes.ts';
import { drawing, type Drawing } from './drawing.ts';
import { fill, type Fill } from './fills.ts';
import { currentLoad, seriesOf, shortName, whyEmpty, type ChartPart, type Scene, type Series } from './scene.ts';
import { whiskers } from './whiskers.ts';
import { formatIn, scaleFor, type Scale } from '../../../bench/basics/amounts.ts';

type Bar = Series & { readonly estimate: Estimate; readonly parts: readonly number[] };

export type BarChart = {
  readonly id: string;
  readonly metric: string;
  /** Of the value axis, without its unit. */
  readonly title: string;
  readonly parts: readonly { readonly label: string; readonly fill: Fill }[];
  readonly partsOf: (series: Series, estimate: Estimate) => readonly number[] | null;
};

const ROW_HEIGHT = 46;
const AXIS_HEIGHT = 64;

/** The figure of a bar in words, and where on the value axis all that is drawn of the bar ends. */
type Total = { readonly end: number; readonly text: string };

/** Writes each bar's figure beyond its end, or beyond its whisker. */
export function totals(scene: Scene, list: readonly Total[]): Plugin<'bar'> {
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

function totalOf({ estimate: [median, , high], parts }: Bar, scale: Scale): Total {
  const stacked = parts.reduce((sum, part) => sum + Math.max(0, part), 0);
  return {
    end: Math.max(0, median, high ?? 0, stacked) / scale.divisor,
    text: `${formatIn(scale, median)} ${scale.unit}`,
  };
}

function drawBars(scene: Scene, chart: BarChart, bars: readonly Bar[]): Drawing {
  const unit = scene.data.metrics.find(({ id }) => id === chart.metric)?.unit ?? '';
  const scale = scaleFor(
    unit,
    bars.map(({ estimate }) => estimate[0]),
  );
  const last = chart.parts.length - 1;
  const intervals = bars.flatMap(({ estimate: [median, low, high] }, index) =>
    low === null || high === null || (low === median && high === median)
      ? []
      : [{ dataset: last, index, low: low / scale.divisor, high: high / scale.divisor, colour: scene.theme.ink }],
  );
  const name = ({ row }: Series) => lines(scene, shortName(row.label), 14);
  return drawing<'bar'>(
    {
      type: 'bar',
      data: {
        labels: bars.map(name),
        datasets: chart.parts.map((part, place) => ({
          type: 'bar',
          label: part.label,
          stack: 'all',
          data: bars.map(({ parts }) => (parts[place] ?? 0) / scale.divisor),
          backgroundColor: bars.map(({ colour }) => fill(part.fill, colour)),
          borderColor: bars.map(({ colour }) => colour),
          borderWidth: 1,
          borderSkipped: false,
          maxBarThickness: 24,
        })),
      },
      options: {
        ...commonOptions(scene, ({ dataset, dataIndex, parsed }) => {
          const value = formatIn({ ...scale, divisor: 1 }, parsed.x ?? 0);
          return `${bars[dataIndex]?.row.label}: ${value} ${scale.unit} ${dataset.label}`;
        }),
        interaction: { mode: 'nearest', intersect: true },
        indexAxis: 'y',
        layout: { padding: { right: 74 } },
        scales: {
          x: {
            ...linearAxis(scene, 'x', `${chart.title}, ${scale.unit}`),
            stacked: true,
            suggestedMax: Math.max(0, ...intervals.map(({ high }) => high)),
            suggestedMin: Math.min(0, ...intervals.map(({ low }) => low)),
          },
          y: nameAxis(scene),
        },
      },
      plugins: [
        whiskers('x', intervals),
        totals(
          scene,
          bars.map((bar) => totalOf(bar, scale)),
        ),
      ],
    },
    bars.length * ROW_HEIGHT + AXIS_HEIGHT,
  );
}

/** A chart of horizontal bars from zero, one a row, with 95 % intervals and its figures written out. */
export function barChart(chart: BarChart): ChartPart {
  return {
    id: chart.id,
    draw(scene) {
      const bars = seriesOf(scene, currentLoad(scene)).flatMap((series): Bar[] => {
        const estimate = series.row.metrics[chart.metric];
        const parts = estimate === undefined ? null : chart.partsOf(series, estimate);
        return estimate === undefined || parts === null ? [] : [{ ...series, estimate, parts }];
      });
      return bars.length === 0 ? whyEmpty(scene) : drawBars(scene, chart, bars);
    },
  };
}
