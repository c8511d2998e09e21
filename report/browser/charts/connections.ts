import type { Connections } from '../../page-data.ts';
import { commonOptions, linearAxis } from './axes.ts';
import { drawing } from './drawing.ts';
import { headline, roomAround } from './headline.ts';
import { line, seriesLabels } from './lines.ts';
import { currentLoad, seriesOf, whyEmpty, type ChartPart } from './scene.ts';
import { formatCount, formatNumber } from '../../../bench/basics/amounts.ts';
import { withAlpha } from './fills.ts';

function curve({ stepSeconds, ...counts }: Connections, key: 'connected' | 'target'): { x: number; y: number }[] {
  return counts[key].map((y, step) => ({ x: step * stepSeconds, y }));
}

/** Marks stand at other moments on each line, so that lines that coincide stay visible. */
const markRadius = (index: number, place: number) => (index % 8 === (place % 4) * 2 ? 3.5 : 0);

/** Open connections since the ramp began, against the target. */
export const connections: ChartPart = {
  id: 'connections',
  draw(scene) {
    const series = seriesOf(scene, currentLoad(scene)).flatMap((one) =>
      one.row.connections === null ? [] : [{ ...one, over: one.row.connections }],
    );
    const [first] = series;
    if (first === undefined) return whyEmpty(scene);
    const longest = series.reduce((a, b) => (b.over.stepSeconds > a.over.stepSeconds ? b : a), first);
    const { plugin, right } = seriesLabels(scene, series);
    return drawing<'line'>({
      type: 'line',
      data: {
        datasets: [
          ...series.map((one, place) => ({
            ...line(one, curve(one.over, 'connected')),
            pointRadius: one.over.connected.map((_, index) => markRadius(index, place)),
          })),
          {
            ...line(longest, curve(longest.over, 'target')),
            label: 'target',
            borderColor: withAlpha(scene.theme.muted, 0.25),
            backgroundColor: withAlpha(scene.theme.muted, 0.25),
            borderDash: [],
            borderWidth: 9,
            borderCapStyle: 'round',
          },
        ],
      },
      options: {
        ...commonOptions(scene, ({ dataset, parsed }) => {
          return `${dataset.label}: ${formatCount(parsed.y ?? 0)} after ${formatNumber(parsed.x ?? 0)} s`;
        }),
        layout: roomAround(scene, right),
        scales: {
          x: linearAxis(scene, 'x', 'seconds since the ramp began'),
          y: { ...linearAxis(scene, 'y', 'open connections'), grace: '5%' },
        },
      },
      plugins: [plugin, headline(scene)],
    });
  },
};
