// What the page can be asked: forms whose answers are made anew whenever something in them changes.
import { answer, firstNeeds } from '../chooser/answer.ts';
import { isUpstream } from '../chooser/choose.ts';
import type { Markup } from '../../server/page/html.ts';
import type { PageData } from '../page-data.ts';
import { firstPlan, planView } from '../planner/plan-view.ts';
import { isAmount, type View, type ViewState } from '../view-link.ts';

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
function enable(root: ParentNode, id: string, first: object | null, key: 'needs' | 'plan', view: View): void {
  const form = root.querySelector<HTMLElement>(`#${id}`);
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
  enable(root, 'needs', firstNeeds(data), 'needs', view);
  enable(root, 'workload', firstPlan(data), 'plan', view);
}

/** Shows the answer to what is asked, and what is asked in the fields of its form. */
function show<Asked extends Readonly<Record<string, unknown>>>(
  root: ParentNode,
  [formId, placeId]: readonly [string, string],
  asked: Asked | null,
  answerTo: (asked: Asked) => Markup,
): void {
  const [form, place] = [root.querySelector(`#${formId}`), root.querySelector(`#${placeId}`)];
  if (form === null || place === null || asked === null) return;
  place.innerHTML = answerTo(asked).source;
  showAsked(form, asked);
}

/** Answers which transport suits what the view asks for, and shows it in the fields. */
export function showAnswer(root: ParentNode, data: PageData, { needs }: ViewState): void {
  show(root, ['needs', 'answer'], needs ?? firstNeeds(data), (asked) => answer(data, asked));
}

/** Plans what the view asks for, and shows it in the fields. */
export function showPlan(root: ParentNode, data: PageData, { plan }: ViewState): void {
  show(root, ['workload', 'plan'], plan ?? firstPlan(data), (asked) => planView(data, asked));
}
