import { formatSetting } from '../../bench/basics/amounts.ts';
import { html, type Markup } from '../../server/page/html.ts';
import type { PageData } from '../page-data.ts';
import { isCount } from '../view-link.ts';

/** A question for one number; `empty`: what it means to leave it empty, absent where it must not be. */
export type NumberField = {
  readonly name: string;
  readonly label: string;
  readonly unit?: string;
  readonly empty?: string;
};

/** What any load consists of. */
export const LOAD_FIELDS = [
  { name: 'clients', label: 'Clients' },
  { name: 'rateHz', label: 'Ticks per second' },
  { name: 'payloadBytes', label: 'Payload', unit: 'B' },
] as const satisfies NumberField[];

/** The values that the run has of what a field asks for. */
function measuredValues({ loads }: PageData, name: string): number[] {
  const values = loads.flatMap((load) => [
    ...Object.entries(load).flatMap(([key, value]) => (key === name && typeof value === 'number' ? [value] : [])),
    ...(name === 'pollIntervalMs' ? load.rows.flatMap(({ pollIntervalMs }) => pollIntervalMs ?? []) : []),
  ]);
  return [...new Set(values)].toSorted((a, b) => a - b);
}

/** A field for one number of a form, named `prefix-name`; below it what was measured of it, if anything, or what it means to leave it empty. */
export function numberField(prefix: string, field: NumberField, value: number | null, page: PageData): Markup {
  const { name, label, unit, empty } = field;
  const id = `${prefix}-${name}`;
  const isWhole = isCount(name);
  const measured = measuredValues(page, name);
  const known = measured.length === 0 ? null : `measured: ${measured.map(formatSetting).join(', ')}`;
  const hint = empty === undefined ? known : `empty: ${empty}`;
  return html`<div class="field">
    <label for="${id}">${label}${unit === undefined ? null : html` <small>${unit}</small>`}</label>
    <input
      id="${id}"
      name="${name}"
      type="number"
      inputmode="${isWhole ? 'numeric' : 'decimal'}"
      min="${isWhole ? 1 : 0}"
      step="${isWhole ? '1' : 'any'}"
      value="${value}"
      ${hint === null ? null : html`aria-describedby="${id}-hint"`}
      ${empty === undefined ? html`required` : null}
    />
    ${hint === null ? null : html`<small id="${id}-hint">${hint}</small>`}
  </div>`;
}
