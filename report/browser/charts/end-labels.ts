import type { Chart, Plugin } from 'chart.js';
import { apart } from '../../plot/labels.ts';
import { NARROW } from './axes.ts';
import type { Scene } from './scene.ts';

/** A line that ends this far from the right is named where it ends. */
const EARLY = 60;
const LINE_HEIGHT = 15;

/** The name of a line, for its end. */
type EndLabel = { readonly text: string; readonly colour: string };

const fontOf = (scene: Scene) => `600 ${scene.width < NARROW ? 11 : 12}px ${scene.theme.font}`;

/** The room that the labels need to the right of the chart, in pixels; never more than two fifths of it. */
export function roomFor(scene: Scene, labels: readonly EndLabel[]): number {
  const context = document.createElement('canvas').getContext('2d');
  if (context === null) return 0;
  context.font = fontOf(scene);
  const widest = labels.reduce((most, { text }) => Math.max(most, context.measureText(text).width), 0);
  return Math.min(Math.ceil(widest) + 14, scene.width * 0.4);
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
      const ends = labels.flatMap((label, dataset) => {
        const end = lastPoint(chart, dataset);
        return end === undefined ? [] : [{ ...label, ...end, isEarly: chartArea.right - end.x > EARLY }];
      });
      const placed = (isEarly: boolean) => {
        const own = ends.filter((end) => end.isEarly === isEarly);
        return apart(own, LINE_HEIGHT, chartArea.top, chartArea.bottom);
      };
      ctx.save();
      ctx.font = fontOf(scene);
      ctx.textBaseline = 'middle';
      ctx.lineWidth = 1;
      for (const { text, colour, x, at } of placed(true)) {
        ctx.fillStyle = colour;
        ctx.fillText(text, x + 9, at);
      }
      for (const { text, colour, x, y, at } of placed(false)) {
        ctx.fillStyle = colour;
        ctx.strokeStyle = colour;
        ctx.globalAlpha = 0.5;
        ctx.beginPath();
        ctx.moveTo(x + 2, y);
        ctx.lineTo(Math.max(x + 2, chartArea.right), y);
        ctx.lineTo(chartArea.right + 8, at);
        ctx.stroke();
        ctx.globalAlpha = 1;
        ctx.fillText(text, chartArea.right + 11, at, Math.max(20, chart.width - chartArea.right - 12));
      }
      ctx.restore();
    },
  };
}
