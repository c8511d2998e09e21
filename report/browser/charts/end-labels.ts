import type { Chart, Plugin } from 'chart.js';
import { apart } from '../../plot/labels.ts';
import { NARROW } from './axes.ts';
import type { Scene } from './scene.ts';

/** A line that ends this far from the right is named where it ends. */
const EARLY = 60;
/** Of more lines than that none is: its name would stand on the others. */
const MANY = 6;
/** From one label to the next. */
export const LINE_HEIGHT = 15;

/** Width of the piece of its line before a label, and of the gap behind that. */
const SAMPLE = 24;
const SAMPLE_GAP = 5;

/** The name of a line, for its end. */
type EndLabel = { readonly text: string; readonly colour: string; readonly dash: readonly number[] };

const fontOf = (scene: Scene) => `600 ${scene.width < NARROW ? 11 : 12}px ${scene.theme.font}`;

/** The room that the labels need to the right of the chart, in pixels; never more than two fifths of it. */
export function roomFor(scene: Scene, labels: readonly EndLabel[]): number {
  const context = document.createElement('canvas').getContext('2d');
  if (context === null) return 0;
  context.font = fontOf(scene);
  const widest = labels.reduce((most, { text }) => Math.max(most, context.measureText(text).width), 0);
  return Math.min(Math.ceil(widest) + 14 + sampleOf(scene, labels), scene.width * 0.4);
}

/** Where labels share a colour, as those of several servers do, the dash tells them apart: each has a piece of its line before it. */
function sampleOf(scene: Scene, labels: readonly EndLabel[]): number {
  const share = new Set(labels.map(({ colour }) => colour)).size < labels.length;
  return share && scene.width >= NARROW ? SAMPLE + SAMPLE_GAP : 0;
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
      const sample = sampleOf(scene, labels);
      ctx.save();
      ctx.font = fontOf(scene);
      const ends = labels.flatMap((label, dataset) => {
        const end = lastPoint(chart, dataset);
        if (end === undefined) return [];
        const room = chartArea.right - end.x;
        const isEarly = labels.length <= MANY && room > Math.max(EARLY, ctx.measureText(label.text).width + 14);
        return [{ ...label, ...end, isEarly }];
      });
      const placed = (isEarly: boolean) => {
        const own = ends.filter((end) => end.isEarly === isEarly);
        return apart(own, LINE_HEIGHT, chartArea.top, chartArea.bottom);
      };
      ctx.textBaseline = 'middle';
      ctx.lineWidth = 1;
      for (const { text, colour, x, at } of placed(true)) {
        ctx.fillStyle = colour;
        ctx.fillText(text, x + 9, at);
      }
      for (const { text, colour, dash, x, y, at } of placed(false)) {
        ctx.fillStyle = colour;
        ctx.strokeStyle = colour;
        ctx.globalAlpha = 0.5;
        ctx.beginPath();
        ctx.moveTo(x + 2, y);
        ctx.lineTo(Math.max(x + 2, chartArea.right), y);
        ctx.lineTo(chartArea.right + 8, at);
        ctx.stroke();
        ctx.globalAlpha = 1;
        const left = chartArea.right + 11;
        if (sample > 0) {
          ctx.lineWidth = 2;
          ctx.setLineDash([...dash]);
          ctx.beginPath();
          ctx.moveTo(left, at);
          ctx.lineTo(left + SAMPLE, at);
          ctx.stroke();
          ctx.setLineDash([]);
          ctx.lineWidth = 1;
        }
        ctx.fillText(text, left + sample, at, Math.max(20, chart.width - left - sample - 1));
      }
      ctx.restore();
    },
  };
}
