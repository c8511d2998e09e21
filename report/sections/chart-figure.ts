import { html, type Markup } from '../../server/page/html.ts';
import type { Fill } from '../figures/parts.ts';

export type ChartFigure = {
  /** Of its canvas, and the place in a deep link. */
  readonly id: string;
  readonly title: string;
  /** What to see in it. */
  readonly caption: string;
  /** Parts of a stacked bar, in order. */
  readonly key?: readonly (readonly [label: string, fill: Fill])[];
  readonly wide?: boolean;
  readonly table: Markup;
};

/** The browser draws the same ones. */
const FILLS: Readonly<Record<Fill, Markup>> = {
  solid: html`<rect width="14" height="14" />`,
  hatch: html`<path class="line" d="M-2 9 9-2M-2 16 16-2M5 16 16 5" />`,
  light: html`<rect width="14" height="14" fill-opacity=".28" />`,
  dots: html`<circle cx="4" cy="4" r="1.6" /><circle cx="10.5" cy="10.5" r="1.6" /><circle
      cx="10.5"
      cy="4"
      r="1.6"
    /><circle cx="4" cy="10.5" r="1.6" />`,
};

function fillKey(key: NonNullable<ChartFigure['key']>): Markup {
  return html`<ul class="key">
    ${key.map(
      ([label, fill]) =>
        html`<li data-fill="${fill}">
          <svg width="12" height="12" viewBox="0 0 14 14" aria-hidden="true">${FILLS[fill]}</svg>${label}
        </li>`,
    )}
  </ul>`;
}

/** The figure with its empty canvas, what to see in it, and its data as a table. */
export function chartFigure({ id, title, caption, key, wide, table }: ChartFigure): Markup {
  return html`<figure id="${id}" class="chart${wide === true ? ' wide' : ''}">
    <div class="heading">
      <h3>${title}</h3>
      <p class="tools" hidden>
        <a href="#${id}" aria-label="Link to this view of: ${title}">Link</a>
        <button type="button" data-png="${id}" aria-label="Save as PNG: ${title}">PNG</button>
      </p>
    </div>
    ${key === undefined ? null : fillKey(key)}
    <div class="plot">
      <canvas role="img" data-chart="${id}" aria-label="${title}. Its data stands in the table below it."></canvas>
    </div>
    <p class="missing" data-missing="${id}" hidden></p>
    <figcaption>${caption}</figcaption>
    <details>
      <summary>Data of this chart</summary>
      ${table}
    </details>
  </figure>`;
}
