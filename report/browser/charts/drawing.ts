import { Chart, type ChartConfiguration } from 'chart.js';

/** A chart on its canvas. */
export type OpenChart = {
  readonly close: () => void;
  /** Hides its tooltip. */
  readonly dismiss: () => void;
};

export type Drawing = {
  readonly open: (canvas: HTMLCanvasElement) => OpenChart;
  /** Height of the place in CSS pixels, where it follows from the data. */
  readonly height: number | null;
};

/** What is needed to put a configured chart on a canvas, of whichever type it is. */
export function drawing<T extends 'line' | 'bar'>(
  config: ChartConfiguration<T>,
  height: number | null = null,
): Drawing {
  return {
    height,
    open: (canvas) => {
      const chart = new Chart<T>(canvas, config);
      return {
        close: () => chart.destroy(),
        dismiss: () => {
          chart.setActiveElements([]);
          chart.tooltip?.setActiveElements([], { x: 0, y: 0 });
          chart.update('none');
        },
      };
    },
  };
}
