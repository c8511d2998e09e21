import type { Chart, Plugin } from 'chart.js';
import { NARROW } from './axes.ts';
import type { Scene } from './scene.ts';

/** A line that ends this far from the right is named where it ends. */
const EARLY = 60;
const LINE_HEIGHT = 15;

/** The name of a line, for its end. */
type EndLabel = { readonly text: string; readonly colour: string };

const fontOf = (scene: Scene) => `600 ${scene.width < NARROW ? 11 : 12}px ${scene.theme.font}`;

/** The room that the labels need to the right of the chart, in pixels; never more than two fifths of it. */
export function roomFor(scene: Scene, texts: readonly string[]): number {
  const context = document.createElement('canvas').getContext('2d');
  if (context === null) return 0;
  context.font = fontOf(scene);
  const widest = texts.reduce((most, text) => Math.max(most, context.measureText(text).width), 0);
  return Math.min(Math.ceil(widest) + 14, scene.width * 0.4);
}

type Placed = EndLabel & { readonly anchor: number; readonly x: number; y: number };

/** Moves labels apart, keeping their order and as close to their lines as they fit between top and bottom. */
function spread(labels: Placed[], top: number, bottom: number): void {
  labels.sort((a, b) => a.anchor - b.anchor);
  let lowest = top;
  for (const label of labels) {
    label.y = Math.max(label.y, lowest);
    lowest = label.y + LINE_HEIGHT;
  }
  let highest = bottom;
  for (const label of labels.toReversed()) {
    label.y = Math.min(label.y, highest);
    highest = label.y - LINE_HEIGHT;
  }
}

function lastPoint(chart: Chart<'line'>, dataset: number): { x: number; y: number } | undefined {
  const points = chart.getDatasetMeta(dataset).data;
  const point = points.findLast((element) => Number.isFinite(element.y) && Number.isFinite(element.x));
  return point && { x: point.x, y: point.y };
}

/** Writes each line's name at its end, in its colour, so that nobody has to match it with a legend; the labels are those of the first lines. */
export function endLabels(scene: Scene, labels: readonly EndLabel[]): Plugin<'line'> {
  return {
    id: 'endLabels',
    afterDatasetsDraw(chart) {
      const { ctx, chartArea } = chart;
      const placed = labels.flatMap((label, dataset): Placed[] => {
        const end = lastPoint(chart, dataset);
        return end === undefined ? [] : [{ ...label, anchor: end.y, y: end.y, x: end.x }];
      });
      const early = placed.filter(({ x }) => chartArea.right - x > EARLY);
      const reaching = placed.filter((label) => !early.includes(label));
      for (const group of [early, reaching]) spread(group, chartArea.top, chartArea.bottom);
      ctx.save();
      ctx.font = fontOf(scene);
      ctx.textBaseline = 'middle';
      ctx.lineWidth = 1;
      for (const { text, colour, x, y } of early) {
        ctx.fillStyle = colour;
        ctx.fillText(text, x + 9, y);
      }
      for (const { text, colour, anchor, x, y } of reaching) {
        ctx.fillStyle = colour;
        ctx.strokeStyle = colour;
        ctx.globalAlpha = 0.5;
        ctx.beginPath();
        ctx.moveTo(x + 2, anchor);
        ctx.lineTo(Math.max(x + 2, chartArea.right), anchor);
        ctx.lineTo(chartArea.right + 8, y);
        ctx.stroke();
        ctx.globalAlpha = 1;
        ctx.fillText(text, chartArea.right + 11, y, Math.max(20, chart.width - chartArea.right - 12));
      }
      ctx.restore();
    },
  };
}
