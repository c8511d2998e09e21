import type { Plugin } from 'chart.js';
import type { Scene } from './scene.ts';

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
