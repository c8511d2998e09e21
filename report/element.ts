// A piece of the page as data, for the parts that are written when the report is rendered and again when the reader asks
// something else: one description, turned into HTML there (`html.ts`) and into nodes of the document here (`browser/dom.ts`).

/** Text is always shown literally. Tags and attribute names are constants of the source, never of a result. */
export type Element = {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Part[];
};

export type Part = Element | string;

/** An element with its attributes and contents. */
export function element(
  tag: string,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly Part[]
): Element {
  return { tag, attributes, children };
}

/** The tags of pictures, which documents keep apart from those of text. */
export const PICTURE_TAGS: ReadonlySet<string> = new Set([
  'svg',
  'symbol',
  'use',
  'rect',
  'line',
  'circle',
  'path',
  'text',
]);
