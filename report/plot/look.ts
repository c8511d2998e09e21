// Transports' signs and colours where they are drawn as SVG, which needs no script.
import type { TransportLook } from '../../bench/result/schema.ts';
import { shadedStyles } from '../../server/page/shades.ts';
import { html, type Markup } from '../html.ts';

/** Centred on nothing, so that a chart can put them anywhere. */
const SHAPES: Readonly<Record<TransportLook['shape'], Markup>> = {
  circle: html`<circle r="4.5" />`,
  rect: html`<rect x="-4" y="-4" width="8" height="8" />`,
  triangle: html`<path d="M0-5 5.4 4.6H-5.4z" />`,
  rectRot: html`<path d="M0-5.6 5.6 0 0 5.6-5.6 0z" />`,
  crossRot: html`<path d="M-5-3-3-5 0-2 3-5 5-3 2 0 5 3 3 5 0 2-3 5-5 3-2 0z" />`,
};

const COLOUR = /^#[0-9a-f]{6}$/i;
/** Of a transport that no run describes. */
export const GREY = { light: '#5B6270', dark: '#A6AEBB' } as const;

/** The name of a transport's class, by its place among the looks. */
export function classOf(looks: readonly TransportLook[], transport: string): string {
  return `t${looks.findIndex(({ id }) => id === transport)}`;
}

/** A shape at the origin, about nine pixels wide. */
export function shapeOf(shape: TransportLook['shape']): Markup {
  return SHAPES[shape] ?? SHAPES.circle;
}

/** The transport's sign at the origin, in its shape and colour. */
export function sign(looks: readonly TransportLook[], transport: string): Markup {
  const shape = looks.find(({ id }) => id === transport)?.shape;
  return html`<g class="${classOf(looks, transport)}">${shapeOf(shape ?? 'circle')}</g>`;
}

/** The sign for beside a name; silent for screen readers. */
export function mark(looks: readonly TransportLook[], transport: string): Markup {
  return html`<svg class="mark" width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true">
    ${sign(looks, transport)}
  </svg>`;
}

/** The style rules that give each transport its colour, light and dark. Only colours get into them. */
export function lookStyles(looks: readonly TransportLook[]): string {
  return shadedStyles((shade) =>
    looks
      .map(({ colour }) => (COLOUR.test(colour[shade]) ? colour[shade] : GREY[shade]))
      .map((value, index) => `.t${index}{fill:${value};stroke:${value}}`)
      .join(''),
  );
}
