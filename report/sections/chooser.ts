import { answer, firstNeeds } from '../chooser/answer.ts';
import { html, markupOf } from '../html.ts';
import type { PageData, SweepVariable } from '../page-data.ts';
import { numberField, type NumberField } from './number-field.ts';
import type { Section } from './section.ts';

const NUMBERS: readonly (NumberField & { readonly measured?: SweepVariable })[] = [
  { name: 'clients', label: 'Clients', unit: '', measured: 'clients' },
  { name: 'rateHz', label: 'Ticks per second', unit: '', measured: 'rateHz' },
  { name: 'payloadBytes', label: 'Payload', unit: 'B', measured: 'payloadBytes' },
  { name: 'budgetMs', label: 'At most stale (p99)', unit: 'ms' },
];

function measuredValues(page: PageData, variable: SweepVariable): number[] {
  const values = page.loads.flatMap((load) => (variable === 'pollIntervalMs' ? [] : [load[variable]]));
  return [...new Set(values)].toSorted((a, b) => a - b);
}

/** What somebody needs, and which transport this run's figures speak for. Without scripts: for the run's own load. */
export const chooser: Section = {
  id: 'chooser',
  title: 'Which transport for you',
  render({ page, standing }) {
    const needs = firstNeeds(page);
    if (standing.nothing !== null || needs === null)
      return html`<p class="notice">No answer: ${standing.nothing ?? 'the run holds no load.'}</p>`;
    const values: Readonly<Record<string, number>> = {
      clients: needs.clients,
      rateHz: needs.rateHz,
      payloadBytes: needs.payloadBytes,
      budgetMs: needs.budgetMs,
    };
    return html`<div class="needs" id="needs" role="group" aria-label="What you need" hidden>
        ${NUMBERS.map((field) => numberField('need', field, values[field.name] ?? 0, field.measured === undefined ? [] : measuredValues(page, field.measured)))}
        <div class="field">
          <label for="need-upstream">Must clients send?</label>
          <select id="need-upstream" name="upstream">
            <option value="none">no</option>
            <option value="rarely">rarely (1/min)</option>
            <option value="often">often (1/s each)</option>
          </select>
        </div>
        <div class="field check">
          <input id="need-requestsOnly" name="requestsOnly" type="checkbox" />
          <label for="need-requestsOnly">Proxies may block or hold back streams</label>
        </div>
      </div>
      <div class="answer" id="answer" aria-live="polite">${markupOf(answer(page, needs))}</div>
      <p class="quiet">
        From this run’s figures alone. What it did not measure does not weigh in: networks, proxies, browsers’ limits on
        connections, and what your team knows best.
      </p>`;
  },
};
