import type { MetricChange } from '../../bench/judge/compare-runs.ts';
import { element, type Element } from '../element.ts';

const WIDTH = 130;
const HEIGHT = 16;
const MIDDLE = WIDTH / 2;

/** At least 5 % and at most tenfold to either side: a trifle shall not fill the picture, nor an outlier flatten the rest. */
const LEAST = Math.log(1.05);
const MOST = Math.log(10);

/** How far the axis of all pictures reaches to either side, as a logarithm of the ratio. */
export function reachOf(changes: readonly MetricChange[]): number {
  const logs = changes.flatMap(({ ratio }) =>
    ratio === null ? [] : [ratio.value, ratio.low ?? ratio.value, ratio.high ?? ratio.value].map(Math.log),
  );
  return Math.min(
    MOST,
    logs.reduce((most, log) => Math.max(most, Math.abs(log)), LEAST),
  );
}

/** The interval of a ratio around no change, with the margin that counts as none; beside it stand its figures. */
export function forestPicture({ ratio, margin, outcome }: MetricChange, reach: number): Element | string {
  if (ratio === null) return '';
  const x = (value: number) => {
    const place = Math.max(-1, Math.min(1, Math.log(value) / reach));
    return (MIDDLE + place * (MIDDLE - 6)).toFixed(1);
  };
  const y = String(HEIGHT / 2);
  const band = Number(x(1 + margin)) - Number(x(1 / (1 + margin)));
  return element(
    'svg',
    {
      class: `forest ${outcome}`,
      width: String(WIDTH),
      height: String(HEIGHT),
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      'aria-hidden': 'true',
    },
    element('rect', {
      class: 'band',
      x: x(1 / (1 + margin)),
      y: '0',
      width: band.toFixed(1),
      height: String(HEIGHT),
    }),
    element('line', { class: 'none', x1: x(1), x2: x(1), y1: '0', y2: String(HEIGHT) }),
    ...(ratio.low === null || ratio.high === null
      ? []
      : [element('line', { class: 'interval', x1: x(ratio.low), x2: x(ratio.high), y1: y, y2: y })]),
    element('circle', { cx: x(ratio.value), cy: y, r: '3.5' }),
  );
}
