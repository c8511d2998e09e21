const SVG = 'http://www.w3.org/2000/svg';

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

/** An element with a class and content; texts stay text. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  ...content: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className !== '') made.className = className;
  made.append(...content);
  return made;
}

export function svg(tag: string, attributes: Readonly<Record<string, string | number>> = {}): SVGElement {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}

/** Sets the text only where it differs, so that nothing is laid out, or read out, anew for nothing. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}
