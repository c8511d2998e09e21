import type { ChartDataset, ChartOptions, Plugin, TooltipItem } from 'chart.js';
import { shortName } from '../../plot/labels.ts';
import { commonOptions } from './axes.ts';
import { endLabels, LINE_HEIGHT, roomFor } from './end-labels.ts';
import { headline, roomAround } from './plugins.ts';
import { type Drawing, type Named, type Scene } from './scene.ts';

export type LineDataset = ChartDataset<'line', { x: number; y: number }[]>;

/** A line in its transport's colour, dash and shape. */
export function line({ label, transport, colour }: Named, data: { x: number; y: number }[]): LineDataset {
  return {
    type: 'line',
    label,
    data,
    parsing: false,
    normalized: true,
    borderColor: colour,
    backgroundColor: colour,
    borderDash: [...transport.dash],
    pointStyle: transport.shape,
    pointBackgroundColor: colour,
    borderJoinStyle: 'round',
    spanGaps: false,
  };
}

/** What stands above and below the lines of a chart, in CSS pixels. */
const AXES_HEIGHT = 90;

type LineChart = {
  readonly datasets: LineDataset[];
  /** Names for the ends of the first lines. */
  readonly labels: readonly Named[];
  readonly tooltip: (item: TooltipItem<'line'>) => string;
  readonly scales: NonNullable<ChartOptions<'line'>['scales']>;
  /** Drawn first, and the room that they need above the chart. */
  readonly below?: readonly Plugin<'line'>[];
  readonly top?: number;
};

/** A chart of lines, each with its name at its end. */
export function lineDrawing(
  scene: Scene,
  { datasets, labels, tooltip, scales, below = [], top = 0 }: LineChart,
): Drawing {
  const named = labels.map(({ label, colour, transport }) => ({
    text: shortName(label),
    colour,
    dash: transport.dash,
  }));
  const right = roomFor(scene, named);
  return {
    config: {
      type: 'line',
      data: { datasets },
      options: { ...commonOptions(scene, tooltip), layout: roomAround(scene, right, top), scales },
      plugins: [...below, endLabels(scene, named), headline(scene)],
    },
    leastHeight: named.length * LINE_HEIGHT + AXES_HEIGHT,
  };
}
