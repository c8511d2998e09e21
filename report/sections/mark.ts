import { html, type Markup } from '../html.ts';
import type { PageTransport, PageData } from '../page-data.ts';

const SHAPES: Readonly<Record<PageTransport['shape'], Markup>> = {
  circle: html`<circle cx="7" cy="7" r="5" />`,
  rect: html`<rect x="2.5" y="2.5" width="9" height="9" />`,
  triangle: html`<path d="M7 1.5 13 12.5H1z" />`,
  rectRot: html`<path d="M7 .8 13.2 7 7 13.2.8 7z" />`,
};

/** The transport's sign in its shape and colour, for beside its name; silent for screen readers. */
export function mark(page: PageData, id: string): Markup {
  const index = page.transports.findIndex((transport) => transport.id === id);
  const shape = page.transports[index]?.shape ?? 'circle';
  return html`<svg class="mark t${index}" viewBox="0 0 14 14" aria-hidden="true">${SHAPES[shape]}</svg>`;
}

/** The style rules that give each transport its colour, light and dark. */
export function markStyles(page: PageData): string {
  const rules = (shade: 'light' | 'dark') =>
    page.transports.map((transport, index) => `.t${index}{fill:${transport[shade]}}`).join('');
  return `${rules('light')}@media screen and (prefers-color-scheme:dark){${rules('dark')}}`;
}
