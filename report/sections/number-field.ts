import { isCount } from '../amount.ts';
import { formatSetting } from '../format.ts';
import { html, type Markup } from '../html.ts';

export type NumberField = {
  readonly name: string;
  readonly label: string;
  readonly unit: string;
};

/** A field for one number of a form, named `prefix-name`; below it what was measured of it, if anything. */
export function numberField(
  prefix: string,
  { name, label, unit }: NumberField,
  value: number,
  measured: readonly number[],
): Markup {
  const id = `${prefix}-${name}`;
  const isWhole = isCount(name);
  return html`<div class="field">
    <label for="${id}">${label}${unit === '' ? null : html` <small>${unit}</small>`}</label>
    <input
      id="${id}"
      name="${name}"
      type="number"
      inputmode="${isWhole ? 'numeric' : 'decimal'}"
      min="${isWhole ? 1 : 0}"
      step="${isWhole ? '1' : 'any'}"
      value="${value}"
    />
    ${measured.length === 0 ? null : html`<small>measured: ${measured.map(formatSetting).join(', ')}</small>`}
  </div>`;
}
