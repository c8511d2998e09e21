import { PICTURE_TAGS, type Part } from '../element.ts';

const SVG = 'http://www.w3.org/2000/svg';

/** The parts as nodes of the document; text becomes text nodes, whatever is in it. */
export function nodesOf(parts: readonly Part[]): (Element | string)[] {
  return parts.map((part) => {
    if (typeof part === 'string') return part;
    const node = PICTURE_TAGS.has(part.tag)
      ? document.createElementNS(SVG, part.tag)
      : document.createElement(part.tag);
    for (const [name, value] of Object.entries(part.attributes)) node.setAttribute(name, value);
    node.append(...nodesOf(part.children));
    return node;
  });
}
