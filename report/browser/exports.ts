import type { RunResult } from '../../bench/result/schema.ts';
import { matrixCsv, planCsv, trialsCsv } from '../csv.ts';
import type { PageData } from '../page-data.ts';
import { firstPlan, planRows } from '../planner/plan-view.ts';
import { unpack } from '../unpack.ts';
import type { View } from '../view-link.ts';

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
const csv = (text: string) => new Blob([text], { type: 'text/csv' });

/** Shows the buttons that save the result as JSON, its figures as CSV, and the plan that the view asks for. */
export function enableExports(root: ParentNode, data: PageData, view: View): void {
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
  const needs = () => view.get().plan ?? firstPlan(data)!; // without a load there is no such button
  on('save-plan', 'plan.csv', async () => csv(planCsv(planRows(data, needs()), needs())));
  if (!data.hasFigures) return;
  on('save-csv', 'csv', async () => csv(matrixCsv(await embeddedResult())));
  on('save-trials', 'trials.csv', async () => csv(trialsCsv(await embeddedResult())));
}
