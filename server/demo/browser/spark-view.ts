import type { LatencySample } from '../model/latency-window.ts';
import { logY, sparkPoints, type SparkFrame } from '../model/sparkline.ts';
import type { TransportId } from '../../transports/traits.ts';
import { find, svg } from './dom.ts';

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
    this.#blur = svg('rect', { class: 'blur', x: 0, width: SIZE.width, y: SIZE.height, height: 0 });
    this.#svg.append(this.#blur);
    const labels = GRID.map(([us, label]) => {
      const y = logY(us, { ...SIZE, ...RANGE });
      const text = svg('text', { x: 0, y: y - 2 });
      text.textContent = label;
      this.#svg.append(svg('line', { class: 'grid', x1: 0, x2: SIZE.width, y1: y, y2: y }));
      return text;
    });
    this.#median = svg('line', { class: `median ${id}`, x1: 0, x2: SIZE.width });
    this.#dots = svg('path', { class: `dots ${id}` });
    this.#svg.append(this.#median, this.#dots, ...labels);
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
