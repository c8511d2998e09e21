import { planCsv } from '../csv.ts';
import type { PageData } from '../page-data.ts';
import { firstWorkload, isAmount, planRows } from '../planner/plan-row.ts';
import { planView } from '../planner/plan-view.ts';
import type { ViewState } from '../view-link.ts';
import { nodesOf } from './dom.ts';
import { csv, fileName, save } from './exports.ts';
import type { View } from './view-state.ts';

const FIELDS = ['clients', 'rateHz', 'payloadBytes', 'pollIntervalMs'] as const;

/** Shows the questions of the planner; whatever is asked becomes part of the view, and so of its link. */
export function enablePlanner(root: ParentNode, data: PageData, view: View): void {
  const form = root.querySelector<HTMLElement>('#workload');
  const first = firstWorkload(data);
  if (form === null || first === null) return;
  form.hidden = false;
  form.addEventListener('input', ({ target }) => {
    if (!(target instanceof HTMLInputElement)) return;
    const name = FIELDS.find((known) => known === target.name);
    const value = target.valueAsNumber;
    const isSound = name !== undefined && isAmount(value);
    target.ariaInvalid = String(!isSound);
    // half a number is no question; the answer to the last whole one stays
    if (isSound) view.set({ workload: { ...(view.get().workload ?? first), [name]: value } });
  });
  const button = root.querySelector<HTMLButtonElement>('#save-plan');
  if (button === null) return;
  button.hidden = false;
  button.addEventListener('click', () => {
    const workload = view.get().workload ?? first;
    save(`${fileName(data.runId)}.plan.csv`, csv(planCsv(planRows(data, workload), workload)));
  });
}

/** Plans what the view asks for, and shows it in the fields; the one that is being typed in is left alone. */
export function showPlan(root: ParentNode, data: PageData, { workload }: ViewState): void {
  const place = root.querySelector<HTMLElement>('#plan');
  const asked = workload ?? firstWorkload(data);
  if (place === null || asked === null) return;
  place.replaceChildren(...nodesOf(planView(data, asked)));
  for (const name of FIELDS) {
    const field = root.querySelector<HTMLInputElement>(`#plan-${name}`);
    if (field === null || field === document.activeElement) continue;
    field.value = String(asked[name]);
    field.ariaInvalid = 'false';
  }
}
