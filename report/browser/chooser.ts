import { answer, firstNeeds } from '../chooser/answer.ts';
import { isUpstream, type Needs } from '../chooser/choose.ts';
import type { PageData } from '../page-data.ts';
import type { ViewState } from '../view-link.ts';
import { amountOf, showAmounts } from './number-fields.ts';
import type { View } from './view-state.ts';

/** What a field asks for now; `null` for half a number, and for what the page has no answer to. */
function changeBy(field: EventTarget | null): Partial<Needs> | null {
  if (field instanceof HTMLSelectElement) return isUpstream(field.value) ? { upstream: field.value } : null;
  if (!(field instanceof HTMLInputElement)) return null;
  if (field.type === 'checkbox') return { requestsOnly: field.checked };
  const amount = amountOf(field);
  return amount === undefined ? null : { [field.name]: amount };
}

/** Shows the questions of the chooser; whatever is asked becomes part of the view, and so of its link. */
export function enableChooser(root: ParentNode, data: PageData, view: View): void {
  const form = root.querySelector<HTMLElement>('#needs');
  const first = firstNeeds(data);
  if (form === null || first === null) return;
  form.hidden = false;
  form.addEventListener('input', ({ target }) => {
    const change = changeBy(target);
    // of half a number the answer to the last whole one stays
    if (change !== null) view.set({ needs: { ...(view.get().needs ?? first), ...change } });
  });
}

/** Answers what the view asks for, and shows it in the fields. */
export function showAnswer(root: ParentNode, data: PageData, { needs }: ViewState): void {
  const form = root.querySelector('#needs');
  const place = root.querySelector('#answer');
  const asked = needs ?? firstNeeds(data);
  if (form === null || place === null || asked === null) return;
  place.innerHTML = answer(data, asked).source;
  showAmounts(form, asked);
  const upstream = form.querySelector<HTMLSelectElement>('#need-upstream');
  if (upstream !== null) upstream.value = asked.upstream;
  const requestsOnly = form.querySelector<HTMLInputElement>('#need-requestsOnly');
  if (requestsOnly !== null) requestsOnly.checked = asked.requestsOnly;
}
