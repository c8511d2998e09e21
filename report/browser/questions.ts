// What the page can be asked: forms whose answers are made anew whenever something in them changes.
import { answer, firstNeeds } from '../chooser/answer.ts';
import { isUpstream } from '../chooser/choose.ts';
import { planCsv } from '../csv.ts';
import type { PageData } from '../page-data.ts';
import { firstPlan, planRows, planView } from '../planner/plan-view.ts';
import { isAmount, type View, type ViewState } from '../view-link.ts';
import { csv, fileName, save } from './exports.ts';

/** What a field asks for now; `null` for half a number, which is marked, and for what the page has no answer to. */
function changeBy(field: EventTarget | null): Readonly<Record<string, unknown>> | null {
  if (field instanceof HTMLSelectElement) return isUpstream(field.value) ? { [field.name]: field.value } : null;
  if (!(field instanceof HTMLInputElement)) return null;
  if (field.type === 'checkbox') return { [field.name]: field.checked };
  // what is no number, such as a lone minus, has no value either
  const isEmpty = field.value === '' && !field.validity.badInput;
  const isSound = isEmpty ? !field.required : isAmount(field.name, field.valueAsNumber);
  field.ariaInvalid = String(!isSound);
  return isSound ? { [field.name]: isEmpty ? null : field.valueAsNumber } : null;
}

/** Shows what is asked in the fields of a form; one that says so already is left as it is, since it may be typed in. */
function showAsked(form: ParentNode, asked: Readonly<Record<string, unknown>>): void {
  for (const select of form.querySelectorAll('select')) select.value = String(asked[select.name]);
  for (const field of form.querySelectorAll('input')) {
    const value = asked[field.name];
    if (field.type === 'checkbox') field.checked = value === true;
    else if (field.valueAsNumber !== value) field.value = typeof value === 'number' ? String(value) : '';
    field.ariaInvalid = 'false';
  }
}

/** Shows a form; whatever is asked in it becomes part of the view, and so of its link. */
function enable(form: HTMLElement | null, first: object | null, key: 'needs' | 'plan', view: View): void {
  if (form === null || first === null) return;
  form.hidden = false;
  form.addEventListener('input', ({ target }) => {
    const change = changeBy(target);
    // of half a number the answer to the last whole one stays
    if (change !== null) view.set({ [key]: { ...first, ...view.get()[key], ...change } });
  });
}

/** Shows the questions of the chooser and the planner. */
export function enableQuestions(root: ParentNode, data: PageData, view: View): void {
  enable(root.querySelector<HTMLElement>('#needs'), firstNeeds(data), 'needs', view);
  enable(root.querySelector<HTMLElement>('#workload'), firstPlan(data), 'plan', view);
  const button = root.querySelector<HTMLButtonElement>('#save-plan');
  if (button === null) return;
  button.hidden = false;
  button.addEventListener('click', () => {
    const needs = view.get().plan ?? firstPlan(data);
    if (needs !== null) save(`${fileName(data.runId)}.plan.csv`, csv(planCsv(planRows(data, needs), needs)));
  });
}

/** Answers which transport suits what the view asks for, and shows it in the fields. */
export function showAnswer(root: ParentNode, data: PageData, { needs }: ViewState): void {
  const [form, place, asked] = [root.querySelector('#needs'), root.querySelector('#answer'), needs ?? firstNeeds(data)];
  if (form === null || place === null || asked === null) return;
  place.innerHTML = answer(data, asked).source;
  showAsked(form, asked);
}

/** Plans what the view asks for, and shows it in the fields. */
export function showPlan(root: ParentNode, data: PageData, { plan }: ViewState): void {
  const [form, place, asked] = [root.querySelector('#workload'), root.querySelector('#plan'), plan ?? firstPlan(data)];
  if (form === null || place === null || asked === null) return;
  place.innerHTML = planView(data, asked).source;
  showAsked(form, asked);
}
