import type { ChartDataset, Plugin } from 'chart.js';
import { endLabels, roomFor, type EndLabel } from './end-labels.ts';
import { shortName, type Scene, type Series } from './scene.ts';

export type LineDataset = ChartDataset<'line', { x: number; y: number }[]>;

/** A line in its transport's colour, dash and shape. */
export function line({ row, transport, colour }: Series, data: { x: number; y: number }[]): LineDataset {
  return {
    type: 'line',
    label: row.label,
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

/** The names at the ends of the lines, and the room that they need. */
export function directLabels(scene: Scene, labels: readonly EndLabel[]): { plugin: Plugin<'line'>; right: number } {
  const texts = labels.map((label) => label.text);
  return { plugin: endLabels(scene, labels), right: roomFor(scene, texts) };
}

/** The same for series that are the first datasets of their chart, each under its row's name. */
export function seriesLabels(scene: Scene, series: readonly Series[]): ReturnType<typeof directLabels> {
  return directLabels(
    scene,
    series.map(({ row, colour }, dataset) => ({ dataset, text: shortName(row.label), colour })),
  );
}
