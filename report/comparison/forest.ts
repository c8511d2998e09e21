import type { MetricChange } from '../../bench/judge/compare-runs.ts';
import { html, type Markup } from '../../server/page/html.ts';

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
export function forestPicture({ ratio, margin, outcome }: MetricChange, reach: number): Markup | null {
  if (ratio === null) return null;
  const x = (value: number) => {
    const place = Math.max(-1, Math.min(1, Math.log(value) / reach));
    return (MIDDLE + place * (MIDDLE - 6)).toFixed(1);
  };
  const band = Number(x(1 + margin)) - Number(x(1 / (1 + margin)));
  const { low, high } = ratio;
  return html`<svg
    class="forest ${outcome}"
    width="${WIDTH}"
    height="${HEIGHT}"
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    aria-hidden="true"
  >
    <rect class="band" x="${x(1 / (1 + margin))}" y="0" width="${band.toFixed(1)}" height="${HEIGHT}" />
    <line class="none" x1="${x(1)}" x2="${x(1)}" y1="0" y2="${HEIGHT}" />
    ${low === null || high === null ? null : html`<line class="interval" x1="${x(low)}" x2="${x(high)}" y1="${HEIGHT / 2}" y2="${HEIGHT / 2}" />`}
    <circle cx="${x(ratio.value)}" cy="${HEIGHT / 2}" r="3.5" />
  </svg>`;
}
