import type { Markup } from '../../page/html.ts';
import { mark, shapeOf } from '../../page/marks.ts';
import { TRAITS, type TransportId } from '../../transports/traits.ts';

type Kind<E extends Element> = abstract new () => E;

/** The first element within that a selector finds. Throws where there is none of that kind: page and script belong together. */
export function find(within: ParentNode, selector: string): HTMLElement;
export function find<E extends Element>(within: ParentNode, selector: string, kind: Kind<E>): E;
export function find(within: ParentNode, selector: string, kind: Kind<Element> = HTMLElement): Element {
  const found = within.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} ${selector}`);
  return found;
}

/** The element of the page with this id; see {@link find}. */
export function byId(id: string): HTMLElement;
export function byId<E extends Element>(id: string, kind: Kind<E>): E;
export function byId(id: string, kind: Kind<Element> = HTMLElement): Element {
  return find(document, `#${id}`, kind);
}

/** Sets the text only where it differs, so that nothing is laid out, or read out, anew for nothing. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** The transport's sign in its shape and colour, for beside its name. */
export function markOf(id: TransportId): Markup {
  return mark(shapeOf(TRAITS[id].look.shape), id);
}
