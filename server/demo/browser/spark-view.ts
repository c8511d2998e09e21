import type { TransportId } from '../../transports/traits.ts';
import { html } from '../../page/html.ts';
import { find } from './dom.ts';
import type { LatencySample } from '../model/capped.ts';
import { logY, sparkPoints, type SparkFrame } from '../model/drawing.ts';

/** The same for all cards, or they could not be compared at a glance. */
const RANGE = { minUs: 200, maxUs: 5_000_000 } as const;
const SPAN_US = 20_000_000;
const GRID = [
  [1000, '1 ms'],
  [10_000, '10 ms'],
  [100_000, '0.1 s'],
  [1_000_000, '1 s'],
] as const;

const SIZE = { width: 240, height: 92 } as const;

/** A card's latencies of the last 20 s, a dot each, on the logarithmic axis that all cards share. */
export function sparkView(card: HTMLElement, id: TransportId) {
  const svg = find(card, '.spark', SVGElement);
  svg.setAttribute('viewBox', `0 0 ${SIZE.width} ${SIZE.height}`);
  const y = (us: number) => logY(us, { ...SIZE, ...RANGE });
  svg.innerHTML = html`<rect class="blur" x="0" width="${SIZE.width}" y="${SIZE.height}" height="0" />
    ${GRID.map(([us]) => html`<line class="grid" x1="0" x2="${SIZE.width}" y1="${y(us)}" y2="${y(us)}" />`)}
    <line class="median ${id}" x1="0" x2="${SIZE.width}" />
    <path class="dots ${id}" />
    ${GRID.map(([us, label]) => html`<text x="0" y="${y(us) - 2}">${label}</text>`)}`.source;
  const [blur, median, dots] = ['.blur', '.median', '.dots'].map((part) => find(card, part, SVGElement));
  const set = (of: SVGElement | undefined, attributes: Readonly<Record<string, string | number>>) => {
    for (const [name, value] of Object.entries(attributes)) of!.setAttribute(name, String(value));
  };

  return (samples: readonly LatencySample[], p50Us: number, boundUs: number, nowUs: number, summary: string): void => {
    const frame: SparkFrame = { ...SIZE, ...RANGE, nowUs, spanUs: SPAN_US };
    // A dot is a line of no length with round ends: one path for all of them.
    const path = sparkPoints(samples, frame).map(({ x, y }) => `M${x.toFixed(1)} ${y.toFixed(1)}h0`);
    set(dots, { d: path.join('') });
    const medianY = Number.isFinite(p50Us) ? logY(p50Us, frame) : -10;
    set(median, { y1: medianY, y2: medianY });
    const boundY = logY(Math.max(boundUs, RANGE.minUs), frame);
    set(blur, { y: boundY, height: SIZE.height - boundY });
    if (svg.getAttribute('aria-label') !== summary) svg.setAttribute('aria-label', summary);
  };
}
