import { html, type Content, type Markup } from '../server/page/html.ts';

/** A column: text to the left, figures to the right; with the name of what its rows can be sorted by, if anything. */
export type Column = { readonly label: Content; readonly kind: 'text' | 'num' | 'picture'; readonly sort?: string };

export const text = (label: Content): Column => ({ label, kind: 'text' });
export const num = (label: Content): Column => ({ label, kind: 'num' });

/** A cell or a row with attributes of its own, each with a space before it. */
type Attributed<Inner> = { readonly content: Inner; readonly attributes: Markup };
type Cell = Content | Attributed<Content>;

/** The first of its cells names it. */
export type Row = readonly Cell[] | Attributed<readonly Cell[]>;

/** Rows of one load, whose name stands above them, and whose key says for programs which it is. */
export type RowGroup = { readonly name: string | null; readonly rows: readonly Row[]; readonly key?: string };

/** A table in a region that scrolls by itself and can be reached with the keyboard. */
export function dataTable(caption: string, columns: readonly Column[], rows: readonly Row[]): Markup {
  return groupedTable(caption, columns, [{ name: null, rows }]);
}

/** The same with its rows in groups; `kind` is its class. */
export function groupedTable(
  caption: string,
  columns: readonly Column[],
  groups: readonly RowGroup[],
  kind = 'data',
): Markup {
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
    <table class="${kind}">
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${columns.map(headOf)}
        </tr>
      </thead>
      ${groups.map((group) => bodyOf(group, columns))}
    </table>
  </div>`;
}

function headOf({ label, kind, sort }: Column): Markup {
  const sorted = sort === undefined ? null : html` data-sort="${sort}"`;
  return html`<th scope="col" ${classOf(kind)}${sorted}>${label}</th>`;
}

function bodyOf({ name, rows, key }: RowGroup, columns: readonly Column[]): Markup {
  const heading = html`<tr class="load">
    <th scope="rowgroup" colspan="${columns.length}"><span>${name}</span></th>
  </tr>`;
  return html`<tbody${key === undefined ? null : html` data-load="${key}"`}>
    ${name === null ? null : heading}${rows.map((row) =>
      'attributes' in row ? rowOf(row.content, columns, row.attributes) : rowOf(row, columns, null),
    )}
  </tbody>`;
}

function rowOf(cells: readonly Cell[], columns: readonly Column[], attributes: Content): Markup {
  return html`<tr${attributes}>
    ${cells.map((cell, place) => {
      const [content, own] = isAttributed(cell) ? [cell.content, cell.attributes] : [cell, null];
      const kind = columns[place]?.kind ?? 'num';
      if (place === 0) return html`<th scope="row">${content}</th>`;
      return html`<td${classOf(kind)}${own}>${content}</td>`;
    })}
  </tr>`;
}

/** Figures have none: they are what most cells hold. */
const classOf = (kind: Column['kind']) => (kind === 'num' ? null : html` class="${kind}"`);

const isAttributed = (cell: Cell): cell is Attributed<Content> =>
  typeof cell === 'object' && cell !== null && 'attributes' in cell;
