/** Gives the headings of the summary tables buttons that sort their rows, within each load. */
export function enableSorting(root: ParentNode): void {
  for (const table of root.querySelectorAll<HTMLTableElement>('table.matrix'))
    for (const heading of table.querySelectorAll<HTMLTableCellElement>('th[data-sort]')) {
      const name = heading.querySelector('span');
      if (name === null) continue;
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = name.textContent;
      button.addEventListener('click', () => sortBy(table, heading));
      name.replaceWith(button);
    }
}

function sortBy(table: HTMLTableElement, heading: HTMLTableCellElement): void {
  const direction = heading.ariaSort === 'ascending' ? 'descending' : 'ascending';
  for (const other of table.querySelectorAll('th[aria-sort]')) other.removeAttribute('aria-sort');
  heading.ariaSort = direction;
  const column = heading.cellIndex;
  const sign = direction === 'ascending' ? 1 : -1;
  // Rows without the figure stay last either way.
  const value = (row: HTMLTableRowElement) => Number(row.cells[column]?.dataset['value'] ?? NaN);
  const compare = (a: HTMLTableRowElement, b: HTMLTableRowElement) => {
    const [left, right] = [value(a), value(b)];
    if (Number.isNaN(left) || Number.isNaN(right)) return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
    return sign * (left - right);
  };
  for (const body of table.tBodies) {
    const rows = [...body.rows].filter((row) => !row.classList.contains('load'));
    body.append(...rows.toSorted(compare));
  }
}
