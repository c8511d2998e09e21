import { TRAITS } from '../../../transports/traits.ts';
import { adviseOn, type Needs } from '../../model/chooser.ts';
import type { PageData } from '../../protocol.ts';
import { html } from '../../../page/html.ts';
import { byId, markOf, setText } from '../dom.ts';

const REPORT_TEXT = {
  latest: 'The report of your last run',
  sample: 'The report of the sample run that comes with pushbench',
} as const;

/** Lab 4: four questions, one recommendation with its reasons, and the way to the evidence. */
export function enableChooser({ report }: PageData): void {
  const form = byId('chooser', HTMLFormElement);
  const render = () => {
    const needs = Object.fromEntries(new FormData(form)) as unknown as Needs;
    const { transport, reasons, beware } = adviseOn(needs);
    byId('advice-name').innerHTML = html`${markOf(transport)}${TRAITS[transport].look.label}`.source;
    byId('advice-reasons').innerHTML = html`${reasons.map((reason) => html`<li>${reason}</li>`)}`.source;
    setText(byId('advice-beware'), beware);
  };
  form.addEventListener('change', render);
  form.addEventListener('submit', (event) => event.preventDefault());
  render();
  const link = byId('report-link', HTMLAnchorElement);
  if (report) setText(link, REPORT_TEXT[report]);
  else link.hidden = true;
}
