import { shortOfTicks, shortText, unseenIn, unseenText } from '../../bench/judge/unseen.ts';
import { attachedTexts } from '../../bench/judge/attached.ts';
import { badge } from './header.ts';
import type { Section } from './section.ts';
import { formatNumber, humanise, plural } from '../../bench/basics/amounts.ts';
import { html } from '../../server/page/html.ts';

const LISTED_CELLS = 12;

const amount = (unit: string, value: number) =>
  unit === 'ratio' ? `${formatNumber(value * 100)} %` : humanise(unit, value);

/** What the gates found, grouped by cause, each with the cells it touches and what to do. */
export const warnings: Section = {
  id: 'warnings',
  title: 'Warnings',
  render({ warnings: found, result }) {
    const interrupted =
      result.run.status === 'interrupted'
        ? html`<li class="warning caution">
            ${badge('caution')}
            <p><strong>The run was interrupted.</strong> What was measured until then is kept.</p>
            <p>Cells have unequal numbers of trials, and some may have none.</p>
            <p><em>What to do:</em> repeat the run and let it finish.</p>
          </li>`
        : null;
    const blind = unseenIn(result.trials);
    const short = shortOfTicks(result.trials);
    const unlooked = [
      ...attachedTexts(result.plan.settings).map((text) => `${text}.`),
      ...(blind.length === 0 ? [] : [`Of the machine, ${unseenText(blind)}.`]),
      ...(short.length === 0 ? [] : [`Of the ticks, ${shortText(short)}.`]),
    ].map((sentence) => html`<p class="quiet">${sentence}</p>`);
    if (found.length === 0 && interrupted === null) {
      return result.trials.length === 0
        ? null
        : html`<p class="quiet">
              None: every gate ${unlooked.length > 0 ? 'that could look ' : ''}held in
              ${plural(result.trials.length, 'trial')}.
            </p>
            ${unlooked}`;
    }
    return html`<ul class="warnings">
        ${interrupted}
        ${found.map(
          ({ severity, cause, remedy, code, value, limit, unit, cells, trials }) =>
            html`<li class="warning ${severity}">
              ${badge(severity)}
              <p><strong>${cause}</strong></p>
              <p>
                ${plural(trials, 'trial')} of
                ${cells.slice(0, LISTED_CELLS).join('; ')}${
                  cells.length > LISTED_CELLS ? ` and ${plural(cells.length - LISTED_CELLS, 'more cell')}` : ''
                }.
                At worst ${amount(unit, value)}, limit ${amount(unit, limit)} (<code>${code}</code>).
              </p>
              <p><em>What to do:</em> ${remedy}</p>
            </li>`,
        )}
      </ul>
      ${unlooked}`;
  },
};
