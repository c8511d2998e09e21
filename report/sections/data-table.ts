import { html, type Content, type Markup } from '../html.ts';

export type Column = { readonly label: Content; readonly numeric?: boolean };

/** A table in a region that scrolls by itself and can be reached with the keyboard. The first column names its row. */
export function dataTable(caption: string, columns: readonly Column[], rows: readonly (readonly Content[])[]): Markup {
  return groupedTable(caption, columns, [{ name: null, rows }]);
}

/** Rows that have something in common, which stands above them. */
export type RowGroup = { readonly name: string | null; readonly rows: readonly (readonly Content[])[] };

/** The same with its rows in groups. */
export function groupedTable(caption: string, columns: readonly Column[], groups: readonly RowGroup[]): Markup {
  return scrollingTable(
    'data',
    caption,
    columns.map((column) => html`<th scope="col" ${text(column)}>${column.label}</th>`),
    groups.map(
      ({ name, rows }) =>
        html`<tbody>
          ${name === null ? null : groupRow(name, columns.length)}${rows.map(
            (cells) =>
              html`<tr>
                ${cells.map((cell, index) => cellOf(cell, columns[index], index))}
              </tr>`,
          )}
        </tbody>`,
    ),
  );
}

/** What any table of a page stands in, and its head; `kind` is its class, `bodies` are its `tbody` elements. */
export function scrollingTable(kind: string, caption: string, heads: Content, bodies: Content): Markup {
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
    <table class="${kind}">
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${heads}
        </tr>
      </thead>
      ${bodies}
    </table>
  </div>`;
}

/** The first row of a group: its name, across so many columns. */
export function groupRow(name: string, columns: number): Markup {
  return html`<tr class="load">
    <th scope="rowgroup" colspan="${columns}"><span>${name}</span></th>
  </tr>`;
}

const text = (column: Column | undefined) => (column?.numeric === true ? null : html` class="text"`);

function cellOf(cell: Content, column: Column | undefined, index: number): Markup {
  return index === 0 ? html`<th scope="row">${cell}</th>` : html`<td${text(column)}>${cell}</td>`;
}
