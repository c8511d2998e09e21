// What is drawn into charts besides their data.
import type { Plugin } from 'chart.js';
import { NARROW } from './axes.ts';
import type { Scene } from './scene.ts';

/** Height of a line of words above a chart. */
export const HEADLINE_HEIGHT = 16;

const isNarrow = (scene: Scene) => scene.width < NARROW;

/** The space that a chart of lines leaves beside and above itself. */
export function roomAround(scene: Scene, right: number, top = 0): { padding: { right: number; top: number } } {
  return { padding: { right, top: top + (isNarrow(scene) ? HEADLINE_HEIGHT + 6 : 0) } };
}

/** On a narrow screen the name of the upright axis stands above it, where it takes no width. */
export function headline(scene: Scene): Plugin<'line'> {
  return {
    id: 'headline',
    afterDraw({ ctx, options, width }) {
      const text = options.scales?.['y']?.title?.text;
      if (!isNarrow(scene) || typeof text !== 'string') return;
      ctx.save();
      ctx.font = `12px ${scene.theme.font}`;
      ctx.fillStyle = scene.theme.muted;
      ctx.textBaseline = 'top';
      ctx.fillText(text, 0, 0, width);
      ctx.restore();
    },
  };
}

/** Shades what lies before and after the measured window, which begins at x = 0 seconds. */
export function phases({ theme }: Scene, windowSeconds: number): Plugin<'line'> {
  return {
    id: 'phases',
    beforeDatasetsDraw(chart) {
      const { ctx, chartArea } = chart;
      const axis = chart.scales['x'];
      if (axis === undefined) return;
      const shade = (fromX: number, toX: number, word: string) => {
        const from = Math.max(fromX, chartArea.left);
        const to = Math.min(toX, chartArea.right);
        if (to - from < 2) return;
        ctx.fillStyle = theme.grid;
        ctx.globalAlpha = 0.7;
        ctx.fillRect(from, chartArea.top, to - from, chartArea.bottom - chartArea.top);
        ctx.globalAlpha = 1;
        ctx.fillStyle = theme.muted;
        if (ctx.measureText(word).width < to - from) ctx.fillText(word, (from + to) / 2, chartArea.top - 4);
      };
      ctx.save();
      ctx.font = `11px ${theme.font}`;
      ctx.textAlign = 'center';
      ctx.textBaseline = 'bottom';
      shade(chartArea.left, axis.getPixelForValue(0), 'warm-up');
      shade(axis.getPixelForValue(windowSeconds), chartArea.right, 'drain');
      ctx.restore();
    },
  };
}

/** An interval around the element `index` of a dataset, in the units of its value axis. */
export type Whisker = {
  readonly dataset: number;
  readonly index: number;
  readonly low: number;
  readonly high: number;
  readonly colour: string;
};

const CAP = 4;

/** Draws 95 % intervals: along x on horizontal bars, along y elsewhere. */
export function whiskers<T extends 'line' | 'bar'>(along: 'x' | 'y', list: readonly Whisker[]): Plugin<T> {
  return {
    id: 'whiskers',
    afterDatasetsDraw(chart) {
      const { ctx } = chart;
      const axis = chart.scales[along];
      if (axis === undefined) return;
      ctx.save();
      ctx.lineWidth = 1.5;
      for (const { dataset, index, low, high, colour } of list) {
        const element = chart.getDatasetMeta(dataset).data[index];
        if (element === undefined) continue;
        const [from, to] = [axis.getPixelForValue(low), axis.getPixelForValue(high)];
        ctx.strokeStyle = colour;
        ctx.beginPath();
        const at = (value: number, aside: number) =>
          along === 'x' ? ([value, element.y + aside] as const) : ([element.x + aside, value] as const);
        for (const end of [from, to]) {
          ctx.moveTo(...at(end, -CAP));
          ctx.lineTo(...at(end, CAP));
        }
        ctx.moveTo(...at(from, 0));
        ctx.lineTo(...at(to, 0));
        ctx.stroke();
      }
      ctx.restore();
    },
  };
}
