import type { Plugin } from 'chart.js';

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
        for (const end of [from, to])
          if (along === 'x') {
            ctx.moveTo(end, element.y - CAP);
            ctx.lineTo(end, element.y + CAP);
          } else {
            ctx.moveTo(element.x - CAP, end);
            ctx.lineTo(element.x + CAP, end);
          }
        ctx.moveTo(along === 'x' ? from : element.x, along === 'x' ? element.y : from);
        ctx.lineTo(along === 'x' ? to : element.x, along === 'x' ? element.y : to);
        ctx.stroke();
      }
      ctx.restore();
    },
  };
}
