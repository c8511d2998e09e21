import { commonOptions, linearAxis, lines, nameAxis } from './axes.ts';
import { totals } from './bars.ts';
import { drawing } from './drawing.ts';
import { fill } from './fills.ts';
import { whiskers } from './whiskers.ts';
import { whyEmpty, type ChartPart } from './scene.ts';
import { formatNumber } from '../../../bench/basics/amounts.ts';

const ROW_HEIGHT = 30;
const LINE_HEIGHT = 15;
const AXIS_HEIGHT = 64;

/** What one message costs in each step, ours solid and libraries hatched. */
export const micro: ChartPart = {
  id: 'micro',
  draw(scene) {
    const { theme, data, state } = scene;
    if (data.transports.every(({ id }) => state.hidden.has(id))) return whyEmpty(scene);
    const steps = data.micro.filter(({ transport }) => transport === null || !state.hidden.has(transport));
    const colours = steps.map((step) => {
      const look = data.transports.find(({ id }) => id === step.transport);
      return look === undefined ? theme.muted : theme.colour(look);
    });
    const names = steps.map(({ step, what }) => lines(scene, `${step}: ${what}`, 15));
    const most = names.reduce((lines, name) => Math.max(lines, typeof name === 'string' ? 1 : name.length), 1);
    const ends = steps.map(({ meanNs, marginNs }) => meanNs + marginNs);
    return drawing<'bar'>(
      {
        type: 'bar',
        data: {
          labels: names,
          datasets: [
            {
              type: 'bar',
              data: steps.map(({ meanNs }) => meanNs),
              backgroundColor: steps.map(({ library }, index) =>
                fill(library ? 'hatch' : 'solid', colours[index] ?? theme.muted),
              ),
              borderColor: colours,
              borderWidth: 1,
              borderSkipped: false,
              maxBarThickness: 18,
            },
          ],
        },
        options: {
          ...commonOptions(scene, ({ dataIndex }) => {
            const step = steps[dataIndex];
            if (step === undefined) return '';
            const { meanNs, marginNs, medianNs } = step;
            return `${step.step}, ${step.what}: ${formatNumber(meanNs)} ± ${formatNumber(marginNs)} ns, median ${formatNumber(medianNs)}`;
          }),
          interaction: { mode: 'nearest', intersect: true },
          indexAxis: 'y',
          layout: { padding: { right: 74 } },
          scales: {
            x: { ...linearAxis(scene, 'x', 'for one message, ns'), suggestedMax: Math.max(...ends) },
            y: nameAxis(scene),
          },
        },
        plugins: [
          whiskers(
            'x',
            steps.map(({ meanNs, marginNs }, index) => ({
              dataset: 0,
              index,
              low: Math.max(0, meanNs - marginNs),
              high: meanNs + marginNs,
              colour: theme.ink,
            })),
          ),
          totals(
            scene,
            steps.map(({ meanNs }, index) => ({ end: ends[index] ?? meanNs, text: `${formatNumber(meanNs)} ns` })),
          ),
        ],
      },
      steps.length * (ROW_HEIGHT + (most - 1) * LINE_HEIGHT) + AXIS_HEIGHT,
    );
  },
};
