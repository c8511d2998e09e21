import type { ChartDataset, Plugin } from 'chart.js';
import { endLabels, roomFor, type EndLabel } from './end-labels.ts';
import type { Scene, Series } from './scene.ts';

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
