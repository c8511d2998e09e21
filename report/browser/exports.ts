import type { RunResult } from '../../bench/result/schema.ts';
import { matrixCsv, trialsCsv } from '../csv.ts';
import type { PageData } from '../page-data.ts';
import { unpack } from '../unpack.ts';

/** The JSON of the result that this page was made from, as far as it carries it. */
function embeddedJson(): Promise<string> {
  return unpack(document.getElementById('result')?.textContent ?? '');
}

/** The result that this page was made from; some of its histograms may be empty. */
export async function embeddedResult(): Promise<RunResult> {
  return JSON.parse(await embeddedJson()) as RunResult;
}

/** A text that is safe in the name of a file anywhere. */
export function fileName(text: string): string {
  return text.replaceAll(/[^\w.-]+/g, '-').slice(0, 120) || 'pushbench';
}

/** Lets the reader save a file. */
export function save(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** The text as a file of comma-separated values. */
export const csv = (text: string) => new Blob([text], { type: 'text/csv' });

/** Shows the buttons that save the result as JSON and its figures as CSV. */
export function enableExports(root: ParentNode, data: PageData): void {
  const name = fileName(data.runId);
  const on = (id: string, extension: string, make: () => Promise<Blob>) => {
    const button = root.querySelector<HTMLButtonElement>(`#${id}`);
    if (button === null) return;
    button.hidden = false;
    button.addEventListener('click', () => {
      void make().then((content) => save(`${name}.${extension}`, content));
    });
  };
  on('save-json', 'json', async () => new Blob([await embeddedJson()], { type: 'application/json' }));
  if (!data.hasFigures) return;
  on('save-csv', 'csv', async () => csv(matrixCsv(await embeddedResult())));
  on('save-trials', 'trials.csv', async () => csv(trialsCsv(await embeddedResult())));
}
