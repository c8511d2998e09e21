// HTML for pages, where they are made and again in the browser, where parts of them are made anew. It imports nothing.

/** HTML that is safe to write as it is: made by {@link html} only, so that nothing unescaped can slip in. */
export class Markup {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

export type Content = Markup | string | number | null | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Returns the text as HTML that shows it literally, in an element or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

function render(content: Content): string {
  if (content === null) return '';
  if (content instanceof Markup) return content.source;
  if (typeof content === 'string') return escapeHtml(content);
  if (typeof content === 'number') return String(content);
  return content.map(render).join('');
}

/** There a space is never shown, and pages have thousands of cells. */
const BEFORE_PART_OF_TABLE = /\s*\n\s*(?=<\/?(?:tbody|thead|tr|td|th)\b)/g;

const compacted = new WeakMap<TemplateStringsArray, readonly string[]>();

/** The literals without the line breaks and indents that only the source code has. Contents keep theirs. */
function compact(template: TemplateStringsArray): readonly string[] {
  const before = compacted.get(template);
  if (before !== undefined) return before;
  const literals = template.map((literal) => literal.replaceAll(BEFORE_PART_OF_TABLE, '').replaceAll(/\s*\n\s*/g, ' '));
  compacted.set(template, literals);
  return literals;
}

/**
 * Template tag: the literal parts are HTML, every interpolated string is escaped, `null` is nothing. Line breaks in the
 * literal parts become spaces.
 */
export function html(template: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  const literals = compact(template);
  let source = literals[0] ?? '';
  for (const [index, content] of contents.entries()) source += render(content) + (literals[index + 1] ?? '');
  return new Markup(source);
}

/** The contents with a separator between them, e.g. a comma. */
export function joined(contents: readonly Content[], separator: Content): Markup {
  return html`${contents.map((content, index) => (index === 0 ? content : [separator, content]))}`;
}

/** What a `dl` holds: names, each with what stands for it, and with attributes of that, a space before each. */
export function definitions(entries: Iterable<readonly [name: Content, value: Content, attributes?: Markup]>): Markup {
  return html`${[...entries].map(
    ([name, value, attributes = null]) =>
      html`<div>
        <dt>${name}</dt>
        <dd${attributes}>${value}</dd>
      </div>`,
  )}`;
}

/**
 * Returns the value as JSON that may stand in a `<script type="application/json">`: nothing in it can end the element,
 * open a comment, or break a line in an older JavaScript parser. `JSON.parse` gives the same value back.
 */
export function jsonIsland(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('-->', '--\\u003e')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}
