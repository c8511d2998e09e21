import { agePoints } from '../../figures/grids.ts';
import { commonOptions, linearAxis, milliseconds, timeAxis } from './axes.ts';
import { drawing } from './drawing.ts';
import { headline, roomAround } from './headline.ts';
import { line, seriesLabels } from './lines.ts';
import { CLOCK_MS, currentLoad, seriesOf, whyEmpty, xy, type ChartPart } from './scene.ts';
import { formatNumber } from '../../../bench/basics/amounts.ts';

/** Shares of the time at which a line carries its transport's shape. */
const MARKED = new Set([10, 50, 90]);

/** Below this share of the time an age is little more than a fresh delivery: a log axis need not reach down to it. */
const FIRST_SHARE = 5;

/** Age of information: how old the newest tick was at most during which share of the time. */
export const age: ChartPart = {
  id: 'age',
  draw(scene) {
    const series = seriesOf(scene, currentLoad(scene)).filter(({ row }) => row.age.length > 0);
    if (series.length === 0) return whyEmpty(scene);
    const values = series.flatMap(({ row }) =>
      agePoints(row)
        .filter(([share]) => share >= FIRST_SHARE)
        .map((point) => point[1] ?? 0),
    );
    const { plugin, right } = seriesLabels(scene, series);
    return drawing<'line'>({
      type: 'line',
      data: {
        datasets: series.map((one) => ({
          ...line(one, xy(agePoints(one.row), scene.state.scale === 'log' ? CLOCK_MS : 0)),
          pointRadius: agePoints(one.row).map(([share]) => (MARKED.has(share) ? 4 : 0)),
        })),
      },
      options: {
        ...commonOptions(scene, ({ dataset, parsed }) => {
          const share = formatNumber(parsed.x ?? 0);
          return `${dataset.label}: at most ${milliseconds(parsed.y ?? 0)} old during ${share} % of the time`;
        }),
        layout: roomAround(scene, right),
        scales: {
          x: linearAxis(scene, 'x', 'share of the time, %', { min: 0, max: 100 }),
          y: timeAxis(scene, 'age of the newest tick', values),
        },
      },
      plugins: [plugin, headline(scene)],
    });
  },
};
