// How transports are told apart wherever pages show them. It imports nothing of Node: browsers load it too.
import type { TransportLook } from '../transports/traits.ts';
import { html, type Markup } from './html.ts';

/** Width and height of the box that marks stand in. */
export const BOX_PX = 14;

/** In that box. */
const SHAPES: Readonly<Record<TransportLook['shape'], string>> = {
  circle: 'M7 2a5 5 0 1 1 0 10 5 5 0 0 1 0-10',
  rect: 'M2.5 2.5h9v9h-9z',
  triangle: 'M7 1.5 13 12.5H1z',
  rectRot: 'M7 .8 13.2 7 7 13.2.8 7z',
  crossRot: 'M2 4 4 2l3 3 3-3 2 2-3 3 3 3-2 2-3-3-3 3-2-2 3-3z',
};

/** A shape as the path that SVG and canvas alike draw. */
export function pathOf(shape: TransportLook['shape']): string {
  return SHAPES[shape];
}

/** A shape as it stands in the box. */
export function shapeOf(shape: TransportLook['shape']): Markup {
  return html`<path d="${SHAPES[shape]}" />`;
}

/** A sign in its box, for beside a name; silent for screen readers. `kind` is its class besides. */
export function mark(sign: Markup, kind: string): Markup {
  return html`<svg class="mark ${kind}" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">${sign}</svg>`;
}

/** Of a transport that no run describes. */
const GREY = { light: '#5B6270', dark: '#A6AEBB' } as const;

const COLOUR = /^#[0-9a-f]{6}$/i;

/** A transport's colours; grey where they are none, for they end up in style sheets. */
export function huesOf({ colour }: Pick<TransportLook, 'colour'>): TransportLook['colour'] {
  const hue = (shade: keyof typeof GREY) => (COLOUR.test(colour[shade]) ? colour[shade] : GREY[shade]);
  return { light: hue('light'), dark: hue('dark') };
}

/** How a transport is drawn that is only known by its name. */
export function plainLook(id: string): TransportLook {
  return { id, label: id, colour: GREY, shape: 'circle', dash: [] };
}

/** The style rules that give each transport its colour as `--hue`, light and, on a dark screen, dark; paper is light. */
export function lookStyles(
  looks: readonly TransportLook[],
  classOf: (look: TransportLook, place: number) => string,
): string {
  const rules = (shade: keyof typeof GREY) =>
    looks.map((look, place) => `.${classOf(look, place)}{--hue:${huesOf(look)[shade]}}`).join('');
  return `${rules('light')}@media screen and (prefers-color-scheme:dark){${rules('dark')}}`;
}
