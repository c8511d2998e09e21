import { answer, firstNeeds } from '../chooser/answer.ts';
import { UPSTREAM_HZ, type Needs } from '../chooser/choose.ts';
import type { PageData } from '../page-data.ts';
import { nodesOf } from './dom.ts';
import { amountOf } from './number-fields.ts';

const isUpstream = (value: string): value is Needs['upstream'] => Object.hasOwn(UPSTREAM_HZ, value);

/** Shows the questions and answers anew whenever one of them changes. */
export function enableChooser(root: ParentNode, data: PageData): void {
  const form = root.querySelector<HTMLElement>('#needs');
  const place = root.querySelector<HTMLElement>('#answer');
  const first = firstNeeds(data);
  if (form === null || place === null || first === null) return;
  form.hidden = false;
  let needs: Needs = first;
  form.addEventListener('input', ({ target }) => {
    if (target instanceof HTMLInputElement && target.type === 'number') {
      const amount = amountOf(target);
      if (amount === undefined) return; // of half a number the answer to the last whole one stays
      needs = { ...needs, [target.name]: amount };
    } else if (target instanceof HTMLInputElement) needs = { ...needs, requestsOnly: target.checked };
    else if (target instanceof HTMLSelectElement && isUpstream(target.value))
      needs = { ...needs, upstream: target.value };
    place.replaceChildren(...nodesOf(answer(data, needs)));
  });
}
