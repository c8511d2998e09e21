import { element, type Element } from './element.ts';

/** A column: text to the left, figures to the right. */
export type ElementColumn = { readonly label: string; readonly kind: 'text' | 'num' | 'picture' };

/** A table in a region that scrolls by itself and can be reached with the keyboard, for parts that the page makes anew. */
export function elementTable(caption: string, columns: readonly ElementColumn[], rows: readonly Element[]): Element {
  return element(
    'div',
    { class: 'scroll', role: 'region', 'aria-label': caption, tabindex: '0' },
    element(
      'table',
      { class: 'data' },
      element('caption', {}, caption),
      element(
        'thead',
        {},
        element('tr', {}, ...columns.map(({ label, kind }) => element('th', { scope: 'col', class: kind }, label))),
      ),
      element('tbody', {}, ...rows),
    ),
  );
}
