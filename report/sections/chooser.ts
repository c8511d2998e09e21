import { answer, firstNeeds } from '../chooser/answer.ts';
import { LOAD_FIELDS, numberField } from './number-field.ts';
import type { Section } from './section.ts';
import { html } from '../../server/page/html.ts';

const FIELDS = [...LOAD_FIELDS, { name: 'budgetMs', label: 'At most stale (p99)', unit: 'ms' }] as const;

/** What somebody needs, and which transport this run's figures speak for. Without scripts: for the run's own load. */
export const chooser: Section = {
  id: 'chooser',
  title: 'Which transport for you',
  render({ page, standing }) {
    const needs = firstNeeds(page);
    if (standing.nothing !== null || needs === null)
      return html`<p class="notice">No answer: ${standing.nothing ?? 'the run holds no load.'}</p>`;
    return html`<div class="needs" id="needs" role="group" aria-label="What you need" hidden>
        ${FIELDS.map((field) => numberField('need', field, needs[field.name], page))}
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
      <div class="answer" id="answer" aria-live="polite">${answer(page, needs)}</div>
      <p class="quiet">
        From this run’s figures alone. What it did not measure does not weigh in: networks, proxies, browsers’ limits on
        connections, and what your team knows best.
      </p>`;
  },
};
