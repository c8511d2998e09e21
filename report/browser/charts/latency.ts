import { latencyPoints } from '../../figures/grids.ts';
import { commonOptions, linearAxis, milliseconds, timeAxis, axisTitle } from './axes.ts';
import { drawing } from './drawing.ts';
import { headline, roomAround } from './headline.ts';
import { line, seriesLabels } from './lines.ts';
import { CLOCK_MS, currentLoad, seriesOf, whyEmpty, xy, type ChartPart } from './scene.ts';
import { formatNumber } from '../../../bench/basics/amounts.ts';

/** `90 %`, `99.9 %`: the percentile at x = 1 / (1 - p). */
function percentileLabel(x: number): string {
  const nines = Math.log10(x);
  if (!Number.isInteger(nines)) return `${formatNumber((1 - 1 / x) * 100)} %`;
  return nines < 3 ? `${100 - 100 / x} %` : `99.${'9'.repeat(nines - 2)} %`;
}

/** As many samples must remain beyond a percentile for its line to be drawn in full colour. */
const ENOUGH = 10;

const isMarked = (x: number) => x === 2 || Number.isInteger(Math.log10(x));

/** Delivery latency by percentile: each further nine takes the same width. */
export const latency: ChartPart = {
  id: 'latency',
  draw(scene) {
    const series = seriesOf(scene, currentLoad(scene)).filter(({ row }) => row.latency.length > 0);
    if (series.length === 0) return whyEmpty(scene);
    const most = series.reduce((max, { row }) => Math.max(max, row.samples), 10);
    const values = series.flatMap(({ row }) => row.latency);
    const { plugin, right } = seriesLabels(scene, series);
    return drawing<'line'>({
      type: 'line',
      data: {
        datasets: series.map((one) => ({
          ...line(one, xy(latencyPoints(one.row), scene.state.scale === 'log' ? CLOCK_MS : 0)),
          clip: 6,
          pointRadius: latencyPoints(one.row).map(([x]) => (isMarked(x) && x <= one.row.samples / ENOUGH ? 4 : 0)),
          segment: {
            borderColor: ({ p0 }) => ((p0.parsed.x ?? 0) >= one.row.samples / ENOUGH ? scene.theme.muted : undefined),
          },
        })),
      },
      options: {
        ...commonOptions(scene, ({ dataset, parsed }) => {
          return `${dataset.label}: ${percentileLabel(parsed.x ?? 1)} within ${milliseconds(parsed.y ?? 0)}`;
        }),
        layout: roomAround(scene, right),
        scales: {
          x: {
            ...linearAxis(scene, 'x', ''),
            type: 'logarithmic',
            min: 1,
            max: most,
            title: axisTitle(scene, 'percentile of deliveries, %', 'x'),
            afterBuildTicks: (axis) => {
              axis.ticks = [1, 2, ...Array.from({ length: 12 }, (_, nines) => 10 ** (nines + 1))]
                .filter((value) => value <= most)
                .map((value) => ({ value }));
            },
            ticks: {
              color: scene.theme.muted,
              font: { size: 12 },
              maxRotation: 0,
              callback: (value) => percentileLabel(Number(value)).replace(' %', ''),
            },
          },
          y: timeAxis(scene, 'delivery latency', values),
        },
      },
      plugins: [plugin, headline(scene)],
    });
  },
};
