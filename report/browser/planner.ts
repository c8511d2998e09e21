import { planCsv } from '../csv.ts';
import type { PageData } from '../page-data.ts';
import { firstPlan, planRows } from '../planner/plan-row.ts';
import { planView } from '../planner/plan-view.ts';
import type { ViewState } from '../view-link.ts';
import { csv, fileName, save } from './exports.ts';
import { amountOf, showAmounts } from './number-fields.ts';
import type { View } from './view-state.ts';

/** Shows the questions of the planner; whatever is asked becomes part of the view, and so of its link. */
export function enablePlanner(root: ParentNode, data: PageData, view: View): void {
  const form = root.querySelector<HTMLElement>('#workload');
  const first = firstPlan(data);
  if (form === null || first === null) return;
  form.hidden = false;
  form.addEventListener('input', ({ target }) => {
    if (!(target instanceof HTMLInputElement)) return;
    const amount = amountOf(target);
    // of half a number the answer to the last whole one stays
    if (amount !== undefined) view.set({ plan: { ...(view.get().plan ?? first), [target.name]: amount } });
  });
  const button = root.querySelector<HTMLButtonElement>('#save-plan');
  if (button === null) return;
  button.hidden = false;
  button.addEventListener('click', () => {
    const needs = view.get().plan ?? first;
    save(`${fileName(data.runId)}.plan.csv`, csv(planCsv(planRows(data, needs), needs)));
  });
}

/** Plans what the view asks for, and shows it in the fields. */
export function showPlan(root: ParentNode, data: PageData, { plan }: ViewState): void {
  const form = root.querySelector('#workload');
  const place = root.querySelector('#plan');
  const needs = plan ?? firstPlan(data);
  if (form === null || place === null || needs === null) return;
  place.innerHTML = planView(data, needs).source;
  showAmounts(form, needs);
}
