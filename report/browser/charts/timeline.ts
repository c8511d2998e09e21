import { commonOptions, linearAxis, milliseconds, timeAxis } from './axes.ts';
import { drawing } from './drawing.ts';
import { HEADLINE_HEIGHT, headline, roomAround } from './headline.ts';
import { line, seriesLabels } from './lines.ts';
import { phases } from './phases.ts';
import { CLOCK_MS, currentLoad, seriesOf, whyEmpty, xy, type ChartPart } from './scene.ts';
import { withAlpha } from './fills.ts';

/** p99 (strong, named) and p50 (thin) of each second; gaps are not joined. */
export const timeline: ChartPart = {
  id: 'timeline',
  draw(scene) {
    const load = currentLoad(scene);
    const windowSeconds = load?.windowSeconds ?? 0;
    const series = seriesOf(scene, load).filter(({ row }) => row.p99.length > 0);
    if (series.length === 0) return whyEmpty(scene);
    const clamp = scene.state.scale === 'log' ? CLOCK_MS : 0;
    const points = series.flatMap(({ row }) => [...row.p50, ...row.p99]);
    const xs = points.map(([x]) => x);
    const { plugin, right } = seriesLabels(scene, series);
    return drawing<'line'>({
      type: 'line',
      data: {
        datasets: [
          ...series.map((one) => ({
            ...line(one, xy(one.row.p99, clamp)),
            label: `${one.row.label} p99`,
            pointRadius: 3.5,
          })),
          ...series.map((one) => ({
            ...line(one, xy(one.row.p50, clamp)),
            label: `${one.row.label} p50`,
            borderWidth: 1,
            pointRadius: 1.5,
            borderColor: withAlpha(one.colour, 0.75),
          })),
        ],
      },
      options: {
        ...commonOptions(scene, ({ dataset, parsed }) => {
          return `${dataset.label} in second ${Math.floor(parsed.x ?? 0)}: ${milliseconds(parsed.y ?? 0)}`;
        }),
        layout: roomAround(scene, right, HEADLINE_HEIGHT),
        scales: {
          x: {
            ...linearAxis(scene, 'x', 'seconds of the measured window', {
              min: Math.floor(Math.min(0, ...xs)),
              max: Math.ceil(Math.max(windowSeconds, ...xs)),
            }),
          },
          y: timeAxis(
            scene,
            'latency',
            points.map((point) => point[1] ?? 0),
          ),
        },
      },
      plugins: [phases(scene, windowSeconds), plugin, headline(scene)],
    });
  },
};
