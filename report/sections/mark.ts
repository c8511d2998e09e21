import { shadedStyles } from '../../server/page/shades.ts';
import { element, type Element } from '../element.ts';
import { markupOf, type Markup } from '../html.ts';
import type { PageTransport, PageData } from '../page-data.ts';

const SHAPES: Readonly<Record<PageTransport['shape'], Element>> = {
  circle: element('circle', { cx: '7', cy: '7', r: '5' }),
  rect: element('rect', { x: '2.5', y: '2.5', width: '9', height: '9' }),
  triangle: element('path', { d: 'M7 1.5 13 12.5H1z' }),
  rectRot: element('path', { d: 'M7 .8 13.2 7 7 13.2.8 7z' }),
  crossRot: element('path', { d: 'M2 4 4 2l3 3 3-3 2 2-3 3 3 3-2 2-3-3-3 3-2-2 3-3z' }),
};

/** The shapes, once in the document: every mark refers to its own. */
export function markShapes(): Markup {
  const shapes = Object.entries(SHAPES).map(([name, shape]) =>
    element('symbol', { id: `shape-${name}`, viewBox: '0 0 14 14' }, shape),
  );
  return markupOf([element('svg', { class: 'shapes', width: '0', height: '0', 'aria-hidden': 'true' }, ...shapes)]);
}

/** The transport's sign in its shape and colour, for beside its name; silent for screen readers. */
export function markElement(transports: readonly PageTransport[], id: string): Element {
  const index = transports.findIndex((transport) => transport.id === id);
  const shape = transports[index]?.shape ?? 'circle';
  return element(
    'svg',
    { class: `mark t${index}`, width: '14', height: '14', 'aria-hidden': 'true' },
    element('use', { href: `#shape-${shape}` }),
  );
}

/** The same as HTML. */
export function mark(page: PageData, id: string): Markup {
  return markupOf([markElement(page.transports, id)]);
}

/** The style rules that give each transport its colour, light and dark. */
export function markStyles(transports: readonly PageTransport[]): string {
  return shadedStyles((shade) => transports.map((transport, index) => `.t${index}{fill:${transport[shade]}}`).join(''));
}
