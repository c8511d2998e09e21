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
export class SparkView {
  readonly #svg: SVGElement;
  readonly #dots: SVGElement;
  readonly #median: SVGElement;
  readonly #blur: SVGElement;

  constructor(card: HTMLElement, id: TransportId) {
    this.#svg = find(card, '.spark', SVGElement);
    this.#svg.setAttribute('viewBox', `0 0 ${SIZE.width} ${SIZE.height}`);
    const y = (us: number) => logY(us, { ...SIZE, ...RANGE });
    this.#svg.innerHTML = html`<rect class="blur" x="0" width="${SIZE.width}" y="${SIZE.height}" height="0" />
      ${GRID.map(([us]) => html`<line class="grid" x1="0" x2="${SIZE.width}" y1="${y(us)}" y2="${y(us)}" />`)}
      <line class="median ${id}" x1="0" x2="${SIZE.width}" />
      <path class="dots ${id}" />
      ${GRID.map(([us, label]) => html`<text x="0" y="${y(us) - 2}">${label}</text>`)}`.source;
    this.#blur = find(card, '.blur', SVGElement);
    this.#median = find(card, '.median', SVGElement);
    this.#dots = find(card, '.dots', SVGElement);
  }

  render(samples: readonly LatencySample[], p50Us: number, boundUs: number, nowUs: number, summary: string): void {
    const frame: SparkFrame = { ...SIZE, ...RANGE, nowUs, spanUs: SPAN_US };
    // A dot is a line of no length with round ends: one path for all of them.
    const path = sparkPoints(samples, frame).map(({ x, y }) => `M${x.toFixed(1)} ${y.toFixed(1)}h0`);
    this.#dots.setAttribute('d', path.join(''));
    const medianY = Number.isFinite(p50Us) ? logY(p50Us, frame) : -10;
    this.#median.setAttribute('y1', String(medianY));
    this.#median.setAttribute('y2', String(medianY));
    const boundY = logY(Math.max(boundUs, RANGE.minUs), frame);
    this.#blur.setAttribute('y', String(boundY));
    this.#blur.setAttribute('height', String(SIZE.height - boundY));
    if (this.#svg.getAttribute('aria-label') !== summary) this.#svg.setAttribute('aria-label', summary);
  }
}
