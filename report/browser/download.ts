import { matrixCsv } from '../csv.ts';
import type { PageData } from '../page-data.ts';

/** Shows the button that saves the summary matrix as a CSV file. */
export function enableCsv(root: ParentNode, data: PageData): void {
  const button = root.querySelector<HTMLButtonElement>('#csv');
  if (button === null) return;
  button.hidden = data.loads.every((load) => load.rows.every((row) => Object.keys(row.metrics).length === 0));
  button.addEventListener('click', () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([matrixCsv(data)], { type: 'text/csv' }));
    link.download = `${data.runId.replaceAll(/[^\w.-]+/g, '-')}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  });
}
